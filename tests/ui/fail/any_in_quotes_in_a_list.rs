use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, allow_headers = ["any"] };

fn main() {
    let _ = POLICY;
}
