use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, allow_headers = ["x-a", "X-A"] };

fn main() {
    let _ = POLICY;
}
