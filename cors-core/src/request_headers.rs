//! `Access-Control-Request-Headers`: which lists of names a policy lets pass.

use crate::{
    Names, Refusal,
    name::{self, NON_WILDCARD_REQUEST_HEADER},
    name_table::NameTable,
};

/// The request headers that a policy allows, ready for look-ups.
#[derive(Debug, Clone)]
pub(crate) struct HeaderRule {
    any: bool,
    names: NameTable,
    /// as a browser that asks for all of them joins them: sorted
    joined: Box<str>,
    /// of all names together, without commas
    name_bytes: usize,
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
            name_bytes: sorted.iter().map(|name| name.len()).sum(),
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
        let bytes = self.check_size(lines.clone())?;
        // names that all are listed, each of them once, are not longer than the list
        let too_long = !self.any
            && bytes > self.name_bytes
            && lines.clone().map(name_bytes).sum::<usize>() > self.name_bytes;
        let max_names = if too_long { 0 } else { self.max_names };
        let mut names = 0;
        for element in elements(lines) {
            self.check_name(element)?;
            names += 1;
            if names > max_names {
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

    /// Bounds the work before any byte is looked at, and counts the bytes.
    fn check_size<'a>(&self, lines: impl Iterator<Item = &'a [u8]>) -> Result<usize, Refusal> {
        let mut bytes = 0_usize;
        for (number, line) in lines.enumerate() {
            // a further line stands for a comma
            bytes = bytes.saturating_add(line.len() + usize::from(number > 0));
            if bytes > self.max_bytes || number == self.max_lines {
                return Err(Refusal::HeadersTooLong);
            }
        }
        Ok(bytes)
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
    pub(crate) fn asks_for_names<'a>(lines: impl Iterator<Item = &'a [u8]>) -> bool {
        elements(lines).next().is_some()
    }
}

/// The elements of all lines that are not empty, without the white space around them.
pub(crate) fn elements<'a>(
    lines: impl Iterator<Item = &'a [u8]>,
) -> impl Iterator<Item = &'a [u8]> {
    lines.flat_map(|rest| Elements { rest })
}

/// The elements of one line. Runs of empty elements are skipped byte by byte, since a hostile line
/// has nothing else.
struct Elements<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let start = self.rest.iter().position(|b| !is_separator(*b))?;
        let rest = &self.rest[start..];
        let comma = rest.iter().position(|b| *b == b',').unwrap_or(rest.len());
        let (mut element, rest) = rest.split_at(comma);
        self.rest = rest;
        while let [shorter @ .., last] = element
            && is_white_space(*last)
        {
            element = shorter;
        }
        Some(element)
    }
}

/// How many bytes of a line are no separators.
fn name_bytes(line: &[u8]) -> usize {
    // small sums, of which the processor makes many at a time
    let count = |part: &[u8]| part.iter().fold(0, |sum: u8, b| sum + u8::from(!is_separator(*b)));
    line.chunks(255).map(|part| usize::from(count(part))).sum()
}

fn is_separator(b: u8) -> bool {
    b == b',' || is_white_space(b)
}

/// [Optional white space](https://httpwg.org/specs/rfc9110.html#whitespace), which is less than
/// what ASCII knows.
fn is_white_space(b: u8) -> bool {
    b == b' ' || b == b'\t'
}

/// Most bytes of `Access-Control-Request-Headers` under `allow_headers = any`, commas included:
/// the 200 names that browsers have been seen to send fit into it.
pub const MAX_REQUEST_HEADERS_BYTES: usize = 8192;

/// Most names in `Access-Control-Request-Headers` under `allow_headers = any`.
pub const MAX_REQUEST_HEADERS_NAMES: usize = 256;

/// What proxies may add to a list in white space, empty elements and line breaks, in bytes; each
/// name may have two more.
const SLACK: usize = 16;

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
        let cases: [Case<'_>; 25] = [
            ("no line", &[], &[], Ok(())),
            ("all, as a browser sends them", two, &["content-type,x-a"], Ok(())),
            ("one", two, &["x-a"], Ok(())),
            ("upper case", two, &["X-A,Content-Type"], Ok(())),
            ("white space", two, &[" x-a\t, content-type "], Ok(())),
            ("empty elements", two, &[",x-a,, ,content-type,"], Ok(())),
            ("nothing but empty elements", &[], &[",,, ,"], Ok(())),
            ("two lines", two, &["content-type", "x-a"], Ok(())),
            ("empty lines", two, &["", "x-a", ""], Ok(())),
            ("all, and a line", two, &["content-type,x-a", "x-b"], Err(HeadersTooLong)),
            ("unlisted", two, &["x-b"], Err(HeaderDenied)),
            ("where none is listed", &[], &["content-type"], Err(HeaderDenied)),
            ("listed behind unlisted", two, &["x-c,x-a"], Err(HeaderDenied)),
            (
                "longer than listed, with a listed one first",
                &["x-a"],
                &["x-a,x-b"],
                Err(HeadersTooLong),
            ),
            ("longer than listed", &["x-a"], &["x-b,x-a"], Err(HeaderDenied)),
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
        let cap = "x-a,x-bc".len() + 2 * 2 + 16;
        assert_eq!(check(cap), Ok(()));
        assert_eq!(check(cap + 1), Err(Refusal::HeadersTooLong));
        let and_a_line = |n| rule.check([line(n).as_bytes(), b""].into_iter());
        assert_eq!(and_a_line(cap - 1), Ok(()), "a further line is a comma");
        assert_eq!(and_a_line(cap), Err(Refusal::HeadersTooLong));
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
            let bytes = |names: &[&str]| names.iter().map(|name| name.len()).sum::<usize>();
            let fits = fits && bytes(&asked) <= bytes(&allowed);
            let naive = fits && asked.iter().all(|name| allowed.contains(name));
            let rule = rule(&allowed, false);
            let length = text.len() <= rule.max_bytes;
            prop_assert_eq!(rule.check(lines.iter().copied()).is_ok(), naive && length);
        }
    }

    const NAMES: &[&str] = &["x-a", "x-b", "x-ab", "content-type", "accept", "x"];
}
