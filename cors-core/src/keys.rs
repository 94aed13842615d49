//! The keys of a policy as somebody wrote them, before any check.

use derive_more::Display;

use crate::{
    Policy,
    name::{self, NON_WILDCARD_REQUEST_HEADER},
};

/// Everything that one policy says, as written.
///
/// The attribute, `policy!`, the builder and configuration files all produce this one type, so
/// that one check ([`Layer::check`](crate::Layer::check)) serves them all. It borrows what it
/// says and is `Copy`, so that a macro can build it in a `const`.
///
/// # Syntax
/// | key | value | in the answers |
/// |---|---|---|
/// | `origins` | `any`, a list of [patterns](crate::OriginPattern), or `set("name")` | [`Access-Control-Allow-Origin`](https://fetch.spec.whatwg.org/#http-access-control-allow-origin) |
/// | `credentials` | flag; only beside a finite list of origins | [`Access-Control-Allow-Credentials`](https://fetch.spec.whatwg.org/#http-access-control-allow-credentials) |
/// | `allow_headers` | a list, `any`, or `[any, "authorization"]` | [`Access-Control-Allow-Headers`](https://fetch.spec.whatwg.org/#http-access-control-allow-headers) |
/// | `expose_headers` | a list, or `any` (not with credentials) | [`Access-Control-Expose-Headers`](https://fetch.spec.whatwg.org/#http-access-control-expose-headers) |
/// | `max_age` | 0 to 86400 seconds | [`Access-Control-Max-Age`](https://fetch.spec.whatwg.org/#http-access-control-max-age) |
/// | `methods` | a list, or `any`; beyond GET, HEAD and POST | [`Access-Control-Allow-Methods`](https://fetch.spec.whatwg.org/#http-access-control-allow-methods) |
/// | `policy` | a constant that `policy!` made | as if its keys were written here |
/// | `inherit` | flag | what the enclosing policy says |
/// | `off` | flag; alone among the keys of trust | none |
/// | `dangerously_allow_null_origin` | flag | `null` may stand in the list |
/// | `dangerously_allow_insecure_origins` | flag | plain-http origins may have credentials |
/// | `dangerously_allow_public_suffix` | flag | `*` over private and unlisted public suffixes may have credentials |
///
/// - A policy has exactly one of `origins =`, `inherit`, `off` and `policy`.
/// - *Trust* is `origins`, `credentials`, `expose_headers` and the opt-ins: a layer that writes
///   `origins =` or `policy` replaces it as a whole, and what it leaves out is the strictest value.
/// - *Shape* is `allow_headers`, `max_age` and `methods`: inherited key by key.
/// - `=` sets a list and `+=` extends what was there. `origins +=` stands beside `inherit` or
///   `policy` and adds a grant of its own, to which `credentials` and `expose_headers =` belong.
/// - `any` stands alone in its list; [`authorization`](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name)
///   is always said by name.
/// - Header names are case-insensitive, [methods](https://fetch.spec.whatwg.org/#concept-method) are not.
/// - [Forbidden methods](https://fetch.spec.whatwg.org/#forbidden-method),
///   [forbidden request-headers](https://fetch.spec.whatwg.org/#forbidden-request-header),
///   [forbidden response-header names](https://fetch.spec.whatwg.org/#forbidden-response-header-name)
///   and `Access-Control-*` are errors in lists.
#[derive(Debug, Clone, Copy, Default)]
pub struct Keys<'a> {
    /// Who may read the answers: `any`, a list of origin patterns, or `set("name")`.
    pub origins: Option<Value<'a>>,
    /// Cookies and HTTP authentication may be sent, and the answers to such requests read.
    pub credentials: bool,
    /// Request headers beyond the CORS-safelisted ones: a list, `any`, or `[any, "authorization"]`.
    pub allow_headers: Option<Value<'a>>,
    /// Response headers that scripts may read: a list, or `any`.
    pub expose_headers: Option<Value<'a>>,
    /// How long a browser may keep the answer to a preflight, in seconds.
    pub max_age: Option<u64>,
    /// Methods beyond GET, HEAD and POST: a list, or `any`. Only for routes without `#[cors]`.
    pub methods: Option<Value<'a>>,
    /// The policy whose keys stand here too.
    pub policy: Option<Base<'a>>,
    /// What the enclosing policy says holds here too.
    pub inherit: bool,
    /// No CORS here.
    pub off: bool,
    /// The opaque origin `null` may stand in the list of origins.
    pub dangerously_allow_null_origin: bool,
    /// Plain-http origins may have credentials.
    pub dangerously_allow_insecure_origins: bool,
    /// Wildcards below a public suffix of the private section may have credentials.
    pub dangerously_allow_public_suffix: bool,
}

impl Keys<'_> {
    /// No key at all.
    pub const NONE: Self = Keys {
        origins: None,
        credentials: false,
        allow_headers: None,
        expose_headers: None,
        max_age: None,
        methods: None,
        policy: None,
        inherit: false,
        off: false,
        dangerously_allow_null_origin: false,
        dangerously_allow_insecure_origins: false,
        dangerously_allow_public_suffix: false,
    };
}

/// The value of `policy = PATH`.
#[derive(Debug, Clone, Copy)]
pub enum Base<'a> {
    /// The policy that PATH names.
    Known(&'a Policy),
    /// A policy that cannot be read yet: a macro sees PATH, not what it stands for.
    Unseen,
}

/// The value of a list key.
#[derive(Debug, Clone, Copy)]
pub struct Value<'a> {
    /// `=` or `+=`.
    pub op: Op,
    /// The elements; a lone `any` or `set("name")` is one element.
    pub items: &'a [Item<'a>],
}

/// How a value relates to what the enclosing policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display)]
pub enum Op {
    /// `=` replaces it.
    #[display("=")]
    Set,
    /// `+=` extends it.
    #[display("+=")]
    Extend,
}

/// One element of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item<'a> {
    /// The word `any`.
    Any,
    /// An origin pattern, header name or method.
    Text(&'a str),
    /// `set("name")`, filled at start-up.
    Set(&'a str),
}

/// The name of a key, the same in attribute, `policy!`, builder, configuration file, error and report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Display)]
#[display(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Key {
    /// `origins`
    Origins,
    /// `credentials`
    Credentials,
    /// `allow_headers`
    AllowHeaders,
    /// `expose_headers`
    ExposeHeaders,
    /// `max_age`
    MaxAge,
    /// `methods`
    Methods,
    /// `policy`
    Policy,
    /// `inherit`
    Inherit,
    /// `off`
    Off,
    /// `dangerously_allow_null_origin`
    DangerouslyAllowNullOrigin,
    /// `dangerously_allow_insecure_origins`
    DangerouslyAllowInsecureOrigins,
    /// `dangerously_allow_public_suffix`
    DangerouslyAllowPublicSuffix,
}

impl Key {
    /// Reports whether `name` may stand beside `any` in the key's list: `any` is every name but
    /// [`authorization`](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name).
    pub(crate) fn is_beside_any(self, name: &str) -> bool {
        self == Key::AllowHeaders && name == NON_WILDCARD_REQUEST_HEADER
    }

    /// Reports whether `name` needs no permission and so says nothing in the key's list. A
    /// safelisted request header is never superfluous: its value may make it unsafe.
    pub(crate) fn is_superfluous(self, name: &str) -> bool {
        match self {
            Key::ExposeHeaders => name::is_safelisted_response_header(name),
            Key::Methods => name::is_safelisted_method(name.as_bytes()),
            _ => false,
        }
    }

    /// Every key, in the order in which the documents list them.
    pub const ALL: [Key; 12] = [
        Key::Origins,
        Key::Credentials,
        Key::AllowHeaders,
        Key::ExposeHeaders,
        Key::MaxAge,
        Key::Methods,
        Key::Policy,
        Key::Inherit,
        Key::Off,
        Key::DangerouslyAllowNullOrigin,
        Key::DangerouslyAllowInsecureOrigins,
        Key::DangerouslyAllowPublicSuffix,
    ];
}
