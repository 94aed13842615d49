use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, max_age = };

fn main() {
    let _ = POLICY;
}
