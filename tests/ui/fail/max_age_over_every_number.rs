use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, max_age = 99999999999999999999999999 };

fn main() {
    let _ = POLICY;
}
