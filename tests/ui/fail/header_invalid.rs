use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, allow_headers = ["x request id"] };

fn main() {
    let _ = POLICY;
}
