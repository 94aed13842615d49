//! One policy on its whole way: check, merge, decide.

use cors_core::{
    AnswerShape, EffectivePolicy, Merger, Methods, Policy, PreflightRequest, Refusal, Rights, Role,
};

fn effective() -> EffectivePolicy {
    let mut merger = Merger::new();
    let app = merger.app(&Policy::deny()).expect("deny has no fault");
    let policy = Policy::builder()
        .origins(["https://app.example.com", "https://*.dev.example.com"])
        .credentials()
        .allow_headers(["content-type", "X-Token"])
        .build()
        .expect("a legal policy");
    EffectivePolicy::new(merger.below(&app, Role::Route, &policy).expect("nothing to merge"))
}

#[test]
fn preflight_is_decided_step_by_step() {
    let policy = effective();
    assert_eq!(policy.shape(), AnswerShape::ByOrigin);
    let ask = |origin: &str, method: &str, headers: &[&str]| {
        let headers = headers.iter().map(|h| h.as_bytes());
        let request =
            PreflightRequest { origin: origin.as_bytes(), method: method.as_bytes(), headers };
        policy.preflight(request, Methods::Routed)
    };
    let granted = Ok(Rights { star: false, credentials: true, grant: 0 });
    type Case<'a> = (&'a str, &'a str, &'a str, &'a [&'a str], Result<Rights, Refusal>);
    let cases: [Case<'_>; 8] = [
        ("listed", "https://app.example.com", "PUT", &[], granted),
        ("subdomain", "https://a.b.dev.example.com", "PUT", &["content-type,x-token"], granted),
        ("two lines", "https://app.example.com", "PUT", &["X-TOKEN, ,", "content-type"], granted),
        ("other site", "https://evil.example", "PUT", &[], Err(Refusal::OriginDenied)),
        ("no origin", "https://evil.example/", "PUT", &[], Err(Refusal::OriginDenied)),
        ("TRACE", "https://app.example.com", "TRACE", &[], Err(Refusal::MethodInvalid)),
        ("unlisted", "https://app.example.com", "PUT", &["x-a"], Err(Refusal::HeaderDenied)),
        ("no token", "https://app.example.com", "PUT", &["x a"], Err(Refusal::HeaderInvalid)),
    ];
    for (name, origin, method, headers, want) in cases {
        assert_eq!(ask(origin, method, headers), want, "{name}");
    }
}
