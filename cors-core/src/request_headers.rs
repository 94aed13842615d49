//! `Access-Control-Request-Headers`: which lists of names a policy lets pass.

use crate::{
    Names, Refusal,
    name::{self, NON_WILDCARD_REQUEST_HEADER, NameTable},
};

/// The request headers that a policy allows, ready for look-ups.
#[derive(Debug, Clone)]
pub(crate) struct HeaderRule {
    any: bool,
    names: NameTable,
    /// as a browser that asks for all of them joins them: sorted
    joined: Box<str>,
    max_bytes: usize,
    max_names: usize,
    max_lines: usize,
}

impl HeaderRule {
    pub(crate) fn new(allowed: &Names) -> Self {
        let mut sorted: Vec<_> = allowed.iter().collect();
        sorted.sort_unstable();
        let joined: Box<str> = sorted.join(",").into();
        let (max_bytes, max_names) = if allowed.is_any() {
            (MAX_REQUEST_HEADERS_BYTES, MAX_REQUEST_HEADERS_NAMES)
        } else {
            (joined.len() + 2 * sorted.len() + SLACK, sorted.len())
        };
        HeaderRule {
            any: allowed.is_any(),
            names: NameTable::new(allowed.iter()),
            joined,
            max_bytes,
            max_names,
            max_lines: max_names + 2,
        }
    }

    /// Checks all lines as one list: case and order ignored, white space and empty elements
    /// tolerated.
    pub(crate) fn check<'a>(
        &self,
        lines: impl Iterator<Item = &'a [u8]> + Clone,
    ) -> Result<(), Refusal> {
        if self.is_joined(lines.clone()) {
            return Ok(());
        }
        self.check_size(lines.clone())?;
        let mut names = 0;
        for element in elements(lines) {
            self.check_name(element)?;
            names += 1;
            if names > self.max_names {
                return Err(Refusal::HeadersTooLong);
            }
        }
        Ok(())
    }

    /// Reports whether there is no line, or one that names all that is allowed, as browsers do.
    fn is_joined<'a>(&self, mut lines: impl Iterator<Item = &'a [u8]>) -> bool {
        match lines.next() {
            None => true,
            Some(line) => !self.any && line == self.joined.as_bytes() && lines.next().is_none(),
        }
    }

    /// Bounds the work before any element is looked at.
    pub(crate) fn check_size<'a>(
        &self,
        lines: impl Iterator<Item = &'a [u8]>,
    ) -> Result<(), Refusal> {
        let mut bytes = 0_usize;
        for (number, line) in lines.enumerate() {
            // a further line stands for a comma
            bytes = bytes.saturating_add(line.len() + usize::from(number > 0));
            if bytes > self.max_bytes || number == self.max_lines {
                return Err(Refusal::HeadersTooLong);
            }
        }
        Ok(())
    }

    pub(crate) fn check_name(&self, name: &[u8]) -> Result<(), Refusal> {
        let covered =
            || self.any && !name.eq_ignore_ascii_case(NON_WILDCARD_REQUEST_HEADER.as_bytes());
        if self.names.contains_ignoring_case(name) {
            Ok(())
        } else if !name::is_token(name) {
            Err(Refusal::HeaderInvalid)
        } else if covered() {
            Ok(())
        } else {
            Err(Refusal::HeaderDenied)
        }
    }

    /// Reports whether some element is not empty.
    pub(crate) fn asks_for_names<'a>(mut lines: impl Iterator<Item = &'a [u8]>) -> bool {
        lines.any(|line| line.iter().any(|b| !matches!(b, b',' | b' ' | b'\t')))
    }
}

/// The elements of all lines that are not empty, without the white space around them.
pub(crate) fn elements<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = &'a [u8]> {
    let elements = lines.flat_map(|line| line.split(|b| *b == b','));
    elements.map(trim).filter(|element| !element.is_empty())
}

/// Without [optional white space](https://httpwg.org/specs/rfc9110.html#whitespace), which is less
/// than what ASCII knows.
fn trim(mut element: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = element {
        element = rest;
    }
    element
}

/// Most bytes of `Access-Control-Request-Headers` under `allow_headers = any`, commas included:
/// the 200 names that browsers have been seen to send fit into it.
pub const MAX_REQUEST_HEADERS_BYTES: usize = 8192;

/// Most names in `Access-Control-Request-Headers` under `allow_headers = any`.
pub const MAX_REQUEST_HEADERS_NAMES: usize = 256;

/// What proxies may add to a list in white space, empty elements and line breaks, in bytes; each
/// name may have two more.
const SLACK: usize = 32;

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;

    fn rule(names: &[&str], any: bool) -> HeaderRule {
        HeaderRule::new(&Names { any, names: names.iter().map(|n| (*n).into()).collect() })
    }

    #[test]
    fn lines_are_one_list() {
        use Refusal::*;
        let two = &["content-type", "x-a"][..];
        let long = "a".repeat(100);
        type Case<'a> = (&'a str, &'a [&'a str], &'a [&'a str], Result<(), Refusal>);
        let cases: [Case<'_>; 22] = [
            ("no line", &[], &[], Ok(())),
            ("all, as a browser sends them", two, &["content-type,x-a"], Ok(())),
            ("one", two, &["x-a"], Ok(())),
            ("upper case", two, &["X-A,Content-Type"], Ok(())),
            ("white space", two, &[" x-a\t, content-type "], Ok(())),
            ("empty elements", two, &[",x-a,, ,content-type,"], Ok(())),
            ("nothing but empty elements", &[], &[",,, ,"], Ok(())),
            ("two lines", two, &["content-type", "x-a"], Ok(())),
            ("empty lines", two, &["", "x-a", ""], Ok(())),
            ("all, and a line", two, &["content-type,x-a", "x-b"], Err(HeaderDenied)),
            ("unlisted", two, &["x-b"], Err(HeaderDenied)),
            ("where none is listed", &[], &["authorization,content-type"], Err(HeaderDenied)),
            ("unlisted behind listed", two, &["x-a,x-b"], Err(HeaderDenied)),
            ("safelisted but unlisted", two, &["accept"], Err(HeaderDenied)),
            ("longer than any name", two, &["content-types"], Err(HeaderDenied)),
            ("no token", two, &["x a"], Err(HeaderInvalid)),
            ("other white space", two, &["x-a\x0c"], Err(HeaderInvalid)),
            ("byte past ASCII", two, &["x-ä"], Err(HeaderInvalid)),
            ("more names than listed", two, &["x-a,x-a,x-a"], Err(HeadersTooLong)),
            ("long", two, &[&long], Err(HeadersTooLong)),
            ("many lines", two, &["x-a", "", "", "", ""], Err(HeadersTooLong)),
            ("as many lines as may be", two, &["x-a", "", "", ""], Ok(())),
        ];
        for (name, allowed, lines, want) in cases {
            let lines = lines.iter().map(|line| line.as_bytes());
            assert_eq!(rule(allowed, false).check(lines), want, "{name}");
        }
    }

    #[test]
    fn any_is_every_name_but_authorization() {
        use Refusal::*;
        let names = |n| (0..n).map(|i| format!("x{i}")).collect::<Vec<_>>().join(",");
        let bytes = |n: usize| "a".repeat(n);
        let none: &[&str] = &[];
        type Case<'a> = (&'a str, &'a [&'a str], String, Result<(), Refusal>);
        let cases: [Case<'_>; 9] = [
            ("any", none, "x-whatever, Content-Type".to_owned(), Ok(())),
            ("no token", none, "x(".to_owned(), Err(HeaderInvalid)),
            ("star", none, "*".to_owned(), Ok(())),
            ("authorization", none, "x-a,Authorization".to_owned(), Err(HeaderDenied)),
            ("named", &["authorization"], "x-a,Authorization".to_owned(), Ok(())),
            ("as many names as may be", none, names(256), Ok(())),
            ("more", none, names(257), Err(HeadersTooLong)),
            ("as many bytes as may be", none, bytes(8192), Ok(())),
            ("more", none, bytes(8193), Err(HeadersTooLong)),
        ];
        for (name, allowed, line, want) in cases {
            let lines = std::iter::once(line.as_bytes());
            assert_eq!(rule(allowed, true).check(lines), want, "{name}");
        }
        let lines = std::iter::once(&b"authorization"[..]);
        assert_eq!(rule(&["authorization"], true).check(lines), Ok(()), "named alone");
    }

    #[test]
    fn caps_are_those_of_the_documents() {
        let rule = rule(&["x-a", "x-bc"], false);
        let line = |n: usize| " ".repeat(n - 3) + "x-a";
        let check = |n| rule.check(std::iter::once(line(n).as_bytes()));
        let cap = "x-a,x-bc".len() + 2 * 2 + 32;
        assert_eq!(check(cap), Ok(()));
        assert_eq!(check(cap + 1), Err(Refusal::HeadersTooLong));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(crate::cases(2_000)))]

        #[test]
        fn passes_what_looking_one_by_one_passes(
            allowed in vec(select(NAMES), 0..6),
            asked in vec(select(NAMES), 0..6),
            separators in vec(select(&[",", ", ", " ,", ",,", "\n"][..]), 6),
            upper in any::<bool>(),
        ) {
            let mut allowed = allowed;
            allowed.sort_unstable();
            allowed.dedup();
            let mut text = String::new();
            for (name, separator) in asked.iter().zip(&separators) {
                let name = if upper { name.to_ascii_uppercase() } else { (*name).to_owned() };
                text += &format!("{name}{separator}");
            }
            let lines: Vec<_> = text.split('\n').map(str::as_bytes).collect();
            let fits = asked.len() <= allowed.len() && lines.len() <= allowed.len() + 2;
            let naive = fits && asked.iter().all(|name| allowed.contains(name));
            let rule = rule(&allowed, false);
            let length = text.len() <= rule.max_bytes;
            prop_assert_eq!(rule.check(lines.iter().copied()).is_ok(), naive && length);
        }
    }

    const NAMES: &[&str] = &["x-a", "x-b", "x-ab", "content-type", "accept", "x"];
}
