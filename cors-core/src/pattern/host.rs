//! Hosts of patterns: what a `*` stands for.

use std::net::Ipv4Addr;

use super::OriginPattern;

/// The place of a `*` in a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Star {
    /// nowhere
    None,
    /// `*.parent`: one or more labels
    Labels,
    /// `before*after.parent`: a part of the first label
    InLabel,
}

impl OriginPattern {
    pub(super) fn is_host(&self, host: &[u8]) -> bool {
        match self.star {
            Star::None => self.host().as_bytes() == host,
            Star::Labels => is_subdomain(host, self.domain().as_bytes()),
            Star::InLabel => {
                before_parent(host, self.domain().as_bytes()).is_some_and(|l| self.is_label(l))
            }
        }
    }

    /// Reports whether the `*` of the first label may stand for a part of `label`.
    pub(crate) fn is_label(&self, label: &[u8]) -> bool {
        let (before, after) = self.around_star();
        is_in_label(label, before, after)
    }

    /// What stands before and after the `*` of the first label.
    fn around_star(&self) -> (&[u8], &[u8]) {
        self.label().split_once('*').map(|(b, a)| (b.as_bytes(), a.as_bytes())).unwrap_or_default()
    }

    pub(super) fn covers_host(&self, other: &OriginPattern) -> bool {
        let (parent, domain) = (self.domain().as_bytes(), other.domain().as_bytes());
        match (self.star, other.star) {
            (_, Star::None) => self.is_host(domain),
            (Star::None, _) | (Star::InLabel, Star::Labels) => false,
            (Star::Labels, Star::Labels) => parent == domain || is_subdomain(domain, parent),
            (Star::Labels, Star::InLabel) => {
                let (before, after) = other.around_star();
                before.iter().chain(after).all(|b| is_label_byte(*b))
                    && (parent == domain || is_subdomain(domain, parent))
            }
            (Star::InLabel, Star::InLabel) => {
                let ((before, after), (b, a)) = (self.around_star(), other.around_star());
                // the own `*` has to stand for the rest of the other's label as well
                let rest = b.strip_prefix(before).zip(a.strip_suffix(after));
                parent == domain
                    && rest.is_some_and(|(b, a)| b.iter().chain(a).all(|b| is_star_byte(*b)))
            }
        }
    }

    pub(super) fn meets_host(&self, other: &OriginPattern) -> bool {
        let (parent, domain) = (self.domain().as_bytes(), other.domain().as_bytes());
        match (self.star, other.star) {
            (Star::None, _) => other.is_host(parent),
            (_, Star::None) => self.is_host(domain),
            (Star::Labels, Star::Labels) => {
                parent == domain || is_subdomain(domain, parent) || is_subdomain(parent, domain)
            }
            (Star::Labels, Star::InLabel) => self.covers_host(other),
            (Star::InLabel, Star::Labels) => other.covers_host(self),
            (Star::InLabel, Star::InLabel) => {
                let ((before, after), (b, a)) = (self.around_star(), other.around_star());
                parent == domain
                    && (before.starts_with(b) || b.starts_with(before))
                    && (after.ends_with(a) || a.ends_with(after))
            }
        }
    }
}

/// Reports whether `host` is one or more labels before `.{parent}`, as `*.` stands for them.
fn is_subdomain(host: &[u8], parent: &[u8]) -> bool {
    before_parent(host, parent).is_some_and(are_labels)
}

/// What stands before `.{parent}`, if a `*` may stand for it.
fn before_parent<'h>(host: &'h [u8], parent: &[u8]) -> Option<&'h [u8]> {
    let labels = host.strip_suffix(parent)?.strip_suffix(b".")?;
    (host.len() <= MAX_HOST).then_some(labels)
}

/// Reports whether `label` is `before`, one or more of `[a-z0-9-]`, and `after`.
fn is_in_label(label: &[u8], before: &[u8], after: &[u8]) -> bool {
    label.len() <= MAX_LABEL
        && label
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|star| !star.is_empty() && star.iter().all(|b| is_star_byte(*b)))
}

/// Reports whether `text` is labels of 1 to 63 of `[a-z0-9_-]`, joined by dots.
///
/// A hostile host is long, so the bytes are taken without a branch for each: compilers then test
/// many at a time.
pub(crate) fn are_labels(text: &[u8]) -> bool {
    let (known, last) = text.iter().fold((true, b'.'), |(known, before), b| {
        let ends_label = (*b == b'.') & (before != b'.');
        (known & (is_label_byte(*b) | ends_label), *b)
    });
    known && last != b'.' && has_short_labels(text)
}

/// Reports whether `text` is made of `[a-z0-9_-]` and dots.
pub(super) fn is_name(text: &[u8]) -> bool {
    text.iter().fold(true, |known, b| known & (is_label_byte(*b) | (*b == b'.')))
}

/// Reports whether no label is longer than 63 bytes: from the start of a label, the last dot that
/// a short one can have behind it is the end of it or of a later one.
fn has_short_labels(mut text: &[u8]) -> bool {
    while text.len() > MAX_LABEL {
        match text[..=MAX_LABEL].iter().rposition(|b| *b == b'.') {
            Some(dot) => text = &text[dot + 1..],
            None => return false,
        }
    }
    true
}

/// Without branches, so that many bytes can be tested at a time.
fn is_label_byte(b: u8) -> bool {
    is_star_byte(b) | (b == b'_')
}

fn is_star_byte(b: u8) -> bool {
    (b.wrapping_sub(b'a') < 26) | (b.wrapping_sub(b'0') < 10) | (b == b'-')
}

pub(super) fn is_loopback(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    host == "localhost"
        || host.ends_with(".localhost")
        || host == "[::1]"
        || host.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// Longest label of a host that a `*` stands for, in bytes.
pub(super) const MAX_LABEL: usize = 63;
/// Longest host that a pattern with `*` stands for, in bytes.
pub(crate) const MAX_HOST: usize = 253;
