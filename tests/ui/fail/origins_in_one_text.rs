use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example,https://b.example"] };

fn main() {
    let _ = POLICY;
}
