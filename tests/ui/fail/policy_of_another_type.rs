use cors_actix::{Policy, policy};

const SPA: &str = "https://app.example.com";
const POLICY: Policy = policy! { policy = SPA };

fn main() {
    let _ = POLICY;
}
