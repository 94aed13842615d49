use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, allow_headers = ["access-control-allow-origin"] };

fn main() {
    let _ = POLICY;
}
