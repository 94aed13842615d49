//! The patterns of regions: what they match, and what is wrong with them.

use std::{borrow::Cow, panic::catch_unwind};

use actix_web::{dev::ResourceDef, http::Uri};

use crate::{
    cors::RegionConfig,
    errors::Problem,
    normalize::decoded,
    pattern::{Pattern, hole_names, split},
};

/// What a region matches. Checks its pattern by itself and against those `before` it.
pub(super) fn matcher<'r>(
    region: &RegionConfig,
    own: &Pattern,
    before: impl Iterator<Item = (&'r RegionConfig, &'r Pattern)>,
    problems: &mut Vec<Problem>,
) -> Option<ResourceDef> {
    let (text, site) = (&region.pattern, &region.site);
    if let Some(fix) = instead(text) {
        let (pattern, site) = (text.clone(), site.clone());
        problems.push(Problem::RegionPattern { pattern, site, fix });
        return None;
    }
    let matcher = match scope_pattern(text) {
        Ok(matcher) => matcher,
        Err(reason) => {
            let (pattern, site) = (text.clone(), site.clone());
            problems.push(Problem::RegionMalformed { pattern, site, reason });
            return None;
        }
    };
    for (earlier, other) in before {
        let meet = other.may_hold(own) || own.may_hold(other);
        let equal = other.holds(own) && own.holds(other);
        if meet && (equal || !other.holds(own)) {
            problems.push(Problem::RegionsMeet {
                first: (earlier.pattern.clone(), earlier.site.clone()),
                second: (text.clone(), site.clone()),
                fix: match () {
                    () if equal => "remove one of them",
                    () if own.holds(other) => "write the inner region later",
                    () => "nest one region in the other, or name more segments",
                }
                .to_owned(),
            });
        }
    }
    Some(matcher)
}

/// What to write instead of a pattern that is not a slash and whole segments, without a tail, as the
/// router sees them.
fn instead(pattern: &str) -> Option<String> {
    let is_url = pattern.contains("://") && !pattern.contains(['{', '?', '#']);
    let url = is_url.then(|| Uri::try_from(pattern).ok()).flatten();
    let path = match url {
        Some(url) => decoded(url),
        None => split(pattern).map(as_routed).collect::<Vec<_>>().join("/"),
    };
    let trimmed = path.trim_end_matches('/');
    let prefix = match trimmed.strip_suffix('*') {
        Some(tail) => tail.rsplit_once('/').map_or("", |(before, _)| before),
        None => trimmed,
    };
    match prefix.trim_start_matches('/') {
        "" => Some("Cors::new(policy)".to_owned()),
        _ if prefix == pattern && pattern.starts_with('/') => None,
        path => Some(format!("/{path}")),
    }
}

/// A segment as the router sees it, percent-decoded; what the router may do with a hole is not known.
fn as_routed(segment: &str) -> Cow<'_, str> {
    // a decoded path may have `?` and `#`
    if !segment.contains('%') || segment.contains(['{', '?', '#']) {
        return segment.into();
    }
    match Uri::try_from(format!("/{segment}")) {
        Ok(uri) => decoded(uri).split_off(1).into(),
        Err(_) => segment.into(),
    }
}

/// The pattern of a scope, or what is wrong with it.
fn scope_pattern(text: &str) -> Result<ResourceDef, String> {
    let names: Vec<_> = hole_names(text).collect();
    let is_name = |name: &&str| {
        let rest = name.trim_start_matches(|c: char| c.is_ascii_alphabetic() || c == '_');
        rest.len() < name.len() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    if text.matches('{').count() > text.matches('}').count() {
        return Err("a `{` is not closed".to_owned());
    }
    if let Some(name) = names.iter().find(|name| !is_name(name)) {
        return Err(format!("`{}` is no name: letters, digits and `_`", name.escape_debug()));
    }
    if let Some(twice) = (1..names.len()).find(|at| names[..*at].contains(&names[*at])) {
        return Err(format!("the name `{}` is there twice", names[twice]));
    }
    // what is left is the regexes, of which actix-web complains by a panic
    catch_unwind(|| ResourceDef::root_prefix(text)).map_err(|panic| {
        let said = panic.downcast_ref::<String>().map(String::as_str);
        let said = said.or(panic.downcast_ref::<&str>().copied()).unwrap_or_default();
        format!("actix-web says: {}", said.split_whitespace().collect::<Vec<_>>().join(" "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_segments_without_a_tail() {
        let cases = [
            ("/a", None),
            ("/{tenant}/b", None),
            ("", Some("Cors::new(policy)")),
            ("/", Some("Cors::new(policy)")),
            ("//", Some("Cors::new(policy)")),
            ("/*", Some("Cors::new(policy)")),
            ("/{tail}*", Some("Cors::new(policy)")),
            ("a", Some("/a")),
            ("/a/", Some("/a")),
            ("/a//", Some("/a")),
            ("/a/*", Some("/a")),
            ("/a/{tail}*", Some("/a")),
            ("https://x.example/a/b/", Some("/a/b")),
            ("/a?b", None),
            ("/a%20b", Some("/a b")),
            ("/a b", None),
            ("/a%2Fb", None),
            ("/{x}/a%62", Some("/{x}/ab")),
            ("/{x}%62/c", None),
            ("/a%62/", Some("/ab")),
            ("/100%", None),
            (r"/{a:b?}", None),
        ];
        for (pattern, fix) in cases {
            assert_eq!(instead(pattern).as_deref(), fix, "{pattern}");
        }
    }

    #[test]
    fn malformed() {
        for pattern in ["/{a", "/{}", "/{a}{a}", "/{a b}", "/{a:[}", "/{a:(}"] {
            let reason = scope_pattern(pattern).unwrap_err();
            let is_regex = pattern.contains(':');
            assert_eq!(reason.starts_with("actix-web says: "), is_regex, "{pattern}: {reason}");
        }
        for pattern in ["/{a}", "/{a}-{b}", r"/{a:\d+}", "/a}"] {
            assert!(scope_pattern(pattern).is_ok(), "{pattern}");
        }
    }
}
