use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, allow_headers = ["cookie"] };

fn main() {
    let _ = POLICY;
}
