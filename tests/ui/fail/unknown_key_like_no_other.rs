use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, vary = "Origin" };

fn main() {
    let _ = POLICY;
}
