//! Origin patterns: which origins one element of `origins` stands for.

mod fault;
mod host;
mod parse;
#[cfg(test)]
pub(crate) mod tests;

use std::{fmt, str::FromStr};

pub use fault::{PatternFault, PatternFaultKind};
pub(crate) use host::{MAX_HOST, Star, are_labels};

use crate::{
    origin::Origin,
    suffix::{self, Suffix},
};

/// One element of `origins`, such as `https://*.example.com`.
///
/// # Syntax
/// A pattern is a [serialized origin](https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin)
/// in which a `*` may stand in two places.
///
/// | form | stands for |
/// |---|---|
/// | `https://example.com`, `http://localhost:3000` | this origin, byte for byte |
/// | `https://*.example.com` | one or more labels of 1 to 63 of `[a-z0-9_-]` before `.example.com` |
/// | `https://pr-*.example.com` | `*` inside the first label: one or more of `[a-z0-9-]` |
/// | `http://localhost:*`, `https://*.example.com:*` | any port, or none |
/// | `http://127.0.0.1:8080`, `http://[::1]` | addresses in their [canonical form](https://url.spec.whatwg.org/#host-serializing) |
/// | `chrome-extension://abcdefgh` | other schemes |
/// | `null` | the opaque origin; needs `dangerously_allow_null_origin` |
///
/// The host that a `*` completes has at most 253 bytes. Rejected, each with its reason and its fix
/// ([`PatternFault`]):
///
/// | form | instead |
/// |---|---|
/// | `example.com`, `//example.com` | `https://example.com` |
/// | `https://example.com/`, a path, a query, a fragment | without it |
/// | `https://user@example.com` | without it |
/// | `HTTPS://Example.com` | lower case |
/// | `https://example.com:443`, `http://example.com:80` | without the [default port](https://url.spec.whatwg.org/#default-port) |
/// | `https://bücher.example` | punycode, `https://xn--bcher-kva.example` |
/// | `http://127.1`, `http://[0:0::1]` | the canonical form |
/// | `https://a.*.example.com`, `https://*.example.com.`, `https://*` | `*` stands in the first label alone, before a name without trailing dot |
/// | `https://*example.com`, `https://pr-*.com` | `https://*.example.com`; anybody can register `evilexample.com` |
/// | `https://{tenant}.example.com`, `https://$host` | a name of `[a-z0-9_-]` and dots |
/// | `https://a.example,https://b.example` | two elements |
/// | `*`, `any` | the word `any`, without quotes |
/// | `file:`, `data:` and other schemes whose pages have the [opaque origin](https://html.spec.whatwg.org/#concept-origin-opaque) | the origin that serves the page |
/// | `wss://example.com` | the origin of the page that opens the socket |
///
/// Hosts follow the [URL standard](https://url.spec.whatwg.org/#host-parsing), which allows more
/// than host names of the DNS: `r3---sn.example.com`, `-a.example` and `a_b.example` are legal.
///
/// # Examples
/// ```
/// use cors_core::OriginPattern;
///
/// let pattern: OriginPattern = "https://*.example.com".parse()?;
/// assert!(pattern.is_match("https://api.example.com"));
/// assert!(!pattern.is_match("https://example.com"));
/// assert!(!pattern.is_match("https://evilexample.com"));
///
/// let fault = OriginPattern::parse("https://Example.com/").unwrap_err();
/// assert_eq!(fault.fix(), Some("https://example.com"));
/// # Ok::<(), cors_core::PatternFault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OriginPattern {
    /// as written; scheme and host are cut from it
    text: Box<str>,
    scheme_end: u16,
    domain_start: u16,
    host_end: u16,
    pub(crate) star: Star,
    pub(crate) port: PortForm,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum PortForm {
    Any,
    /// `None` is the scheme's default port, which is never written
    Exact(Option<u16>),
}

impl OriginPattern {
    /// Parses one element of `origins`.
    ///
    /// # Errors
    /// The first fault found, with a fix where there is one.
    pub fn parse(text: &str) -> Result<Self, PatternFault> {
        parse::pattern(text)
    }

    /// The pattern as written.
    #[must_use]
    #[inline]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Reports whether `origin`, a serialized origin, is one that the pattern stands for.
    #[must_use]
    pub fn is_match(&self, origin: &str) -> bool {
        if self.is_exact() {
            return *self.text == *origin;
        }
        Origin::split(origin.as_bytes()).is_some_and(|origin| {
            origin.scheme == self.scheme().as_bytes()
                && self.port.covers(PortForm::Exact(origin.port))
                && self.is_host(origin.host)
        })
    }

    /// Reports whether every origin that `other` stands for is one that `self` stands for.
    #[must_use]
    pub fn covers(&self, other: &OriginPattern) -> bool {
        self.scheme() == other.scheme() && self.port.covers(other.port) && self.covers_host(other)
    }

    /// Reports whether some origin may be one that both patterns stand for.
    ///
    /// True for every two patterns that share an origin. Two patterns with `*` inside the label
    /// that fit each other at both ends are taken to share one.
    #[must_use]
    pub fn meets(&self, other: &OriginPattern) -> bool {
        self.scheme() == other.scheme()
            && (self.port.covers(other.port) || other.port.covers(self.port))
            && self.meets_host(other)
    }

    /// Reports whether the pattern stands for the opaque origin `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.scheme_end == 0
    }

    /// Reports whether the pattern has a `*` in its host.
    #[must_use]
    pub fn is_wildcard(&self) -> bool {
        self.star != Star::None
    }

    /// The domain below which a `*` in the host stands.
    #[must_use]
    pub fn parent(&self) -> Option<&str> {
        self.is_wildcard().then(|| self.domain())
    }

    /// Reports whether the origin's traffic can be read and changed on the network: plain http to
    /// anything but a loopback address, `localhost` or a name below it.
    #[must_use]
    pub fn is_insecure(&self) -> bool {
        self.scheme() == "http" && !self.is_local()
    }

    /// Reports whether the origin is one of the developer's own machine: a loopback address,
    /// `localhost` or a name below it.
    #[must_use]
    pub fn is_local(&self) -> bool {
        host::is_loopback(self.domain())
    }

    /// Reports whether the `*` in the host stands for names that strangers can register: names
    /// below a [public suffix](https://publicsuffix.org/), of either section of the list.
    #[must_use]
    pub fn is_over_public_suffix(&self) -> bool {
        self.public_suffix().is_some()
    }

    /// The strongest reason why the `*` in the host stands for names of strangers.
    pub(crate) fn public_suffix(&self) -> Option<Suffix> {
        let parent = self.parent()?;
        let own = suffix::public_suffix(parent);
        // `*.` stands for several labels, so it reaches the suffixes further below too
        let deep = self.star == Star::Labels && own != Some(Suffix::Icann);
        let below = if deep { suffix::public_suffix_below(parent) } else { None };
        if below == Some(Suffix::Icann) { below } else { own.or(below) }
    }

    /// Reports whether the pattern stands for one origin, that which it spells.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.star == Star::None && self.port != PortForm::Any
    }

    pub(crate) fn scheme(&self) -> &str {
        &self.text[..usize::from(self.scheme_end)]
    }

    pub(crate) fn scheme_bytes(&self) -> &[u8] {
        &self.text.as_bytes()[..usize::from(self.scheme_end)]
    }

    /// The host as written, empty for `null`.
    fn host(&self) -> &str {
        let start = usize::from(self.scheme_end) + "://".len();
        self.text.get(start..usize::from(self.host_end)).unwrap_or_default()
    }

    /// The host, or what stands after the label with the `*`.
    pub(crate) fn domain(&self) -> &str {
        self.text
            .get(usize::from(self.domain_start)..usize::from(self.host_end))
            .unwrap_or_default()
    }

    pub(crate) fn domain_bytes(&self) -> &[u8] {
        &self.text.as_bytes()[usize::from(self.domain_start)..usize::from(self.host_end)]
    }

    /// The label with the `*`.
    fn label(&self) -> &str {
        self.host().split('.').next().unwrap_or_default()
    }
}

impl FromStr for OriginPattern {
    type Err = PatternFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for OriginPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PortForm {
    fn covers(self, other: PortForm) -> bool {
        self == PortForm::Any || self == other
    }
}
