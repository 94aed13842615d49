use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://*.com"], credentials, dangerously_allow_public_suffix };

fn main() {
    let _ = POLICY;
}
