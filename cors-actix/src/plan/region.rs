//! The patterns of regions: what they match, and what is wrong with them.

use std::panic::catch_unwind;

use actix_web::dev::ResourceDef;

use crate::{cors::RegionConfig, errors::Problem, pattern::Pattern};

/// What the last region matches. Checks its pattern by itself and against those before it.
pub(super) fn matcher(
    regions: &[RegionConfig],
    problems: &mut Vec<Problem>,
) -> Option<ResourceDef> {
    let (region, before) = regions.split_last()?;
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
    let own = Pattern::new(text);
    for earlier in before {
        let other = Pattern::new(&earlier.pattern);
        let meet = other.may_hold(&own) || own.may_hold(&other);
        let equal = other.holds(&own) && own.holds(&other);
        if meet && (equal || !other.holds(&own)) {
            problems.push(Problem::RegionsMeet {
                first: (earlier.pattern.clone(), earlier.site.clone()),
                second: (text.clone(), site.clone()),
                inner_first: own.holds(&other) && !equal,
            });
        }
    }
    Some(matcher)
}

/// What to write instead of a pattern that is not a slash and whole segments, without a tail.
fn instead(pattern: &str) -> Option<String> {
    let trimmed = pattern.trim_end_matches('/');
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

/// The pattern of a scope, or what actix-web says against it, which it does by a panic.
fn scope_pattern(text: &str) -> Result<ResourceDef, String> {
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
        ];
        for (pattern, fix) in cases {
            assert_eq!(instead(pattern).as_deref(), fix, "{pattern}");
        }
    }

    #[test]
    fn malformed() {
        for pattern in ["/{a", "/{}", "/{a}{a}", "/{a b}", "/{a:[}", "/{a:(}"] {
            let reason = scope_pattern(pattern).unwrap_err();
            assert!(reason.len() > "actix-web says: ".len(), "{pattern}: {reason}");
        }
        for pattern in ["/{a}", "/{a}-{b}", r"/{a:\d+}", "/a}"] {
            assert!(scope_pattern(pattern).is_ok(), "{pattern}");
        }
    }
}
