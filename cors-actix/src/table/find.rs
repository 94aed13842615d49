//! The walk over all annotated routes that may serve a request.

use std::{iter, sync::Arc};

use actix_web::{
    HttpRequest,
    dev::{ResourceMap, ServiceRequest},
};
use cors_core::Methods;

use super::Table;
use crate::{
    decision::{Decision, Place},
    pattern::Match,
    register::DeclaredGuard,
    shape::Row,
};

impl Table {
    /// The decision for a place, asked from the map.
    pub(crate) fn find(&self, map: Option<&ResourceMap>, place: &Place<'_>) -> Decision {
        let first = map.and_then(|map| self.first(map, place.path));
        let rival = first.and_then(|first| self.shape.routes[first].rival);
        let first_guards = first.map_or(Guards::None, |f| self.guards(f, place.request));
        let first_dead = first_guards == Guards::Fail;
        let mut decision = Decision {
            policies: Vec::new().into(),
            first,
            stop: None,
            has_variants: false,
            undecided: None,
            depends_on_host: first_guards != Guards::None,
        };
        let mut policies = Vec::new();
        // what has been seen to come before a route also comes before those behind it
        let mut tripped = false;
        // nothing before the first match matches the path
        for (index, route) in self.routes_for(place.path, first.unwrap_or(0)) {
            if !route.info.serves(place.method) {
                continue;
            }
            let is_first = first == Some(index);
            if !is_first && !self.may_match(route, first, place.path) {
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
                && rival.is_none_or(|rival| index > rival);
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

    /// The routes from `first` on, but for those of scopes that can't take the path.
    fn routes_for(&self, path: &str, first: usize) -> impl Iterator<Item = (usize, &Row)> {
        let routes = &self.shape.routes;
        let mut next = first;
        let mut open_until = first;
        iter::from_fn(move || {
            while next >= open_until {
                let row = routes.get(next)?;
                open_until = row.scope_until;
                let is_certain = self.scopes[row.scope].proven.get();
                if is_certain && !self.shape.scopes[row.scope].pattern.may_take(path) {
                    next = open_until;
                }
            }
            next += 1;
            Some((next - 1, routes.get(next - 1)?))
        })
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
        self.shape.is_one_scope(first.scope, other.scope)
            && (first.full == other.full
                || first
                    .pattern
                    .left_by_scopes(path)
                    .is_some_and(|rest| other.pattern.matches_below(rest)))
    }

    /// Whether a route behind the first match may match too. Never wrongly false.
    fn may_match(&self, route: &Row, first: Option<usize>, path: &str) -> bool {
        let proven = self.scopes[route.scope].proven.get();
        let first = first.map(|first| &self.shape.routes[first]).filter(|f| f.rival.is_none());
        let beside = first.filter(|first| proven && first.scope == route.scope);
        if let Some(rest) = beside.and_then(|first| first.pattern.left_by_scopes(path)) {
            return route.pattern.matches_below(rest);
        }
        let is_adrift = route.adrift && !proven;
        route.pattern.matches(path) != Match::No || is_adrift && route.pattern.may_end(path)
    }

    /// The annotated route that the first resource matching the path stands for.
    fn first(&self, map: &ResourceMap, path: &str) -> Option<usize> {
        if self.routes.is_empty() {
            return None;
        }
        let name = map.match_name(path)?;
        if let Some(known) = self.known_node(name) {
            return known;
        }
        let first = self.shape.first_of_node(&map.match_pattern(path)?, name);
        if !name.is_empty() {
            let first = first.and_then(|first| u32::try_from(first).ok());
            self.by_node.borrow_mut().insert(address(name), first);
        }
        first
    }

    /// The route of a node that has been met, by the name that the map gives for it.
    fn known_node(&self, name: &str) -> Option<Option<usize>> {
        let first = *self.by_node.borrow().get(&address(name))?;
        Some(first.map(|first| first as usize))
    }

    /// Whether the resource that actix shows for a request is the first one that matches `path`,
    /// which stands for the route `first` if that has a `#[cors]`.
    pub(crate) fn is_first(&self, req: &HttpRequest, path: &str, first: Option<usize>) -> bool {
        let Some(first) = first else {
            return req.match_pattern() == req.resource_map().match_pattern(path);
        };
        req.match_name().and_then(|name| self.known_node(name)) == Some(Some(first))
            || req.match_pattern().as_deref() == Some(&*self.shape.routes[first].full)
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

/// The name is part of the map's node, so its address tells which node has been found.
fn address(name: &str) -> usize {
    name.as_ptr().addr()
}
