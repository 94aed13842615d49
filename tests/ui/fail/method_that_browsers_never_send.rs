use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, methods = ["TRACE"] };

fn main() {
    let _ = POLICY;
}
