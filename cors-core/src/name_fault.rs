//! What can be wrong with a header name or method.

use std::fmt;

use crate::name;

/// What is wrong with a header name or method in a list.
///
/// ```
/// use cors_core::Policy;
///
/// let error = |request: &str, response: &str, method: &str| {
///     let policy = Policy::builder()
///         .any_origin()
///         .allow_headers([request])
///         .expose_headers([response])
///         .methods([method])
///         .build();
///     policy.unwrap_err().iter().map(ToString::to_string).collect::<Vec<_>>()
/// };
/// assert_eq!(error("*", "x y", "PUT DELETE"), [
///     "allow_headers[0]: `any` is a word of its own, not a name: `*`",
///     "expose_headers[0]: invalid header name: `x y`",
///     "methods[0]: invalid method: `PUT DELETE`",
/// ]);
/// assert_eq!(error("Access-Control-Allow-Origin", "Set-Cookie", "TRACE"), [
///     "allow_headers[0]: header of the CORS protocol: `Access-Control-Allow-Origin`",
///     "expose_headers[0]: forbidden response-header: `Set-Cookie`",
///     "methods[0]: forbidden method: `TRACE`",
/// ]);
/// assert_eq!(error("Cookie", "x-*", "put"), [
///     "allow_headers[0]: forbidden request-header: `Cookie`",
///     "expose_headers[0]: `*` in a name: `x-*`",
///     "methods[0]: method in lower case: `put`",
/// ]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameFault {
    /// `*` or `any` in quotes.
    Star,
    /// A `*` in a name: the protocol has no patterns of names, and nobody uses it as the character that
    /// it could be.
    Wildcard,
    /// Not a [header name](https://fetch.spec.whatwg.org/#header-name).
    Header,
    /// A header of the [CORS protocol](https://fetch.spec.whatwg.org/#http-responses) itself.
    CorsHeader,
    /// A [request header](https://fetch.spec.whatwg.org/#forbidden-request-header) that only the
    /// browser sets.
    ForbiddenRequestHeader,
    /// `Set-Cookie`, which scripts [never see](https://fetch.spec.whatwg.org/#forbidden-response-header-name).
    ForbiddenResponseHeader,
    /// Not a [method](https://fetch.spec.whatwg.org/#concept-method) of at most 64 bytes.
    Method,
    /// CONNECT, TRACE or TRACK, the [forbidden methods](https://fetch.spec.whatwg.org/#forbidden-method).
    ForbiddenMethod,
    /// A method that browsers [write in upper case](https://fetch.spec.whatwg.org/#concept-method-normalize).
    MethodCase {
        /// the method in upper case
        fix: String,
    },
}

impl fmt::Display for NameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use NameFault::*;
        f.write_str(match self {
            Star => "`any` is a word of its own, not a name",
            Wildcard => "`*` in a name",
            Header => "invalid header name",
            CorsHeader => "header of the CORS protocol",
            ForbiddenRequestHeader => "forbidden request-header",
            ForbiddenResponseHeader => "forbidden response-header",
            Method => "invalid method",
            ForbiddenMethod => "forbidden method",
            MethodCase { .. } => "method in lower case",
        })
    }
}

impl std::error::Error for NameFault {}

impl NameFault {
    /// What is wrong with the method of a route.
    ///
    /// ```
    /// use cors_core::NameFault;
    ///
    /// assert_eq!(NameFault::of_method("PUT"), None);
    /// assert_eq!(NameFault::of_method("TRACE"), Some(NameFault::ForbiddenMethod));
    /// ```
    #[must_use]
    pub fn of_method(method: &str) -> Option<Self> {
        name::method(method).err()
    }

    /// Why it is one.
    #[must_use]
    pub fn note(&self) -> &'static str {
        use NameFault::*;
        match self {
            Star => "`any` means every name; `*` is never written in a policy",
            Wildcard => "names are compared whole, so it would stand for nothing but itself",
            Header => {
                "a name has at least one of the characters a-z, A-Z, 0-9 and !#$%&'*+-.^_`|~ and no others"
            }
            Method => {
                "a method has 1 to 64 of the characters a-z, A-Z, 0-9 and !#$%&'*+-.^_`|~ and no others"
            }
            CorsHeader => {
                "browsers and this policy set `Access-Control-*` headers; scripts neither send nor read them"
            }
            ForbiddenRequestHeader => {
                "only the browser itself sets this header, so a script can't send it"
            }
            ForbiddenResponseHeader => "scripts can never read this header",
            ForbiddenMethod => "browsers never send CONNECT, TRACE or TRACK from scripts",
            MethodCase { .. } => {
                "browsers write this method in upper case, and methods are case-sensitive"
            }
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        use NameFault::*;
        match self {
            Star => "write `any`, in code without quotes".to_owned(),
            Wildcard => "name each of them, or write `any`".to_owned(),
            Header => "write a header name such as `x-request-id`".to_owned(),
            Method => "write a method such as `PUT`".to_owned(),
            MethodCase { fix } => format!("write `{fix}`"),
            CorsHeader | ForbiddenRequestHeader | ForbiddenResponseHeader | ForbiddenMethod => {
                "remove it".to_owned()
            }
        }
    }
}
