use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["app.example.com"] };

fn main() {
    let _ = POLICY;
}
