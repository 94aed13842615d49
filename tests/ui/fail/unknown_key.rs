use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { orgins = ["https://app.example.com"], credentials };

fn main() {
    let _ = POLICY;
}
