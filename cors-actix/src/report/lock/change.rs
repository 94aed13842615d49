//! What a change of `cors.lock` means: whether somebody may do more, or less, than before.

use std::{collections::BTreeSet, fmt};

use cors_core::OriginPattern;

use super::{
    Facts, PlaceName,
    fact::{ANY, Fact, Origin},
};

/// A line that came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// What it means.
    pub meaning: Meaning,
    /// Whether the line came.
    pub added: bool,
    /// The line.
    pub line: String,
}

/// What a [`Change`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Meaning {
    /// Somebody may do more.
    Wider,
    /// Somebody may do less.
    Narrower,
    /// Nobody may do more or less: something else says the same already, or still.
    Neutral,
}

impl fmt::Display for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Meaning::Wider => "wider",
            Meaning::Narrower => "narrower",
            Meaning::Neutral => "neutral",
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.added { '+' } else { '-' };
        write!(f, "{:8} {sign} {}", self.meaning.to_string(), self.line)
    }
}

/// The changes in the order of the file; of one place, what went first.
pub(super) fn changes(old: &Facts, new: &Facts) -> Vec<Change> {
    let places: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for place in places {
        let (before, after) = (holding(old, place), holding(new, place));
        let gone = old.get(place).into_iter().flatten();
        // where the place itself went, all of its lines did
        let gone = gone.filter(|fact| !new.get(place).is_some_and(|facts| facts.contains(fact)));
        let change = |fact: &Fact, meaning, added| {
            let line = format!("{place}{}{fact}", super::SEPARATOR);
            Change { meaning, added, line }
        };
        changes
            .extend(gone.map(|fact| change(fact, meaning_of_loss(fact, &before, &after), false)));
        let come = new.get(place).into_iter().flatten();
        let come = come.filter(|fact| !old.get(place).is_some_and(|facts| facts.contains(fact)));
        changes.extend(come.map(|fact| change(fact, meaning_of_gain(fact, &before, &after), true)));
    }
    changes
}

/// What holds at a place, also where the file does not name it: the same route in another region,
/// or what encloses it.
fn holding(facts: &Facts, place: &PlaceName) -> BTreeSet<Fact> {
    let same_route = || {
        match place {
        PlaceName::Route { path, methods, .. } => facts.iter().find_map(|(other, facts)| {
            let same = matches!(other, PlaceName::Route { path: p, methods: m, .. } if p == path && m == methods);
            same.then_some(facts)
        }),
        _ => None,
    }
    };
    let region = || match place {
        PlaceName::Route { region: Some(region), .. } => {
            facts.get(&PlaceName::Region(region.clone()))
        }
        _ => None,
    };
    let found = facts.get(place).or_else(same_route).or_else(region);
    let found = found.or_else(|| facts.get(&PlaceName::App));
    found.cloned().unwrap_or_else(|| BTreeSet::from([Fact::Off]))
}

fn meaning_of_gain(fact: &Fact, before: &BTreeSet<Fact>, after: &BTreeSet<Fact>) -> Meaning {
    match fact {
        Fact::Off if trusts(before) => Meaning::Narrower,
        Fact::MaxAge(_) => by_age(max_age(before), max_age(after)),
        _ if is_granted(fact, before) => Meaning::Neutral,
        _ => Meaning::Wider,
    }
}

fn meaning_of_loss(fact: &Fact, before: &BTreeSet<Fact>, after: &BTreeSet<Fact>) -> Meaning {
    match fact {
        Fact::Off if trusts(after) => Meaning::Wider,
        // the line that came says it
        Fact::MaxAge(_) if max_age(after) != DEFAULT_MAX_AGE => Meaning::Neutral,
        Fact::MaxAge(_) => by_age(max_age(before), max_age(after)),
        _ if is_granted(fact, after) => Meaning::Neutral,
        _ => Meaning::Narrower,
    }
}

/// Whether `facts` give what `fact` says.
fn is_granted(fact: &Fact, facts: &BTreeSet<Fact>) -> bool {
    if facts.contains(fact) || facts.contains(&Fact::Left) {
        return true;
    }
    match fact {
        Fact::Off => true,
        Fact::Origin(origin) => facts.iter().any(|other| match other {
            Fact::Origin(other) => other.covers(origin),
            _ => false,
        }),
        Fact::Header(name) => {
            name != AUTHORIZATION && facts.contains(&Fact::Header(ANY.to_owned()))
        }
        Fact::Method(name) => {
            cors_core::is_safelisted_method(name.as_bytes())
                || facts.contains(&Fact::Method(ANY.to_owned()))
        }
        Fact::Left | Fact::OptIn(_) | Fact::MaxAge(_) | Fact::Unknown(_) => false,
    }
}

impl Origin {
    /// Whether it gives all origins of `other` all of their rights.
    fn covers(&self, other: &Origin) -> bool {
        let exposes = |name: &String| self.exposes.contains(name) || self.exposes_any();
        self.covers_name(&other.name)
            && (self.credentials || !other.credentials)
            && (self.exposes_any() || !other.exposes_any())
            && other.exposes.iter().all(exposes)
    }

    fn covers_name(&self, other: &str) -> bool {
        if self.name == other || self.name == ANY {
            return true;
        }
        let patterns = (OriginPattern::parse(&self.name), OriginPattern::parse(other));
        matches!(patterns, (Ok(own), Ok(other)) if own.covers(&other))
    }

    fn exposes_any(&self) -> bool {
        self.exposes.iter().any(|name| name == ANY)
    }
}

fn trusts(facts: &BTreeSet<Fact>) -> bool {
    facts.iter().any(|fact| matches!(fact, Fact::Origin(_) | Fact::Left))
}

fn max_age(facts: &BTreeSet<Fact>) -> u32 {
    let ages = facts.iter().filter_map(|fact| match fact {
        Fact::MaxAge(seconds) => Some(*seconds),
        _ => None,
    });
    ages.max().unwrap_or(DEFAULT_MAX_AGE)
}

/// A preflight that is kept longer trusts a revoked origin longer.
fn by_age(before: u32, after: u32) -> Meaning {
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => Meaning::Wider,
        std::cmp::Ordering::Less => Meaning::Narrower,
        std::cmp::Ordering::Equal => Meaning::Neutral,
    }
}

/// What browsers keep a preflight for, in seconds, where nothing is said:
/// [max-age](https://fetch.spec.whatwg.org/#http-access-control-max-age).
const DEFAULT_MAX_AGE: u32 = 5;
/// The one name that `any` does not stand for.
const AUTHORIZATION: &str = "authorization";
