//! What can be wrong with an origin pattern.

use std::fmt;

/// What is wrong with an origin pattern, and the pattern that was meant, where that is clear.
///
/// ```
/// use cors_core::{OriginPattern, PatternFaultKind};
///
/// let fault = OriginPattern::parse("https://example.com:443").unwrap_err();
/// assert_eq!(*fault.kind(), PatternFaultKind::DefaultPort { port: 443 });
/// assert_eq!(fault.to_string(), "origin with the default port `443` written out");
/// assert_eq!(fault.note(), "browsers leave the default port out, so this never matches");
/// assert_eq!(fault.help(), "write `https://example.com`");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternFault {
    pub(super) kind: PatternFaultKind,
    pub(super) fix: Option<String>,
}

/// The kinds of faults of an origin pattern.
///
/// ```
/// use cors_core::OriginPattern;
///
/// let cases = [
///     ("", "empty origin", "write an origin such as `https://app.example.com`"),
///     ("*", "`any` is a word of its own, not an origin",
///         "write `origins = any`: no list and no set holds it"),
///     ("https://a.example,https://b.example", "several origins in one element",
///         "write each origin as an element of its own"),
///     (" https://a.example", "white space or control character in an origin",
///         "write `https://a.example`"),
///     ("a.example", "origin without a scheme", "write `https://a.example`"),
///     ("a_b://a.example", "invalid scheme `a_b`",
///         "write an origin such as `https://app.example.com`"),
///     ("file:///a.html", "origin of the opaque scheme `file`",
///         "serve the page over http or https and name that origin"),
///     ("wss://a.example", "origin of a WebSocket scheme", "write `https://a.example`"),
///     ("https://a.example/", "origin with a path, query or fragment", "write `https://a.example`"),
///     ("https://me@a.example", "origin with a user name or password", "write `https://a.example`"),
///     ("https://A.example", "origin in upper case", "write `https://a.example`"),
///     ("https://a.example:0", "invalid port `0`", "write the number, or `:*` for every port"),
///     ("https://a.example:443", "origin with the default port `443` written out",
///         "write `https://a.example`"),
///     ("https://", "origin without a host", "write an origin such as `https://app.example.com`"),
///     ("https://bücher.example", "origin with characters outside of ASCII",
///         "write `https://xn--bcher-kva.example`"),
///     ("http://127.1", "host not in the form that browsers send", "write `http://127.0.0.1`"),
///     ("https://{tenant}.example", "invalid host `{tenant}.example`",
///         "write an origin such as `https://app.example.com`"),
///     ("https://a..example", "empty or too long label in host `a..example`",
///         "write an origin such as `https://app.example.com`"),
///     ("https://a.*.example", "`*` in a place where it can't stand",
///         "write `https://*.example.com` for every subdomain, or name the origins"),
///     ("https://*example.com", "`*` inside a name directly below the public suffix `com`",
///         "write `https://*.example.com`"),
/// ];
/// for (text, what, help) in cases {
///     let fault = OriginPattern::parse(text).unwrap_err();
///     assert_eq!((fault.to_string(), fault.help()), (what.to_owned(), help.to_owned()));
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternFaultKind {
    /// The text is empty.
    Empty,
    /// `*` or `any` in quotes.
    Any,
    /// Several origins in one text.
    Several,
    /// White space or a control character.
    Whitespace,
    /// No `scheme://`.
    MissingScheme,
    /// A [scheme](https://url.spec.whatwg.org/#url-scheme-string) that no URL has.
    Scheme {
        /// the scheme as written
        scheme: String,
    },
    /// Pages of this scheme have the [opaque origin](https://html.spec.whatwg.org/#concept-origin-opaque)
    /// `null`.
    OpaqueScheme {
        /// the scheme as written
        scheme: String,
    },
    /// No page has a WebSocket origin.
    WebSocketScheme,
    /// A path, query or fragment; a trailing slash too.
    Path,
    /// A user name or password.
    Userinfo,
    /// Letters that browsers write in lower case.
    UpperCase,
    /// A port that is not a number from 1 to 65535 in its shortest form.
    Port {
        /// the port as written
        port: String,
    },
    /// The scheme's [default port](https://url.spec.whatwg.org/#default-port), which browsers
    /// leave out.
    DefaultPort {
        /// the port as written
        port: u16,
    },
    /// No host.
    EmptyHost,
    /// A host outside of ASCII.
    NonAscii,
    /// A host, often an IP address, that browsers
    /// [write](https://url.spec.whatwg.org/#host-serializing) in another way.
    NotCanonical,
    /// A host that no URL [can have](https://url.spec.whatwg.org/#host-parsing), or no page has.
    Host {
        /// the host as written
        host: String,
    },
    /// A label over 63 bytes, a host over 253 bytes or an empty label.
    Length {
        /// the host as written
        host: String,
    },
    /// A `*` where none can stand.
    Wildcard,
    /// A `*` for a part of a name that anybody can register below a
    /// [public suffix](https://publicsuffix.org/) of the ICANN section.
    PublicSuffix {
        /// the public suffix
        suffix: String,
    },
}

use PatternFaultKind::*;

impl PatternFault {
    pub(super) fn fixed(kind: PatternFaultKind, fix: impl Into<String>) -> Self {
        PatternFault { kind, fix: Some(fix.into()) }
    }

    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> &PatternFaultKind {
        &self.kind
    }

    /// The pattern that was meant; it parses.
    #[must_use]
    pub fn fix(&self) -> Option<&str> {
        self.fix.as_deref()
    }

    /// Why it is wrong.
    #[must_use]
    pub fn note(&self) -> &'static str {
        match self.kind {
            Empty | EmptyHost => {
                "an origin is a scheme, a host and, where it isn't the default, a port"
            }
            Any => "`any` means every origin and stands alone; `*` is never written in a policy",
            Several => "each element of the list is one origin",
            Whitespace => {
                "browsers never send such a character in an origin, so this never matches"
            }
            MissingScheme => "`http` and `https` pages of one host are different origins",
            Scheme { .. } => {
                "a scheme is a letter followed by letters, digits, `+`, `-` or `.`, at most 64 in all"
            }
            OpaqueScheme { .. } => {
                "browsers send `null` for pages of this scheme, so this never matches"
            }
            WebSocketScheme => {
                "an origin is that of the page, which has been loaded over http or https"
            }
            Path => {
                "browsers send origins without path and without trailing slash, so this never matches"
            }
            Userinfo => "browsers never send user names in origins, so this never matches",
            UpperCase => {
                "browsers send origins in lower case, and origins are compared byte for byte"
            }
            Port { .. } => "a port is a number from 1 to 65535 without leading zeros",
            DefaultPort { .. } => "browsers leave the default port out, so this never matches",
            NonAscii => "browsers send international names in punycode, so this never matches",
            NotCanonical => "origins are compared byte for byte with what browsers send",
            Host { .. } => {
                "a host is an IP address, or a name made of a-z, 0-9, `-`, `_` and dots; `xn--` starts punycode"
            }
            Length { .. } => "a label has 1 to 63 bytes, a host at most 253",
            Wildcard => {
                "`*` stands for whole labels at the start (`https://*.example.com`), inside the first label (`https://pr-*.example.com`), or for the port (`http://localhost:*`)"
            }
            PublicSuffix { .. } => "anybody can register a name that such a `*` stands for",
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        if let Some(fix) = &self.fix {
            return format!("write `{}`", fix.escape_debug());
        }
        match self.kind {
            Several => "write each origin as an element of its own",
            Any => "write `origins = any`: no list and no set holds it",
            OpaqueScheme { .. } => "serve the page over http or https and name that origin",
            Port { .. } => "write the number, or `:*` for every port",
            NonAscii => "write the name in punycode (`xn--…`)",
            UpperCase => "write it in lower case",
            PublicSuffix { .. } => "name the origins",
            Wildcard => "write `https://*.example.com` for every subdomain, or name the origins",
            _ => "write an origin such as `https://app.example.com`",
        }
        .to_owned()
    }
}

impl From<PatternFaultKind> for PatternFault {
    fn from(kind: PatternFaultKind) -> Self {
        PatternFault { kind, fix: None }
    }
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for PatternFault {}

impl fmt::Display for PatternFaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Empty => f.write_str("empty origin"),
            Any => f.write_str("`any` is a word of its own, not an origin"),
            Several => f.write_str("several origins in one element"),
            Whitespace => f.write_str("white space or control character in an origin"),
            MissingScheme => f.write_str("origin without a scheme"),
            Scheme { scheme } => write!(f, "invalid scheme `{}`", scheme.escape_debug()),
            OpaqueScheme { scheme } => write!(f, "origin of the opaque scheme `{scheme}`"),
            WebSocketScheme => f.write_str("origin of a WebSocket scheme"),
            Path => f.write_str("origin with a path, query or fragment"),
            Userinfo => f.write_str("origin with a user name or password"),
            UpperCase => f.write_str("origin in upper case"),
            Port { port } => write!(f, "invalid port `{}`", port.escape_debug()),
            DefaultPort { port } => {
                write!(f, "origin with the default port `{port}` written out")
            }
            EmptyHost => f.write_str("origin without a host"),
            NonAscii => f.write_str("origin with characters outside of ASCII"),
            NotCanonical => f.write_str("host not in the form that browsers send"),
            Host { host } => write!(f, "invalid host `{}`", host.escape_debug()),
            Length { host } => {
                write!(f, "empty or too long label in host `{}`", host.escape_debug())
            }
            Wildcard => f.write_str("`*` in a place where it can't stand"),
            PublicSuffix { suffix } => {
                write!(f, "`*` inside a name directly below the public suffix `{suffix}`")
            }
        }
    }
}
