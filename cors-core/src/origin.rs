//! The request's `Origin`, cut into its parts without allocating.

/// A serialized tuple origin, cut where its separators stand.
///
/// `null` has no such form. See [the `Origin` header](https://fetch.spec.whatwg.org/#origin-header).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin<'a> {
    /// before `://`
    pub(crate) scheme: &'a [u8],
    /// as sent; an IPv6 address stands in brackets
    pub(crate) host: &'a [u8],
    /// `None` is the scheme's default port
    pub(crate) port: Option<u16>,
}

/// Longest `Origin` that patterns are compared with, in bytes.
///
/// The longest scheme, `://`, the longest host of the DNS and a port fit into it; what is longer
/// comes from no browser, and matches nothing but a constant `*`.
pub const MAX_ORIGIN: usize = 512;

/// Longest scheme of an origin, in bytes.
pub(crate) const MAX_SCHEME: usize = 64;

impl<'a> Origin<'a> {
    /// Cuts `scheme://host[:port]`. Only the separators and the port are looked at, so the time
    /// does not depend on the host; whoever compares scheme and host checks the rest.
    #[inline]
    pub(crate) fn split(value: &'a [u8]) -> Option<Self> {
        if value.len() > MAX_ORIGIN {
            return None;
        }
        let scheme = match value {
            // nearly every origin
            [b'h', b't', b't', b'p', b's', b':', ..] => &value[..5],
            [b'h', b't', b't', b'p', b':', ..] => &value[..4],
            _ => &value[..value.iter().take(MAX_SCHEME + 1).position(|b| *b == b':')?],
        };
        let rest = value[scheme.len()..].strip_prefix(b"://")?;
        let (host, port) = split_port(rest)?;
        let written_out = port.is_some() && port == default_port(scheme);
        (!host.is_empty() && !written_out).then_some(Origin { scheme, host, port })
    }

    /// Reports whether scheme and host are made of what browsers send in them.
    fn is_valid(&self) -> bool {
        is_scheme(self.scheme) && is_host(self.host)
    }
}

/// Reports whether `value` is an origin that a browser can send: `null`, or a serialized
/// [tuple origin](https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin).
pub(crate) fn is_origin(value: &[u8]) -> bool {
    value == b"null" || Origin::split(value).is_some_and(|origin| origin.is_valid())
}

/// Cuts off a port. The colons of an IPv6 address stand in brackets, and a colon that is further
/// from the end than a port is long stays in the host, which no host of a pattern has.
fn split_port(rest: &[u8]) -> Option<(&[u8], Option<u16>)> {
    let tail = rest.len().saturating_sub(":65535".len());
    match rest[tail..].iter().rposition(|b| *b == b':') {
        Some(at) if !rest.ends_with(b"]") => {
            let (host, port) = rest.split_at(tail + at);
            Some((host, Some(parse_port(&port[1..])?)))
        }
        _ => Some((rest, None)),
    }
}

/// A port from 1 to 65535 in its shortest form.
pub(crate) fn parse_port(text: &[u8]) -> Option<u16> {
    if text.is_empty() || text.len() > "65535".len() || text[0] == b'0' {
        return None;
    }
    let digit = |port: u32, b: &u8| b.is_ascii_digit().then(|| port * 10 + u32::from(b - b'0'));
    text.iter().try_fold(0, digit).and_then(|port| u16::try_from(port).ok())
}

/// The port that [serialized origins](https://url.spec.whatwg.org/#default-port) of a scheme
/// leave out.
pub(crate) fn default_port(scheme: &[u8]) -> Option<u16> {
    match scheme {
        b"http" => Some(80),
        b"https" => Some(443),
        b"ftp" => Some(21),
        _ => None,
    }
}

fn is_scheme(scheme: &[u8]) -> bool {
    let tail = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-' | b'.');
    scheme.first().is_some_and(u8::is_ascii_lowercase) && scheme.iter().all(tail)
}

/// Browsers send far stranger host names than the DNS knows; only the
/// [forbidden host code points](https://url.spec.whatwg.org/#forbidden-host-code-point) never come.
fn is_host(host: &[u8]) -> bool {
    if let Some(address) = host.strip_prefix(b"[") {
        let part = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b':' | b'.');
        return address.strip_suffix(b"]").is_some_and(|a| !a.is_empty() && a.iter().all(part));
    }
    host.iter().all(|b| b.is_ascii_graphic() && !b"#/:<>?@[\\]^|".contains(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_origins_and_their_neighbours() {
        let longest_host = ["a"; 127].join(".");
        let longest = format!("https://{longest_host}:65535");
        let cap = format!("https://{}", "a".repeat(MAX_ORIGIN - "https://".len()));
        let past_cap = format!("{cap}a");
        let scheme = "s".repeat(MAX_SCHEME);
        let (longest_scheme, long_scheme) = (format!("{scheme}://h"), format!("s{scheme}://h"));
        let cases: [(&str, &[u8], bool); 49] = [
            ("opaque origin", b"null", true),
            ("opaque origin in upper case", b"NULL", false),
            ("two opaque origins", b"null, null", false),
            ("nothing", b"", false),
            ("https", b"https://example.com", true),
            ("upper-case scheme", b"HTTPS://example.com", false),
            ("port", b"http://localhost:3000", true),
            ("highest port", b"https://example.com:65535", true),
            ("port past the highest", b"https://example.com:65536", false),
            ("port of six digits", b"https://example.com:100000", false),
            ("port far past the highest", b"https://example.com:99999999999999999999", false),
            ("port zero", b"https://example.com:0", false),
            ("leading zero", b"https://example.com:0443", false),
            ("signed port", b"https://example.com:+443", false),
            ("port without digits", b"https://example.com:x", false),
            ("empty port", b"https://example.com:", false),
            ("default port of https", b"https://example.com:443", false),
            ("http port of https", b"https://example.com:80", true),
            ("default port of http", b"http://example.com:80", false),
            ("default port of ftp", b"ftp://example.com:21", false),
            ("two ports", b"https://example.com:1:1", false),
            ("port without a host", b"https://:8080", false),
            ("no host", b"https://", false),
            ("extension", b"chrome-extension://abcdefghijklmnop", true),
            ("scheme with all its bytes", b"a0+-.://x", true),
            ("scheme that starts with a digit", b"0a://x", false),
            ("no scheme", b"://example.com", false),
            ("no separator", b"https:example.com", false),
            ("one slash", b"https:/example.com", false),
            ("trailing slash", b"https://example.com/", false),
            ("query", b"https://example.com?", false),
            ("fragment", b"https://example.com#", false),
            ("user", b"https://a@example.com", false),
            ("white space", b"https://exa mple.com", false),
            ("control byte", b"https://example.com\0", false),
            ("byte past ASCII", b"https://ex\xe4mple.com", false),
            ("comma, as WebKit sends", b"https://a,b.example.com", true),
            ("trailing dot", b"https://example.com.", true),
            ("underscore", b"https://a_b.example.com", true),
            ("IPv6", b"http://[::1]", true),
            ("IPv6 with a port", b"http://[::1]:8080", true),
            ("IPv6 in upper case", b"http://[::AB]", false),
            ("IPv6 without its end", b"http://[::1", false),
            ("empty brackets", b"http://[]", false),
            ("longest of the DNS", longest.as_bytes(), true),
            ("as long as may be", cap.as_bytes(), true),
            ("past the cap", past_cap.as_bytes(), false),
            ("longest scheme", longest_scheme.as_bytes(), true),
            ("past the longest scheme", long_scheme.as_bytes(), false),
        ];
        for (name, value, want) in cases {
            assert_eq!(is_origin(value), want, "{name}");
        }
    }
}
