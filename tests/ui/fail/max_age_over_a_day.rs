use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, max_age = 604800 };

fn main() {
    let _ = POLICY;
}
