//! Sets of origin patterns that cost the same to ask with 1 and with 100,000 of them.

mod relations;
#[cfg(test)]
mod tests;

use std::{
    hash::{BuildHasher, Hasher},
    sync::OnceLock,
};

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::{
    OriginPattern,
    origin::Origin,
    pattern::{MAX_HOST, PortForm, Star, are_labels},
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
    #[inline]
    pub fn contains(&self, origin: &[u8]) -> bool {
        self.find(origin).is_some()
    }

    /// The index of a pattern that stands for `origin`.
    #[must_use]
    #[inline]
    pub fn find(&self, origin: &[u8]) -> Option<usize> {
        let exact = self.find_exact(origin);
        if exact.is_some() || self.rules.is_empty() {
            return exact;
        }
        self.find_rule(origin)
    }

    #[inline]
    fn find_exact(&self, origin: &[u8]) -> Option<usize> {
        match &self.exact {
            Exact::None => None,
            Exact::One(index) => self.is_exact(*index, origin).then_some(*index),
            Exact::Many(table) => self.find_in_table(table, origin),
        }
    }

    #[inline(never)]
    fn find_in_table(&self, table: &HashTable<usize>, origin: &[u8]) -> Option<usize> {
        if origin.len() > self.longest {
            return None;
        }
        table.find(self.hash(origin), |index| self.is_exact(*index, origin)).copied()
    }

    #[inline]
    fn is_exact(&self, index: usize, origin: &[u8]) -> bool {
        self.patterns[index].as_str().as_bytes() == origin
    }

    #[inline(never)]
    fn find_rule(&self, origin: &[u8]) -> Option<usize> {
        let origin = Origin::split(origin)?;
        if self.rules.len() == 1 {
            return self.rules.iter().find_map(|rule| self.find_by_comparing(rule, &origin));
        }
        let host = origin.host;
        if self.itself
            && let Some(index) = self.find_at(&origin, host, |rule| rule.itself)
        {
            return Some(index);
        }
        if host.len() > MAX_HOST {
            return None;
        }
        self.parents(host).find_map(|(labels, domain)| {
            self.find_at(&origin, domain, |rule| self.find_in(rule, labels))
        })
    }

    /// What the only rule says, which is cheaper than hashing.
    fn find_by_comparing(&self, rule: &Rule, origin: &Origin<'_>) -> Option<usize> {
        let pattern = &self.patterns[rule.index];
        let is_port = match pattern.port {
            PortForm::Any => true,
            PortForm::Exact(port) => port == origin.port,
        };
        let labels = origin.host.strip_suffix(pattern.domain_bytes())?;
        if !is_port || origin.scheme != pattern.scheme_bytes() {
            return None;
        }
        match labels {
            [] => rule.itself,
            [labels @ .., b'.'] if origin.host.len() <= MAX_HOST => self.find_in(rule, labels),
            _ => None,
        }
    }

    /// What `find` finds in the rules for one domain, at the origin's port or at any.
    fn find_at(
        &self,
        origin: &Origin<'_>,
        domain: &[u8],
        find: impl Fn(&Rule) -> Option<usize>,
    ) -> Option<usize> {
        let hash = self.hash(domain);
        let at = |port| self.rule(origin.scheme, domain, port, hash).and_then(&find);
        let (exact, any) = self.ports;
        let here = if exact { at(PortForm::Exact(origin.port)) } else { None };
        if here.is_none() && any { at(PortForm::Any) } else { here }
    }

    fn find_in(&self, rule: &Rule, labels: &[u8]) -> Option<usize> {
        if rule.below.is_some() && are_labels(labels) {
            return rule.below;
        }
        rule.in_label.iter().copied().find(|index| self.patterns[*index].is_label(labels))
    }

    /// Those of the domains above `host` that have as many labels as some rule, each with what
    /// stands before it.
    fn parents<'h>(&self, host: &'h [u8]) -> impl Iterator<Item = (&'h [u8], &'h [u8])> {
        let mut depths = self.depths;
        let mut end = host.len();
        std::iter::from_fn(move || {
            while depths != 0 {
                end = last_dot(&host[..end])?;
                let wanted = depths & 1 == 1;
                depths >>= 1;
                if wanted {
                    return Some((&host[..end], &host[end + 1..]));
                }
            }
            None
        })
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
                    let of = |index: &usize| hash(hasher, text(*index));
                    table.insert_unique(of(&index), index, of);
                }
                *exact = Exact::Many(table);
            }
            Exact::Many(table) => {
                let of = |index: &usize| hash(hasher, text(*index));
                // of equal patterns the first one stays
                table.entry(of(&index), |i| text(*i) == text(index), of).or_insert(index);
            }
        }
    }

    fn insert_rule(&mut self, index: usize) {
        let OriginSet { patterns, rules, hasher, .. } = self;
        let pattern = &patterns[index];
        let of = |rule: &Rule| {
            let pattern = &patterns[rule.index];
            hash(hasher, pattern.domain().as_bytes()) ^ of_port(pattern.port)
        };
        let same = |rule: &Rule| {
            let own = &patterns[rule.index];
            own.domain() == pattern.domain()
                && own.port == pattern.port
                && own.scheme() == pattern.scheme()
        };
        let new = Rule { index, itself: None, below: None, in_label: Vec::new() };
        let rule = rules.entry(of(&new), same, of).or_insert(new).into_mut();
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

    fn rule(&self, scheme: &[u8], domain: &[u8], port: PortForm, hash: u64) -> Option<&Rule> {
        self.rules.find(hash ^ of_port(port), |rule| {
            let pattern = &self.patterns[rule.index];
            pattern.port == port
                && pattern.domain_bytes() == domain
                && pattern.scheme_bytes() == scheme
        })
    }

    fn hash(&self, bytes: &[u8]) -> u64 {
        hash(&self.hasher, bytes)
    }
}

/// Where the last dot is, looked for in eight bytes at a time.
fn last_dot(text: &[u8]) -> Option<usize> {
    const DOTS: u64 = 0x2e2e_2e2e_2e2e_2e2e;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let (head, words) = text.as_rchunks::<8>();
    for (index, word) in words.iter().enumerate().rev() {
        let other = u64::from_le_bytes(*word) ^ DOTS;
        // the high bit of each byte that is a dot
        let dots = !(((other & LOW) + LOW) | other | LOW);
        if dots != 0 {
            return Some(head.len() + index * 8 + 7 - dots.leading_zeros() as usize / 8);
        }
    }
    head.iter().rposition(|b| *b == b'.')
}

fn hash(hasher: &DefaultHashBuilder, bytes: &[u8]) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(bytes);
    hasher.finish()
}

/// What a port adds to the hash of a domain. The scheme adds nothing: one domain has few.
fn of_port(port: PortForm) -> u64 {
    let number = match port {
        PortForm::Any => 0,
        PortForm::Exact(port) => port.map_or(1 << 16, u64::from),
    };
    number.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}
