use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins("https://a.example") };

fn main() {
    let _ = POLICY;
}
