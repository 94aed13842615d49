//! Holes that actual requests have shown, closed for all workers.

use std::{
    collections::HashSet,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

/// The annotated routes, by full pattern and name, that something else has been seen to serve.
#[derive(Debug, Default)]
pub(crate) struct Taints {
    routes: RwLock<HashSet<(Box<str>, Box<str>)>>,
    /// how many there are: workers look here first
    count: AtomicUsize,
}

impl Taints {
    /// How many routes are tainted; it only grows.
    pub(crate) fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// Taints a route; tells whether it is news.
    pub(crate) fn add(&self, full: &str, name: &str) -> bool {
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        let news = routes.insert((full.into(), name.into()));
        self.count.store(routes.len(), Ordering::Release);
        news
    }

    pub(crate) fn contains(&self, full: &str, name: &str) -> bool {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        routes.iter().any(|(f, n)| **f == *full && **n == *name)
    }
}
