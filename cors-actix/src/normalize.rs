//! What `NormalizePath` inside of the middleware makes of a path.

use actix_web::{
    dev::{ResourceMap, Url},
    http::Uri,
    middleware::TrailingSlash,
};

/// What is known of a `NormalizePath` inside that nobody declared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Inside {
    /// nothing: there may be one, hidden by another middleware
    #[default]
    Unknown,
    There,
}

impl Inside {
    /// Whether it is what has changed a path.
    pub(crate) fn explains(from: &str, to: &str) -> bool {
        let modes = [TrailingSlash::MergeOnly, TrailingSlash::Trim, TrailingSlash::Always];
        modes.into_iter().any(|mode| normalized(from, mode) == to)
    }

    /// What it could make of a path.
    pub(crate) fn variants(self, map: &ResourceMap, path: &str) -> Vec<String> {
        let mut variants = Vec::new();
        let mut add = |variant: String| {
            if variant != path && !variants.contains(&variant) {
                variants.push(variant);
            }
        };
        if path.contains("//") {
            add(normalized(path, TrailingSlash::MergeOnly));
        }
        if path.ends_with('/') {
            // a pattern that ends with a slash says that nobody trims
            let is_untrimmed = |pattern: String| pattern.ends_with('/');
            if self != Inside::Unknown || !map.match_pattern(path).is_some_and(is_untrimmed) {
                add(normalized(path, TrailingSlash::Trim));
            }
        } else if self != Inside::Unknown {
            // otherwise nobody who adds slashes could come to any route
            let longer = normalized(path, TrailingSlash::Always);
            if map.has_resource(&longer) {
                add(longer);
            }
        }
        variants
    }
}

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

/// Whether `NormalizePath` could make something else of a path, and does not add slashes.
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
