use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://*example.com"] };

fn main() {
    let _ = POLICY;
}
