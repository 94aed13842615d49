use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, expose_headers = ["set-cookie"] };

fn main() {
    let _ = POLICY;
}
