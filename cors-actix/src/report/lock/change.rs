//! What a change of `cors.lock` means: whether somebody may do more, or less, than before.

use std::{collections::BTreeSet, fmt};

use cors_core::OriginPattern;

use super::{
    PlaceName, SEPARATOR,
    fact::{ANY, Fact, Facts, Origin, Policy},
    holders::Version,
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
    /// Somebody may do more, or the two files cannot tell.
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
    let (old, new) = (Version::new(old), Version::new(new));
    places.into_iter().flat_map(|place| changes_of(place, &old, &new)).collect()
}

fn changes_of(place: &PlaceName, old: &Version<'_>, new: &Version<'_>) -> Vec<Change> {
    let facts = |version: &Version<'_>| version.facts.get(place).cloned().unwrap_or_default();
    let (gone, come) = (facts(old), facts(new));
    if gone == come {
        return Vec::new();
    }
    let stays = old.own(place).is_some() && new.own(place).is_some();
    let (before, after) = (old.holders(new, place), new.holders(old, place));
    let pairs = || before.iter().flat_map(|b| after.iter().map(move |a| (b, a)));
    // of all that may be meant, what widens most
    let worst = |meaning: &dyn Fn(&Policy, &Policy) -> Meaning| {
        pairs().map(|(before, after)| meaning(before, after)).min().unwrap_or(Meaning::Wider)
    };
    let change = |fact: &Fact, meaning, added| {
        let line = format!("{place}{SEPARATOR}{fact}");
        Change { meaning, added, line }
    };
    let gone = gone.difference(&come).map(|fact| {
        let meaning = |before: &Policy, after: &Policy| match stays {
            true => meaning_of_loss(fact, before, after),
            false if exceeds(after, before) => Meaning::Wider,
            false if is_granted(fact, after) => Meaning::Neutral,
            false => Meaning::Narrower,
        };
        change(fact, worst(&meaning), false)
    });
    let kept = facts(old);
    let come = come.difference(&kept).map(|fact| {
        let meaning = |before: &Policy, after: &Policy| match stays {
            true => meaning_of_gain(fact, before, after),
            false if !is_granted(fact, before) => Meaning::Wider,
            false if exceeds(before, after) => Meaning::Narrower,
            false => Meaning::Neutral,
        };
        change(fact, worst(&meaning), true)
    });
    gone.chain(come).collect()
}

/// Of a place that both versions name.
fn meaning_of_gain(fact: &Fact, before: &Policy, after: &Policy) -> Meaning {
    match fact {
        Fact::Off if trusts(before) => Meaning::Narrower,
        Fact::MaxAge(_) => by_age(max_age(before), max_age(after)),
        _ if is_granted(fact, before) => Meaning::Neutral,
        _ => Meaning::Wider,
    }
}

/// Of a place that both versions name.
fn meaning_of_loss(fact: &Fact, before: &Policy, after: &Policy) -> Meaning {
    match fact {
        Fact::Off if trusts(after) => Meaning::Wider,
        // the order of routes decides who serves, and the file does not hold it
        Fact::Ambiguous => Meaning::Wider,
        // the line that came says it
        Fact::MaxAge(_) if after.iter().any(|fact| matches!(fact, Fact::MaxAge(_))) => {
            Meaning::Neutral
        }
        Fact::MaxAge(_) => by_age(max_age(before), max_age(after)),
        _ if is_granted(fact, after) => Meaning::Neutral,
        _ => Meaning::Narrower,
    }
}

/// Whether `policy` lets somebody do what `other` does not.
fn exceeds(policy: &Policy, other: &Policy) -> bool {
    trusts(policy)
        && !other.contains(&Fact::Left)
        && (max_age(policy) > max_age(other) || policy.iter().any(|fact| !is_granted(fact, other)))
}

/// Whether `facts` give what `fact` says.
fn is_granted(fact: &Fact, facts: &Policy) -> bool {
    if facts.contains(fact) || facts.contains(&Fact::Left) {
        return true;
    }
    match fact {
        // neither trusts anybody
        Fact::Off | Fact::Shadowed => true,
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
        Fact::MaxAge(seconds) => trusts(facts) && *seconds <= max_age(facts),
        Fact::Left | Fact::Ambiguous | Fact::OptIn(_) => false,
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

fn trusts(facts: &Policy) -> bool {
    facts.iter().any(|fact| matches!(fact, Fact::Origin(_) | Fact::Left))
}

fn max_age(facts: &Policy) -> u32 {
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
