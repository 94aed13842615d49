use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { off, credentials };

fn main() {
    let _ = POLICY;
}
