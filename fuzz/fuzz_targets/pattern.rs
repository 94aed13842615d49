//! Patterns: parsing never panics, what parses is kept, and every fix parses.
#![no_main]

use cors_core::OriginPattern;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match OriginPattern::parse(text) {
        Ok(pattern) => {
            assert_eq!(pattern.as_str(), text);
            assert!(pattern.covers(&pattern) && pattern.meets(&pattern));
            // what a browser sends is ASCII without white space, and so is what matches
            assert!(text.bytes().all(|b| b.is_ascii_graphic()));
            assert_eq!(pattern.is_match(text), !text.contains('*'));
            let _ = (pattern.is_insecure(), pattern.is_local(), pattern.is_over_public_suffix());
        }
        Err(fault) => {
            let _ = (fault.to_string(), fault.note(), fault.help());
            if let Some(fix) = fault.fix() {
                assert!(OriginPattern::parse(fix).is_ok(), "`{text}`: `{fix}`");
            }
        }
    }
});
