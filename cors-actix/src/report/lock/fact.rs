//! One fact of `cors.lock`: an origin and its rights, or one thing that all origins may do.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use cors_core::{Grant, GrantedOrigins, Methods};

use super::{PlaceName, word};
use crate::report::{Risk, Row};

/// What each place grants, as written to and read from a file.
pub(super) type Facts = BTreeMap<PlaceName, Policy>;
/// What one place grants.
pub(super) type Policy = BTreeSet<Fact>;

/// One fact, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fact {
    /// an earlier route takes all requests, so that what the route itself says never holds
    Shadowed,
    /// an earlier route may take some requests
    Ambiguous,
    /// nobody is trusted
    Off,
    /// `.leave`
    Left,
    Origin(Origin),
    /// a dangerous opt-in, by the name of its key
    OptIn(String),
    /// a request header, or `any`
    Header(String),
    /// seconds
    MaxAge(u32),
    /// a method, or `any`, where the policy has a say about it
    Method(String),
}

/// Whom a grant trusts, and what for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Origin {
    /// a pattern, `any`, or `set:name`
    pub(super) name: String,
    pub(super) credentials: bool,
    /// sorted; `any` is one of them
    pub(super) exposes: Vec<String>,
}

impl Fact {
    pub(super) fn all_of(row: &Row) -> Vec<Fact> {
        let has = |risk| row.risks.iter().any(|finding| finding.risk == risk);
        if has(Risk::Shadowed) {
            return vec![Fact::Shadowed];
        }
        let Some(policy) = row.policy() else { return vec![Fact::Left] };
        let mut facts = Vec::new();
        facts.extend(has(Risk::Ambiguous).then_some(Fact::Ambiguous));
        if policy.grants().is_empty() {
            facts.push(Fact::Off);
            return facts;
        }
        facts.extend(policy.grants().iter().flat_map(origins).map(Fact::Origin));
        let opt_ins = policy.grants().iter().flat_map(Grant::opt_ins);
        facts.extend(opt_ins.map(|key| Fact::OptIn(key.to_string())));
        let headers = names(&policy.allow_headers().value);
        facts.extend(headers.map(|name| Fact::Header(name.to_ascii_lowercase())));
        facts.extend(policy.max_age().map(|seconds| Fact::MaxAge(seconds.value)));
        if row.judged_by == Methods::Listed {
            facts.extend(names(&policy.methods().value).map(Fact::Method));
        }
        facts
    }

    pub(super) fn parse(text: &str) -> Option<Fact> {
        let (kind, value) = text.split_once(' ').unwrap_or((text, ""));
        Some(match (kind, value) {
            ("shadowed", "") => Fact::Shadowed,
            ("ambiguous", "") => Fact::Ambiguous,
            ("off", "") => Fact::Off,
            ("left", "") => Fact::Left,
            ("origin", value) => Fact::Origin(Origin::parse(value)),
            ("opt-in", value) => Fact::OptIn(value.to_owned()),
            ("header", value) => Fact::Header(value.to_owned()),
            ("method", value) => Fact::Method(value.to_owned()),
            ("max-age", value) => Fact::MaxAge(value.parse().ok()?),
            _ => return None,
        })
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Shadowed => f.write_str("shadowed"),
            Fact::Ambiguous => f.write_str("ambiguous"),
            Fact::Off => f.write_str("off"),
            Fact::Left => f.write_str("left"),
            Fact::Origin(origin) => origin.fmt(f),
            Fact::OptIn(key) => write!(f, "opt-in {key}"),
            Fact::Header(name) => write!(f, "header {name}"),
            Fact::MaxAge(seconds) => write!(f, "max-age {seconds}"),
            Fact::Method(name) => write!(f, "method {name}"),
        }
    }
}

impl Origin {
    fn parse(text: &str) -> Origin {
        let mut words = text.split(' ');
        let name = words.next().unwrap_or_default().to_owned();
        let mut origin = Origin { name, credentials: false, exposes: Vec::new() };
        for word in words {
            match word.strip_prefix("exposes=") {
                Some(names) => origin.exposes = names.split(',').map(str::to_owned).collect(),
                None => origin.credentials |= word == "credentials",
            }
        }
        origin
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "origin {}", self.name)?;
        if self.credentials {
            f.write_str(" credentials")?;
        }
        if !self.exposes.is_empty() {
            write!(f, " exposes={}", self.exposes.join(","))?;
        }
        Ok(())
    }
}

fn origins(grant: &Grant) -> Vec<Origin> {
    let exposes = names(&grant.expose().value).map(|name| name.to_ascii_lowercase());
    let mut exposes: Vec<_> = exposes.collect();
    exposes.sort_unstable();
    let origin =
        |name: String| Origin { name, credentials: grant.credentials(), exposes: exposes.clone() };
    match grant.origins() {
        GrantedOrigins::Any => vec![origin(ANY.to_owned())],
        GrantedOrigins::Set(name, _) => vec![origin(format!("set:{}", word(name)))],
        other => {
            let patterns = other.set().map(|set| set.patterns()).unwrap_or_default();
            patterns.iter().map(|pattern| origin(pattern.to_string())).collect()
        }
    }
}

fn names(names: &cors_core::Names) -> impl Iterator<Item = String> {
    names.is_any().then_some(ANY).into_iter().chain(names.iter()).map(str::to_owned)
}

pub(super) const ANY: &str = "any";
