//! Deciding: what the policy that holds at one place answers to one request.

use crate::{
    GrantedOrigins, Merged, Names,
    name::{self, NON_WILDCARD_REQUEST_HEADER},
    origin::is_origin,
};

/// A merged policy, compiled for deciding.
///
/// Every question costs the same for short and for long lists, allocates nothing, and is bounded
/// on hostile input.
#[derive(Debug, Clone)]
pub struct EffectivePolicy {
    merged: Merged,
    shape: AnswerShape,
    headers: HeaderRule,
}

/// How the answers of a policy depend on the request's origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerShape {
    /// One `any` grant: every response carries `*`, with or without `Origin`, and no `Vary`.
    Always,
    /// No grant: no response carries anything, and no `Vary`.
    Never,
    /// Everything else: `Vary: Origin` on every response.
    ByOrigin,
}

/// A CORS-preflight request, as bytes.
#[derive(Debug, Clone, Copy)]
pub struct PreflightRequest<'a, L> {
    /// The value of the one `Origin` line; empty where there are several, which matches nothing.
    pub origin: &'a [u8],
    /// The value of the one `Access-Control-Request-Method` line.
    pub method: &'a [u8],
    /// The values of the `Access-Control-Request-Headers` lines.
    pub headers: L,
}

/// Which methods a preflight may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Methods {
    /// The route has been found by its method, so the policy's `methods` have no say.
    Routed,
    /// GET, HEAD, POST and the policy's `methods`.
    Listed,
}

/// What one request origin is granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rights {
    /// Whether `Access-Control-Allow-Origin` is `*` rather than the request's origin.
    pub star: bool,
    /// Whether `Access-Control-Allow-Credentials: true` is sent; never with `star`.
    pub credentials: bool,
    /// The deciding grant's index in [`Merged::grants`].
    pub grant: usize,
}

/// The step at which a preflight fails, in the order in which they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is trusted here.
    Off,
    /// `Origin` is not the serialization of an origin.
    OriginInvalid,
    /// No grant matches the origin.
    OriginDenied,
    /// The method is no token, or one that browsers never send.
    MethodInvalid,
    /// The method is not listed.
    MethodDenied,
    /// The request's header names exceed the caps.
    HeadersTooLong,
    /// An element of `Access-Control-Request-Headers` is no header name.
    HeaderInvalid,
    /// A header name is not listed.
    HeaderDenied,
}

impl EffectivePolicy {
    /// Compiles a merged policy.
    #[must_use]
    pub fn new(merged: Merged) -> Self {
        let shape = match &*merged.grants {
            [] => AnswerShape::Never,
            [one] if matches!(one.origins, GrantedOrigins::Any) => AnswerShape::Always,
            _ => AnswerShape::ByOrigin,
        };
        let headers = HeaderRule::new(&merged.allow_headers.value);
        EffectivePolicy { merged, shape, headers }
    }

    /// The policy, with the source of each value.
    #[must_use]
    pub fn merged(&self) -> &Merged {
        &self.merged
    }

    /// How the answers depend on the request's origin.
    #[must_use]
    pub fn shape(&self) -> AnswerShape {
        self.shape
    }

    /// How long a preflight may be kept, in seconds.
    #[must_use]
    pub fn max_age(&self) -> Option<u32> {
        self.merged.max_age.as_ref().map(|m| m.value)
    }

    /// What the value of an `Origin` header is granted on an actual request: the
    /// [CORS check](https://fetch.spec.whatwg.org/#cors-check) passes exactly with these rights.
    #[must_use]
    pub fn rights(&self, origin: &[u8]) -> Option<Rights> {
        let grants = self.merged.grants.iter().enumerate().rev();
        for (index, grant) in grants {
            let star = match grant.origins.set() {
                Some(set) if set.contains(origin) => false,
                None if self.shape == AnswerShape::Always || is_origin(origin) => true,
                _ => continue,
            };
            return Some(Rights { star, credentials: grant.credentials, grant: index });
        }
        None
    }

    /// What a [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-fetch) is
    /// granted.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn preflight<'a>(
        &self,
        request: PreflightRequest<'a, impl Iterator<Item = &'a [u8]> + Clone>,
        methods: Methods,
    ) -> Result<Rights, Refusal> {
        if self.shape == AnswerShape::Never {
            return Err(Refusal::Off);
        }
        let rights = self.rights(request.origin).ok_or(if is_origin(request.origin) {
            Refusal::OriginDenied
        } else {
            Refusal::OriginInvalid
        })?;
        self.method(request.method, methods)?;
        self.headers.check(request.headers)?;
        Ok(rights)
    }

    fn method(&self, method: &[u8], methods: Methods) -> Result<(), Refusal> {
        if !name::is_token(method) || name::is_forbidden_method(method) {
            return Err(Refusal::MethodInvalid);
        }
        let listed = || {
            let listed = &self.merged.methods.value;
            listed.any
                || name::is_safelisted_method(method)
                || listed.iter().any(|m| m.as_bytes() == method)
        };
        (methods == Methods::Routed || listed()).then_some(()).ok_or(Refusal::MethodDenied)
    }
}

impl Rights {
    /// What two policies both grant.
    #[must_use]
    pub fn meet(self, other: Rights) -> Rights {
        Rights {
            star: self.star && other.star,
            credentials: self.credentials && other.credentials,
            grant: self.grant,
        }
    }
}

/// The request headers that a policy allows, ready for look-ups.
#[derive(Debug, Clone)]
struct HeaderRule {
    any: bool,
    /// lower case, sorted
    names: Vec<Box<str>>,
    /// as a browser that asks for all of them joins them
    joined: Box<str>,
}

impl HeaderRule {
    fn new(allowed: &Names) -> Self {
        let mut names = allowed.names.clone();
        names.sort_unstable();
        let joined = names.join(",").into();
        HeaderRule { any: allowed.any, names, joined }
    }

    /// Checks all lines of `Access-Control-Request-Headers` as one list: case and order ignored,
    /// white space and empty elements tolerated.
    fn check<'a>(&self, lines: impl Iterator<Item = &'a [u8]> + Clone) -> Result<(), Refusal> {
        let mut first = lines.clone();
        match (first.next(), first.next()) {
            (None, _) => return Ok(()),
            (Some(line), None) if line == self.joined.as_bytes() && !self.any => return Ok(()),
            _ => {}
        }
        // checked before any element is looked at
        let (max_bytes, max_names) = if self.any {
            (MAX_REQUEST_HEADERS_BYTES, MAX_REQUEST_HEADERS_NAMES)
        } else {
            (self.joined.len() + SLACK, self.names.len())
        };
        let mut bytes = 0;
        for line in lines.clone() {
            bytes += line.len() + 1;
            if bytes > max_bytes {
                return Err(Refusal::HeadersTooLong);
            }
        }
        let mut names = 0;
        for element in lines.flat_map(|line| line.split(|b| *b == b',')) {
            let element = element.trim_ascii();
            if element.is_empty() {
                continue;
            }
            names += 1;
            if names > max_names {
                return Err(if self.any { Refusal::HeadersTooLong } else { Refusal::HeaderDenied });
            }
            self.check_name(element)?;
        }
        Ok(())
    }

    fn check_name(&self, name: &[u8]) -> Result<(), Refusal> {
        if !name::is_token(name) {
            return Err(Refusal::HeaderInvalid);
        }
        let covered =
            self.any && !name.eq_ignore_ascii_case(NON_WILDCARD_REQUEST_HEADER.as_bytes());
        let listed = || {
            let order = |own: &str| own.bytes().cmp(name.iter().map(u8::to_ascii_lowercase));
            self.names.binary_search_by(|own| order(own)).is_ok()
        };
        (covered || listed()).then_some(()).ok_or(Refusal::HeaderDenied)
    }
}

/// Most bytes of `Access-Control-Request-Headers` under `allow_headers = any`, commas included.
/// Browsers have been seen to send 7,800.
pub const MAX_REQUEST_HEADERS_BYTES: usize = 16_384;
/// Most header names in it.
pub const MAX_REQUEST_HEADERS_NAMES: usize = 512;
/// What proxies may add to a list in white space, empty elements and line breaks, in bytes.
const SLACK: usize = 256;
