use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://app.example.com:443"] };

fn main() {
    let _ = POLICY;
}
