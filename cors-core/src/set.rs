//! Sets of origin patterns that cost the same to ask with 1 and with 100,000 of them.

mod relations;
#[cfg(test)]
mod tests;

use std::{hash::BuildHasher, sync::OnceLock};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::{
    OriginPattern,
    origin::Origin,
    pattern::{PortForm, Star, is_subdomain},
};

/// A compiled list of origin patterns, in declaration order.
///
/// Exact origins are found by one hash of the request's bytes. Patterns with `*` are found by one
/// hash for each number of labels that some pattern's parent domain has, so neither a long list
/// nor a long host makes a look-up longer.
///
/// ```
/// use cors_core::{OriginPattern, OriginSet};
///
/// let patterns = ["https://example.com", "https://*.example.com"].map(OriginPattern::parse);
/// let set = OriginSet::new(patterns.into_iter().collect::<Result<Vec<_>, _>>()?);
/// assert!(set.contains(b"https://api.example.com"));
/// assert!(!set.contains(b"https://evilexample.com"));
/// # Ok::<(), cors_core::PatternFault>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct OriginSet {
    patterns: Box<[OriginPattern]>,
    exact: Exact,
    /// longest exact origin, in bytes; a longer one need not be hashed
    longest: usize,
    rules: HashTable<Rule>,
    hasher: DefaultHashBuilder,
    /// bit n: some rule's parent domain has n dots
    depths: u128,
    /// whether some rule is for a domain itself, at any port
    itself: bool,
    /// whether some rule is for an exact port, and whether one is for any
    ports: (bool, bool),
    by_domain: OnceLock<Box<[usize]>>,
    redundant: OnceLock<Box<[(usize, usize)]>>,
}

/// The indices of the patterns without `*`, found by what they spell.
#[derive(Debug, Clone, Default)]
enum Exact {
    #[default]
    None,
    /// compared, which is cheaper than hashing
    One(usize),
    Many(HashTable<usize>),
}

/// The patterns with `*` that share scheme, domain and port.
#[derive(Debug, Clone)]
struct Rule {
    /// one of them
    index: usize,
    /// the pattern for the domain itself, at any port
    itself: Option<usize>,
    /// the pattern for everything below the domain
    below: Option<usize>,
    in_label: Vec<usize>,
}

impl OriginSet {
    /// Compiles a list.
    #[must_use]
    pub fn new(patterns: impl Into<Box<[OriginPattern]>>) -> Self {
        let mut set = OriginSet { patterns: patterns.into(), ..OriginSet::default() };
        for index in 0..set.patterns.len() {
            if set.patterns[index].is_exact() {
                set.insert_exact(index);
            } else {
                set.insert_rule(index);
            }
        }
        set
    }

    /// The patterns, in declaration order.
    #[must_use]
    pub fn patterns(&self) -> &[OriginPattern] {
        &self.patterns
    }

    /// Reports whether `origin`, the bytes of an `Origin` header, is in the set.
    #[must_use]
    pub fn contains(&self, origin: &[u8]) -> bool {
        self.find(origin).is_some()
    }

    /// The index of a pattern that stands for `origin`.
    #[must_use]
    pub fn find(&self, origin: &[u8]) -> Option<usize> {
        let exact = self.find_exact(origin);
        if exact.is_some() || self.rules.is_empty() {
            return exact;
        }
        self.find_rule(Origin::split(origin)?)
    }

    fn find_exact(&self, origin: &[u8]) -> Option<usize> {
        let is = |index: usize| self.patterns[index].as_str().as_bytes() == origin;
        match &self.exact {
            Exact::One(index) => is(*index).then_some(*index),
            Exact::Many(table) if origin.len() <= self.longest => {
                table.find(self.hasher.hash_one(origin), |index| is(*index)).copied()
            }
            Exact::None | Exact::Many(_) => None,
        }
    }

    fn find_rule(&self, origin: Origin<'_>) -> Option<usize> {
        let Origin { scheme, host, port } = origin;
        let place = |port| Place::new(&self.hasher, scheme, port);
        let places = [
            self.ports.0.then(|| place(PortForm::Exact(port))),
            self.ports.1.then(|| place(PortForm::Any)),
        ];
        let itself = self.itself.then_some(host);
        itself.into_iter().chain(self.parents(host)).find_map(|domain| {
            let hash = self.hasher.hash_one(domain);
            let mut rules = places.iter().flatten().filter_map(|p| self.rule(p, domain, hash));
            rules.find_map(|rule| self.find_in(rule, domain, host))
        })
    }

    fn find_in(&self, rule: &Rule, domain: &[u8], host: &[u8]) -> Option<usize> {
        if domain.len() == host.len() {
            return rule.itself;
        }
        let below = rule.below.filter(|_| is_subdomain(host, domain));
        below.or_else(|| {
            rule.in_label.iter().copied().find(|index| self.patterns[*index].is_in_label(host))
        })
    }

    /// Those of the domains above `host` that have as many labels as some rule.
    fn parents<'h>(&self, host: &'h [u8]) -> impl Iterator<Item = &'h [u8]> {
        let depths = self.depths;
        let deepest = 128 - depths.leading_zeros() as usize;
        let dots = host.iter().enumerate().rev().filter(|(_, b)| **b == b'.');
        dots.take(deepest)
            .enumerate()
            .filter(move |(depth, _)| depths >> depth & 1 == 1)
            .map(|(_, (at, _))| &host[at + 1..])
    }

    fn insert_exact(&mut self, index: usize) {
        let OriginSet { patterns, exact, longest, hasher, .. } = self;
        let text = |index: usize| patterns[index].as_str().as_bytes();
        *longest = text(index).len().max(*longest);
        match exact {
            Exact::None => *exact = Exact::One(index),
            Exact::One(first) if text(*first) == text(index) => {}
            Exact::One(first) => {
                let mut table = HashTable::with_capacity(patterns.len());
                for index in [*first, index] {
                    let hash = |index: &usize| hasher.hash_one(text(*index));
                    table.insert_unique(hash(&index), index, hash);
                }
                *exact = Exact::Many(table);
            }
            Exact::Many(table) => {
                let hash = |index: &usize| hasher.hash_one(text(*index));
                // of equal patterns the first one stays
                table.entry(hash(&index), |i| text(*i) == text(index), hash).or_insert(index);
            }
        }
    }

    fn insert_rule(&mut self, index: usize) {
        let OriginSet { patterns, rules, hasher, .. } = self;
        let pattern = &patterns[index];
        let hash = |rule: &Rule| {
            let pattern = &patterns[rule.index];
            let place = Place::new(hasher, pattern.scheme().as_bytes(), pattern.port);
            place.hash ^ hasher.hash_one(pattern.domain().as_bytes())
        };
        let same = |rule: &Rule| {
            let own = &patterns[rule.index];
            own.domain() == pattern.domain()
                && own.port == pattern.port
                && own.scheme() == pattern.scheme()
        };
        let new = Rule { index, itself: None, below: None, in_label: Vec::new() };
        let rule = rules.entry(hash(&new), same, hash).or_insert(new).into_mut();
        match pattern.star {
            Star::None => _ = rule.itself.get_or_insert(index),
            Star::Labels => _ = rule.below.get_or_insert(index),
            Star::InLabel => rule.in_label.push(index),
        }
        match pattern.port {
            PortForm::Exact(_) => self.ports.0 = true,
            PortForm::Any => self.ports.1 = true,
        }
        if pattern.is_wildcard() {
            self.depths |= 1 << pattern.domain().matches('.').count().min(127);
        } else {
            self.itself = true;
        }
    }

    fn rule(&self, place: &Place<'_>, domain: &[u8], hash: u64) -> Option<&Rule> {
        self.rules.find(hash ^ place.hash, |rule| {
            let pattern = &self.patterns[rule.index];
            pattern.domain().as_bytes() == domain
                && pattern.port == place.port
                && pattern.scheme().as_bytes() == place.scheme
        })
    }
}

/// Scheme and port of a rule, hashed once for all the domains above a host.
struct Place<'o> {
    scheme: &'o [u8],
    port: PortForm,
    hash: u64,
}

impl<'o> Place<'o> {
    fn new(hasher: &DefaultHashBuilder, scheme: &'o [u8], port: PortForm) -> Self {
        Place { scheme, port, hash: hasher.hash_one((scheme, port)) }
    }
}
