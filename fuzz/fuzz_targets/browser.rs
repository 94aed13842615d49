//! The engine against the model of the browser.
#![no_main]

#[allow(dead_code)]
#[path = "../../cors-core/tests/properties/model.rs"]
mod model;

use cors_core::{EffectivePolicy, Merged, Merger, Methods, Policy, PreflightRequest, Role};
use libfuzzer_sys::{arbitrary, arbitrary::Arbitrary, fuzz_target};
use model::{Fetch, Headers};

#[derive(Debug, Arbitrary)]
struct Case {
    layers: Vec<Layer>,
    origin: Origin,
    method: u8,
    headers: Vec<u8>,
    include: bool,
    separator: u8,
}

#[derive(Debug, Arbitrary)]
struct Layer {
    trust: u8,
    origins: Vec<u8>,
    credentials: bool,
    allow_headers: Option<Vec<u8>>,
    methods: Option<Vec<u8>>,
}

#[derive(Debug, Arbitrary)]
enum Origin {
    Known(u8),
    Unknown(String),
}

fuzz_target!(|case: Case| {
    let policy = EffectivePolicy::new(merge(&case.layers));
    let origin = match &case.origin {
        Origin::Known(index) => pick(ORIGINS, *index).to_owned(),
        Origin::Unknown(text) => text.clone(),
    };
    let fetch = Fetch {
        origin: origin.clone(),
        method: pick(METHODS, case.method).to_owned(),
        headers: case.headers.iter().take(6).map(|index| pick(NAMES, *index).to_owned()).collect(),
        include: case.include,
    };
    let line = fetch.unsafe_names().join(pick(SEPARATORS, case.separator));
    let lines: Vec<_> = line.split('\n').filter(|_| !line.is_empty()).map(str::as_bytes).collect();
    let method = fetch.method();
    let request = PreflightRequest {
        origin: origin.as_bytes(),
        method: method.as_bytes(),
        headers: lines.iter().copied(),
    };
    for methods in [Methods::Routed, Methods::Listed] {
        let decision = policy.preflight(request.clone(), methods);
        let (status, answer) = match policy.answer_preflight(request.clone(), methods) {
            Ok(answer) => (204, answer),
            Err((_, answer)) => (403, answer),
        };
        let allowed = decision.is_ok_and(|rights| rights.credentials || !case.include);
        assert_eq!(fetch.passes_preflight(status, &headers(answer.headers())), allowed);
        let debugging = policy.answer_refused_for_debugging(request.clone(), methods);
        if let Some((_, answer)) = debugging {
            assert!(!fetch.passes_preflight(200, &headers(answer.headers())));
        }
    }
    let rights = policy.rights(origin.as_bytes());
    let answer = policy.answer_actual(Some(origin.as_bytes()));
    let allowed = rights.is_some_and(|rights| rights.credentials || !case.include);
    assert_eq!(fetch.passes_cors_check(&headers(answer.headers())), allowed);
});

fn headers<'a>(headers: impl Iterator<Item = (&'static str, &'a [u8])>) -> Headers {
    headers.map(|(name, value)| (name, value.to_vec())).collect()
}

/// Layers that are illegal where they stand are left out.
fn merge(layers: &[Layer]) -> Merged {
    let mut merger = Merger::new();
    layers.iter().take(4).fold(Merged::nobody(), |parent, layer| {
        let Some(policy) = policy(layer) else { return parent };
        merger.below(&parent, Role::Route, &policy).unwrap_or(parent)
    })
}

fn policy(layer: &Layer) -> Option<Policy> {
    let names = |of: &'static [&'static str], indices: &[u8]| -> Vec<&str> {
        indices.iter().take(6).map(|index| pick(of, *index)).collect()
    };
    let origins = names(PATTERNS, &layer.origins);
    let builder = Policy::builder();
    let mut builder = match layer.trust % 5 {
        0 => builder.off(),
        1 => builder.any_origin(),
        2 => builder.origins(origins),
        3 => builder.inherit(),
        _ => builder.inherit().add_origins(origins),
    };
    if layer.credentials {
        builder = builder.credentials();
    }
    if let Some(indices) = &layer.allow_headers {
        builder = match indices.is_empty() {
            true => builder.any_header(),
            false => builder.add_allow_headers(names(NAMES, indices)),
        };
    }
    if let Some(indices) = &layer.methods {
        builder = match indices.is_empty() {
            true => builder.any_method(),
            false => builder.add_methods(names(LISTED, indices)),
        };
    }
    builder.build().ok()
}

fn pick(of: &'static [&'static str], index: u8) -> &'static str {
    of[usize::from(index) % of.len()]
}

const PATTERNS: &[&str] = &[
    "https://a.example",
    "https://*.a.example",
    "https://pr-*.a.example",
    "https://*.a.example:*",
    "http://localhost:*",
    "chrome-extension://abc",
];
const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://x.a.example",
    "https://pr-1.a.example",
    "https://x.a.example:8443",
    "https://evila.example",
    "http://localhost:3000",
    "chrome-extension://abc",
    "null",
];
const METHODS: &[&str] = &["GET", "POST", "put", "PUT", "PATCH", "patch", "QUERY"];
const LISTED: &[&str] = &["GET", "PUT", "PATCH", "patch", "QUERY"];
const NAMES: &[&str] = &["content-type", "X-Token", "x-a", "Authorization", "accept", "range"];
const SEPARATORS: &[&str] = &[",", ", ", ",,", "\n"];
