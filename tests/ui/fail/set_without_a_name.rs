use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = set("") };

fn main() {
    let _ = POLICY;
}
