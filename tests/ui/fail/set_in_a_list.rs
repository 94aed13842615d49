use cors_actix::{Policy, policy};

const POLICY: Policy = policy! { origins = ["https://a.example", set("spa")] };

fn main() {
    let _ = POLICY;
}
