//! What `NormalizePath` inside of the middleware makes of a path.

use actix_web::{
    dev::{ResourceMap, Url},
    http::Uri,
    middleware::TrailingSlash,
};

/// The path that the routes will see, where `NormalizePath` is known to stand inside.
pub(crate) fn normalized(path: &str, mode: TrailingSlash) -> String {
    let path = match mode {
        TrailingSlash::Always => format!("{path}/"),
        TrailingSlash::MergeOnly => path.to_owned(),
        _ => path.trim_end_matches('/').to_owned(),
    };
    let merged = merge_slashes(&path);
    if merged.is_empty() { "/".to_owned() } else { merged }
}

/// What `NormalizePath` could make of a path that only looks like a route's.
pub(crate) fn variants(map: &ResourceMap, path: &str) -> Vec<String> {
    if !is_odd(path) {
        return Vec::new();
    }
    let doubled = path.contains("//");
    let trailing = path.len() > 1
        && path.ends_with('/')
        && !map.match_pattern(path).is_some_and(|full| full.ends_with('/'));
    let trimmed = path.trim_end_matches('/');
    let mut variants = Vec::new();
    if doubled {
        variants.push(merge_slashes(path));
    }
    if trailing {
        variants.push(trimmed.to_owned());
        variants.push(merge_slashes(trimmed));
    }
    variants.retain(|variant| variant != path && !variant.is_empty());
    variants.dedup();
    variants
}

/// Whether `NormalizePath` could make something else of a path.
pub(crate) fn is_odd(path: &str) -> bool {
    let path = path.as_bytes();
    (path.len() > 1 && path.ends_with(b"/")) || path.windows(2).any(|pair| pair == b"//")
}

fn merge_slashes(path: &str) -> String {
    let mut merged = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !merged.ends_with('/') {
            merged.push(c);
        }
    }
    merged
}

/// The path of a target as the router decodes it.
pub(crate) fn decoded(uri: Uri) -> String {
    Url::new(uri).path().to_owned()
}
