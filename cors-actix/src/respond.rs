//! Writing the headers of responses to actual requests; what they say has been decided by cors-core.

use std::sync::Arc;

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use cors_core::{AnswerShape, Methods, Rights};

use crate::compiled::Compiled;

/// The `Origin` of a request. Of several lines, which no browser sends, it is empty: nothing matches
/// that.
#[inline]
pub(crate) fn origin_of(headers: &HeaderMap) -> Option<&HeaderValue> {
    static EMPTY: HeaderValue = HeaderValue::from_static("");
    let mut lines = headers.get_all(&header::ORIGIN);
    let origin = lines.next()?;
    Some(if lines.next().is_none() { origin } else { &EMPTY })
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
pub(crate) fn actual(
    headers: &mut HeaderMap,
    policy: &Compiled,
    origin: Option<HeaderValue>,
) -> bool {
    let shape = policy.shape();
    let foreign = own_headers(headers, shape == AnswerShape::ByOrigin);
    let rights = match (shape, &origin) {
        (AnswerShape::Always, _) => Some(STAR),
        (AnswerShape::ByOrigin, Some(origin)) => policy.policy.rights(origin.as_bytes()),
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
    origin: Option<HeaderValue>,
) -> bool {
    if let [(policy, _)] = policies {
        return actual(headers, policy, origin);
    }
    let all = || policies.iter().map(|(policy, _)| &**policy);
    let shape = all().map(Compiled::shape).reduce(|a, b| match (a, b) {
        (AnswerShape::Never, AnswerShape::Never) => AnswerShape::Never,
        (AnswerShape::Always, AnswerShape::Always) => AnswerShape::Always,
        _ => AnswerShape::ByOrigin,
    });
    let foreign = own_headers(headers, shape == Some(AnswerShape::ByOrigin));
    let rights = match (shape, &origin) {
        (Some(AnswerShape::Always), _) => Some(STAR),
        (Some(AnswerShape::ByOrigin), Some(origin)) => rights(all(), origin),
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
#[inline(always)]
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
#[inline]
pub(crate) fn allow_origin(headers: &mut HeaderMap, rights: Rights, origin: Option<HeaderValue>) {
    let star = const { HeaderValue::from_static("*") };
    let Some(value) = (if rights.star { Some(star) } else { origin }) else { return };
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
    #[inline]
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
#[inline]
fn vary_on_origin(headers: &mut HeaderMap, has_vary: bool) {
    if !has_vary || !varies_on_origin(headers) {
        headers.append(header::VARY, const { HeaderValue::from_static("Origin") });
    }
}

#[inline(never)]
fn varies_on_origin(headers: &HeaderMap) -> bool {
    headers.get_all(header::VARY).any(|line| {
        let tokens = line.as_bytes().split(|b| *b == b',').map(<[u8]>::trim_ascii);
        tokens.into_iter().any(|t| t == b"*" || t.eq_ignore_ascii_case(b"origin"))
    })
}
