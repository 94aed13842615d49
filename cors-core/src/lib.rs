//! The pure part of a CORS implementation: parsing, validation, merging and deciding of policies.
//!
//! Strings go in, decisions come out; this crate knows neither a web framework nor I/O. The
//! macros of `cors-actix` run it at compile time and its middleware at start-up, so there is one
//! implementation of every rule and one wording of every error.
//!
//! | step | from | to |
//! |---|---|---|
//! | check | [`Keys`], as somebody wrote them | [`Layer`], or every [`PolicyError`] at once |
//! | merge | layers, one below the other, by a [`Merger`] | [`Merged`], with the [`Source`] of each value, or every [`ConfigError`] |
//! | compile | a merged policy | [`EffectivePolicy`] |
//! | decide | the bytes of a request | [`Rights`] or the [`Refusal`], and the [`Answer`] |
//!
//! A policy decides as the [CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol) of
//! the Fetch standard asks; the documents of each item name the clause.
//!
//! ```
//! use cors_core::{EffectivePolicy, Merger, Policy, Role};
//!
//! let app = Policy::builder().origins(["https://app.example.com"]).credentials().build()?;
//! let route = Policy::builder().inherit().add_origins(["https://partner.example"]).build()?;
//!
//! let mut merger = Merger::new();
//! let app = merger.app(&app).expect("nothing to merge with");
//! let route = merger.below(&app, Role::Route, &route).expect("the addition takes nothing away");
//! let route = EffectivePolicy::new(route);
//!
//! // no merge pairs an origin with somebody else's rights
//! assert!(route.rights(b"https://app.example.com").is_some_and(|rights| rights.credentials));
//! assert!(route.rights(b"https://partner.example").is_some_and(|rights| !rights.credentials));
//! assert_eq!(route.rights(b"https://evil.example"), None);
//! # Ok::<(), cors_core::PolicyErrors>(())
//! ```
//!
//! # Features
//! `serde`: [`Policy`] can be read from configuration files, with the same keys and checks.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod answer;
mod builder;
mod ceiling;
mod check;
#[cfg(feature = "serde")]
mod config;
mod config_error;
mod effective;
mod error;
mod explain;
mod fault;
mod keys;
mod layer;
mod merge;
mod merged;
mod name;
mod name_fault;
mod name_table;
mod names;
mod notes;
mod origin;
mod pattern;
mod policy;
mod request_headers;
mod set;
mod suffix;

pub use answer::Answer;
pub use builder::PolicyBuilder;
pub use config_error::{ConfigError, MergeFault};
pub use effective::{AnswerShape, EffectivePolicy, Methods, PreflightRequest, Refusal, Rights};
pub use error::{PolicyError, PolicyErrors};
pub use explain::{Explanation, Rule, Verdict};
pub use fault::{Fault, MAX_IN_LABEL, MAX_MAX_AGE};
pub use keys::{Base, Item, Key, Keys, Op, Value};
pub use layer::{Layer, Place};
pub use merge::Merger;
pub use merged::{Grant, GrantedOrigins, Merged, Role, Setting, Source};
pub use name::{MAX_METHOD, is_safelisted_method, is_safelisted_response_header};
pub use name_fault::NameFault;
pub use names::Names;
pub use notes::{Note, NoteKind};
pub use origin::MAX_ORIGIN;
pub use pattern::{OriginPattern, PatternFault, PatternFaultKind};
#[doc(hidden)]
pub use policy::PolicyForm;
pub use policy::{Policy, Site};
pub use request_headers::{MAX_REQUEST_HEADERS_BYTES, MAX_REQUEST_HEADERS_NAMES};
pub use set::OriginSet;

/// How many cases a property test generates: `usual`, or what the environment says, for runs that
/// have little time.
#[cfg(test)]
fn cases(usual: u32) -> u32 {
    let cases = std::env::var("CORS_CASES").ok().and_then(|cases| cases.parse().ok());
    cases.map_or(usual, |cases: u32| cases.min(usual))
}
