use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["null"] };

fn main() {
    let _ = POLICY;
}
