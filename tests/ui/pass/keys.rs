//! Every key with every form of its value.

use cors_actix::{Policy, policy};

const ORIGINS: [Policy; 4] = [
    policy! { origins = any },
    policy! { origins = ["https://app.example.com"] },
    policy! { origins = ["https://app.example.com", "http://localhost:3000",] },
    policy! { origins = set("spa") },
];

const RIGHTS: [Policy; 5] = [
    policy! { origins = set("spa"), credentials },
    policy! { credentials, origins = ["https://app.example.com"], },
    policy! { origins = any, expose_headers = any },
    policy! { origins = any, expose_headers = ["x-total", "ETag"] },
    policy! { origins = any, expose_headers = [] },
];

const SHAPE: [Policy; 8] = [
    policy! { origins = any, allow_headers = any },
    policy! { origins = any, allow_headers = [any, "authorization"] },
    policy! { origins = any, allow_headers = ["content-type", "X-Request-Id"] },
    policy! { origins = any, allow_headers = [] },
    policy! { origins = any, max_age = 0 },
    policy! { origins = any, max_age = 86_400 },
    policy! { origins = any, methods = any },
    policy! { origins = any, methods = ["PUT", "DELETE", "PURGE"] },
];

static BASE: Policy = policy! { origins = ["https://app.example.com"], credentials };

const LAYERS: [Policy; 9] = [
    policy! { off },
    policy! { off, max_age = 600, allow_headers = ["x-a"], methods = [] },
    policy! { inherit },
    policy! { inherit, max_age = 60, allow_headers += ["x-a"], methods += ["PUT"] },
    policy! { inherit, expose_headers += ["x-a"] },
    policy! { inherit, origins += ["https://partner.example"], credentials },
    policy! { inherit, origins += set("partners"), expose_headers = ["x-a"] },
    policy! { policy = BASE },
    policy! { policy = self::BASE, origins += ["https://partner.example"], max_age = 5 },
];

const OPT_INS: [Policy; 3] = [
    policy! { origins = ["null"], dangerously_allow_null_origin },
    policy! { origins = ["http://app.example"], credentials, dangerously_allow_insecure_origins },
    policy! { origins = ["https://*.github.io"], credentials, dangerously_allow_public_suffix },
];

const RENAMED: Policy = policy! { origins = any, crate = ::cors_actix };

fn main() {
    let all = ORIGINS.into_iter().chain(RIGHTS).chain(SHAPE).chain(LAYERS).chain(OPT_INS);
    for policy in all.chain([RENAMED]) {
        policy.layer().expect("what compiles has no fault");
    }
}
