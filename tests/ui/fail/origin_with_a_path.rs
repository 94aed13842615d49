use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://app.example.com/index.html"] };

fn main() {
    let _ = POLICY;
}
