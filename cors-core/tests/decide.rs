//! One policy on its whole way: check, merge, decide.

use cors_core::{
    Answer, AnswerShape, EffectivePolicy, Merger, Methods, Policy, PolicyBuilder, PreflightRequest,
    Refusal, Rights, Role, Site,
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

#[test]
fn two_policies_grant_what_both_grant() {
    let rights = |star, credentials| Rights { star, credentials, grant: 0 };
    let cases = [
        (rights(true, false), rights(true, false), rights(true, false)),
        (rights(true, false), rights(false, false), rights(false, false)),
        (rights(true, false), rights(false, true), rights(false, false)),
        (rights(false, true), rights(false, false), rights(false, false)),
        (rights(false, true), rights(false, true), rights(false, true)),
    ];
    for (a, b, want) in cases {
        assert_eq!((a.meet(b), b.meet(a)), (want, want), "{a:?} {b:?}");
    }
}

#[test]
fn answers_are_whole() {
    let headers = |answer: Answer<'_>| {
        let headers = answer
            .headers()
            .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value)));
        headers.collect::<Vec<_>>()
    };
    let policy = |build: fn(PolicyBuilder) -> PolicyBuilder| {
        let policy = build(Policy::builder()).build().expect("legal");
        EffectivePolicy::new(Merger::new().app(&policy).expect("nothing to merge"))
    };
    let request = |lines: &'static [&'static [u8]]| PreflightRequest {
        origin: b"https://a.example",
        method: b"PUT",
        headers: lines.iter().copied(),
    };
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let a = policy(|b| {
        b.origins(["https://a.example"])
            .credentials()
            .allow_headers(["x-a", "x-b"])
            .expose_headers(["x-c", "x-d"])
            .max_age(60)
    });
    assert_eq!(a.max_age(), Some(60));
    let granted = a.answer_preflight(request(&[b"x-a", b"", b"X-B"]), Methods::Routed);
    assert_eq!(
        headers(granted.expect("granted")),
        [
            "access-control-allow-origin: https://a.example",
            "access-control-allow-credentials: true",
            "access-control-allow-methods: PUT",
            "access-control-allow-headers: x-a,X-B",
            "access-control-max-age: 60",
            vary,
        ]
    );
    let (refusal, answer) =
        a.answer_preflight(request(&[]), Methods::Listed).expect_err("not listed");
    assert_eq!((refusal, headers(answer)), (Refusal::MethodDenied, vec![vary.to_owned()]));
    assert_eq!(
        headers(a.answer_actual(Some(b"https://a.example"))),
        [
            "access-control-allow-origin: https://a.example",
            "access-control-allow-credentials: true",
            "access-control-expose-headers: x-c, x-d",
            "vary: Origin",
        ]
    );
    for origin in [None, Some(&b"https://b.example"[..]), Some(b"")] {
        assert_eq!(headers(a.answer_actual(origin)), ["vary: Origin"]);
    }
    let debugging = |lines, methods| {
        let answer = a.answer_refused_for_debugging(request(lines), methods);
        answer.map(|(refusal, answer)| (refusal, headers(answer)))
    };
    let start = || {
        ["access-control-allow-origin: https://a.example", "access-control-allow-credentials: true"]
            .map(str::to_owned)
    };
    let with = |more: &[&str]| {
        start().into_iter().chain(more.iter().map(|m| (*m).to_owned())).collect::<Vec<_>>()
    };
    let names = "access-control-allow-headers: x-a";
    let method = "access-control-allow-methods: PUT";
    assert_eq!(debugging(&[b"x-a"], Methods::Routed), None);
    assert_eq!(
        debugging(&[b"x-a"], Methods::Listed),
        Some((Refusal::MethodDenied, with(&[names, vary])))
    );
    assert_eq!(
        debugging(&[b"x-e"], Methods::Routed),
        Some((Refusal::HeaderDenied, with(&[method, vary])))
    );
    assert_eq!(debugging(&[b"x-e"], Methods::Listed), Some((Refusal::MethodDenied, with(&[vary]))));
    // a browser that asks for nothing needs no list
    let commas: &[&[u8]] = &[&[b','; 200]];
    assert_eq!(debugging(commas, Methods::Routed), None);
    let other = PreflightRequest { origin: b"https://b.example", ..request(&[b"x-e"]) };
    assert!(a.answer_refused_for_debugging(other, Methods::Routed).is_none());

    let any = policy(|b| b.any_origin().any_header().expose_any_header());
    let vary = "vary: Access-Control-Request-Method, Access-Control-Request-Headers";
    let granted = any.answer_preflight(request(&[b"x-a"]), Methods::Routed);
    assert_eq!(
        headers(granted.expect("granted")),
        [
            "access-control-allow-origin: *",
            "access-control-allow-methods: PUT",
            "access-control-allow-headers: x-a",
            vary,
        ]
    );
    let refused = any.answer_preflight(request(&[b"x a"]), Methods::Routed).expect_err("no name");
    assert_eq!((refused.0, headers(refused.1)), (Refusal::HeaderInvalid, vec![vary.to_owned()]));
    for origin in [None, Some(&b"https://b.example"[..]), Some(b"")] {
        let want = ["access-control-allow-origin: *", "access-control-expose-headers: *"];
        assert_eq!(headers(any.answer_actual(origin)), want);
    }
    let deny = policy(PolicyBuilder::off);
    assert_eq!(deny.shape(), AnswerShape::Never);
    assert_eq!(headers(deny.answer_actual(Some(b"https://a.example"))), [""; 0]);
    let refused = deny.answer_preflight(request(&[]), Methods::Routed).expect_err("off");
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    assert_eq!((refused.0, headers(refused.1)), (Refusal::Off, vec![vary.to_owned()]));
}

#[test]
fn any_beside_other_grants_is_for_what_browsers_send() {
    let mut merger = Merger::new();
    let app = Policy::builder().any_origin().build().expect("legal");
    let app = merger.app(&app).expect("nothing to merge");
    let route = Policy::builder().inherit().add_origins(["https://a.example"]).credentials();
    let route = merger.below(&app, Role::Route, &route.build().expect("legal")).expect("legal");
    let policy = EffectivePolicy::new(route);
    let cases: [(&str, &[u8], Option<Rights>); 5] = [
        ("listed", b"https://a.example", Some(Rights { star: false, credentials: true, grant: 1 })),
        ("other", b"https://b.example", Some(Rights { star: true, credentials: false, grant: 0 })),
        ("opaque", b"null", Some(Rights { star: true, credentials: false, grant: 0 })),
        ("several lines", b"", None),
        ("no origin", b"https://b.example/", None),
    ];
    for (name, origin, want) in cases {
        assert_eq!(policy.rights(origin), want, "{name}");
    }
}
