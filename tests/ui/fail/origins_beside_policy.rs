use cors_actix::{Policy, policy};

const SPA: Policy = policy! { origins = any };
const POLICY: Policy = policy! { policy = SPA, origins = ["https://a.example"] };

fn main() {
    let _ = POLICY;
}
