use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://bücher.example"] };

fn main() {
    let _ = POLICY;
}
