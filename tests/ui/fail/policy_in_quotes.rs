use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { policy = "SPA" };

fn main() {
    let _ = POLICY;
}
