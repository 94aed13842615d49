use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example"], expose_headers += ["x-total"] };

fn main() {
    let _ = POLICY;
}
