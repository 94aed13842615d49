//! Patterns as text: slashes and braces.

use std::ops::Range;

/// The names of what a pattern captures, in their order.
pub(crate) fn hole_names(pattern: &str) -> impl Iterator<Item = &str> {
    holes(pattern).filter_map(|hole| pattern[hole].split([':', '}']).next())
}

/// A pattern with `value` in place of everything that is in braces: what `url_for` makes of it.
pub(crate) fn filled(pattern: &str, value: &str) -> String {
    let mut path = String::with_capacity(pattern.len());
    let mut rest = 0;
    for hole in holes(pattern) {
        path.push_str(&pattern[rest..hole.start - 1]);
        path.push_str(value);
        rest = hole.end + 1;
    }
    path.push_str(pattern.get(rest..).unwrap_or_default());
    path
}

/// A pattern without the names of its holes: what two have in common that match the same paths.
pub(crate) fn nameless(pattern: &str) -> String {
    let mut path = String::with_capacity(pattern.len());
    let mut rest = 0;
    for hole in holes(pattern) {
        path.push_str(&pattern[rest..hole.start]);
        let regex = pattern[hole.clone()].find(':').map_or(hole.end, |at| hole.start + at);
        path.push_str(&pattern[regex..hole.end]);
        rest = hole.end;
    }
    path.push_str(&pattern[rest..]);
    path
}

/// What stands in braces, without them; a regex in it may have some of its own.
fn holes(pattern: &str) -> impl Iterator<Item = Range<usize>> {
    let (mut depth, mut start) = (0_usize, 0);
    pattern.char_indices().filter_map(move |(at, c)| {
        match c {
            '{' => {
                depth += 1;
                start = if depth == 1 { at + 1 } else { start };
            }
            '}' if depth > 0 => {
                depth -= 1;
                return (depth == 0).then_some(start..at);
            }
            _ => {}
        }
        None
    })
}

/// Cuts at slashes outside of braces.
pub(crate) fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '/' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_and_what_is_around_them() {
        let cases: [(&str, &[&str], &str); 7] = [
            ("", &[], ""),
            ("/users/me", &[], "/users/me"),
            ("/users/{id}", &["id"], "/users/0"),
            ("/{a}-{b}/x", &["a", "b"], "/0-0/x"),
            (r"/{year:\d{4}}/{tail:.*}", &["year", "tail"], "/0/0"),
            ("/a}b/{x}", &["x"], "/a}b/0"),
            ("/{tail}*", &["tail"], "/0*"),
        ];
        for (pattern, names, path) in cases {
            assert!(hole_names(pattern).eq(names.iter().copied()), "{pattern}");
            assert_eq!(filled(pattern, "0"), path, "{pattern}");
        }
    }

    #[test]
    fn names_alone_are_left_out() {
        for (pattern, want) in [
            ("/users/{id}/x", "/users/{}/x"),
            (r"/{year:\d{4}}/{tail:.*}", r"/{:\d{4}}/{:.*}"),
            ("/{a}-{b}", "/{}-{}"),
            ("/{tail}*", "/{}*"),
            ("/plain", "/plain"),
        ] {
            assert_eq!(nameless(pattern), want, "{pattern}");
        }
    }
}
