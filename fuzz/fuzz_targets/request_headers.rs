//! `Access-Control-Request-Headers`: what passes is listed, name by name.
#![no_main]

use cors_core::{
    EffectivePolicy, MAX_REQUEST_HEADERS_BYTES, Merger, Methods, Policy, PreflightRequest,
};
use libfuzzer_sys::fuzz_target;

const ORIGIN: &[u8] = b"https://a.example";
const NAMES: [&str; 4] = ["content-type", "x-a", "x-ab", "authorization"];

// A line for each line; the first byte says what is listed.
fuzz_target!(|data: &[u8]| {
    let Some((first, data)) = data.split_first() else { return };
    let any = first & 1 == 1;
    let listed: Vec<_> =
        (0..4).filter(|bit| first >> (bit + 1) & 1 == 1).map(|bit| NAMES[bit]).collect();
    let builder = Policy::builder().origins(["https://a.example"]);
    let builder = match any {
        true if listed.contains(&"authorization") => builder.any_header_and_authorization(),
        true => builder.any_header(),
        false => builder.allow_headers(listed.clone()),
    };
    let policy = builder.build().expect("the policy is legal");
    let merged = Merger::new().app(&policy).expect("there is nothing to merge");
    let policy = EffectivePolicy::new(merged);
    let lines: Vec<&[u8]> = data.split(|b| *b == b'\n').collect();
    let headers = lines.iter().copied();
    let request = PreflightRequest { origin: ORIGIN, method: b"PUT", headers };
    let answer = policy.answer_preflight(request.clone(), Methods::Routed);
    let _ = policy.explain_preflight(request.clone(), Methods::Routed).to_string();
    if let Some((_, debugging)) = policy.answer_refused_for_debugging(request, Methods::Routed) {
        assert!(answer.is_err() && debugging.allow_headers.is_none());
    }
    let Ok(answer) = answer else { return };
    let joined = lines.join(&b","[..]);
    let granted = answer.allow_headers.unwrap_or_default();
    assert!(granted.len() <= MAX_REQUEST_HEADERS_BYTES);
    for list in [&joined[..], &granted[..]] {
        for name in list.split(|b| *b == b',').map(<[u8]>::trim_ascii) {
            let name = String::from_utf8(name.to_ascii_lowercase()).expect("names are ASCII");
            let listed = listed.contains(&&*name) || any && name != "authorization";
            assert!(listed || name.is_empty(), "`{name}`");
        }
    }
});
