//! The engine against what the keys of one policy say, read one by one.

use cors_core::{EffectivePolicy, Merged, Methods, OriginPattern, PreflightRequest};
use proptest::prelude::*;

use crate::{
    cases, config,
    generate::{Items, Keys, Request, Value, merger, request, top},
};

proptest! {
    #![proptest_config(config(cases(20_000)))]

    /// The model of the browser only sees the answers: it would let an engine pass that grants
    /// too much.
    #[test]
    fn a_policy_grants_what_its_keys_say(keys in top(), request in request()) {
        let merged = keys.policy().and_then(|own| merger().app(&own).ok());
        let Some(policy) = merged.map(EffectivePolicy::new) else { return Ok(()) };
        let (lines, method) = (request.lines(), request.fetch.method());
        let headers = lines.iter().map(Vec::as_slice);
        let origin = request.fetch.origin.as_bytes();
        let preflight = PreflightRequest { origin, method: method.as_bytes(), headers };
        let granted = policy.preflight(preflight, Methods::Listed);
        let fits = !is_past_the_caps(policy.merged(), &lines);
        prop_assert_eq!(granted.is_ok(), fits && keys.grant(&request, &method));
        let rights = policy.rights(origin);
        prop_assert_eq!(rights.is_some(), keys.trust(&request.fetch.origin));
        prop_assert!(rights.is_none_or(|rights| rights.credentials == keys.credentials));
    }
}

impl Keys {
    fn grant(&self, request: &Request, method: &str) -> bool {
        let safelisted = ["GET", "HEAD", "POST"].contains(&method);
        let header = |name: &String| {
            let any = has_any(&self.allow_headers) && name != "authorization";
            let listed = list(&self.allow_headers).iter().any(|own| own.to_lowercase() == *name);
            any || listed || name == "authorization" && names_authorization(&self.allow_headers)
        };
        self.trust(&request.fetch.origin)
            && (safelisted || has_any(&self.methods) || list(&self.methods).contains(&method))
            && request.fetch.unsafe_names().iter().all(header)
    }

    fn trust(&self, origin: &str) -> bool {
        let is_match = |text: &&str| OriginPattern::parse(text).is_ok_and(|p| p.is_match(origin));
        !self.off && self.patterns().is_none_or(|list| list.iter().any(is_match))
    }
}

fn list(value: &Option<Value>) -> &[&'static str] {
    match value {
        Some(Value { items: Items::List(list), .. }) => list,
        _ => &[],
    }
}

fn has_any(value: &Option<Value>) -> bool {
    matches!(value, Some(Value { items: Items::Any, .. }))
}

/// The generator spells `any` with `+=` as `[any, "authorization"]`.
fn names_authorization(value: &Option<Value>) -> bool {
    matches!(value, Some(Value { items: Items::Any, extend: true }))
}

/// What proxies may add to the lines of a browser is bounded.
fn is_past_the_caps(policy: &Merged, lines: &[Vec<u8>]) -> bool {
    let names = &policy.allow_headers().value;
    let count = names.iter().count();
    let bytes = names.iter().map(str::len).sum::<usize>() + count.saturating_sub(1);
    let sent = lines.iter().map(Vec::len).sum::<usize>() + lines.len().saturating_sub(1);
    !names.is_any() && (sent > bytes + 2 * count + 16 || lines.len() > count + 2)
}
