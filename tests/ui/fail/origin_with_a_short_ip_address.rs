use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["http://127.1"] };

fn main() {
    let _ = POLICY;
}
