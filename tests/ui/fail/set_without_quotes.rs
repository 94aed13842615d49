use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = set(spa) };

fn main() {
    let _ = POLICY;
}
