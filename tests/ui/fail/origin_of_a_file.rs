use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["file:///home"] };

fn main() {
    let _ = POLICY;
}
