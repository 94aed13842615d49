//! One policy on its whole way: check, merge, decide.

use cors_core::{
    AnswerShape, EffectivePolicy, Merger, Methods, Policy, PreflightRequest, Refusal, Rights, Role,
    Site,
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

#[test]
fn explanations_start_with_what_decides() {
    let mut merger = Merger::new();
    let site = |name: &str| Site::Named(name.into());
    let at = |policy: Policy, name: &str| policy.written_at(site(name));
    let app = Policy::builder().any_origin().methods(["PUT"]).build().expect("legal");
    let app = merger.app(&at(app, "app")).expect("nothing to merge");
    let route = Policy::builder()
        .inherit()
        .add_origins(["https://*.partner.example"])
        .credentials()
        .allow_headers(["x-a"])
        .build()
        .expect("legal");
    let route = merger.below(&app, Role::Route, &at(route, "partner")).expect("legal");
    let policy = EffectivePolicy::new(route);
    let long = "a".repeat(300);
    let partner = "https://a.partner.example";
    let granted =
        "yes: origin `https://a.partner.example`: `https://*.partner.example` stands for it";
    let shadowed = "yes: origin `https://a.partner.example`: every origin is trusted, but a later grant decides";
    let cases: [(&str, [&str; 3], &[&str]); 7] = [
        (
            "granted",
            [partner, "PUT", "x-a"],
            &[
                granted,
                "  route (partner)",
                shadowed,
                "  app (app)",
                "yes: method `PUT`: listed",
                "  app (app)",
                "yes: request header `x-a`: listed",
                "  route (partner)",
            ],
        ),
        (
            "granted by the first grant",
            ["https://b.example", "GET", ","],
            &[
                "yes: origin `https://b.example`: every origin is trusted",
                "  app (app)",
                "no: origin `https://b.example`: no pattern stands for it",
                "  route (partner)",
                "yes: method `GET`: needs no permission",
                "  app (app)",
            ],
        ),
        (
            "no origin",
            ["b\"\n", "GET", ","],
            &[
                "no: origin `b\\\"\\n`: not an origin that a browser sends",
                "  route (partner)",
                "no: origin `b\\\"\\n`: not an origin that a browser sends",
                "  app (app)",
                "yes: method `GET`: needs no permission",
                "  app (app)",
            ],
        ),
        (
            "method",
            [partner, "DELETE", "x a"],
            &[
                "no: method `DELETE`: the method is not listed",
                "  app (app)",
                granted,
                "  route (partner)",
                shadowed,
                "  app (app)",
                "no: request header `x a`: not a header name",
                "  route (partner)",
            ],
        ),
        (
            "forbidden method",
            [partner, "TRACE", ","],
            &[
                "no: method `TRACE`: browsers never send this method",
                "  app (app)",
                granted,
                "  route (partner)",
                shadowed,
                "  app (app)",
            ],
        ),
        (
            "header",
            [partner, "PUT", "x-b"],
            &[
                "no: request header `x-b`: not listed",
                "  route (partner)",
                granted,
                "  route (partner)",
                shadowed,
                "  app (app)",
                "yes: method `PUT`: listed",
                "  app (app)",
            ],
        ),
        (
            "long headers",
            [partner, "PUT", &long],
            &[
                &format!(
                    "no: request headers `{}…`: more or longer names of request headers than are listed",
                    "a".repeat(256)
                ),
                "  route (partner)",
                granted,
                "  route (partner)",
                shadowed,
                "  app (app)",
                "yes: method `PUT`: listed",
                "  app (app)",
                &format!("no: request header `{}`: not listed", "a".repeat(256)),
                "  route (partner)",
            ],
        ),
    ];
    for (name, [origin, method, headers], want) in cases {
        let headers = std::iter::once(headers.as_bytes());
        let request =
            PreflightRequest { origin: origin.as_bytes(), method: method.as_bytes(), headers };
        let explanation = policy.explain_preflight(request.clone(), Methods::Listed);
        assert_eq!(explanation.to_string(), want.join("\n"), "{name}");
        assert_eq!(explanation.outcome, policy.preflight(request, Methods::Listed), "{name}");
    }
    let deny = merger.app(&at(Policy::deny(), "deny")).expect("legal");
    let explanation = EffectivePolicy::new(deny).explain_actual(b"https://a.example");
    assert_eq!(
        explanation.to_string(),
        "no: policy `https://a.example`: nobody is trusted here\n  app (deny)"
    );
    let any = Policy::builder().any_origin().any_header().any_method().build().expect("legal");
    let any = EffectivePolicy::new(merger.app(&at(any, "any")).expect("legal"));
    let request = PreflightRequest {
        origin: b"",
        method: b"PUT",
        headers: [&b"x-a,authorization"[..]].into_iter(),
    };
    let lines = any.explain_preflight(request.clone(), Methods::Listed);
    let lines: Vec<_> = lines.verdicts.iter().map(|verdict| verdict.line()).collect();
    let want = [
        "no: request header `authorization`: not listed",
        "yes: origin ``: every origin is trusted",
        "yes: method `PUT`: every method is listed",
        "yes: request header `x-a`: every header is listed",
    ];
    assert_eq!(lines, want);
    let routed = any.explain_preflight(request, Methods::Routed);
    assert_eq!(routed.verdicts[2].line(), "yes: method `PUT`: a route serves it");
    assert!(routed.verdicts[2].sources.is_empty());
}
