use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, credentials };

fn main() {
    let _ = POLICY;
}
