//! Sets of origin patterns that cost the same to ask with 1 and with 100,000 of them.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::{
    OriginPattern,
    origin::Origin,
    pattern::{Form, HostForm, MAX_HOST, PortForm, is_in_label, subdomain},
};

/// A compiled list of origin patterns, in declaration order.
///
/// Exact origins are found by one hash of the request's bytes. Patterns with `*` are found by one
/// hash for each number of labels that some pattern's parent domain has, so neither a long list
/// nor a long host makes a look-up longer.
#[derive(Debug, Clone, Default)]
pub struct OriginSet {
    patterns: Box<[OriginPattern]>,
    /// serialized origins and the index of their pattern
    exact: HashTable<(Box<str>, usize)>,
    rules: HashTable<Rule>,
    hasher: DefaultHashBuilder,
    /// bit n: some rule's parent domain has n dots
    depths: u128,
    any_port: bool,
    null: Option<usize>,
}

/// Patterns with `*` that share scheme, domain and port.
#[derive(Debug, Clone)]
struct Rule {
    scheme: Box<str>,
    domain: Box<str>,
    port: PortForm,
    /// the pattern for the domain itself (any port), and for everything below it
    itself: Option<usize>,
    below: Option<usize>,
    in_label: Vec<usize>,
}

impl OriginSet {
    /// Compiles a list.
    pub fn new(patterns: impl Into<Box<[OriginPattern]>>) -> Self {
        let mut set = OriginSet { patterns: patterns.into(), ..OriginSet::default() };
        for index in 0..set.patterns.len() {
            set.insert(index);
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
    pub(crate) fn find(&self, origin: &[u8]) -> Option<usize> {
        if let [one] = &*self.patterns
            && !one.is_wildcard()
            && let Some((text, index)) = self.exact.iter().next()
        {
            return (text.as_bytes() == origin).then_some(*index);
        }
        if let Some(index) = self.find_exact(origin) {
            return Some(index);
        }
        if origin == b"null" {
            return self.null;
        }
        if self.rules.is_empty() {
            return None;
        }
        let origin = Origin::parse(origin)?;
        self.find_rule(origin.scheme, origin.host, origin.port)
    }

    /// The index of another pattern that stands for all that the pattern at `index` stands for.
    pub(crate) fn find_covering(&self, index: usize) -> Option<usize> {
        let pattern = &self.patterns[index];
        let Form::Tuple { scheme, host, port } = &pattern.0 else {
            return self.null.filter(|&first| first != index);
        };
        let text = pattern.to_string();
        let exact = self.find_exact(text.as_bytes()).filter(|&first| first != index);
        let domain = match host {
            HostForm::Exact(host) => &**host,
            HostForm::Subdomains { parent } | HostForm::InLabel { parent, .. } => parent,
        };
        exact.or_else(|| {
            self.candidates(scheme, domain, *port)
                .filter(|&other| other != index && self.patterns[other].covers(pattern))
                // of two equal patterns the second one is the superfluous one
                .find(|&other| other < index || !pattern.covers(&self.patterns[other]))
        })
    }

    fn insert(&mut self, index: usize) {
        let text = self.patterns[index].to_string();
        match &self.patterns[index].0 {
            Form::Null => {
                self.null.get_or_insert(index);
            }
            Form::Tuple { host: HostForm::Exact(_), port: PortForm::Exact(_), .. } => {
                if self.find_exact(text.as_bytes()).is_none() {
                    let hash = self.hasher.hash_one(text.as_bytes());
                    let hasher = &self.hasher;
                    self.exact.insert_unique(hash, (text.into(), index), |(t, _)| {
                        hasher.hash_one(t.as_bytes())
                    });
                }
            }
            Form::Tuple { scheme, host, port } => {
                let (domain, kind) = match host {
                    HostForm::Exact(host) => (host, Kind::Itself),
                    HostForm::Subdomains { parent } => (parent, Kind::Below),
                    HostForm::InLabel { parent, .. } => (parent, Kind::InLabel),
                };
                let (scheme, domain, port) = (scheme.clone(), domain.clone(), *port);
                self.any_port |= kind == Kind::Itself;
                if kind != Kind::Itself {
                    self.depths |= 1 << dots(&domain);
                }
                let rule = self.rule_mut(scheme, domain, port);
                match kind {
                    Kind::Itself => {
                        rule.itself.get_or_insert(index);
                    }
                    Kind::Below => {
                        rule.below.get_or_insert(index);
                    }
                    Kind::InLabel => rule.in_label.push(index),
                }
            }
        }
    }

    fn find_exact(&self, origin: &[u8]) -> Option<usize> {
        if self.exact.is_empty() {
            return None;
        }
        let hash = self.hasher.hash_one(origin);
        self.exact.find(hash, |(text, _)| text.as_bytes() == origin).map(|(_, index)| *index)
    }

    fn find_rule(&self, scheme: &str, host: &str, port: Option<u16>) -> Option<usize> {
        let ports = [PortForm::Exact(port), PortForm::Any];
        if self.any_port
            && let Some(rule) = self.rule(scheme, host, PortForm::Any)
            && rule.itself.is_some()
        {
            return rule.itself;
        }
        if host.len() > MAX_HOST {
            return None;
        }
        self.domains(host)
            .skip(1)
            .flat_map(|domain| ports.into_iter().map(move |port| (domain, port)))
            .filter_map(|(domain, port)| self.rule(scheme, domain, port))
            .find_map(|rule| self.find_in(rule, host))
    }

    fn find_in(&self, rule: &Rule, host: &str) -> Option<usize> {
        if rule.below.is_some() && subdomain(host, &rule.domain).is_some() {
            return rule.below;
        }
        let (label, rest) = host.split_once('.')?;
        if *rest != *rule.domain {
            return None;
        }
        rule.in_label.iter().copied().find(|&index| match &self.patterns[index].0 {
            Form::Tuple { host: HostForm::InLabel { before, after, .. }, .. } => {
                is_in_label(label, before, after)
            }
            _ => false,
        })
    }

    /// Every pattern that could stand for something on `domain` or below it.
    fn candidates(
        &self,
        scheme: &str,
        domain: &str,
        port: PortForm,
    ) -> impl Iterator<Item = usize> {
        let ports = [port, PortForm::Any];
        let ports = if port == PortForm::Any { &ports[1..] } else { &ports[..] };
        let mut found = Vec::new();
        for domain in self.domains(domain) {
            for port in ports {
                if let Some(rule) = self.rule(scheme, domain, *port) {
                    found.extend(rule.itself.iter().chain(&rule.below).chain(&rule.in_label));
                }
            }
        }
        found.into_iter()
    }

    /// `host` itself, then those of the domains above it that have as many labels as some rule.
    fn domains<'h>(&self, host: &'h str) -> impl Iterator<Item = &'h str> {
        let deepest = 128 - self.depths.leading_zeros() as usize;
        let parents = host.rmatch_indices('.').take(deepest).enumerate();
        std::iter::once(host).chain(
            parents
                .filter(|(depth, _)| self.depths >> depth & 1 == 1)
                .map(|(_, (at, _))| &host[at + 1..]),
        )
    }

    fn rule(&self, scheme: &str, domain: &str, port: PortForm) -> Option<&Rule> {
        let hash = self.hasher.hash_one((scheme, domain, port));
        self.rules.find(hash, |r| *r.domain == *domain && r.port == port && *r.scheme == *scheme)
    }

    fn rule_mut(&mut self, scheme: Box<str>, domain: Box<str>, port: PortForm) -> &mut Rule {
        let hasher = &self.hasher;
        let hash = |r: &Rule| hasher.hash_one((&*r.scheme, &*r.domain, r.port));
        let new = Rule { scheme, domain, port, itself: None, below: None, in_label: Vec::new() };
        let same = |r: &Rule| r.domain == new.domain && r.port == port && r.scheme == new.scheme;
        self.rules.entry(hash(&new), same, hash).or_insert(new.clone()).into_mut()
    }

    /// A parent domain with more `*` patterns inside the first label than are allowed.
    pub(crate) fn crowded_parent(&self) -> Option<(usize, &str)> {
        let crowded = |r: &&Rule| r.in_label.len() > crate::MAX_IN_LABEL;
        let rule = self.rules.iter().filter(crowded).min_by_key(|r| r.in_label[0])?;
        Some((rule.in_label[crate::MAX_IN_LABEL], &rule.domain))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Itself,
    Below,
    InLabel,
}

/// A host has at most 126 dots (253 bytes).
fn dots(domain: &str) -> usize {
    domain.bytes().filter(|b| *b == b'.').count().min(127)
}
