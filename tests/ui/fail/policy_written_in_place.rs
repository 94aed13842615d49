use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { policy = policy! { origins = any } };

fn main() {
    let _ = POLICY;
}
