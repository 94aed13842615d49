//! Writing the headers of an answer; what they say has been decided by cors-core.

use std::sync::Arc;

use actix_web::{
    HttpResponse,
    dev::ServiceRequest,
    http::{
        Method, StatusCode,
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
    #[inline]
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        match headers.get_all(&header::ORIGIN).as_slice() {
            [] => RequestOrigin::None,
            [origin] => RequestOrigin::One(origin.clone()),
            _ => RequestOrigin::Malformed,
        }
    }
}

/// What all of `policies` grant an origin.
fn rights<'p>(
    policies: impl IntoIterator<Item = &'p Compiled>,
    origin: &HeaderValue,
) -> Option<Rights> {
    let each = policies.into_iter().map(|p| p.policy.rights(origin.as_bytes()));
    each.reduce(|a, b| Some(a?.meet(b?))).flatten()
}

/// Whether a policy grants an origin anything.
pub(crate) fn is_granted(policy: &Compiled, origin: &HeaderValue) -> bool {
    policy.policy.rights(origin.as_bytes()).is_some()
}

/// Puts what a policy says about an actual request on its response. Tells whether somebody else's
/// CORS headers were there.
#[inline]
pub(crate) fn actual(headers: &mut HeaderMap, policy: &Compiled, origin: RequestOrigin) -> bool {
    let shape = policy.shape();
    let foreign = own_headers(headers, shape == AnswerShape::ByOrigin);
    let rights = match (shape, &origin) {
        (AnswerShape::Always, _) => Some(STAR),
        (AnswerShape::ByOrigin, RequestOrigin::One(o)) => policy.policy.rights(o.as_bytes()),
        _ => None,
    };
    if let Some(rights) = rights {
        allow_origin(headers, rights, origin);
        if let Some(names) = policy.expose(rights.grant) {
            headers.append(header::ACCESS_CONTROL_EXPOSE_HEADERS, names.clone());
        }
    }
    foreign
}

/// The same for several policies, all of which have to agree.
pub(crate) fn actual_by_all(
    headers: &mut HeaderMap,
    policies: &[(Arc<Compiled>, Methods)],
    origin: RequestOrigin,
) -> bool {
    if let [(policy, _)] = policies {
        return actual(headers, policy, origin);
    }
    let all = || policies.iter().map(|(policy, _)| &**policy);
    let shape = all().map(Compiled::shape).reduce(|a, b| match (a, b) {
        (AnswerShape::Never, _) | (_, AnswerShape::Never) => AnswerShape::Never,
        (AnswerShape::Always, AnswerShape::Always) => AnswerShape::Always,
        _ => AnswerShape::ByOrigin,
    });
    let foreign = own_headers(headers, shape == Some(AnswerShape::ByOrigin));
    let rights = match (shape, &origin) {
        (Some(AnswerShape::Always), _) => Some(STAR),
        (Some(AnswerShape::ByOrigin), RequestOrigin::One(origin)) => rights(all(), origin),
        _ => None,
    };
    if let Some(rights) = rights {
        allow_origin(headers, rights, origin);
    }
    foreign
}

/// Only `Vary: Origin`: for responses without `Origin` that no handler gave.
pub(crate) fn unknown(headers: &mut HeaderMap) -> bool {
    own_headers(headers, true)
}

/// Removes CORS headers that are there already, and varies on the origin.
#[inline]
fn own_headers(headers: &mut HeaderMap, vary: bool) -> bool {
    let found = Found::in_headers(headers);
    if found.foreign {
        headers.retain(|name, _| !is_cors_header(name));
    }
    if vary {
        vary_on_origin(headers, found.vary);
    }
    found.foreign
}

/// What a constant `*` grants.
const STAR: Rights = Rights { star: true, credentials: false, grant: 0 };

/// A CORS-preflight request.
pub(crate) struct Preflight<'a> {
    origin: &'a RequestOrigin,
    /// `None`: several lines
    pub(crate) method: Option<&'a HeaderValue>,
    /// the lines of `Access-Control-Request-Headers`
    headers: &'a [HeaderValue],
}

impl<'a> Preflight<'a> {
    /// OPTIONS with `Origin` and `Access-Control-Request-Method`.
    pub(crate) fn of(req: &'a ServiceRequest, origin: &'a RequestOrigin) -> Option<Self> {
        if *req.method() != Method::OPTIONS || matches!(origin, RequestOrigin::None) {
            return None;
        }
        let lines = |name| req.headers().get_all(name).as_slice();
        let method = match lines(&header::ACCESS_CONTROL_REQUEST_METHOD) {
            [] => return None,
            [method] => Some(method),
            _ => None,
        };
        let headers = lines(&header::ACCESS_CONTROL_REQUEST_HEADERS);
        Some(Preflight { origin, method, headers })
    }

    /// The value of the one `Origin` line.
    #[cfg(feature = "tracing")]
    pub(crate) fn origin_bytes(&self) -> &[u8] {
        match self.origin {
            RequestOrigin::One(origin) => origin.as_bytes(),
            RequestOrigin::None | RequestOrigin::Malformed => b"",
        }
    }

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
            headers: self.headers.iter().map(HeaderValue::as_bytes),
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
        self.allow_origin(headers, rights);
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
        response
            .headers_mut()
            .append(header::VARY, const { HeaderValue::from_static(VARY_PREFLIGHT) });
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
        self.allow_origin(headers, rights);
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

    fn allow_origin(&self, headers: &mut HeaderMap, rights: Rights) {
        allow_origin(headers, rights, self.origin.clone());
    }

    fn asks_for_names(&self) -> bool {
        let mut bytes = self.headers.iter().flat_map(HeaderValue::as_bytes);
        bytes.any(|byte| !b", \t".contains(byte))
    }

    /// What was asked for, joined.
    fn requested_headers(&self) -> Option<HeaderValue> {
        match self.headers {
            [] => None,
            [line] => Some(line.clone()),
            lines => {
                let lines: Vec<_> = lines.iter().map(HeaderValue::as_bytes).collect();
                HeaderValue::from_bytes(&lines.join(&b',')).ok()
            }
        }
    }
}

/// `Access-Control-Allow-Origin` and, where it is granted, `Access-Control-Allow-Credentials`.
fn allow_origin(headers: &mut HeaderMap, rights: Rights, origin: RequestOrigin) {
    let value = match origin {
        _ if rights.star => const { HeaderValue::from_static("*") },
        RequestOrigin::One(origin) => origin,
        _ => return,
    };
    headers.append(header::ACCESS_CONTROL_ALLOW_ORIGIN, value);
    if rights.credentials {
        let yes = const { HeaderValue::from_static("true") };
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
    if policies.iter().all(always) {
        const { HeaderValue::from_static(VARY_PREFLIGHT_ANY) }
    } else {
        const { HeaderValue::from_static(VARY_PREFLIGHT) }
    }
}

const VARY_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
const VARY_PREFLIGHT_ANY: &str = "Access-Control-Request-Method, Access-Control-Request-Headers";

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
        headers.append(header::VARY, const { HeaderValue::from_static("Origin") });
    }
}
