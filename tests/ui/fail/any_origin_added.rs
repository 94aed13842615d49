use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { inherit, origins += any };

fn main() {
    let _ = POLICY;
}
