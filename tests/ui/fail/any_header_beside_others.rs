use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, allow_headers = [any, "x-a"] };

fn main() {
    let _ = POLICY;
}
