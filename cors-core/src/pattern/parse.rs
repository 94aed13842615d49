//! Parsing of origin patterns, with a fault for every form that could never match.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{
    OriginPattern, PatternFault, PatternFaultKind as Kind, PortForm, Star,
    host::{MAX_HOST, MAX_LABEL, is_name},
};
use crate::{
    name,
    origin::{self, MAX_SCHEME},
    suffix::{self, Suffix},
};

pub(super) fn pattern(text: &str) -> Result<OriginPattern, PatternFault> {
    parse(text).map_err(|mut fault| {
        fault.fix = fault.fix.and_then(repaired);
        fault
    })
}

/// Follows one fix after the other, until the pattern parses.
fn repaired(mut text: String) -> Option<String> {
    for _ in 0..MAX_REPAIRS {
        match parse(&text) {
            Ok(_) => return Some(text),
            Err(fault) => text = fault.fix?,
        }
    }
    None
}

fn parse(text: &str) -> Result<OriginPattern, PatternFault> {
    match text {
        "" => return Err(Kind::Empty.into()),
        "null" => return Ok(null()),
        _ if name::is_any(text) => return Err(Kind::Any.into()),
        _ if text.eq_ignore_ascii_case("null") => {
            return Err(PatternFault::fixed(Kind::UpperCase, "null"));
        }
        _ if text.matches("://").count() > 1 => return Err(Kind::Several.into()),
        _ => {}
    }
    if text.bytes().any(|b| b.is_ascii_whitespace() || b.is_ascii_control()) {
        let fix = Some(text.trim_ascii().to_owned()).filter(|fix| fix.len() < text.len());
        return Err(PatternFault { fix, ..Kind::Whitespace.into() });
    }
    let (scheme, rest) = split_scheme(text)?;
    let (host, port_text) = split_rest(scheme, rest)?;
    let port = parse_port(scheme, host, port_text)?;
    let star = check_host(scheme, host).map_err(|(kind, host)| {
        let port = port_text.map(|port| format!(":{port}")).unwrap_or_default();
        PatternFault { fix: host.map(|host| format!("{scheme}://{host}{port}")), ..kind.into() }
    })?;
    let host_start = scheme.len() + "://".len();
    let label = if star == Star::None { 0 } else { host.find('.').map_or(0, |dot| dot + 1) };
    // the checks above bound scheme and host far below
    let short = |at: usize| u16::try_from(at).map_err(|_| Kind::Length { host: host.to_owned() });
    Ok(OriginPattern {
        text: text.into(),
        scheme_end: short(scheme.len())?,
        domain_start: short(host_start + label)?,
        host_end: short(host_start + host.len())?,
        star,
        port,
    })
}

/// Without scheme and host, so that it has nothing in common with any other pattern.
fn null() -> OriginPattern {
    let port = PortForm::Exact(None);
    let (scheme_end, domain_start, host_end) = (0, 0, 0);
    OriginPattern {
        text: "null".into(),
        scheme_end,
        domain_start,
        host_end,
        star: Star::None,
        port,
    }
}

fn split_scheme(text: &str) -> Result<(&str, &str), PatternFault> {
    let opaque = |s: &&str| OPAQUE_SCHEMES.iter().any(|own| own.eq_ignore_ascii_case(s));
    if let Some((scheme, _)) = text.split_once(':').filter(|(scheme, _)| opaque(scheme)) {
        return Err(Kind::OpaqueScheme { scheme: scheme.to_owned() }.into());
    }
    let Some((scheme, rest)) = text.split_once("://") else {
        if is_network(text) {
            return Err(Kind::MissingScheme.into());
        }
        return Err(PatternFault::fixed(Kind::MissingScheme, with_scheme(text)));
    };
    let tail = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.');
    if scheme.len() > MAX_SCHEME
        || !scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        || !scheme.bytes().all(tail)
    {
        return Err(Kind::Scheme { scheme: scheme.to_owned() }.into());
    }
    if scheme.bytes().any(|b| b.is_ascii_uppercase()) {
        let fix = format!("{}://{rest}", scheme.to_ascii_lowercase());
        return Err(PatternFault::fixed(Kind::UpperCase, fix));
    }
    match scheme {
        "ws" => Err(PatternFault::fixed(Kind::WebSocketScheme, format!("http://{rest}"))),
        "wss" => Err(PatternFault::fixed(Kind::WebSocketScheme, format!("https://{rest}"))),
        _ => Ok((scheme, rest)),
    }
}

/// A range of addresses, such as `10.0.0.0/8`, for which no origin stands.
fn is_network(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    address.parse::<IpAddr>().is_ok() && bits.bytes().all(|b| b.is_ascii_digit())
}

/// What was meant by a pattern without `://`; a page on one's own machine rarely has https.
fn with_scheme(text: &str) -> String {
    if let Some((scheme @ ("http" | "https"), rest)) = text.split_once([':', '/']) {
        return format!("{scheme}://{}", rest.trim_start_matches('/'));
    }
    let rest = text.trim_start_matches('/');
    let http = repaired(format!("http://{rest}")).and_then(|text| parse(&text).ok());
    match http {
        Some(pattern) if pattern.is_local() => pattern.text.into(),
        _ => format!("https://{rest}"),
    }
}

/// Splits host and port; nothing else may stand there.
fn split_rest<'t>(scheme: &str, rest: &'t str) -> Result<(&'t str, Option<&'t str>), PatternFault> {
    if let Some(at) = rest.find(['/', '?', '#', '\\']) {
        let fix = format!("{scheme}://{}", &rest[..at]);
        return Err(PatternFault::fixed(Kind::Path, fix));
    }
    if let Some((_, host)) = rest.rsplit_once('@') {
        return Err(PatternFault::fixed(Kind::Userinfo, format!("{scheme}://{host}")));
    }
    if let Ok(address) = rest.parse::<Ipv6Addr>() {
        // of `::1:3000` the end was meant as a port
        let with_port = rest.rsplit_once(':').and_then(|(host, port)| {
            origin::parse_port(port.as_bytes())?;
            Some((host.parse::<Ipv6Addr>().ok()?, port))
        });
        let fix = match with_port {
            Some((host, port)) => format!("{scheme}://[{host}]:{port}"),
            None => format!("{scheme}://[{address}]"),
        };
        return Err(PatternFault::fixed(Kind::NotCanonical, fix));
    }
    // the colons of an IPv6 address stand in brackets
    let is_port = |host: &str, port: &str| {
        !port.contains(']') && (!rest.starts_with('[') || host.ends_with(']'))
    };
    Ok(match rest.rsplit_once(':') {
        Some((host, port)) if is_port(host, port) => (host, Some(port)),
        _ => (rest, None),
    })
}

fn parse_port(scheme: &str, host: &str, port: Option<&str>) -> Result<PortForm, PatternFault> {
    let Some(text) = port else { return Ok(PortForm::Exact(None)) };
    if text == "*" {
        return Ok(PortForm::Any);
    }
    let port =
        origin::parse_port(text.as_bytes()).ok_or_else(|| Kind::Port { port: text.to_owned() })?;
    if origin::default_port(scheme.as_bytes()) == Some(port) {
        let fix = format!("{scheme}://{host}");
        return Err(PatternFault::fixed(Kind::DefaultPort { port }, fix));
    }
    Ok(PortForm::Exact(Some(port)))
}

/// A fault and the host that was meant.
type HostFault = (Kind, Option<String>);

fn check_host(scheme: &str, host: &str) -> Result<Star, HostFault> {
    if !host.contains('*') {
        check_name(scheme, host)?;
        return Ok(Star::None);
    }
    let (label, parent) = host.split_once('.').unwrap_or((host, ""));
    let (before, after) = label.split_once('*').ok_or((Kind::Wildcard, None))?;
    if parent.is_empty() || parent.contains('*') || after.contains('*') || is_address(parent) {
        return Err((Kind::Wildcard, None));
    }
    if let Some(fix) = host.strip_suffix('.') {
        return Err((Kind::Wildcard, Some(fix.to_owned())));
    }
    check_name(scheme, parent)
        .map_err(|(kind, parent)| (kind, parent.map(|parent| format!("{label}.{parent}"))))?;
    check_label(host, label, before, after)?;
    Ok(if label == "*" { Star::Labels } else { Star::InLabel })
}

/// The first label, in which a `*` stands for at least one byte.
fn check_label(host: &str, label: &str, before: &str, after: &str) -> Result<(), HostFault> {
    let part = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    if !label.is_ascii() {
        return Err((Kind::NonAscii, None));
    }
    if label.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err((Kind::UpperCase, Some(host.to_ascii_lowercase())));
    }
    // punycode cannot be completed: what `xn--` starts is one name as a whole
    if !before.bytes().chain(after.bytes()).all(part) || before.starts_with("xn--") {
        return Err((Kind::Host { host: host.to_owned() }, None));
    }
    if label.len() > MAX_LABEL || host.len() > MAX_HOST {
        return Err((Kind::Length { host: host.to_owned() }, None));
    }
    // `*example.com` is also `evilexample.com`, and was rarely meant so
    let parent = &host[label.len() + 1..];
    if label != "*" && suffix::public_suffix(parent) == Some(Suffix::Icann) {
        let fix = before.is_empty().then(|| format!("*.{after}.{parent}"));
        return Err((Kind::PublicSuffix { suffix: parent.to_owned() }, fix));
    }
    Ok(())
}

/// A host without `*`, or what stands after the label with the `*`.
fn check_name(scheme: &str, host: &str) -> Result<(), HostFault> {
    if host.is_empty() {
        return Err((Kind::EmptyHost, None));
    }
    let canonical = url::Host::parse(host).map(|host| host.to_string());
    if !host.is_ascii() {
        return Err((Kind::NonAscii, canonical.ok()));
    }
    if host.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err((Kind::UpperCase, Some(host.to_ascii_lowercase())));
    }
    let invalid = || (Kind::Host { host: host.to_owned() }, None);
    let special = matches!(scheme, "http" | "https" | "ftp") || host.starts_with('[');
    match canonical {
        Ok(canonical) if special && canonical != host => {
            return Err((Kind::NotCanonical, Some(canonical)));
        }
        // browsers know more hosts than the DNS; here they are `{tenant}` or `$host` left unfilled
        Ok(_) if special && (host.starts_with('[') || is_name(host.as_bytes())) => {}
        _ if special => return Err(invalid()),
        // hosts of other schemes are opaque
        _ if !origin::is_origin(format!("{scheme}://{host}").as_bytes()) => return Err(invalid()),
        _ => {}
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let bad_label = |label: &str| label.is_empty() || label.len() > MAX_LABEL;
    if !host.starts_with('[') && (name.len() > MAX_HOST || name.split('.').any(bad_label)) {
        return Err((Kind::Length { host: host.to_owned() }, None));
    }
    Ok(())
}

/// Reports whether no name can stand before `.{parent}`: an address is a whole host.
fn is_address(parent: &str) -> bool {
    let last = parent.strip_suffix('.').unwrap_or(parent).rsplit('.').next();
    parent.starts_with('[')
        || parent.parse::<Ipv4Addr>().is_ok()
        || last.is_some_and(|l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_digit()))
}

/// Schemes whose pages have the opaque origin; sorted.
const OPAQUE_SCHEMES: [&str; 5] = ["about", "blob", "data", "file", "javascript"];

/// Most faults that one pattern is helped out of.
const MAX_REPAIRS: usize = 8;
