use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, doc = false };

fn main() {
    let _ = POLICY;
}
