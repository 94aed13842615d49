use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example"], origins = ["https://b.example"] };

fn main() {
    let _ = POLICY;
}
