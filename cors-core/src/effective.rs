//! Deciding: what the policy that holds at one place answers to one request.

use crate::{
    Answer, Grant, GrantedOrigins, Merged, name, name_table::NameTable, origin::is_origin,
    request_headers::HeaderRule,
};

/// A merged policy, compiled for deciding.
///
/// Every question costs the same for short and for long lists, allocates nothing, and is bounded
/// on hostile input before any part of it is looked at:
///
/// | input | at most | past it |
/// |---|---|---|
/// | `Origin` | [`MAX_ORIGIN`](crate::MAX_ORIGIN) bytes | [`Refusal::OriginDenied`] |
/// | `Access-Control-Request-Method` | [`MAX_METHOD`](crate::MAX_METHOD) bytes | [`Refusal::MethodInvalid`] |
/// | `Access-Control-Request-Headers`, listed names | the names of the policy joined by `,`, and 16 bytes and 2 for each name for white space and empty elements; no more names, and in them no more bytes, than the policy has; 2 lines more than it has names | [`Refusal::HeadersTooLong`] |
/// | the same under `allow_headers = any` | [`MAX_REQUEST_HEADERS_BYTES`](crate::MAX_REQUEST_HEADERS_BYTES) bytes, [`MAX_REQUEST_HEADERS_NAMES`](crate::MAX_REQUEST_HEADERS_NAMES) names | [`Refusal::HeadersTooLong`] |
///
/// ```
/// use cors_core::{EffectivePolicy, Merger, Methods, Policy, PreflightRequest, Refusal};
///
/// let policy = Policy::builder()
///     .origins(["https://app.example.com"])
///     .allow_headers(["content-type"])
///     .build()?;
/// let merged = Merger::new().app(&policy).expect("nothing to merge with");
/// let policy = EffectivePolicy::new(merged);
///
/// let request = PreflightRequest {
///     origin: b"https://app.example.com",
///     method: b"PUT",
///     headers: [&b"content-type"[..]].into_iter(),
/// };
/// assert!(policy.preflight(request.clone(), Methods::Routed).is_ok());
/// let refused = policy.preflight(request, Methods::Listed);
/// assert_eq!(refused, Err(Refusal::MethodDenied));
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone)]
pub struct EffectivePolicy {
    merged: Merged,
    shape: AnswerShape,
    pub(crate) headers: HeaderRule,
    methods: NameTable,
    /// what the answers say, one `Access-Control-Expose-Headers` for each grant
    pub(crate) expose: Box<[Box<str>]>,
    pub(crate) max_age: Option<Box<str>>,
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

/// A [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request), as bytes.
#[derive(Debug, Clone, Copy)]
pub struct PreflightRequest<'a, L> {
    /// The value of the one `Origin` line; empty where there are several, which matches nothing.
    pub origin: &'a [u8],
    /// The value of the one `Access-Control-Request-Method` line; empty where there are several.
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
///
/// ```
/// use cors_core::{EffectivePolicy, Merger, Methods, Policy, PreflightRequest, Refusal};
///
/// let refusal = |policy: &Policy, origin: &str, method: &str, headers: &str| {
///     let merged = Merger::new().app(policy).expect("nothing to merge with");
///     let request = PreflightRequest {
///         origin: origin.as_bytes(),
///         method: method.as_bytes(),
///         headers: [headers.as_bytes()].into_iter(),
///     };
///     EffectivePolicy::new(merged).preflight(request, Methods::Listed).err()
/// };
/// let app = "https://app.example.com";
/// assert_eq!(refusal(&Policy::deny(), app, "GET", ""), Some(Refusal::Off));
///
/// let policy = Policy::builder().origins([app]).methods(["PUT"]).allow_headers(["x-a"]).build()?;
/// assert_eq!(refusal(&policy, app, "PUT", "x-a"), None);
/// assert_eq!(refusal(&policy, "https://evil.example", "PUT", ""), Some(Refusal::OriginDenied));
/// assert_eq!(refusal(&policy, app, "TRACE", ""), Some(Refusal::MethodInvalid));
/// assert_eq!(refusal(&policy, app, "DELETE", ""), Some(Refusal::MethodDenied));
/// assert_eq!(refusal(&policy, app, "PUT", "x-a,x-a"), Some(Refusal::HeadersTooLong));
/// assert_eq!(refusal(&policy, app, "PUT", "x a"), Some(Refusal::HeaderInvalid));
/// assert_eq!(refusal(&policy, app, "PUT", "x-b"), Some(Refusal::HeaderDenied));
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, derive_more::Display)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody is trusted here.
    #[display("nobody is trusted here")]
    Off,
    /// No grant matches the origin: it is another site's, or nothing that a browser sends.
    #[display("no grant matches the origin")]
    OriginDenied,
    /// The method is no token of at most 64 bytes, or a
    /// [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method).
    #[display("browsers never send this method")]
    MethodInvalid,
    /// The method is not listed.
    #[display("the method is not listed")]
    MethodDenied,
    /// There are more names of request headers than are listed, or longer ones, or past the caps.
    #[display("more or longer names of request headers than are listed")]
    HeadersTooLong,
    /// An element of `Access-Control-Request-Headers` is no header name.
    #[display("invalid name of a request header")]
    HeaderInvalid,
    /// The name of a request header is not listed.
    #[display("the request header is not listed")]
    HeaderDenied,
}

impl std::error::Error for Refusal {}

impl EffectivePolicy {
    /// Compiles a merged policy.
    #[must_use]
    pub fn new(merged: Merged) -> Self {
        let shape = match merged.grants() {
            [] => AnswerShape::Never,
            [one] if matches!(one.origins(), GrantedOrigins::Any) => AnswerShape::Always,
            _ => AnswerShape::ByOrigin,
        };
        let headers = HeaderRule::new(&merged.allow_headers().value);
        let methods = NameTable::new(merged.methods().value.iter());
        let expose = merged.grants().iter().map(|grant| grant.expose().value.to_header()).collect();
        let max_age = merged.max_age().map(|seconds| seconds.value.to_string().into());
        EffectivePolicy { merged, shape, headers, methods, expose, max_age }
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
        self.merged.max_age().map(|seconds| seconds.value)
    }

    /// What the value of an `Origin` header is granted on an actual request: the
    /// [CORS check](https://fetch.spec.whatwg.org/#cors-check) passes exactly with these rights.
    #[must_use]
    #[inline]
    pub fn rights(&self, origin: &[u8]) -> Option<Rights> {
        match self.merged.grants() {
            [grant] => self.rights_of(0, grant, origin),
            _ => self.last_rights(origin),
        }
    }

    #[inline(never)]
    fn last_rights(&self, origin: &[u8]) -> Option<Rights> {
        let mut grants = self.merged.grants().iter().enumerate().rev();
        grants.find_map(|(index, grant)| self.rights_of(index, grant, origin))
    }

    #[inline]
    fn rights_of(&self, index: usize, grant: &Grant, origin: &[u8]) -> Option<Rights> {
        let (star, matches) = match grant.origins() {
            GrantedOrigins::Any => (true, self.shape == AnswerShape::Always || is_origin(origin)),
            GrantedOrigins::List(set) | GrantedOrigins::Set(_, set) => {
                (false, set.contains(origin))
            }
        };
        let rights = Rights { star, credentials: grant.credentials(), grant: index };
        matches.then_some(rights)
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
        let rights = self.check_origin(request.origin)?;
        self.check_method(request.method, methods)?;
        self.headers.check(request.headers)?;
        Ok(rights)
    }

    /// The answer to a preflight: the headers of the grant if every step passes, and `Vary` alone
    /// otherwise.
    ///
    /// # Errors
    /// The first step that fails, with the headers of the refusal.
    pub fn answer_preflight<'a>(
        &'a self,
        request: PreflightRequest<'a, impl Iterator<Item = &'a [u8]> + Clone>,
        methods: Methods,
    ) -> Result<Answer<'a>, (Refusal, Answer<'a>)> {
        match self.preflight(request.clone(), methods) {
            Ok(rights) => Ok(Answer::granted_preflight(self, rights, request)),
            Err(refusal) => Err((refusal, Answer::refused_preflight(self.shape))),
        }
    }

    /// The answer to a refused preflight by which a browser names the culprit: the origin is
    /// granted, and the list that fails is left out. `None` where no browser would refuse such an
    /// answer, or where it is the origin that fails.
    ///
    /// Meant for development: it tells strangers nothing but that the origin is trusted, which an
    /// actual request would tell as well.
    pub fn answer_refused_for_debugging<'a>(
        &'a self,
        request: PreflightRequest<'a, impl Iterator<Item = &'a [u8]> + Clone>,
        methods: Methods,
    ) -> Option<(Refusal, Answer<'a>)> {
        let rights = self.check_origin(request.origin).ok()?;
        let method = self.check_method(request.method, methods);
        let headers = self.headers.check(request.headers.clone());
        // where no name is asked for, a browser lets the request pass without any list
        let refusal = match (method, headers) {
            (Err(refusal), _) => refusal,
            (Ok(()), Err(refusal)) if HeaderRule::asks_for_names(request.headers.clone()) => {
                refusal
            }
            _ => return None,
        };
        // a list that fails may be of any length: it is not joined
        let lines = request.headers.filter(|_| headers.is_ok());
        let PreflightRequest { origin, method: asked, .. } = request;
        let request = PreflightRequest { origin, method: asked, headers: lines };
        let mut answer = Answer::granted_preflight(self, rights, request);
        answer.max_age = None;
        if method.is_err() {
            answer.allow_methods = None;
        }
        Some((refusal, answer))
    }

    /// The headers of every actual response, whatever its status; `origin` is the value of the one
    /// `Origin` line, empty where there are several.
    #[must_use]
    pub fn answer_actual<'a>(&'a self, origin: Option<&'a [u8]>) -> Answer<'a> {
        Answer::actual(self, origin)
    }

    #[inline]
    pub(crate) fn check_origin(&self, origin: &[u8]) -> Result<Rights, Refusal> {
        if self.shape == AnswerShape::Never {
            return Err(Refusal::Off);
        }
        self.rights(origin).ok_or(Refusal::OriginDenied)
    }

    #[inline]
    pub(crate) fn check_method(&self, method: &[u8], methods: Methods) -> Result<(), Refusal> {
        if name::is_safelisted_method(method) { Ok(()) } else { self.check_other(method, methods) }
    }

    fn check_other(&self, method: &[u8], methods: Methods) -> Result<(), Refusal> {
        if !name::is_method(method) || name::is_forbidden_method(method) {
            return Err(Refusal::MethodInvalid);
        }
        let listed = || self.merged.methods().value.is_any() || self.methods.contains(method);
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
