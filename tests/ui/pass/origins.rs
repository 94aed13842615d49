//! Every form of an origin pattern, beside one that is refused in `ui/fail`.

use cors_actix::{Policy, policy};

const WITH_CREDENTIALS: Policy = policy! {
    origins = [
        "https://example.com",
        "https://example.com:8443",
        "https://*.example.org",
        "https://pr-*.example.net",
        "https://*.example.dev:*",
        "https://localhost",
        "http://localhost:*",
        "http://*.localhost:3000",
        "http://127.0.0.1:8080",
        "http://[::1]:8080",
        "https://192.168.0.1",
        "https://xn--bcher-kva.example",
        "https://r3---sn.example.com",
        "https://-a.example",
        "https://a_b.example",
        r"https://raw.example",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    ],
    credentials,
};

const WITHOUT: Policy = policy! {
    origins = ["http://app.example.com", "https://*.com", "https://*.github.io:444", "null"],
    dangerously_allow_null_origin,
};

fn main() {
    for policy in [WITH_CREDENTIALS, WITHOUT] {
        policy.layer().expect("what compiles has no fault");
    }
}
