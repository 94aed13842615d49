//! The text of a policy: reading it never panics, and what is read can be merged and asked.
#![no_main]

use cors_core::{EffectivePolicy, Merged, Merger, Policy, Role, Site};
use libfuzzer_sys::fuzz_target;

// A line for each layer, the app default first.
fuzz_target!(|text: &str| {
    let mut merger = Merger::new();
    let site = Site::Named("set".into());
    merger.set("spa", ["https://a.example", "https://*.b.example"], site).expect("legal");
    let mut merged: Option<Merged> = None;
    for line in text.lines() {
        let policy = match serde_json::from_str::<Policy>(line) {
            Ok(policy) => policy,
            Err(error) => {
                let _ = error.to_string();
                return;
            }
        };
        let next = match &merged {
            None => merger.app(&policy),
            Some(parent) => merger.below(parent, Role::Route, &policy),
        };
        match next {
            Ok(next) => merged = Some(next),
            Err(errors) => {
                assert!(!errors.is_empty());
                let _ = errors.iter().map(ToString::to_string).collect::<Vec<_>>();
                return;
            }
        }
    }
    let Some(merged) = merged else { return };
    let _ = merged.notes().iter().map(ToString::to_string).collect::<Vec<_>>();
    for grant in merged.grants() {
        // whatever was written
        assert!(!grant.credentials() || grant.origins().set().is_some());
        assert!(!grant.credentials() || !grant.expose().value.is_any());
    }
    let policy = EffectivePolicy::new(merged);
    for origin in [&b"https://a.example"[..], b"null", b"https://x.com"] {
        let answer = policy.answer_actual(Some(origin));
        assert!(!answer.allow_credentials || answer.allow_origin == Some(origin));
        assert!(!answer.allow_credentials || origin != b"null");
    }
});
