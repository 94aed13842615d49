//! The names that policies list: header names and methods, with the standard's rules as tables.

use crate::NameFault;

/// Reports whether `text` is a [token](https://httpwg.org/specs/rfc9110.html#rule.token.separators),
/// the form of header names and methods.
pub(crate) fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|b| TOKEN[usize::from(*b)])
}

/// Reports whether `text` has the form of a [method](https://fetch.spec.whatwg.org/#concept-method)
/// and is no longer than a policy can list.
pub(crate) fn is_method(text: &[u8]) -> bool {
    text.len() <= MAX_METHOD && is_token(text)
}

/// Reports whether scripts cannot set this request header, given in lower case:
/// a [forbidden request-header](https://fetch.spec.whatwg.org/#forbidden-request-header).
pub(crate) fn is_forbidden_request_header(name: &str) -> bool {
    FORBIDDEN_REQUEST_HEADERS.binary_search(&name).is_ok()
        || name.starts_with("proxy-")
        || name.starts_with("sec-")
}

/// Reports whether scripts may read this response header, given in lower case, without being told:
/// a [CORS-safelisted response-header name](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name).
#[must_use]
pub fn is_safelisted_response_header(name: &str) -> bool {
    SAFELISTED_RESPONSE_HEADERS.binary_search(&name).is_ok()
}

/// Reports whether a method needs no permission: a
/// [CORS-safelisted method](https://fetch.spec.whatwg.org/#cors-safelisted-method).
#[must_use]
#[inline]
pub fn is_safelisted_method(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Reports whether browsers never send this method:
/// a [forbidden method](https://fetch.spec.whatwg.org/#forbidden-method).
pub(crate) fn is_forbidden_method(method: &[u8]) -> bool {
    FORBIDDEN_METHODS.iter().any(|m| m.as_bytes().eq_ignore_ascii_case(method))
}

/// Checks an element of `allow_headers` and returns it in lower case.
pub(crate) fn request_header(text: &str) -> Result<Box<str>, NameFault> {
    let name = header(text)?;
    if name.starts_with("access-control-") {
        return Err(NameFault::CorsHeader);
    }
    if is_forbidden_request_header(&name) {
        return Err(NameFault::ForbiddenRequestHeader);
    }
    Ok(name)
}

/// Checks an element of `expose_headers` and returns it in lower case.
pub(crate) fn response_header(text: &str) -> Result<Box<str>, NameFault> {
    let name = header(text)?;
    if name.starts_with("access-control-") {
        return Err(NameFault::CorsHeader);
    }
    if FORBIDDEN_RESPONSE_HEADERS.contains(&&*name) {
        return Err(NameFault::ForbiddenResponseHeader);
    }
    Ok(name)
}

fn header(text: &str) -> Result<Box<str>, NameFault> {
    match text {
        _ if is_any(text) => Err(NameFault::Star),
        _ if text.contains('*') => Err(NameFault::Wildcard),
        _ if !is_token(text.as_bytes()) => Err(NameFault::Header),
        _ => Ok(text.to_ascii_lowercase().into()),
    }
}

/// Checks an element of `methods`; methods are case-sensitive.
pub(crate) fn method(text: &str) -> Result<Box<str>, NameFault> {
    let upper = text.to_ascii_uppercase();
    match text {
        _ if is_any(text) => Err(NameFault::Star),
        _ if text.contains('*') => Err(NameFault::Wildcard),
        _ if !is_method(text.as_bytes()) => Err(NameFault::Method),
        _ if is_forbidden_method(text.as_bytes()) => Err(NameFault::ForbiddenMethod),
        _ if text != upper && NORMALIZED_METHODS.contains(&&*upper) => {
            Err(NameFault::MethodCase { fix: upper })
        }
        _ => Ok(text.into()),
    }
}

/// Reports whether the word `any` was meant.
pub(crate) fn is_any(text: &str) -> bool {
    text == "*" || text.eq_ignore_ascii_case("any")
}

/// Reports whether a method is `PATCH` in other letters: browsers send those as they are written.
pub(crate) fn is_unusual_patch(method: &str) -> bool {
    method != "PATCH" && method.eq_ignore_ascii_case("PATCH")
}

/// For each byte, whether tokens are made of it.
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128 {
        table[byte] = (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let punctuation = b"!#$%&'*+-.^_`|~";
    let mut at = 0;
    while at < punctuation.len() {
        table[punctuation[at] as usize] = true;
        at += 1;
    }
    table
};

/// Sorted; names that start with `proxy-` or `sec-` are forbidden too.
const FORBIDDEN_REQUEST_HEADERS: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// Sorted.
const SAFELISTED_RESPONSE_HEADERS: [&str; 7] = [
    "cache-control",
    "content-language",
    "content-length",
    "content-type",
    "expires",
    "last-modified",
    "pragma",
];

/// [Forbidden response-header names](https://fetch.spec.whatwg.org/#forbidden-response-header-name).
const FORBIDDEN_RESPONSE_HEADERS: [&str; 2] = ["set-cookie", "set-cookie2"];

/// [CORS non-wildcard request-header names](https://fetch.spec.whatwg.org/#cors-non-wildcard-request-header-name):
/// always said by name.
pub(crate) const NON_WILDCARD_REQUEST_HEADER: &str = "authorization";

/// Longest method, in bytes.
pub const MAX_METHOD: usize = 64;

const FORBIDDEN_METHODS: [&str; 3] = ["CONNECT", "TRACE", "TRACK"];

/// The methods that browsers [normalize](https://fetch.spec.whatwg.org/#concept-method-normalize).
const NORMALIZED_METHODS: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_lower_case_and_unique() {
        for table in [
            &FORBIDDEN_REQUEST_HEADERS[..],
            &SAFELISTED_RESPONSE_HEADERS,
            &FORBIDDEN_RESPONSE_HEADERS,
        ] {
            assert!(table.is_sorted_by(|a, b| a < b), "{table:?}");
            assert!(table.iter().all(|n| n.to_ascii_lowercase() == *n), "{table:?}");
        }
    }
    #[test]
    fn the_word_any_is_no_name() {
        for text in ["*", "any", "ANY", "Any"] {
            for parse in [request_header, response_header, method] {
                assert_eq!(parse(text), Err(NameFault::Star), "{text}");
            }
        }
        for text in ["anyone", "x-any"] {
            for parse in [request_header, response_header, method] {
                assert_eq!(parse(text).as_deref(), Ok(text));
            }
        }
        for text in ["**", "x-*", "*-a"] {
            for parse in [request_header, response_header, method] {
                assert_eq!(parse(text), Err(NameFault::Wildcard), "{text}");
            }
        }
    }
}
