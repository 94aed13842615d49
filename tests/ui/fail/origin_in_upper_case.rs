use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://App.example.com"] };

fn main() {
    let _ = POLICY;
}
