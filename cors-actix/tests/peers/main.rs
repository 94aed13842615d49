//! What has been seen to go wrong in other CORS middlewares, one test for each failure.

#[path = "../common/mod.rs"]
mod common;

mod actix_cors;
mod elsewhere;

/// `Vary` of a preflight's answer that depends on the origin.
const VARY: &str = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
const DENIED: [&str; 1] = ["vary: Origin"];
const EVIL: &str = "https://evil.example";
