use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["http://app.example.com"], credentials };

fn main() {
    let _ = POLICY;
}
