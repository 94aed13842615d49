use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://"] };

fn main() {
    let _ = POLICY;
}
