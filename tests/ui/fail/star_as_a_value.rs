use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = * };

fn main() {
    let _ = POLICY;
}
