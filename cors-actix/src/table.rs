//! Which policies may apply to a path and method, asked before routing.
//!
//! The App's resource map shows the first resource that matches a path, whatever its methods and
//! guards: `f`. Nothing before `f` can serve the request. If `f` has a `#[cors]` and the method,
//! its policy decides; otherwise all annotated routes from `f` on that may match have a say, up to
//! one that surely serves the request, and the policy of routes without `#[cors]` if there is none.

use std::{
    cell::{Cell, OnceCell, RefCell},
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    dev::{ResourceMap, ServiceRequest},
    test::TestRequest,
};
use cors_core::Methods;
use hashbrown::HashMap;

use crate::{
    decision::{Answers, Decision, Place},
    pattern::{Match, filled, hole_names},
    register::{AppRoutes, DeclaredGuard, ScopeInstance},
    shape::{Node, Row, Shape},
};

/// The annotated routes of one App on one worker.
pub(crate) struct Table {
    pub(crate) shape: Arc<Shape>,
    routes: Box<[RouteState]>,
    scopes: Box<[ScopeState]>,
    /// the routes by the address of the map's node; `None` is a node without `#[cors]`
    by_node: RefCell<HashMap<usize, Option<Node>>>,
    answers: Answers,
    strict: bool,
    depends_on_host: bool,
}

/// What requests have shown about a route.
#[derive(Default)]
struct RouteState {
    needless_logged: Cell<bool>,
    /// a request proved that a route without `#[cors]` serves what this one should
    tainted: Cell<bool>,
    contested: OnceCell<bool>,
}

struct ScopeState {
    guards: Rc<[DeclaredGuard]>,
    /// all of its routes are known to lie in it
    proven: Cell<bool>,
}

impl Table {
    pub(crate) fn new(app: &AppRoutes, shape: Arc<Shape>, strict: bool) -> Self {
        let instances = app.scopes.borrow();
        let state = |scope: &ScopeInstance| ScopeState {
            guards: Rc::clone(&scope.guards),
            proven: Cell::new(false),
        };
        Table {
            routes: shape.routes.iter().map(|_| RouteState::default()).collect(),
            scopes: instances.iter().map(state).collect(),
            by_node: RefCell::default(),
            answers: Answers::default(),
            strict,
            depends_on_host: instances.iter().any(|scope| !scope.guards.is_empty()),
            shape,
        }
    }

    pub(crate) fn empty() -> Self {
        Table {
            shape: Arc::default(),
            routes: Box::default(),
            scopes: Box::default(),
            by_node: RefCell::default(),
            answers: Answers::default(),
            strict: false,
            depends_on_host: false,
        }
    }

    pub(crate) fn routes(&self) -> &[Row] {
        &self.shape.routes
    }

    /// Whether it has been said that a route would grant what was refused.
    pub(crate) fn needless_logged(&self, route: usize) -> &Cell<bool> {
        &self.routes[route].needless_logged
    }

    pub(crate) fn depends_on_host(&self) -> bool {
        self.depends_on_host
    }

    /// The decision for a place, asked from the map or remembered.
    pub(crate) fn decide(&self, map: &ResourceMap, place: &Place<'_>) -> Decision {
        self.remembered(place).unwrap_or_else(|| {
            let decision = self.find(map, place);
            self.answers.remember(&self.shape, place, &decision);
            decision
        })
    }

    /// A decision that needs no walk of the map.
    pub(crate) fn remembered(&self, place: &Place<'_>) -> Option<Decision> {
        self.answers.recall(&self.shape, place)
    }

    /// The same, where it is that a route decides alone about its own, static path.
    #[inline]
    pub(crate) fn own_route(&self, path: &str, method: &str) -> Option<usize> {
        self.answers.own_route(&self.shape, path, method)
    }

    /// Closes the hole that an actual request has shown at `route`.
    pub(crate) fn taint(&self, route: usize) {
        self.routes[route].tainted.set(true);
        self.answers.forget();
    }

    /// Whether a route of another scope comes before this one and may match the same request: if
    /// its scope has an undeclared guard, preflights are decided by the wrong one.
    #[inline]
    pub(crate) fn is_contested(&self, route: usize) -> bool {
        *self.routes[route].contested.get_or_init(|| self.has_rival_before(route))
    }

    fn has_rival_before(&self, route: usize) -> bool {
        let own = &self.shape.routes[route];
        let serves_same = |other: &Row| match own.info.methods() {
            Some(methods) => methods.iter().any(|method| other.info.serves(method)),
            None => true,
        };
        self.shape.routes[..route].iter().any(|other| {
            !self.is_one_scope(other.scope, own.scope)
                && serves_same(other)
                && other.pattern.meets(&own.pattern)
        })
    }

    /// Asks the App's map for proof that routes lie in the scopes that they seem to lie in: the
    /// last of a scope's routes is enough, as the scope was open until then. The map shows the
    /// last resource of each name.
    pub(crate) fn prove(&self, map: &ResourceMap) {
        // never a real request: `url_for` would read its `Host` and `Forwarded`
        let request = TestRequest::default().to_http_request();
        let mut last_of_name = HashMap::new();
        let mut last_in_scope = vec![None; self.scopes.len()];
        for (index, route) in self.shape.routes.iter().enumerate() {
            last_of_name.insert(route.info.resource_name(), index);
            last_in_scope[route.scope] = Some(index).filter(|_| route.adrift);
        }
        let is_proven = |last: usize| {
            let route = &self.shape.routes[last];
            let name = route.info.resource_name();
            let url = || map.url_for(&request, name, std::iter::repeat(FILLED_HOLE)).ok();
            last_of_name.get(name) == Some(&last)
                && url().is_some_and(|url| url.path() == filled(&route.full, FILLED_HOLE))
        };
        for (scope, last) in self.scopes.iter().zip(last_in_scope) {
            scope.proven.set(last.is_none_or(is_proven));
        }
    }

    fn find(&self, map: &ResourceMap, place: &Place<'_>) -> Decision {
        let node = self.first(map, place.path);
        let first = node.map(|node| node.first);
        let first_guards = first.map_or(Guards::None, |f| self.guards(f, place.request));
        let first_dead = first_guards == Guards::Fail;
        let mut decision = Decision {
            policies: Vec::new().into(),
            first,
            stop: None,
            undecided: None,
            depends_on_host: first_guards != Guards::None,
        };
        let mut policies = Vec::new();
        // what has been seen to come before a route also comes before those behind it
        let mut tripped = false;
        // nothing before the first match matches the path
        let behind = self.shape.routes.iter().enumerate().skip(first.unwrap_or(0));
        for (index, route) in behind.filter(|(_, r)| r.info.serves(place.method)) {
            let is_first = first == Some(index);
            if !is_first && !self.may_match(route, node, place.path) {
                continue;
            }
            let guards = self.guards(index, place.request);
            decision.depends_on_host |= guards != Guards::None;
            if guards == Guards::Fail {
                continue;
            }
            let policy = Arc::clone(route.policy.at(|| place.region));
            policies.push((policy, route.info.judged_by()));
            decision.undecided = decision.undecided.or(Some(index));
            tripped |= self.routes[index].tainted.get();
            let sure = !tripped
                && !route.info.is_guarded()
                && guards != Guards::Unknown
                && node.and_then(|node| node.rival).is_none_or(|rival| index > rival);
            if sure && first.is_some_and(|f| self.stops(f, first_dead, index, guards, place)) {
                decision.stop = Some(index);
                decision.undecided = None;
                decision.policies = policies.into();
                return decision;
            }
        }
        policies.push((Arc::clone(place.default), Methods::Listed));
        decision.policies = policies.into();
        decision
    }

    /// Whether nothing but annotated routes can stand between the first match `f` and `k`.
    fn stops(&self, f: usize, dead: bool, k: usize, guards: Guards, place: &Place<'_>) -> bool {
        if f == k {
            return true;
        }
        let (first, other) = (&self.shape.routes[f], &self.shape.routes[k]);
        if dead {
            // the first match belongs to another host, and this one was declared for the request's
            return !self.strict && guards == Guards::Pass;
        }
        let grouped = other.group.is_some() && other.group == first.group;
        (grouped || !self.strict)
            && self.beside(first, other, place.path)
            && !self.is_cut_off(f, k, place.path)
    }

    /// Whether a scope between `f` and `k` takes the path, so that the router never comes to `k`.
    fn is_cut_off(&self, f: usize, k: usize, path: &str) -> bool {
        let scopes = &self.shape.scopes;
        let own = scopes[self.shape.routes[k].scope].same_as;
        let between = scopes.iter().filter(|scope| (f + 1..k).contains(&scope.first_route));
        between
            .filter(|scope| scope.same_as != own && !scope.guarded)
            .any(|s| s.pattern.takes(path))
    }

    /// Whether `other` stands in the scope of `first` and is certain to match the path, which
    /// `first` matches.
    ///
    /// Then no annotated route behind `other` can serve the request: the router does not leave the
    /// scope of `first`, and comes to `other` unless something before serves the request. If
    /// `other` stands in a later scope after all, so do all routes behind it.
    fn beside(&self, first: &Row, other: &Row, path: &str) -> bool {
        self.is_one_scope(first.scope, other.scope)
            && (first.full == other.full
                || first
                    .pattern
                    .left_by_scopes(path)
                    .is_some_and(|rest| other.pattern.matches_below(rest)))
    }

    /// A scope has a second marker where another scope stands between its routes.
    fn is_one_scope(&self, one: usize, other: usize) -> bool {
        one == other || self.shape.scopes[one].same_as == self.shape.scopes[other].same_as
    }

    /// Whether a route behind the first match may match too. Never wrongly false.
    fn may_match(&self, route: &Row, node: Option<Node>, path: &str) -> bool {
        let proven = self.scopes[route.scope].proven.get();
        let first = node.filter(|node| node.rival.is_none()).map(|n| &self.shape.routes[n.first]);
        let beside = first.filter(|first| proven && first.scope == route.scope);
        if let Some(rest) = beside.and_then(|first| first.pattern.left_by_scopes(path)) {
            return route.pattern.matches_below(rest);
        }
        let is_adrift = route.adrift && !proven;
        route.pattern.matches(path) != Match::No || is_adrift && route.pattern.may_end(path)
    }

    /// Whether a scope that ends there, after `path` and these names of its holes, may lead to
    /// annotated routes; the router does not come to those behind `stop`.
    pub(crate) fn has_scope_on_the_way(
        &self,
        path: &str,
        names: &[&str],
        stop: Option<usize>,
    ) -> bool {
        let before = stop.unwrap_or(usize::MAX);
        let scopes = self.shape.scopes.iter().filter(|scope| scope.first_route <= before);
        scopes
            .filter(|scope| hole_names(&scope.text).starts_with(names))
            .any(|s| s.pattern.may_begin_with(path))
    }

    /// The annotated routes that the first resource matching the path may stand for.
    fn first(&self, map: &ResourceMap, path: &str) -> Option<Node> {
        if self.routes.is_empty() {
            return None;
        }
        let name = map.match_name(path)?;
        // the name is part of the node, so its address tells which node has been found
        let node = name.as_ptr().addr();
        if let Some(known) = self.by_node.borrow().get(&node) {
            return *known;
        }
        let full = map.match_pattern(path)?;
        let first = self.shape.node(&full, name);
        if !name.is_empty() {
            self.by_node.borrow_mut().insert(node, first);
        }
        first
    }

    fn guards(&self, route: usize, request: Option<&ServiceRequest>) -> Guards {
        let guards = &self.scopes[self.shape.routes[route].scope].guards;
        let mut result = if guards.is_empty() { Guards::None } else { Guards::Pass };
        for guard in &**guards {
            match (guard, request) {
                (DeclaredGuard::Host(guard), Some(request)) => {
                    if !guard.check(&request.guard_ctx()) {
                        return Guards::Fail;
                    }
                }
                _ => result = Guards::Unknown,
            }
        }
        result
    }
}

/// What the declared guards around a route say to a request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Guards {
    None,
    Pass,
    Fail,
    Unknown,
}

/// Stands for the value of each `{}` in a path.
const FILLED_HOLE: &str = "0";
