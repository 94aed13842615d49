//! The names that policies list: header names and methods, with the standard's rules as tables.

use std::fmt;

use hashbrown::HashTable;

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
        "*" | "any" => Err(NameFault::Star),
        _ if !is_token(text.as_bytes()) => Err(NameFault::Header),
        _ => Ok(text.to_ascii_lowercase().into()),
    }
}

/// Checks an element of `methods`; methods are case-sensitive.
pub(crate) fn method(text: &str) -> Result<Box<str>, NameFault> {
    let upper = text.to_ascii_uppercase();
    match text {
        "*" | "any" => Err(NameFault::Star),
        _ if !is_method(text.as_bytes()) => Err(NameFault::Method),
        _ if is_forbidden_method(text.as_bytes()) => Err(NameFault::ForbiddenMethod),
        _ if text != upper && NORMALIZED_METHODS.contains(&&*upper) => {
            Err(NameFault::MethodCase { fix: upper })
        }
        _ => Ok(text.into()),
    }
}

/// Names ready for look-ups whose cost does not depend on their number.
#[derive(Debug, Clone, Default)]
pub(crate) struct NameTable {
    names: Box<[Box<str>]>,
    /// indices of `names`, hashed without regard to case
    table: HashTable<usize>,
    longest: usize,
}

impl NameTable {
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Self {
        let names: Box<[Box<str>]> = names.map(Into::into).collect();
        let hash = |index: &usize| hash(names[*index].as_bytes());
        let mut table = HashTable::with_capacity(names.len());
        for index in 0..names.len() {
            table.insert_unique(hash(&index), index, hash);
        }
        let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
        NameTable { names, table, longest }
    }

    pub(crate) fn contains(&self, name: &[u8]) -> bool {
        self.find(name, |own| own == name)
    }

    pub(crate) fn contains_ignoring_case(&self, name: &[u8]) -> bool {
        // browsers send lower case, which is cheaper to compare
        self.find(name, |own| own == name || own.eq_ignore_ascii_case(name))
    }

    fn find(&self, name: &[u8], is: impl Fn(&[u8]) -> bool) -> bool {
        name.len() <= self.longest
            && self.table.find(hash(name), |index| is(self.names[*index].as_bytes())).is_some()
    }
}

/// Equal for names that differ in case alone: of each byte the bit that tells the case is set,
/// eight bytes at a time. The table's names are the author's, so nobody can make them collide, and
/// the hash needs no key.
fn hash(name: &[u8]) -> u64 {
    const CASE: u64 = 0x2020_2020_2020_2020;
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mix = |hash: u64, word: u64| (hash ^ (word | CASE)).wrapping_mul(FACTOR).rotate_left(29);
    let (words, tail) = name.as_chunks::<8>();
    let start =
        words.iter().fold(name.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let tail = tail.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    mix(start, tail).wrapping_mul(FACTOR)
}

/// Reports whether a method is `PATCH` in other letters: browsers send those as they are written.
pub(crate) fn is_unusual_patch(method: &str) -> bool {
    method != "PATCH" && method.eq_ignore_ascii_case("PATCH")
}

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
/// assert_eq!(error("Cookie", "x-a", "put"), [
///     "allow_headers[0]: forbidden request-header: `Cookie`",
///     "methods[0]: method in lower case: `put`",
/// ]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameFault {
    /// `*` or `any` in quotes.
    Star,
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
    /// Why it is one.
    #[must_use]
    pub fn note(&self) -> &'static str {
        use NameFault::*;
        match self {
            Star => "`any` means every name; `*` is never written in a policy",
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
            Header => "write a header name such as `x-request-id`".to_owned(),
            Method => "write a method such as `PUT`".to_owned(),
            MethodCase { fix } => format!("write `{fix}`"),
            CorsHeader | ForbiddenRequestHeader | ForbiddenResponseHeader | ForbiddenMethod => {
                "remove it".to_owned()
            }
        }
    }
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
    fn names_are_found_whatever_their_number() {
        let names: Vec<_> = (0..1000).map(|i| format!("X-{i}")).collect();
        let table = NameTable::new(names.iter().map(String::as_str));
        for name in &names {
            let lower = name.to_ascii_lowercase();
            assert!(table.contains(name.as_bytes()) && !table.contains(lower.as_bytes()), "{name}");
            assert!(table.contains_ignoring_case(lower.as_bytes()), "{name}");
            assert!(!table.contains_ignoring_case(format!("{name}0x").as_bytes()), "{name}");
        }
        assert!(!NameTable::default().contains(b""));
    }

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
}
