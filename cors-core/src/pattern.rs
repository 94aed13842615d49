//! Origin patterns: which origins one element of `origins` stands for.

use std::{
    fmt,
    net::{Ipv4Addr, Ipv6Addr},
};

use crate::origin::{self, Origin};

/// One element of `origins`, such as `https://*.example.com`.
///
/// # Syntax
/// | form | stands for |
/// |---|---|
/// | `https://example.com`, `http://localhost:3000` | this origin, byte for byte |
/// | `https://*.example.com` | one or more labels of 1 to 63 of `[a-z0-9_-]` before `.example.com` |
/// | `https://pr-*.example.com` | `*` inside the first label: one or more of `[a-z0-9-]` |
/// | `http://localhost:*` | any port, or none |
/// | `http://127.0.0.1:8080`, `http://[::1]` | addresses in their canonical form |
/// | `chrome-extension://…` | other schemes |
/// | `null` | the opaque origin; needs `dangerously_allow_null_origin` |
///
/// Everything else is an error with the reason and the fix ([`PatternFault`]). The grammar of a
/// serialized origin stands in the [HTML standard](https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin),
/// that of hosts in the [URL standard](https://url.spec.whatwg.org/#host-writing).
///
/// ```
/// use cors_core::OriginPattern;
///
/// let pattern: OriginPattern = "https://*.example.com".parse()?;
/// assert!(pattern.is_match("https://api.example.com"));
/// assert!(!pattern.is_match("https://example.com"));
/// assert!("https://example.com/".parse::<OriginPattern>().is_err());
/// # Ok::<(), cors_core::PatternFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginPattern(pub(crate) Form);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Form {
    Null,
    Tuple { scheme: Box<str>, host: HostForm, port: PortForm },
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum HostForm {
    Exact(Box<str>),
    /// one or more labels before `.{parent}`
    Subdomains {
        parent: Box<str>,
    },
    /// a first label `{before}*{after}` before `.{parent}`
    InLabel {
        before: Box<str>,
        after: Box<str>,
        parent: Box<str>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum PortForm {
    /// `None` is the scheme's default port, which is never written
    Exact(Option<u16>),
    Any,
}

impl OriginPattern {
    /// Parses one element of `origins`.
    ///
    /// # Errors
    /// The first fault found, from left to right.
    pub fn parse(text: &str) -> Result<Self, PatternFault> {
        parse(text).map(OriginPattern)
    }

    /// Reports whether `origin`, a serialized origin, is one that the pattern stands for.
    #[must_use]
    pub fn is_match(&self, origin: &str) -> bool {
        match &self.0 {
            Form::Null => origin == "null",
            Form::Tuple { scheme, host, port } => {
                Origin::parse(origin.as_bytes()).is_some_and(|o| {
                    o.scheme == &**scheme && port.is_match(o.port) && host.is_match(o.host)
                })
            }
        }
    }

    /// Reports whether every origin that `other` stands for is one that `self` stands for.
    #[must_use]
    pub fn covers(&self, other: &OriginPattern) -> bool {
        match (&self.0, &other.0) {
            (Form::Null, Form::Null) => true,
            (
                Form::Tuple { scheme, host, port },
                Form::Tuple { scheme: other_scheme, host: other_host, port: other_port },
            ) => scheme == other_scheme && port.covers(*other_port) && host.covers(other_host),
            _ => false,
        }
    }

    /// Reports whether some origin is one that both patterns stand for.
    #[must_use]
    pub fn meets(&self, other: &OriginPattern) -> bool {
        match (&self.0, &other.0) {
            (Form::Null, Form::Null) => true,
            (
                Form::Tuple { scheme, host, port },
                Form::Tuple { scheme: other_scheme, host: other_host, port: other_port },
            ) => {
                scheme == other_scheme
                    && (port.covers(*other_port) || other_port.covers(*port))
                    && host.meets(other_host)
            }
            _ => false,
        }
    }

    /// Reports whether the pattern stands for the opaque origin `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.0, Form::Null)
    }

    /// Reports whether the pattern has a `*` in its host.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.parent().is_some()
    }

    /// The domain below which a `*` in the host stands.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        match &self.0 {
            Form::Tuple { host: HostForm::Subdomains { parent }, .. }
            | Form::Tuple { host: HostForm::InLabel { parent, .. }, .. } => Some(parent),
            _ => None,
        }
    }

    /// Reports whether the `*` stands for several labels.
    pub(crate) fn is_deep(&self) -> bool {
        matches!(self.0, Form::Tuple { host: HostForm::Subdomains { .. }, .. })
    }

    /// Reports whether the origin's traffic can be read and changed on the network: plain http to
    /// anything but a loopback address, `localhost` or a name below it.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        let Form::Tuple { scheme, host, .. } = &self.0 else { return false };
        let name = match host {
            HostForm::Exact(host) => host,
            HostForm::Subdomains { parent } | HostForm::InLabel { parent, .. } => parent,
        };
        &**scheme == "http" && !is_loopback(name)
    }

    /// Reports whether the origin is one of the developer's own machine: a loopback address,
    /// `localhost` or a name below it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        let Form::Tuple { host, .. } = &self.0 else { return false };
        match host {
            HostForm::Exact(host) => is_loopback(host),
            HostForm::Subdomains { parent } | HostForm::InLabel { parent, .. } => {
                is_loopback(parent)
            }
        }
    }
}

impl std::str::FromStr for OriginPattern {
    type Err = PatternFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Form::Tuple { scheme, host, port } = &self.0 else { return f.write_str("null") };
        write!(f, "{scheme}://")?;
        match host {
            HostForm::Exact(host) => f.write_str(host)?,
            HostForm::Subdomains { parent } => write!(f, "*.{parent}")?,
            HostForm::InLabel { before, after, parent } => write!(f, "{before}*{after}.{parent}")?,
        }
        match port {
            PortForm::Any => f.write_str(":*"),
            PortForm::Exact(Some(port)) => write!(f, ":{port}"),
            PortForm::Exact(None) => Ok(()),
        }
    }
}

impl HostForm {
    fn is_match(&self, host: &str) -> bool {
        match self {
            HostForm::Exact(own) => &**own == host,
            HostForm::Subdomains { parent } => subdomain(host, parent).is_some(),
            HostForm::InLabel { before, after, parent } => {
                host.split_once('.').is_some_and(|(label, rest)| {
                    rest == &**parent && is_in_label(label, before, after)
                })
            }
        }
    }

    fn covers(&self, other: &HostForm) -> bool {
        match (self, other) {
            (_, HostForm::Exact(host)) => self.is_match(host),
            (HostForm::Exact(_), _) => false,
            (
                HostForm::Subdomains { parent },
                HostForm::Subdomains { parent: other } | HostForm::InLabel { parent: other, .. },
            ) => parent == other || subdomain(other, parent).is_some(),
            (HostForm::InLabel { .. }, HostForm::Subdomains { .. }) => false,
            (
                HostForm::InLabel { before, after, parent },
                HostForm::InLabel { before: b, after: a, parent: p },
            ) => parent == p && b.starts_with(&**before) && a.ends_with(&**after),
        }
    }

    fn meets(&self, other: &HostForm) -> bool {
        match (self, other) {
            (HostForm::Exact(host), _) => other.is_match(host),
            (_, HostForm::Exact(host)) => self.is_match(host),
            (HostForm::Subdomains { parent: a }, HostForm::Subdomains { parent: b }) => {
                a == b || subdomain(a, b).is_some() || subdomain(b, a).is_some()
            }
            (HostForm::Subdomains { .. }, HostForm::InLabel { .. }) => self.covers(other),
            (HostForm::InLabel { .. }, HostForm::Subdomains { .. }) => other.covers(self),
            (
                HostForm::InLabel { before, after, parent },
                HostForm::InLabel { before: b, after: a, parent: p },
            ) => {
                parent == p
                    && (before.starts_with(&**b) || b.starts_with(&**before))
                    && (after.ends_with(&**a) || a.ends_with(&**after))
            }
        }
    }
}

impl PortForm {
    fn is_match(self, port: Option<u16>) -> bool {
        match self {
            PortForm::Any => true,
            PortForm::Exact(own) => own == port,
        }
    }

    fn covers(self, other: PortForm) -> bool {
        self == PortForm::Any || self == other
    }
}

/// The labels of `host` before `.{parent}`, where `*.` may stand for them.
pub(crate) fn subdomain<'h>(host: &'h str, parent: &str) -> Option<&'h str> {
    let labels = host.strip_suffix(parent)?.strip_suffix('.')?;
    (host.len() <= MAX_HOST && labels.split('.').all(is_label)).then_some(labels)
}

/// Reports whether `label` is `before`, one or more of `[a-z0-9-]`, and `after`.
pub(crate) fn is_in_label(label: &str, before: &str, after: &str) -> bool {
    label.len() <= MAX_LABEL
        && label.strip_prefix(before).and_then(|l| l.strip_suffix(after)).is_some_and(|star| {
            !star.is_empty()
                && star.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        })
}

fn is_label(label: &str) -> bool {
    (1..=MAX_LABEL).contains(&label.len())
        && label
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

fn parse(text: &str) -> Result<Form, PatternFault> {
    use PatternFault::*;
    match text {
        "" => return Err(Empty),
        "*" | "any" => return Err(Star),
        "null" => return Ok(Form::Null),
        _ => {}
    }
    if text.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        return Err(Whitespace);
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        return Err(MissingScheme { fix: format!("https://{text}") });
    };
    check_scheme(text, scheme)?;
    if let Some(at) = rest.find(['/', '?', '#', '\\']) {
        return Err(Path { fix: format!("{scheme}://{}", &rest[..at]) });
    }
    if let Some((_, host)) = rest.rsplit_once('@') {
        return Err(Userinfo { fix: format!("{scheme}://{host}") });
    }
    let (host, port) = split_port(rest);
    let port = parse_port(scheme, host, port)?;
    let host = parse_host(scheme, host)?;
    Ok(Form::Tuple { scheme: scheme.into(), host, port })
}

fn check_scheme(text: &str, scheme: &str) -> Result<(), PatternFault> {
    use PatternFault::*;
    let tail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    let mut bytes = scheme.bytes();
    if !bytes.next().is_some_and(|b| b.is_ascii_alphabetic()) || !bytes.all(tail) {
        return Err(Scheme { scheme: scheme.to_owned() });
    }
    if scheme.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(UpperCase { fix: text.to_ascii_lowercase() });
    }
    match scheme {
        "file" | "data" | "about" | "javascript" | "blob" => {
            Err(OpaqueScheme { scheme: scheme.to_owned() })
        }
        "ws" | "wss" => Err(WebSocketScheme { fix: text.replacen("ws", "http", 1) }),
        _ => Ok(()),
    }
}

/// Splits host and port; the colons of an IPv6 address stand in brackets.
fn split_port(rest: &str) -> (&str, Option<&str>) {
    match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (rest, None),
    }
}

fn parse_port(scheme: &str, host: &str, port: Option<&str>) -> Result<PortForm, PatternFault> {
    let Some(text) = port else { return Ok(PortForm::Exact(None)) };
    if text == "*" {
        return Ok(PortForm::Any);
    }
    let port = origin::parse_port(text).ok_or_else(|| PatternFault::Port {
        port: text.to_owned(),
        fix: format!("{scheme}://{host}:*"),
    })?;
    if origin::default_port(scheme) == Some(port) {
        return Err(PatternFault::DefaultPort { port, fix: format!("{scheme}://{host}") });
    }
    Ok(PortForm::Exact(Some(port)))
}

fn parse_host(scheme: &str, host: &str) -> Result<HostForm, PatternFault> {
    use PatternFault::*;
    if !host.contains('*') {
        return check_host(scheme, host, host).map(|()| HostForm::Exact(host.into()));
    }
    let (label, parent) = host.split_once('.').unwrap_or((host, ""));
    let (before, after) = label.split_once('*').ok_or(Wildcard)?;
    if parent.is_empty() || parent.contains('*') || after.contains('*') || parent.ends_with('.') {
        return Err(Wildcard);
    }
    check_host(scheme, parent, parent)?;
    if is_ip(parent) {
        return Err(Wildcard);
    }
    if label == "*" {
        return Ok(HostForm::Subdomains { parent: parent.into() });
    }
    // the `*` stands for at least one character
    check_host(scheme, &host.replace('*', "x"), host)?;
    Ok(HostForm::InLabel { before: before.into(), after: after.into(), parent: parent.into() })
}

/// Checks `host`, in which a `*` of `written` may be replaced.
fn check_host(scheme: &str, host: &str, written: &str) -> Result<(), PatternFault> {
    use PatternFault::*;
    if host.is_empty() {
        return Err(EmptyHost);
    }
    let canonical = url::Host::parse(host).map(|h| h.to_string());
    if !host.is_ascii() {
        let fix = canonical.ok().map(|host| format!("{scheme}://{host}"));
        return Err(NonAscii { fix });
    }
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(UpperCase { fix: format!("{scheme}://{}", written.to_ascii_lowercase()) });
    }
    let special = matches!(scheme, "http" | "https" | "ftp");
    match canonical {
        Ok(canonical) if canonical == host => {}
        Ok(canonical) if special || host.starts_with('[') => {
            return Err(NotCanonical { fix: format!("{scheme}://{canonical}") });
        }
        Err(_) if special || host.starts_with('[') => {
            return Err(Host { host: written.to_owned() });
        }
        // hosts of other schemes are opaque
        _ if Origin::parse(format!("{scheme}://{host}").as_bytes()).is_none() => {
            return Err(Host { host: written.to_owned() });
        }
        _ => {}
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    if !is_ip(host)
        && (name.len() > MAX_HOST || name.split('.').any(|l| l.is_empty() || l.len() > MAX_LABEL))
    {
        return Err(Length { host: written.to_owned() });
    }
    Ok(())
}

fn is_ip(host: &str) -> bool {
    host.parse::<Ipv4Addr>().is_ok()
        || host
            .strip_prefix('[')
            .and_then(|h| h.strip_suffix(']'))
            .is_some_and(|h| h.parse::<Ipv6Addr>().is_ok())
}

/// Longest label of a host that a `*` stands for, in bytes.
pub(crate) const MAX_LABEL: usize = 63;
/// Longest host that a pattern with `*` stands for, in bytes.
pub(crate) const MAX_HOST: usize = 253;

/// What is wrong with an origin pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PatternFault {
    /// The text is empty.
    Empty,
    /// `*` or `any` in quotes.
    Star,
    /// White space or a control character.
    Whitespace,
    /// No `scheme://`.
    MissingScheme {
        /// the pattern with a scheme
        fix: String,
    },
    /// A scheme that the URL standard does not know how to write.
    Scheme {
        /// the scheme as written
        scheme: String,
    },
    /// Pages of this scheme have the opaque origin `null`.
    OpaqueScheme {
        /// the scheme as written
        scheme: String,
    },
    /// No page has a WebSocket origin.
    WebSocketScheme {
        /// the origin of the page that opens the socket
        fix: String,
    },
    /// A path, query or fragment; a trailing slash too.
    Path {
        /// the pattern without it
        fix: String,
    },
    /// A user name or password.
    Userinfo {
        /// the pattern without it
        fix: String,
    },
    /// Letters that browsers write in lower case.
    UpperCase {
        /// the pattern in lower case
        fix: String,
    },
    /// A port that is not a number from 1 to 65535 in its shortest form.
    Port {
        /// the port as written
        port: String,
        /// the pattern for any port
        fix: String,
    },
    /// The scheme's default port, which browsers leave out.
    DefaultPort {
        /// the port as written
        port: u16,
        /// the pattern without it
        fix: String,
    },
    /// No host.
    EmptyHost,
    /// A host outside of ASCII.
    NonAscii {
        /// the pattern as browsers send it, where it has such a form
        fix: Option<String>,
    },
    /// A host, often an IP address, that browsers write in another way.
    NotCanonical {
        /// the pattern as browsers send it
        fix: String,
    },
    /// A host that no URL can have.
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
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use PatternFault::*;
        match self {
            Empty => f.write_str("empty origin"),
            Star => f.write_str("`any` is a word of its own, not an origin"),
            Whitespace => f.write_str("white space or control character in an origin"),
            MissingScheme { .. } => f.write_str("origin without a scheme"),
            Scheme { scheme } => write!(f, "invalid scheme `{}`", scheme.escape_debug()),
            OpaqueScheme { scheme } => write!(f, "origin of the opaque scheme `{scheme}`"),
            WebSocketScheme { .. } => f.write_str("origin of a WebSocket scheme"),
            Path { .. } => f.write_str("origin with a path, query or fragment"),
            Userinfo { .. } => f.write_str("origin with a user name or password"),
            UpperCase { .. } => f.write_str("origin in upper case"),
            Port { port, .. } => write!(f, "invalid port `{}`", port.escape_debug()),
            DefaultPort { port, .. } => {
                write!(f, "origin with the default port `{port}` written out")
            }
            EmptyHost => f.write_str("origin without a host"),
            NonAscii { .. } => f.write_str("origin with characters outside of ASCII"),
            NotCanonical { .. } => f.write_str("host not in the form that browsers send"),
            Host { host } => write!(f, "invalid host `{}`", host.escape_debug()),
            Length { host } => {
                write!(f, "empty or too long label in host `{}`", host.escape_debug())
            }
            Wildcard => f.write_str("`*` in a place where it can't stand"),
        }
    }
}

impl std::error::Error for PatternFault {}

impl PatternFault {
    /// Why it is one.
    #[must_use]
    pub fn note(&self) -> &'static str {
        use PatternFault::*;
        match self {
            Empty | EmptyHost => {
                "an origin is a scheme, a host and, where it isn't the default, a port"
            }
            Star => "`any` means every origin and stands alone; `*` is never written in a policy",
            Whitespace => {
                "browsers never send such a character in an origin, so this never matches"
            }
            MissingScheme { .. } => "`http` and `https` pages of one host are different origins",
            Scheme { .. } => "a scheme is a letter followed by letters, digits, `+`, `-` or `.`",
            OpaqueScheme { .. } => {
                "browsers send `null` for pages of this scheme, so this never matches"
            }
            WebSocketScheme { .. } => {
                "an origin is that of the page, which has been loaded over http or https"
            }
            Path { .. } => {
                "browsers send origins without path and without trailing slash, so this never matches"
            }
            Userinfo { .. } => "browsers never send user names in origins, so this never matches",
            UpperCase { .. } => {
                "browsers send origins in lower case, and origins are compared byte for byte"
            }
            Port { .. } => "a port is a number from 1 to 65535 without leading zeros",
            DefaultPort { .. } => "browsers leave the default port out, so this never matches",
            NonAscii { .. } => {
                "browsers send international names in punycode, so this never matches"
            }
            NotCanonical { .. } => "origins are compared byte for byte with what browsers send",
            Host { .. } => "no URL can have this host",
            Length { .. } => "a label has 1 to 63 bytes, a host at most 253",
            Wildcard => {
                "`*` stands for whole labels at the start (`https://*.example.com`), inside the first label (`https://pr-*.example.com`), or for the port (`http://localhost:*`)"
            }
        }
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        use PatternFault::*;
        match self {
            Star => "write `any` without quotes, as the only value".to_owned(),
            Empty | EmptyHost | Whitespace | Scheme { .. } | Host { .. } | Length { .. } => {
                "write an origin such as `https://app.example.com`".to_owned()
            }
            OpaqueScheme { .. } => {
                "serve the page over http or https and name that origin".to_owned()
            }
            MissingScheme { fix }
            | WebSocketScheme { fix }
            | Path { fix }
            | Userinfo { fix }
            | UpperCase { fix }
            | DefaultPort { fix, .. }
            | NotCanonical { fix }
            | NonAscii { fix: Some(fix) } => format!("write `{}`", fix.escape_debug()),
            Port { fix, .. } => {
                format!("write the number, or `{}` for every port", fix.escape_debug())
            }
            NonAscii { fix: None } => "write the name in punycode (`xn--…`)".to_owned(),
            Wildcard => {
                "write `https://*.example.com` for every subdomain, or name the origins".to_owned()
            }
        }
    }
}
