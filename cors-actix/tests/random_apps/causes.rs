//! Why a preflight is refused although the annotated handler that serves the request would grant
//! it: what each cause is, as the tree of routes shows it.

use std::fmt;

use crate::generate::{Node, Route, ScopeGuard};

/// The first that holds, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cause {
    /// the request may carry a header that leads it to a handler which refuses
    OtherHandler,
    NormalizePath,
    PlainFirst,
    ScopeWithoutRoute,
    RouteGuard,
    ScopeGuard,
    OtherScope,
    Between,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Cause::OtherHandler => "granting would be wrong: a guard gives it to another handler",
            Cause::NormalizePath => "NormalizePath might change the path",
            Cause::PlainFirst => "a route without #[cors] comes first",
            Cause::ScopeWithoutRoute => "the first scope that takes the path has no route for it",
            Cause::RouteGuard => "a guard of a route",
            Cause::ScopeGuard => "a declared guard of a scope",
            Cause::OtherScope => "the handler stands in another scope than the first match",
            Cause::Between => "a route between has a guard, or has tripped the wire",
        })
    }
}

impl Cause {
    /// `first` is what matches the path first, `served_by` the handler's route.
    pub(crate) fn of(
        nodes: &[Node],
        is_odd: bool,
        first: Option<&Route>,
        served_by: usize,
        others_refuse: bool,
    ) -> Cause {
        let Some(server) = find(nodes, served_by) else { unreachable!("a handler is a route") };
        let place = first.and_then(|first| find(nodes, first.id));
        let guarded =
            |place: &Place<'_>| place.scopes.iter().any(|(_, guard)| *guard != ScopeGuard::None);
        match (first, place) {
            _ if others_refuse => Cause::OtherHandler,
            _ if is_odd => Cause::NormalizePath,
            (Some(first), _) if first.policy.is_none() => Cause::PlainFirst,
            (Some(first), Some(_)) if first.guarded || server.route.guarded => Cause::RouteGuard,
            (_, Some(place)) if guarded(&place) || guarded(&server) => Cause::ScopeGuard,
            (_, Some(place)) if place.scopes != server.scopes => Cause::OtherScope,
            (_, Some(_)) => Cause::Between,
            (_, None) => Cause::ScopeWithoutRoute,
        }
    }
}

/// A route and the scopes around it, by id and guard.
struct Place<'n> {
    route: &'n Route,
    scopes: Vec<(usize, ScopeGuard)>,
}

fn find(nodes: &[Node], id: usize) -> Option<Place<'_>> {
    nodes.iter().find_map(|node| {
        let here = |route: &'_ Route| route.id == id;
        let route = match node {
            Node::Route(route) => Some(route).filter(|route| here(route)),
            Node::Group(routes) => routes.iter().find(|route| here(route)),
            Node::Scope(scope) => {
                let mut place = find(&scope.children, id)?;
                place.scopes.push((scope.id, scope.guard));
                return Some(place);
            }
        };
        route.map(|route| Place { route, scopes: Vec::new() })
    })
}
