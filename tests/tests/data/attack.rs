//! Attack origins: one list of patterns, one `Origin`, and whether it is allowed.

use serde::Deserialize;

use crate::{engine::Engine, report::Outcome, wire::Servers};

#[derive(Debug, Deserialize)]
pub(crate) struct Attack {
    policy_origins: Vec<String>,
    origin: String,
    allowed: bool,
    class: String,
    level: Option<Level>,
    #[serde(default)]
    raw_headers: Vec<(String, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// bytes that cannot travel in a header
    Unit,
    /// shapes of headers
    Wire,
}

/// Asks the engine, without a server.
pub(crate) fn engine(cases: &[Attack]) -> impl Iterator<Item = Outcome> {
    let own = |case: &&Attack| case.level != Some(Level::Wire);
    cases.iter().enumerate().filter(move |(_, case)| own(case)).map(|(id, case)| {
        let engine = Engine::new(&case.policy());
        let allowed = engine.is_some_and(|engine| engine.is_granted(case.origin.as_bytes()));
        (id.to_string(), case.judge(allowed))
    })
}

/// Sends each case to a server.
pub(crate) fn wire(cases: &[Attack]) -> impl Iterator<Item = Outcome> {
    let mut servers = Servers::default();
    let own = |case: &&Attack| case.level != Some(Level::Unit);
    let cases = cases.iter().enumerate().filter(move |(_, case)| own(case));
    cases.map(move |(id, case)| {
        let origin = [("Origin".to_owned(), case.origin.clone())];
        let lines = if case.raw_headers.is_empty() { &origin[..] } else { &case.raw_headers };
        let answer = servers.ask(&case.policy(), "GET", lines);
        let granted =
            answer.as_ref().and_then(|answer| answer.joined("access-control-allow-origin"));
        // white space around a value is not part of it
        let origin = case.origin.trim_matches([' ', '\t']);
        let allowed = granted.is_some_and(|granted| granted == "*" || granted == origin);
        (id.to_string(), case.judge(allowed))
    })
}

impl Attack {
    /// In the form of a configuration file.
    fn policy(&self) -> serde_json::Value {
        match &*self.policy_origins {
            [any] if any == "*" => serde_json::json!({"origins": "any"}),
            list if list.iter().any(|text| text == "null") => {
                serde_json::json!({"origins": list, "dangerously_allow_null_origin": true})
            }
            list => serde_json::json!({"origins": list}),
        }
    }

    fn judge(&self, allowed: bool) -> Result<(), String> {
        let Attack { policy_origins, origin, class, .. } = self;
        let word = if allowed { "allowed" } else { "refused" };
        (allowed == self.allowed)
            .then_some(())
            .ok_or_else(|| format!("{class}: {word} {origin:?} under {policy_origins:?}"))
    }
}
