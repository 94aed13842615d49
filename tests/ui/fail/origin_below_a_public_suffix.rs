use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://*.github.io"], credentials };

fn main() {
    let _ = POLICY;
}
