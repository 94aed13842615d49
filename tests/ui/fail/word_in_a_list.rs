use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = any, methods = [PUT] };

fn main() {
    let _ = POLICY;
}
