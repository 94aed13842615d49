use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = [any, "https://a.example"] };

fn main() {
    let _ = POLICY;
}
