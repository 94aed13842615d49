//! What the tests of several crates share.

pub mod browser;
pub mod server;

/// The README's programs, compiled.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
