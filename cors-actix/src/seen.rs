//! What requests have shown, for all workers.

use std::{
    collections::HashSet,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use crate::normalize::Inside;

/// What is known since the start; it only grows.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    facts: RwLock<Facts>,
    /// how many facts there are: workers look here first
    count: AtomicUsize,
}

#[derive(Debug, Default)]
struct Facts {
    /// the annotated routes, by full pattern and name, that something else has been seen to serve
    tainted: HashSet<(Box<str>, Box<str>)>,
    inside: Inside,
}

impl Seen {
    /// How many facts there are.
    #[inline]
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Taints a route; tells whether it is news.
    pub(crate) fn taint(&self, full: &str, name: &str) -> bool {
        self.learn(|facts| facts.tainted.insert((full.into(), name.into())))
    }

    /// Says that a `NormalizePath` stands inside; tells whether it is news.
    pub(crate) fn normalize_path(&self) -> bool {
        self.learn(|facts| std::mem::replace(&mut facts.inside, Inside::There) != Inside::There)
    }

    pub(crate) fn is_tainted(&self, full: &str, name: &str) -> bool {
        let facts = self.facts.read().unwrap_or_else(PoisonError::into_inner);
        facts.tainted.iter().any(|(f, n)| **f == *full && **n == *name)
    }

    pub(crate) fn inside(&self) -> Inside {
        self.facts.read().unwrap_or_else(PoisonError::into_inner).inside
    }

    fn learn(&self, learn: impl FnOnce(&mut Facts) -> bool) -> bool {
        let mut facts = self.facts.write().unwrap_or_else(PoisonError::into_inner);
        let is_news = learn(&mut facts);
        self.count.fetch_add(usize::from(is_news), Ordering::Release);
        is_news
    }
}
