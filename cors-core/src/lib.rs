//! The pure part of a CORS implementation: parsing, validation, merging and deciding of policies.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the parser of patterns is to call it")
)]
mod suffix;
