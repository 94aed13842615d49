//! Origins: a set finds what its patterns find one by one, and never looks at what is too long.
#![no_main]

use cors_core::{MAX_ORIGIN, OriginPattern, OriginSet};
use libfuzzer_sys::fuzz_target;

// A line for each pattern, then the origin.
fuzz_target!(|data: &[u8]| {
    let mut lines: Vec<&[u8]> = data.split(|b| *b == b'\n').collect();
    let origin = lines.pop().unwrap_or_default();
    let patterns = lines.iter().filter_map(|line| std::str::from_utf8(line).ok());
    let patterns = patterns.filter_map(|text| OriginPattern::parse(text).ok());
    let set = OriginSet::new(patterns.collect::<Vec<_>>());
    let found = set.find(origin);
    let naive = std::str::from_utf8(origin)
        .is_ok_and(|origin| set.patterns().iter().any(|pattern| pattern.is_match(origin)));
    assert_eq!(found.is_some(), naive);
    assert!(found.is_none() || origin.len() <= MAX_ORIGIN);
    for pattern in set.patterns() {
        assert!(set.covers(pattern));
    }
});
