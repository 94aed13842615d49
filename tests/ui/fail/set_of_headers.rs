use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, expose_headers = set("headers") };

fn main() {
    let _ = POLICY;
}
