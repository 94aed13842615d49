use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example"], credentials, credentials };

fn main() {
    let _ = POLICY;
}
