//! How patterns of a set relate to others: covered, redundant, met, crowded. Asked at start-up
//! only, but about large sets too, so never by comparing all with all.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::OriginSet;
use crate::{MAX_IN_LABEL, OriginPattern, pattern::PortForm};

impl OriginSet {
    /// Reports whether one pattern of the set stands for all that `pattern` stands for.
    #[must_use]
    pub fn covers(&self, pattern: &OriginPattern) -> bool {
        self.find_exact(pattern.as_str().as_bytes()).is_some()
            || self.above(pattern).any(|index| self.patterns[index].covers(pattern))
    }

    /// The patterns that another one of the set covers: the index of each and of the other one.
    pub(crate) fn redundant(&self) -> &[(usize, usize)] {
        self.redundant.get_or_init(|| {
            let covered = |index| Some((index, self.find_covering(index)?));
            // patterns that crowd one domain are an error of their own, and dear to compare
            let all = if self.crowded_parent().is_some() { 0 } else { self.patterns.len() };
            (0..all).filter_map(covered).collect()
        })
    }

    /// The index of another pattern that stands for all that the pattern at `index` stands for. Of
    /// two equal patterns the second one is the superfluous one.
    pub(crate) fn find_covering(&self, index: usize) -> Option<usize> {
        let pattern = &self.patterns[index];
        let exact = self.find_exact(pattern.as_str().as_bytes()).filter(|first| *first != index);
        exact.or_else(|| {
            self.above(pattern).find(|other| {
                let own = &self.patterns[*other];
                *other != index && own.covers(pattern) && (*other < index || !pattern.covers(own))
            })
        })
    }

    /// The index of a pattern that may share an origin with `pattern`.
    pub(crate) fn find_meeting(&self, pattern: &OriginPattern) -> Option<usize> {
        if pattern.is_exact() {
            return self.find(pattern.as_str().as_bytes());
        }
        let (order, scheme) = (self.by_domain(), pattern.scheme());
        let from = |domain: &str| {
            let start =
                order.partition_point(|i| by_domain(&self.patterns[*i], scheme, domain).is_lt());
            let found = order[start..].iter().map(|index| (*index, &self.patterns[*index]));
            found.take_while(move |(_, own)| own.scheme() == scheme)
        };
        let meets = |(index, own): (usize, &OriginPattern)| own.meets(pattern).then_some(index);
        let at_or_below = from(pattern.domain())
            .take_while(|(_, own)| is_at_or_below(own.domain(), pattern.domain()))
            .find_map(meets);
        at_or_below.or_else(|| {
            let parents =
                pattern.domain().match_indices('.').map(|(at, _)| &pattern.domain()[at + 1..]);
            parents.into_iter().find_map(|parent| {
                let wildcards = from(parent).take_while(|(_, o)| o.parent() == Some(parent));
                wildcards.into_iter().find_map(meets)
            })
        })
    }

    /// The patterns with `*` whose domain is that of `pattern` or above it.
    fn above(&self, pattern: &OriginPattern) -> impl Iterator<Item = usize> {
        let (scheme, domain) = (pattern.scheme().as_bytes(), pattern.domain().as_bytes());
        let any = (pattern.port != PortForm::Any).then_some(PortForm::Any);
        let domains = std::iter::once(domain).chain(self.parents(domain).map(|(_, parent)| parent));
        let mut found = Vec::new();
        for domain in domains {
            let hash = self.hash(domain);
            for port in any.into_iter().chain([pattern.port]) {
                if let Some(rule) = self.rule(scheme, domain, port, hash) {
                    found.extend(rule.itself.iter().chain(&rule.below).chain(&rule.in_label));
                }
            }
        }
        found.into_iter()
    }

    /// The indices of all patterns, those of one domain and below it together; of one domain, those
    /// with `*` first.
    fn by_domain(&self) -> &[usize] {
        self.by_domain.get_or_init(|| {
            let mut order: Box<[_]> = (0..self.patterns.len()).collect();
            order.sort_by(|a, b| {
                let (a, b) = (&self.patterns[*a], &self.patterns[*b]);
                by_domain(a, b.scheme(), b.domain())
                    .then_with(|| b.is_wildcard().cmp(&a.is_wildcard()))
            });
            order
        })
    }

    /// The first pattern over the number of those with `*` inside the label that one parent domain
    /// may have, and that domain.
    pub(crate) fn crowded_parent(&self) -> Option<(usize, &str)> {
        let mut counts = HashMap::new();
        let in_label = |p: &&OriginPattern| p.star == crate::pattern::Star::InLabel;
        let mut patterns = self.patterns.iter().enumerate().filter(|(_, p)| in_label(p));
        patterns.find_map(|(index, pattern)| {
            let count = counts.entry(pattern.domain()).or_insert(0);
            *count += 1;
            (*count > MAX_IN_LABEL).then(|| (index, pattern.domain()))
        })
    }
}

/// Scheme first, then the labels of the domain from the right.
fn by_domain(pattern: &OriginPattern, scheme: &str, domain: &str) -> Ordering {
    let labels = || pattern.domain().rsplit('.').cmp(domain.rsplit('.'));
    pattern.scheme().cmp(scheme).then_with(labels)
}

fn is_at_or_below(domain: &str, parent: &str) -> bool {
    domain.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}
