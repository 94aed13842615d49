use cors_actix::{Policy, policy};

const SPA: Policy = policy! { origins = any };
const POLICY: Policy = policy! { inherit, policy = SPA };

fn main() {
    let _ = POLICY;
}
