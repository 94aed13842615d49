//! What is decided about a path and a method, and what a worker remembers of it.

use std::{
    cell::RefCell,
    hash::{BuildHasher, Hash, Hasher},
    ops::Deref,
    rc::Rc,
    sync::Arc,
};

use actix_web::dev::ServiceRequest;
use cors_core::{MAX_METHOD, Methods};
use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use crate::{
    compiled::Compiled,
    shape::{Row, Shape},
};

/// What the rest of the middleware knows about a path.
pub(crate) struct Place<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'a str,
    /// for guards that depend on the host
    pub(crate) request: Option<&'a ServiceRequest>,
    /// the path's region; 0 is outside of all regions
    pub(crate) region: usize,
    /// the policy of routes without `#[cors]` there
    pub(crate) default: &'a Arc<Compiled>,
}

/// What is decided about one path and method, before the request's origin is looked at.
#[derive(Clone)]
pub(crate) struct Decision {
    /// all of them have to allow the request
    pub(crate) policies: Policies,
    /// the annotated route that stands for the first resource that matches the path
    pub(crate) first: Option<usize>,
    /// the route that is taken to serve it
    pub(crate) stop: Option<usize>,
    /// it may be routed by another path, whose policies are among them
    pub(crate) has_variants: bool,
    /// the first annotated route that may serve it, where one without `#[cors]` may as well
    pub(crate) undecided: Option<usize>,
    pub(crate) depends_on_host: bool,
}

/// Policies, nearly always one, and which methods they let pass.
#[derive(Clone)]
pub(crate) enum Policies {
    One((Arc<Compiled>, Methods)),
    Several(Rc<[(Arc<Compiled>, Methods)]>),
}

impl Deref for Policies {
    type Target = [(Arc<Compiled>, Methods)];

    fn deref(&self) -> &Self::Target {
        match self {
            Policies::One(one) => std::slice::from_ref(one),
            Policies::Several(all) => all,
        }
    }
}

impl From<Vec<(Arc<Compiled>, Methods)>> for Policies {
    fn from(mut policies: Vec<(Arc<Compiled>, Methods)>) -> Self {
        match policies.pop() {
            Some(only) if policies.is_empty() => Policies::One(only),
            last => {
                policies.extend(last);
                Policies::Several(policies.into())
            }
        }
    }
}

/// Decisions that have been made: all about static paths that have a route, and some others.
#[derive(Default)]
pub(crate) struct Answers {
    own: RefCell<OwnAnswers>,
    by_static: RefCell<HashMap<AnswerKey, Decision>>,
    others: RefCell<HashMap<AnswerKey, Decision>>,
}

impl Answers {
    pub(crate) fn recall(&self, shape: &Shape, place: &Place<'_>) -> Option<Decision> {
        let Some(own) = self.own_route(shape, place.path, place.method.as_bytes()) else {
            return self.recall_other(place);
        };
        let route = &shape.routes[own];
        let policy = Arc::clone(route.policy.at(|| place.region));
        Some(Decision {
            policies: Policies::One((policy, route.info.judged_by())),
            first: Some(own),
            stop: Some(own),
            has_variants: false,
            undecided: None,
            depends_on_host: false,
        })
    }

    /// The route that is known to decide alone about its own, static path.
    #[inline]
    pub(crate) fn own_route(&self, shape: &Shape, path: &str, method: &[u8]) -> Option<usize> {
        self.own.borrow().route(shape, path, method)
    }

    fn recall_other(&self, place: &Place<'_>) -> Option<Decision> {
        let query = AnswerQuery { path: place.path, method: place.method };
        let found = |map: &RefCell<HashMap<AnswerKey, Decision>>| map.borrow().get(&query).cloned();
        found(&self.by_static).or_else(|| found(&self.others))
    }

    pub(crate) fn remember(&self, shape: &Shape, place: &Place<'_>, decision: &Decision) {
        let is_long = place.path.len() > MAX_REMEMBERED_PATH || place.method.len() > MAX_METHOD;
        if decision.depends_on_host || is_long {
            return;
        }
        let key = || AnswerKey { path: place.path.into(), method: place.method.into() };
        // of other routes there may be any number of paths or methods
        let is_one_of_few = |stop: &Row| stop.pattern.is_static() && stop.info.methods().is_some();
        if let Some(stop) = decision.stop.filter(|_| !decision.has_variants)
            && is_one_of_few(&shape.routes[stop])
        {
            if !self.own.borrow_mut().remember(shape, place, decision, stop) {
                self.by_static.borrow_mut().insert(key(), decision.clone());
            }
            return;
        }
        let mut others = self.others.borrow_mut();
        if others.len() >= MAX_REMEMBERED {
            others.clear();
        }
        others.insert(key(), decision.clone());
    }

    pub(crate) fn forget(&self) {
        self.own.take();
        self.by_static.take();
        self.others.take();
    }
}

/// The routes that alone decide about their own, static path: of nearly all of them nothing else
/// needs to be remembered.
#[derive(Default)]
struct OwnAnswers {
    answers: HashTable<OwnAnswer>,
    hasher: DefaultHashBuilder,
}

/// The index of a route, and the number of a method.
struct OwnAnswer {
    route: u32,
    method: u8,
}

impl OwnAnswers {
    fn route(&self, shape: &Shape, path: &str, method: &[u8]) -> Option<usize> {
        let method = number(method)?;
        let is = |own: &OwnAnswer| {
            own.method == method && *shape.routes[own.route as usize].full == *path
        };
        Some(self.answers.find(hash(&self.hasher, path), is)?.route as usize)
    }

    /// Tells whether it is such a route.
    fn remember(
        &mut self,
        shape: &Shape,
        place: &Place<'_>,
        decision: &Decision,
        stop: usize,
    ) -> bool {
        let full = &shape.routes[stop].full;
        let is_own = **full == *place.path
            && decision.policies.len() == 1
            && decision.first.is_some_and(|first| shape.routes[first].full == *full);
        let Some(route) = u32::try_from(stop).ok().filter(|_| is_own) else { return false };
        let Some(method) = number(place.method.as_bytes()) else { return false };
        let OwnAnswers { answers, hasher, .. } = self;
        let of = |own: &OwnAnswer| hash(hasher, &shape.routes[own.route as usize].full);
        let new = OwnAnswer { route, method };
        answers.insert_unique(of(&new), new, of);
        true
    }
}

/// Tells the usual methods apart.
fn number(method: &[u8]) -> Option<u8> {
    Some(match method {
        b"GET" => 0,
        b"HEAD" => 1,
        b"POST" => 2,
        b"PUT" => 3,
        b"PATCH" => 4,
        b"DELETE" => 5,
        b"OPTIONS" => 6,
        _ => return None,
    })
}

/// Without the method: one path has few.
fn hash(hasher: &DefaultHashBuilder, path: &str) -> u64 {
    let mut hasher = hasher.build_hasher();
    hasher.write(path.as_bytes());
    hasher.finish()
}

#[derive(PartialEq, Eq, Hash)]
struct AnswerKey {
    path: Box<str>,
    method: Box<str>,
}

#[derive(Hash)]
struct AnswerQuery<'a> {
    path: &'a str,
    method: &'a str,
}

impl hashbrown::Equivalent<AnswerKey> for AnswerQuery<'_> {
    fn equivalent(&self, key: &AnswerKey) -> bool {
        *self.path == *key.path && *self.method == *key.method
    }
}

/// Most decisions that a worker remembers, besides those about static routes.
const MAX_REMEMBERED: usize = 256;
/// Longest path of one, in bytes.
const MAX_REMEMBERED_PATH: usize = 512;
