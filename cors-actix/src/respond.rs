//! Writing the headers of an answer; what they say has been decided by cors-core.

use std::{borrow::Borrow, sync::Arc};

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
};
use cors_core::{AnswerShape, Methods, PreflightRequest, Refusal, Rights};

use crate::compiled::Compiled;

/// The `Origin` of a request.
#[derive(Debug, Clone)]
pub(crate) enum RequestOrigin {
    None,
    One(HeaderValue),
    /// several lines, which no browser sends: nothing matches them
    Malformed,
}

impl RequestOrigin {
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut lines = headers.get_all(header::ORIGIN);
        match (lines.next(), lines.next()) {
            (None, _) => RequestOrigin::None,
            (Some(origin), None) => RequestOrigin::One(origin.clone()),
            (Some(_), Some(_)) => RequestOrigin::Malformed,
        }
    }
}

/// What all of `policies` grant an origin.
pub(crate) fn rights(policies: &[impl Borrow<Compiled>], origin: &HeaderValue) -> Option<Rights> {
    let each = policies.iter().map(|p| p.borrow().policy.rights(origin.as_bytes()));
    each.reduce(|a, b| Some(a?.meet(b?))).flatten()
}

/// How the answers of several policies that all have to agree depend on the origin.
fn shape(policies: &[impl Borrow<Compiled>]) -> AnswerShape {
    let each = policies.iter().map(|p| p.borrow().shape());
    let both = |a, b| match (a, b) {
        (AnswerShape::Never, _) | (_, AnswerShape::Never) => AnswerShape::Never,
        (AnswerShape::Always, AnswerShape::Always) => AnswerShape::Always,
        _ => AnswerShape::ByOrigin,
    };
    each.reduce(both).unwrap_or(AnswerShape::Never)
}

/// Puts what the policies say about an actual request on its response. Tells whether somebody
/// else's CORS headers were there.
pub(crate) fn actual(
    headers: &mut HeaderMap,
    policies: &[impl Borrow<Compiled>],
    origin: &RequestOrigin,
) -> bool {
    let found = Found::in_headers(headers);
    if found.foreign {
        headers.retain(|name, _| !is_cors_header(name));
    }
    let shape = shape(policies);
    let rights = match (shape, origin) {
        (AnswerShape::Never, _) => return found.foreign,
        (AnswerShape::Always, _) => Some(Rights { star: true, credentials: false, grant: 0 }),
        (AnswerShape::ByOrigin, RequestOrigin::One(origin)) => rights(policies, origin),
        (AnswerShape::ByOrigin, _) => None,
    };
    if shape == AnswerShape::ByOrigin {
        vary_on_origin(headers, found.vary);
    }
    if let Some(rights) = rights {
        allow_origin(headers, rights, origin);
        if let [policy] = policies
            && let Some(names) = policy.borrow().expose(rights.grant)
        {
            headers.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, names.clone());
        }
    }
    found.foreign
}

/// Only `Vary: Origin`: for responses without `Origin` that no handler gave.
pub(crate) fn unknown(headers: &mut HeaderMap) -> bool {
    let found = Found::in_headers(headers);
    if found.foreign {
        headers.retain(|name, _| !is_cors_header(name));
    }
    vary_on_origin(headers, found.vary);
    found.foreign
}

/// A CORS-preflight request.
pub(crate) struct Preflight<'a> {
    pub(crate) origin: &'a RequestOrigin,
    /// `None`: several lines
    pub(crate) method: Option<&'a HeaderValue>,
    pub(crate) headers: &'a HeaderMap,
}

impl Preflight<'_> {
    /// What all of `policies` grant.
    pub(crate) fn judge(&self, policies: &[(Arc<Compiled>, Methods)]) -> Result<Rights, Refusal> {
        let each = policies.iter().map(|(policy, methods)| self.judge_one(policy, *methods));
        each.reduce(|a, b| Ok(a?.meet(b?))).unwrap_or(Err(Refusal::Off))
    }

    /// Whether a policy would grant it, if it had the only say.
    pub(crate) fn may_allow(&self, policy: &Compiled) -> bool {
        self.judge_one(policy, Methods::Routed).is_ok()
    }

    fn judge_one(&self, policy: &Compiled, methods: Methods) -> Result<Rights, Refusal> {
        let origin: &[u8] = match self.origin {
            RequestOrigin::One(origin) => origin.as_bytes(),
            _ => b"",
        };
        let request = PreflightRequest {
            origin,
            method: self.method.map_or(b"", HeaderValue::as_bytes),
            headers: self
                .headers
                .get_all(header::ACCESS_CONTROL_REQUEST_HEADERS)
                .map(HeaderValue::as_bytes),
        };
        policy.policy.preflight(request, methods)
    }

    /// The answer that grants.
    pub(crate) fn grant(
        &self,
        policies: &[(Arc<Compiled>, Methods)],
        rights: Rights,
        status: StatusCode,
    ) -> HttpResponse {
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        headers.append(header::VARY, vary_of(policies));
        allow_origin(headers, rights, self.origin);
        if let Some(method) = self.method {
            headers.append(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        }
        if let Some(names) = self.requested_headers() {
            headers.append(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        if let Some(seconds) = max_age(policies) {
            headers.append(header::ACCESS_CONTROL_MAX_AGE, seconds.clone());
        }
        response
    }

    /// The answer that refuses.
    pub(crate) fn refuse(&self, policies: &[(Arc<Compiled>, Methods)]) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
        response.headers_mut().append(header::VARY, vary_of(policies));
        response
    }

    /// The answer that refuses where it is not known which policy has a say.
    pub(crate) fn refuse_unknown(&self) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
        response.headers_mut().append(header::VARY, HeaderValue::from_static(VARY_PREFLIGHT));
        response
    }

    /// The answer that refuses and lets the browser name the culprit: where only the method or a
    /// header name fails, all but the list that fails is granted.
    pub(crate) fn explain(
        &self,
        policies: &[(Arc<Compiled>, Methods)],
        refusal: Refusal,
    ) -> HttpResponse {
        let list_fails = match refusal {
            Refusal::MethodDenied => true,
            // where no name is asked for, a browser lets the request pass without any list
            Refusal::HeaderDenied | Refusal::HeadersTooLong => self.asks_for_names(),
            _ => false,
        };
        let granted = match self.origin {
            RequestOrigin::One(origin) if list_fails => {
                let each = policies.iter().map(|(p, _)| p.policy.rights(origin.as_bytes()));
                each.reduce(|a, b| Some(a?.meet(b?))).flatten()
            }
            _ => None,
        };
        let reason = format!("preflight refused: {refusal}");
        let Some(rights) = granted else {
            return self.refuse(policies).set_body(reason).map_into_boxed_body();
        };
        let mut response = HttpResponse::new(StatusCode::OK);
        let headers = response.headers_mut();
        headers.append(header::VARY, vary_of(policies));
        allow_origin(headers, rights, self.origin);
        match (refusal, self.method) {
            (Refusal::MethodDenied, _) => {
                if let Some(names) = self.requested_headers() {
                    headers.append(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
                }
            }
            (_, Some(method)) => {
                headers.append(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
            }
            _ => {}
        }
        response.set_body(reason).map_into_boxed_body()
    }

    fn asks_for_names(&self) -> bool {
        let mut lines = self.headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS);
        lines.any(|line| line.as_bytes().iter().any(|byte| !b", \t".contains(byte)))
    }

    /// What was asked for, joined.
    fn requested_headers(&self) -> Option<HeaderValue> {
        let mut lines = self.headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS);
        let first = lines.next()?;
        if self.headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).nth(1).is_none() {
            return Some(first.clone());
        }
        let all = self.headers.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS);
        let joined = all.map(HeaderValue::as_bytes).collect::<Vec<_>>().join(&b',');
        HeaderValue::from_bytes(&joined).ok()
    }
}

/// `Access-Control-Allow-Origin` and, where it is granted, `Access-Control-Allow-Credentials`.
fn allow_origin(headers: &mut HeaderMap, rights: Rights, origin: &RequestOrigin) {
    let value = match origin {
        _ if rights.star => HeaderValue::from_static("*"),
        RequestOrigin::One(origin) => origin.clone(),
        _ => return,
    };
    headers.append(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    if rights.credentials {
        let yes = HeaderValue::from_static("true");
        headers.append(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, yes);
    }
}

/// The shortest time of all policies; without a time browsers take 5 seconds.
fn max_age(policies: &[(Arc<Compiled>, Methods)]) -> Option<&HeaderValue> {
    let shortest = policies.iter().min_by_key(|(p, _)| p.policy.max_age().unwrap_or(5))?;
    shortest.0.max_age.as_ref()
}

fn vary_of(policies: &[(Arc<Compiled>, Methods)]) -> HeaderValue {
    let always = |(p, _): &(Arc<Compiled>, Methods)| p.shape() == AnswerShape::Always;
    HeaderValue::from_static(if policies.iter().all(always) {
        "Access-Control-Request-Method, Access-Control-Request-Headers"
    } else {
        VARY_PREFLIGHT
    })
}

const VARY_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// What one pass over the handler's header names shows.
struct Found {
    vary: bool,
    foreign: bool,
}

impl Found {
    fn in_headers(headers: &HeaderMap) -> Self {
        let mut found = Found { vary: false, foreign: false };
        for name in headers.keys() {
            found.vary |= *name == header::VARY;
            found.foreign |= is_cors_header(name);
        }
        found
    }
}

fn is_cors_header(name: &HeaderName) -> bool {
    name.as_str().starts_with("access-control-")
}

/// Adds `Origin` to the handler's `Vary`, unless it or `*` is there.
fn vary_on_origin(headers: &mut HeaderMap, has_vary: bool) {
    let names_it = |line: &HeaderValue| {
        let tokens = line.as_bytes().split(|b| *b == b',').map(<[u8]>::trim_ascii);
        tokens.into_iter().any(|t| t == b"*" || t.eq_ignore_ascii_case(b"origin"))
    };
    if !has_vary || !headers.get_all(header::VARY).any(names_it) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
    }
}
