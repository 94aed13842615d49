use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example"], credentials, expose_headers = any };

fn main() {
    let _ = POLICY;
}
