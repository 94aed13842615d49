//! The request's `Origin`, parsed without allocating.

/// A serialized tuple origin, as a browser sends it.
///
/// `null` and everything that no browser can send have no such form. See
/// [the `Origin` header](https://fetch.spec.whatwg.org/#origin-header).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    /// lower case, without `://`
    pub(crate) scheme: &'a str,
    /// as sent; an IPv6 address stands in brackets
    pub(crate) host: &'a str,
    /// `None` is the scheme's default port
    pub(crate) port: Option<u16>,
}

/// Longest `Origin` that is looked at, in bytes: a scheme, `://`, the longest host of the DNS and a port fit
/// several times over.
pub const MAX_ORIGIN: usize = 512;

impl<'a> Origin<'a> {
    /// Parses the value of an `Origin` header: `scheme://host[:port]`, byte for byte.
    #[must_use]
    pub(crate) fn parse(value: &'a [u8]) -> Option<Self> {
        if value.len() > MAX_ORIGIN {
            return None;
        }
        let text = std::str::from_utf8(value).ok()?;
        let (scheme, rest) = text.split_once("://")?;
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(parse_port(port)?)),
            _ => (rest, None),
        };
        let written_out = port.is_some() && port == default_port(scheme);
        (is_scheme(scheme) && is_host(host) && !written_out).then_some(Origin {
            scheme,
            host,
            port,
        })
    }
}

/// A port from 1 to 65535 in its shortest form.
pub(crate) fn parse_port(text: &str) -> Option<u16> {
    let shortest = !text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit());
    shortest.then(|| text.parse().ok()).flatten()
}

/// The port that [serialized origins](https://url.spec.whatwg.org/#default-port) of a scheme leave out.
pub(crate) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" => Some(80),
        "https" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_lowercase())
        && scheme.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.')
        })
}

/// Browsers send far stranger host names than the DNS knows; only the URL standard's forbidden
/// host code points never come.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        return address.strip_suffix(']').is_some_and(|a| {
            !a.is_empty() && a.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'))
        });
    }
    !host.is_empty()
        && host.bytes().all(|b| {
            b.is_ascii_graphic()
                && !matches!(
                    b,
                    b'#' | b'/'
                        | b':'
                        | b'<'
                        | b'>'
                        | b'?'
                        | b'@'
                        | b'['
                        | b'\\'
                        | b']'
                        | b'^'
                        | b'|'
                )
        })
}
