use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example", 8080] };

fn main() {
    let _ = POLICY;
}
