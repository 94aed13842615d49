//! Policies from configuration files: forms, and errors with the path of the key.
#![cfg(feature = "serde")]

use std::collections::HashMap;

use cors_core::{EffectivePolicy, Merger, Methods, Policy, PreflightRequest, Role};

#[test]
fn forms_of_the_values() {
    for text in [
        r#"{"off": true}"#,
        r#"{"inherit": true}"#,
        r#"{"origins": "any", "expose_headers": "any", "methods": "any"}"#,
        r#"{"origins": ["any"]}"#,
        r#"{"origins": ["https://a.example"], "credentials": true, "allow_headers": [],
            "expose_headers": ["x-a"], "max_age": 0, "methods": ["PUT"]}"#,
        r#"{"origins": {"set": "spa"}, "allow_headers": ["any", "authorization"]}"#,
        r#"{"inherit": true, "origins": {"extend": ["https://a.example"]}}"#,
        r#"{"inherit": true, "origins": {"extend": {"set": "spa"}}}"#,
        r#"{"inherit": true, "allow_headers": {"extend": "any"}}"#,
        r#"{"origins": ["null"], "dangerously_allow_null_origin": true}"#,
        r#"{"origins": ["http://a.example"], "credentials": true,
            "dangerously_allow_insecure_origins": true}"#,
        r#"{"origins": ["https://*.github.io"], "credentials": true,
            "dangerously_allow_public_suffix": true}"#,
    ] {
        let policy = serde_json::from_str::<Policy>(text);
        assert!(policy.is_ok(), "{text}: {}", policy.unwrap_err());
    }
}

#[test]
fn errors_start_with_the_path() {
    let cases = [
        (r#"[]"#, "invalid type: sequence, expected a map of a policy's keys at"),
        (r#"{"orgins": "any"}"#, "unknown key `orgins`, expected one of `origins`, `credentials`,"),
        (r#"{"policy": "SPA"}"#, "unknown key `policy`"),
        (r#"{"off": true, "off": true}"#, "off: the key is there twice"),
        (r#"{"off": false}"#, "off: a flag is `true` or not there"),
        (r#"{"off": 1}"#, "off: invalid type: integer `1`, expected a boolean"),
        (r#"{"origins": "any", "max_age": "1"}"#, "max_age: invalid type: string \"1\""),
        (r#"{"origins": "any", "max_age": 86401}"#, "max_age: `max_age` over 86400 seconds"),
        (r#"{"origins": "https://a.example"}"#, "origins: invalid value: string"),
        (
            r#"{"origins": ["https://a.example", 1]}"#,
            "origins[1]: invalid type: integer `1`, expected a string",
        ),
        (r#"{"allow_headers": {"extend": [{}]}}"#, "allow_headers[0]: invalid type: map"),
        (r#"{"origins": {"sets": "x"}}"#, "origins: invalid type: map, expected `any`, a list,"),
        (
            r#"{"origins": {}}"#,
            "origins: invalid type: map, expected `any`, a list, a map with the key `set`, or one with the key `extend` at",
        ),
        (r#"{"origins": {"set": "x", "y": 1}}"#, "origins: `y` beside it"),
        (
            r#"{"origins": {"extend": {"extend": []}}}"#,
            "origins: invalid type: map, expected `any`, a list, a map with the key `set` at",
        ),
        (
            r#"{"origins": ["any", "https://a.example"]}"#,
            "origins[0]: not alone in its list: `any`",
        ),
        (r#"{"origins": ["*"]}"#, "origins[0]: `any` is a word of its own, not an origin: `*`"),
        (r#"{"origins": "any", "methods": ["put"]}"#, "methods[0]: method in lower case: `put`"),
        (r#"{"origins": "any", "credentials": true}"#, "credentials: any origin with credentials"),
    ];
    for (text, want) in cases {
        let error = serde_json::from_str::<Policy>(text).expect_err(text).to_string();
        assert!(error.starts_with(want), "{text}: {error}");
    }
    let many = r#"{"orgins": {"a": [1]}, "origins": ["x"], "methods": ["get"], "off": false}"#;
    let error = serde_json::from_str::<Policy>(many).expect_err(many).to_string();
    let starts = ["unknown key `orgins`", "off: a flag", "origins[0]: ", "methods[0]: "];
    let at = starts.map(|start| error.lines().position(|line| line.starts_with(start)));
    assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?} {error}");
    // the place in the file does not run into what to write
    let file = format!(r#"{{"pages": {many}}}"#);
    let error = serde_json::from_str::<HashMap<String, Policy>>(&file).expect_err(&file);
    assert!(error.to_string().contains("\n  in the policy at line 1 column "), "{error}");
}

#[test]
fn every_exposed_header_cannot_be_added_to_credentials() {
    let policy = |text: &str| serde_json::from_str::<Policy>(text).expect(text);
    let mut merger = Merger::new();
    let own = policy(r#"{"origins": ["https://a.example"], "credentials": true}"#);
    let own = merger.app(&own).expect("nothing to merge with");
    for value in [r#""any""#, r#"{"extend": "any"}"#] {
        let edit = policy(&format!(r#"{{"inherit": true, "expose_headers": {value}}}"#));
        let errors = merger.below(&own, Role::Route, &edit).expect_err(value);
        let errors: Vec<_> = errors.iter().map(|error| error.fault().to_string()).collect();
        assert_eq!(errors, ["expose_headers: `expose_headers = any` with credentials"], "{value}");
    }
}

#[test]
fn a_file_says_what_the_builder_says() {
    let text = r#"{"origins": ["https://a.example"], "credentials": true, "methods": ["PUT"],
        "allow_headers": ["X-A"], "expose_headers": ["x-b"], "max_age": 60}"#;
    let file = serde_json::from_str::<Policy>(text).expect(text);
    let built = Policy::builder()
        .origins(["https://a.example"])
        .credentials()
        .methods(["PUT"])
        .allow_headers(["X-A"])
        .expose_headers(["x-b"])
        .max_age(60)
        .build()
        .expect("a legal policy")
        .written_at(file.site().clone());
    let [file, built] = [file, built].map(|policy| {
        EffectivePolicy::new(Merger::new().app(&policy).expect("nothing to merge with"))
    });
    let origin = b"https://a.example";
    let request = PreflightRequest { origin, method: b"PUT", headers: [&b"x-a"[..]].into_iter() };
    let answer = file.answer_preflight(request.clone(), Methods::Listed);
    assert_eq!(answer, built.answer_preflight(request, Methods::Listed));
    let answer = answer.expect("the file allows it");
    assert_eq!((answer.allow_credentials, answer.max_age), (true, Some("60")));
    assert_eq!(file.answer_actual(Some(origin)), built.answer_actual(Some(origin)));
    assert_eq!(file.answer_actual(Some(origin)).expose_headers, Some("x-b"));
}
