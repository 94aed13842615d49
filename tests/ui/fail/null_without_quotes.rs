use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = [null], dangerously_allow_null_origin };

fn main() {
    let _ = POLICY;
}
