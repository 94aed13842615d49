//! Refusing actual requests that the policy denies: off by default, the standard leaves that to
//! the browser.

use std::{fmt, rc::Rc, sync::Arc};

use actix_web::{
    Error, HttpResponse, ResponseError,
    dev::ServiceRequest,
    http::{StatusCode, header},
};
use cors_core::{AnswerShape, OriginPattern, PatternFaultKind, Site};

use crate::{
    compiled::Compiled,
    cors::Cors,
    errors::Problem,
    respond::{is_granted, origin_of},
};

/// The service's own origins, for [`Cors::reject_disallowed`].
#[derive(Debug, Clone, Default)]
pub struct OwnOrigins {
    origins: Vec<(String, Site)>,
    trust_forwarded: bool,
}

impl OwnOrigins {
    /// Scheme and host of each request, as the server sees them.
    #[must_use]
    pub fn from_request() -> Self {
        Self::default()
    }

    /// Those, and `origins`, serialized such as `https://www.example.com`; anything else is an error
    /// at start-up.
    #[must_use]
    #[track_caller]
    pub fn and(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let site = Site::caller();
        self.origins.extend(origins.into_iter().map(|origin| (origin.into(), site.clone())));
        self
    }

    /// Scheme and host as the `Forwarded` and `X-Forwarded-*` headers tell them.
    ///
    /// # Security
    /// Only behind a proxy that sets these headers itself: anybody else's would be believed.
    #[must_use]
    pub fn trust_forwarded(mut self) -> Self {
        self.trust_forwarded = true;
        self
    }

    /// Those that no request can have.
    pub(crate) fn problems(&self) -> impl Iterator<Item = Problem> {
        self.origins.iter().filter_map(|(origin, site)| {
            let (reason, fix) = match OriginPattern::parse(origin) {
                Ok(pattern) if pattern.is_null() => {
                    ("every site can send it, from a sandboxed frame", "remove it".to_owned())
                }
                Ok(pattern) if pattern.is_exact() => return None,
                Ok(_) => (WHOLE, "name each of them".to_owned()),
                Err(fault) if *fault.kind() == PatternFaultKind::Any => {
                    (WHOLE, "name each of them".to_owned())
                }
                Err(fault) => (fault.note(), fault.help()),
            };
            let (origin, site, reason) = (origin.clone(), site.clone(), reason.to_owned());
            Some(Problem::OwnOrigin { origin, site, reason, fix })
        })
    }

    fn contains(&self, req: &ServiceRequest, origin: &[u8]) -> bool {
        if self.origins.iter().any(|(own, _)| own.as_bytes() == origin) {
            return true;
        }
        let is_own = |scheme: &str, host: &str| {
            let text = origin.strip_prefix(scheme.as_bytes()).and_then(|o| o.strip_prefix(b"://"));
            text == Some(host.as_bytes())
        };
        if self.trust_forwarded {
            let info = req.connection_info();
            return is_own(info.scheme(), info.host());
        }
        let scheme = if req.app_config().secure() { "https" } else { "http" };
        let uri_host = req.uri().authority().map(|a| a.as_str());
        let host = req.headers().get(header::HOST).and_then(|h| h.to_str().ok()).or(uri_host);
        host.is_some_and(|host| is_own(scheme, host))
    }
}

/// Refuses what a policy denies.
pub(crate) struct RejectRule {
    pub(crate) cors: Cors,
}

impl RejectRule {
    /// The error that refuses a request to an annotated route.
    pub(crate) fn refuse(&self, req: &ServiceRequest, policy: &Arc<Compiled>) -> Option<Error> {
        self.is_refused(req, policy).then(|| Disallowed.into())
    }

    /// Whether a request is cross-origin and `policy` denies it.
    pub(crate) fn is_refused(&self, req: &ServiceRequest, policy: &Arc<Compiled>) -> bool {
        let Some(own) = &self.cors.config.reject else { return false };
        let Some(origin) = origin_of(req.headers()) else { return false };
        let site = req.headers().get("sec-fetch-site");
        policy.shape() != AnswerShape::Always
            && !is_granted(policy, origin)
            && site.is_none_or(|site| site.as_bytes() != b"same-origin")
            && !own.contains(req, origin.as_bytes())
    }
}

/// A cross-origin request that the route's policy denies.
#[derive(Debug)]
struct Disallowed;

impl fmt::Display for Disallowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cross-origin request denied by the CORS policy")
    }
}

impl ResponseError for Disallowed {
    fn status_code(&self) -> StatusCode {
        StatusCode::FORBIDDEN
    }

    fn error_response(&self) -> HttpResponse {
        refusal()
    }
}

/// The answer to a refused request; `Vary: Origin` comes with the policy's headers.
pub(crate) fn refusal() -> HttpResponse {
    HttpResponse::Forbidden()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(Disallowed.to_string())
}

/// The rule, where the configuration has one.
pub(crate) fn rule(cors: &Cors) -> Option<Rc<RejectRule>> {
    cors.config.reject.is_some().then(|| Rc::new(RejectRule { cors: cors.clone() }))
}

/// Why an own origin is no pattern.
const WHOLE: &str = "own origins are compared as they are";
