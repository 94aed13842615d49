use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["http://localhost:08080"] };

fn main() {
    let _ = POLICY;
}
