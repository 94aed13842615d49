//! The response headers that a decision comes to.

use std::borrow::Cow;

use crate::{AnswerShape, EffectivePolicy, PreflightRequest, Rights};

/// The CORS headers of one response, as plain data; what is `None` or `false` is not sent.
///
/// ```
/// use cors_core::{EffectivePolicy, Merger, Policy};
///
/// let policy = Policy::builder().origins(["https://app.example.com"]).credentials().build()?;
/// let merged = Merger::new().app(&policy).expect("nothing to merge with");
/// let policy = EffectivePolicy::new(merged);
/// let answer = policy.answer_actual(Some(b"https://app.example.com"));
/// let headers: Vec<_> = answer.headers().map(|(name, value)| (name, value.to_vec())).collect();
/// assert_eq!(headers, [
///     ("access-control-allow-origin", b"https://app.example.com".to_vec()),
///     ("access-control-allow-credentials", b"true".to_vec()),
///     ("vary", b"Origin".to_vec()),
/// ]);
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer<'a> {
    /// [`Access-Control-Allow-Origin`](https://fetch.spec.whatwg.org/#http-access-control-allow-origin):
    /// `*`, or the request's origin.
    pub allow_origin: Option<&'a [u8]>,
    /// [`Access-Control-Allow-Credentials`](https://fetch.spec.whatwg.org/#http-access-control-allow-credentials):
    /// `true`.
    pub allow_credentials: bool,
    /// [`Access-Control-Allow-Methods`](https://fetch.spec.whatwg.org/#http-access-control-allow-methods):
    /// the requested method alone.
    pub allow_methods: Option<&'a [u8]>,
    /// [`Access-Control-Allow-Headers`](https://fetch.spec.whatwg.org/#http-access-control-allow-headers):
    /// the requested lines, joined by `,`.
    pub allow_headers: Option<Cow<'a, [u8]>>,
    /// [`Access-Control-Max-Age`](https://fetch.spec.whatwg.org/#http-access-control-max-age), in
    /// seconds.
    pub max_age: Option<&'a str>,
    /// [`Access-Control-Expose-Headers`](https://fetch.spec.whatwg.org/#http-access-control-expose-headers):
    /// names joined by `, `, or `*`.
    pub expose_headers: Option<&'a str>,
    /// What the response [varies on](https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches),
    /// to be added to what it varies on anyway.
    pub vary: Option<&'static str>,
}

impl<'a> Answer<'a> {
    /// The headers to write, in a fixed order, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &[u8])> {
        [
            ("access-control-allow-origin", self.allow_origin),
            ("access-control-allow-credentials", self.allow_credentials.then_some(&b"true"[..])),
            ("access-control-allow-methods", self.allow_methods),
            ("access-control-allow-headers", self.allow_headers.as_deref()),
            ("access-control-max-age", self.max_age.map(str::as_bytes)),
            ("access-control-expose-headers", self.expose_headers.map(str::as_bytes)),
            ("vary", self.vary.map(str::as_bytes)),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
    }

    pub(crate) fn actual(policy: &'a EffectivePolicy, origin: Option<&'a [u8]>) -> Self {
        let vary = (policy.shape() == AnswerShape::ByOrigin).then_some(VARY_ACTUAL);
        let origin = match policy.shape() {
            AnswerShape::Always => Some(&b""[..]),
            AnswerShape::Never => None,
            AnswerShape::ByOrigin => origin,
        };
        let Some((origin, rights)) = origin.and_then(|o| Some((o, policy.rights(o)?))) else {
            return Answer { vary, ..Answer::default() };
        };
        let expose = &policy.expose[rights.grant];
        let expose_headers = (!expose.is_empty()).then_some(&**expose);
        Answer { expose_headers, vary, ..Answer::granted(origin, rights) }
    }

    pub(crate) fn granted_preflight(
        policy: &'a EffectivePolicy,
        rights: Rights,
        request: PreflightRequest<'a, impl Iterator<Item = &'a [u8]>>,
    ) -> Self {
        Answer {
            allow_methods: Some(request.method),
            allow_headers: join(request.headers),
            max_age: policy.max_age.as_deref(),
            ..Answer {
                vary: vary_preflight(policy.shape()),
                ..Answer::granted(request.origin, rights)
            }
        }
    }

    pub(crate) fn refused_preflight(shape: AnswerShape) -> Self {
        Answer { vary: vary_preflight(shape), ..Answer::default() }
    }

    fn granted(origin: &'a [u8], rights: Rights) -> Self {
        Answer {
            allow_origin: Some(if rights.star { b"*" } else { origin }),
            allow_credentials: rights.credentials,
            ..Answer::default()
        }
    }
}

fn vary_preflight(shape: AnswerShape) -> Option<&'static str> {
    Some(match shape {
        AnswerShape::Always => VARY_PREFLIGHT_ANY,
        AnswerShape::Never | AnswerShape::ByOrigin => VARY_PREFLIGHT,
    })
}

/// Allocates only where there are several lines.
fn join<'a>(lines: impl Iterator<Item = &'a [u8]>) -> Option<Cow<'a, [u8]>> {
    lines.filter(|line| !line.is_empty()).map(Cow::Borrowed).reduce(|joined, line| {
        let mut joined = joined.into_owned();
        joined.push(b',');
        joined.extend_from_slice(&line);
        joined.into()
    })
}

const VARY_ACTUAL: &str = "Origin";
const VARY_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
const VARY_PREFLIGHT_ANY: &str = "Access-Control-Request-Method, Access-Control-Request-Headers";
