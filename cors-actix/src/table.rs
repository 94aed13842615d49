//! Which policies may apply to a path and method, asked before routing.
//!
//! The App's resource map shows the first resource that matches a path, whatever its methods and
//! guards: `f`. Nothing before `f` can serve the request. If `f` has a `#[cors]` and the method,
//! its policy decides; otherwise all annotated routes from `f` on that may match have a say, up to
//! one that surely serves the request, and the policy of routes without `#[cors]` if there is none.

mod find;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    dev::{Path, ResourceMap, Url},
    error::UrlGenerationError,
    test::TestRequest,
};
use hashbrown::HashMap;

use crate::{
    decision::{Answers, Decision, Place},
    pattern::filled,
    register::{AppRoutes, DeclaredGuard, ScopeInstance},
    shape::{Row, Shape},
};

/// The annotated routes of one App on one worker.
pub(crate) struct Table {
    pub(crate) shape: Arc<Shape>,
    routes: Box<[RouteState]>,
    scopes: Box<[ScopeState]>,
    /// the first route of each node of the map that has been met, by the node's address; `None` is
    /// a node without `#[cors]`
    by_node: RefCell<HashMap<usize, Option<u32>>>,
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

    /// A decision that needs no walk of the map.
    pub(crate) fn remembered(&self, place: &Place<'_>) -> Option<Decision> {
        self.answers.recall(&self.shape, place)
    }

    pub(crate) fn remember(&self, place: &Place<'_>, decision: &Decision) {
        self.answers.remember(&self.shape, place, decision);
    }

    /// Forgets all decisions: something has been seen that changes them.
    pub(crate) fn forget(&self) {
        self.answers.forget();
    }

    /// The same, where it is that a route decides alone about its own, static path.
    #[inline]
    pub(crate) fn own_route(&self, path: &str, method: &[u8]) -> Option<usize> {
        self.answers.own_route(&self.shape, path, method)
    }

    /// Closes the hole that an actual request has shown at `route`.
    pub(crate) fn taint(&self, route: usize) {
        self.routes[route].tainted.set(true);
        self.forget();
    }

    /// A route, by its index.
    #[inline]
    pub(crate) fn route(&self, route: usize) -> Option<&Row> {
        self.shape.routes.get(route)
    }

    /// Whether a route of another scope comes before this one and may match the same request: if
    /// its scope has an undeclared guard, preflights are decided by the wrong one.
    #[inline]
    pub(crate) fn is_contested(&self, route: usize, row: &Row) -> bool {
        *row.contested.get_or_init(|| self.shape.has_rival_before(route))
    }

    /// Asks the App's map for proof that routes lie in the scopes that they seem to lie in: the
    /// last of a scope's routes is enough, as the scope was open until then. The map shows the
    /// last resource of each name.
    pub(crate) fn prove(&self, map: &ResourceMap) {
        let mut last_of_name = HashMap::new();
        let mut last_in_scope = vec![None; self.scopes.len()];
        for (index, route) in self.shape.routes.iter().enumerate() {
            last_of_name.insert(route.info.resource_name(), index);
            last_in_scope[route.scope] = Some(index).filter(|_| route.adrift);
        }
        let is_proven = |last: usize| {
            let route = &self.shape.routes[last];
            let name = route.info.resource_name();
            last_of_name.get(name) == Some(&last)
                && filled_path(map, name).is_ok_and(|path| path == filled(&route.full, FILLED_HOLE))
        };
        for (scope, last) in self.scopes.iter().zip(last_in_scope) {
            scope.proven.set(last.is_none_or(is_proven));
        }
    }

    /// Whether a scope that ends where routing has got to may lead to annotated routes; the router
    /// does not come to those behind `stop`.
    pub(crate) fn has_scope_on_the_way(&self, way: &Path<Url>, stop: Option<usize>) -> bool {
        let path = way.as_str();
        let taken = &path[..path.len() - way.unprocessed().len()];
        let before = stop.unwrap_or(usize::MAX);
        let captured = || way.iter().map(|(name, _)| name);
        let scopes = self.shape.scopes.iter().filter(|scope| scope.first_route <= before);
        scopes.into_iter().any(|scope| scope.is_on_the_way(taken, captured))
    }
}

/// The path of a resource as its App's map tells it, with [`FILLED_HOLE`] in each hole.
pub(crate) fn filled_path(map: &ResourceMap, name: &str) -> Result<String, UrlGenerationError> {
    // never a real request: `url_for` would read its `Host` and `Forwarded`
    let request = TestRequest::default().to_http_request();
    let url = map.url_for(&request, name, std::iter::repeat(FILLED_HOLE))?;
    Ok(url.path().to_owned())
}

/// Stands for the value of each `{}` in a path.
pub(crate) const FILLED_HOLE: &str = "0";
