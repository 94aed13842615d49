//! What holds for every policy and every request, over generated ones.

mod browser;
mod generate;
mod laws;
mod meaning;
mod model;

use std::env;

use proptest::test_runner::Config;

/// How many cases to generate: `usual`, or fewer where the environment says that there is little
/// time.
fn cases(usual: u32) -> u32 {
    let cases = env::var("CORS_CASES").ok().and_then(|cases| cases.parse().ok());
    cases.map_or(usual, |cases: u32| cases.min(usual))
}

fn config(cases: u32) -> Config {
    Config { cases, failure_persistence: None, ..Config::default() }
}
