use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, methods = ["put"] };

fn main() {
    let _ = POLICY;
}
