//! Writing the headers of responses to actual requests; what they say has been decided by cors-core.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use cors_core::{AnswerShape, Methods, Rights};

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
        let mut lines = headers.get_all(&header::ORIGIN);
        match (lines.next(), lines.next()) {
            (None, _) => RequestOrigin::None,
            (Some(origin), None) => RequestOrigin::One(origin.clone()),
            (Some(_), Some(_)) => RequestOrigin::Malformed,
        }
    }
}

/// What all of `policies` grant an origin.
pub(crate) fn rights<'p>(
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

/// `Access-Control-Allow-Origin` and, where it is granted, `Access-Control-Allow-Credentials`.
pub(crate) fn allow_origin(headers: &mut HeaderMap, rights: Rights, origin: RequestOrigin) {
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
