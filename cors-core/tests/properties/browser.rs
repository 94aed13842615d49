//! The engine against a model of the browser: what the engine allows is what the model lets
//! through, over the very bytes of the answers.

use std::cell::Cell;

use cors_core::{Answer, AnswerShape, EffectivePolicy, Methods, PreflightRequest, Rights};
use proptest::{
    collection::vec,
    test_runner::{TestCaseError, TestRunner},
};

use crate::{
    generate::{self, EXPOSED, Layers, Request},
    model::Headers,
};

/// Requests for each policy.
const REQUESTS: u32 = 25;

#[test]
fn browsers_let_through_what_the_engine_allows() {
    let pairs = crate::cases(200_000);
    let config = crate::config(pairs.div_ceil(REQUESTS));
    let strategy = (generate::layers(), vec(generate::request(), REQUESTS as usize));
    let allowed = Cell::new(0);
    let outcome = TestRunner::new(config).run(&strategy, |(layers, requests)| {
        let policy = EffectivePolicy::new(layers.merge());
        requests.iter().try_for_each(|request| check(&layers, &policy, request))?;
        allowed.set(allowed.get() + requests.iter().filter(|r| is_allowed(&policy, r)).count());
        Ok(())
    });
    if let Err(fault) = outcome {
        panic!("{fault}");
    }
    let allowed = u32::try_from(allowed.get()).expect("no more than there are pairs");
    // the share of a few pairs says nothing
    let is_shown = allowed > pairs / 20 || pairs < 10_000;
    assert!(is_shown, "{allowed} of {pairs} allowed: too few to show anything");
}

fn check(
    layers: &Layers,
    policy: &EffectivePolicy,
    request: &Request,
) -> Result<(), TestCaseError> {
    check_preflight(policy, request)
        .and_then(|()| check_actual(policy, request))
        .map_err(|fault| TestCaseError::fail(format!("{fault}\n{request:#?}\n{layers:#?}")))
}

fn check_preflight(policy: &EffectivePolicy, request: &Request) -> Result<(), String> {
    let (fetch, lines) = (&request.fetch, request.lines());
    let method = fetch.method();
    let preflight = preflight(request, &method, &lines);
    for methods in [Methods::Listed, Methods::Routed] {
        let rights = policy.preflight(preflight.clone(), methods).ok();
        let (status, answer) = match policy.answer_preflight(preflight.clone(), methods) {
            Ok(answer) => (204, answer),
            Err((_, answer)) => (403, answer),
        };
        let passes = fetch.passes_preflight(status, &headers(&answer));
        let allowed = rights.is_some_and(|rights| is_for(rights, fetch.include));
        if passes != allowed {
            return Err(format!("{methods:?}: allowed {allowed}, let through {passes}"));
        }
        if rights.is_none() && answer.headers().any(|(name, _)| name != "vary") {
            return Err(format!("{methods:?}: a refusal grants: {answer:?}"));
        }
        let debugging = policy.answer_refused_for_debugging(preflight.clone(), methods);
        if let Some((_, answer)) = debugging
            && (rights.is_some() || fetch.passes_preflight(200, &headers(&answer)))
        {
            return Err(format!("{methods:?}: the debug answer lets through: {answer:?}"));
        }
    }
    Ok(())
}

fn is_allowed(policy: &EffectivePolicy, request: &Request) -> bool {
    let (lines, method) = (request.lines(), request.fetch.method());
    policy.preflight(preflight(request, &method, &lines), Methods::Listed).is_ok()
}

fn preflight<'r>(
    request: &'r Request,
    method: &'r str,
    lines: &'r [Vec<u8>],
) -> PreflightRequest<'r, impl Iterator<Item = &'r [u8]> + Clone> {
    let origin = request.fetch.origin.as_bytes();
    let headers = lines.iter().map(Vec::as_slice);
    PreflightRequest { origin, method: method.as_bytes(), headers }
}

fn check_actual(policy: &EffectivePolicy, request: &Request) -> Result<(), String> {
    let fetch = &request.fetch;
    let rights = policy.rights(fetch.origin.as_bytes());
    let answer = policy.answer_actual(Some(fetch.origin.as_bytes()));
    let passes = fetch.passes_cors_check(&headers(&answer));
    let allowed = rights.is_some_and(|rights| is_for(rights, fetch.include));
    if passes != allowed {
        return Err(format!("actual: allowed {allowed}, let through {passes}"));
    }
    let varies = answer.vary == Some("Origin");
    if varies != (policy.shape() == AnswerShape::ByOrigin) {
        return Err(format!("actual: varies {varies}"));
    }
    let Some(rights) = rights else {
        let grants = answer.headers().any(|(name, _)| name != "vary");
        return if grants { Err(format!("a refusal grants: {answer:?}")) } else { Ok(()) };
    };
    let expose = policy.merged().grants()[rights.grant].expose();
    let granted: Vec<_> = EXPOSED
        .iter()
        .copied()
        .filter(|name| {
            let any = expose.value.is_any() && !fetch.include;
            any || expose.value.iter().any(|own| own == *name)
        })
        .collect();
    let exposed = fetch.exposed(&headers(&answer), EXPOSED);
    (exposed == granted)
        .then_some(())
        .ok_or_else(|| format!("exposed {exposed:?}, granted {granted:?}"))
}

/// Reports whether a request of this credentials mode may use the rights.
fn is_for(rights: Rights, include: bool) -> bool {
    !include || rights.credentials
}

fn headers(answer: &Answer<'_>) -> Headers {
    answer.headers().map(|(name, value)| (name, value.to_vec())).collect()
}
