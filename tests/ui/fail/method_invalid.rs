use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, methods = ["P U T"] };

fn main() {
    let _ = POLICY;
}
