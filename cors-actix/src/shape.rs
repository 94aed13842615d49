//! The annotated routes of an App as they are on every worker: worked out by the first one that
//! starts, and shared.

use std::{
    iter,
    sync::{Arc, OnceLock},
};

use cors_core::GrantedOrigins;
use hashbrown::HashMap;

use crate::{
    compiled::{Compiled, RoutePolicy},
    handler::RouteInfo,
    pattern::{Pattern, hole_names, split},
    plan::RouteMerger,
    register::{AppRoutes, Registration},
};

/// The routes and scopes of an App, complete, in the order of routing.
#[derive(Debug, Default)]
pub(crate) struct Shape {
    pub(crate) routes: Box<[Row]>,
    pub(crate) scopes: Box<[Scope]>,
    /// the first route of each full pattern and name, for which a node of the resource map stands
    by_pattern: HashMap<(Box<str>, Box<str>), usize>,
    /// the policies of all routes, one of those that grant the same preflights to a method
    pub(crate) policies: Box<[Arc<Compiled>]>,
    /// whether a `NormalizePath` may make a difference to some route, or one is contested
    pub(crate) keeps_sent: bool,
    /// what marks can say: the policies by what they answer to actual requests
    pub(crate) marks: Box<[RoutePolicy]>,
}

/// One annotated route.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) info: RouteInfo,
    pub(crate) scope: usize,
    /// the index of the next route that lies in another scope
    pub(crate) scope_until: usize,
    /// counted from the App's first group
    pub(crate) group: Option<usize>,
    pub(crate) full: Box<str>,
    pub(crate) pattern: Pattern,
    /// it may lie in another scope than it seems
    pub(crate) adrift: bool,
    pub(crate) policy: RoutePolicy,
    /// index into [`Shape::marks`]
    pub(crate) mark: usize,
    /// a guard besides its methods, its own or one that somebody declared around it
    pub(crate) guarded: bool,
    /// the last route with its full pattern and name that stands in another scope, if it is the
    /// first one: a node of the resource map does not tell for which of them it stands
    pub(crate) rival: Option<usize>,
    /// a route of another scope comes before it and may match the same request; found out once
    pub(crate) contested: OnceLock<bool>,
}

/// One scope with annotated routes.
#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) text: String,
    pub(crate) pattern: Pattern,
    /// the names that its first segments capture, by how many they are
    pub(crate) captures: Box<[Box<[Box<str>]>]>,
    /// the first one that may be the same scope, and has the same pattern
    pub(crate) same_as: usize,
    pub(crate) first_route: usize,
    pub(crate) guarded: bool,
}

impl Scope {
    /// Whether some of its segments, counted from the first, may have taken all of `path`, and have
    /// captured these names and nothing else.
    pub(crate) fn is_on_the_way<'n, I>(&self, path: &str, captured: impl Fn() -> I) -> bool
    where
        I: Iterator<Item = &'n str>,
    {
        if self.pattern.is_obscure() {
            return true;
        }
        if self.pattern.is_static() {
            let rest = self.text.strip_prefix(path);
            return rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                && captured().next().is_none();
        }
        self.pattern.beginnings(path).any(|count| {
            let own = self.captures.get(count).into_iter().flatten();
            own.map(|name| &**name).eq(captured())
        })
    }
}

impl Shape {
    /// Merges the policies of all routes.
    pub(crate) fn new(app: &AppRoutes, merger: &mut RouteMerger<'_>) -> Self {
        let scopes = scopes(app);
        let registrations = app.routes.borrow();
        let base = first_group(&registrations);
        let mut marks = Marks::default();
        let row = |route: &Registration| {
            let scope = &scopes[route.scope];
            let own = route.info.path_in_scope();
            let full: Box<str> = [scope.text.as_str(), &own].concat().into();
            let pattern = Pattern::of_route(&scope.text, &own);
            let policy = merger.route(&route.info, &full, &pattern);
            Row {
                info: route.info.clone(),
                scope: route.scope,
                scope_until: usize::MAX,
                group: route.group.map(|group| group - base),
                adrift: !route.at_marker,
                mark: marks.index(&policy),
                guarded: route.info.is_guarded() || scope.guarded,
                full,
                pattern,
                policy,
                rival: None,
                contested: OnceLock::new(),
            }
        };
        let mut routes: Box<[Row]> = registrations.iter().map(row).collect();
        for index in (1..routes.len()).rev() {
            let (before, row) = (routes[index - 1].scope, &routes[index]);
            let until = if row.scope == before { row.scope_until } else { index };
            routes[index - 1].scope_until = until;
        }
        let mut by_pattern = HashMap::with_capacity(routes.len());
        for index in 0..routes.len() {
            let route = &routes[index];
            let key = (route.full.clone(), route.info.resource_name().into());
            let first_alike = *by_pattern.entry(key).or_insert(index);
            let (own, first) = (&scopes[route.scope], &scopes[routes[first_alike].scope]);
            // without regexes the map finds the first one, whose guards were declared
            let is_told = own.guarded && first.guarded && !route.pattern.has_custom();
            if own.same_as != first.same_as && !is_told {
                routes[first_alike].rival = Some(index);
            }
        }
        let policies = distinct(&routes);
        let keeps_sent = routes.iter().any(|row| row.pattern.may_end_with_slash());
        let marks = marks.all.into();
        let mut shape = Shape { routes, scopes, by_pattern, policies, keeps_sent, marks };
        shape.keeps_sent |= shape.may_be_contested();
        shape
    }

    /// Whether an App of another worker has the very same routes, so that all of this holds there.
    pub(crate) fn is_of(&self, app: &AppRoutes) -> bool {
        let registrations = app.routes.borrow();
        let base = first_group(&registrations);
        let same = |(own, other): (&Row, &Registration)| {
            own.info.is_same(&other.info)
                && own.scope == other.scope
                && own.group == other.group.map(|group| group - base)
                && own.adrift != other.at_marker
        };
        let scopes = scopes(app);
        let same_scope = |(own, other): (&Scope, &Scope)| {
            own.text == other.text && own.same_as == other.same_as && own.guarded == other.guarded
        };
        self.routes.len() == registrations.len()
            && self.scopes.len() == scopes.len()
            && self.scopes.iter().zip(&scopes).all(same_scope)
            && self.routes.iter().zip(registrations.iter()).all(same)
    }

    /// A scope has a second marker where another scope stands between its routes.
    pub(crate) fn is_one_scope(&self, one: usize, other: usize) -> bool {
        one == other || self.scopes[one].same_as == self.scopes[other].same_as
    }

    /// Whether a route of another scope comes before this one and may match the same request.
    #[cold]
    pub(crate) fn has_rival_before(&self, route: usize) -> bool {
        let own = &self.routes[route];
        let serves_same = |other: &Row| match own.info.methods() {
            Some(methods) => methods.iter().any(|method| other.info.serves(method)),
            None => true,
        };
        self.routes[..route].iter().any(|other| {
            !self.is_one_scope(other.scope, own.scope)
                && other.pattern.meets(&own.pattern)
                && serves_same(other)
        })
    }

    /// Whether some route is contested; of many routes that is not found out.
    fn may_be_contested(&self) -> bool {
        let has_scopes = self.scopes.iter().any(|scope| scope.same_as > 0);
        let all = 0..self.routes.len();
        has_scopes && (all.len() > MANY_ROUTES || all.into_iter().any(|r| self.has_rival_before(r)))
    }

    /// The first of the routes that a node of the map with this full pattern and name may stand for.
    pub(crate) fn first_of_node(&self, full: &str, name: &str) -> Option<usize> {
        self.by_pattern.get(&(full.into(), name.into())).copied()
    }
}

fn scopes(app: &AppRoutes) -> Box<[Scope]> {
    let instances = app.scopes.borrow();
    let mut first_alike = HashMap::new();
    let mut first_routes = vec![usize::MAX; instances.len()];
    for (index, route) in app.routes.borrow().iter().enumerate().rev() {
        first_routes[route.scope] = index;
    }
    instances
        .iter()
        .enumerate()
        .map(|(index, scope)| {
            let text = scope.pattern();
            let same_as = *first_alike.entry((scope.place(), text.clone())).or_insert(index);
            let pattern = Pattern::new(&text);
            let captures = captures(&text);
            let (first_route, guarded) = (first_routes[index], !scope.guards.is_empty());
            Scope { text, pattern, captures, same_as, first_route, guarded }
        })
        .collect()
}

fn captures(scope: &str) -> Box<[Box<[Box<str>]>]> {
    let mut names = Vec::new();
    let captured = |segment| {
        names.extend(hole_names(segment).map(Box::from));
        names.clone().into()
    };
    iter::once([].into()).chain(split(scope).map(captured)).collect()
}

/// Groups are numbered per thread, so other Apps may have been there before.
fn first_group(routes: &[Registration]) -> usize {
    routes.iter().filter_map(|route| route.group).min().unwrap_or_default()
}

/// One of all that grant the same preflights.
fn distinct(routes: &[Row]) -> Box<[Arc<Compiled>]> {
    let mut known = HashMap::new();
    for policy in routes.iter().flat_map(|row| row.policy.each()) {
        let names = format!("{:?}", policy.policy.merged().allow_headers().value);
        known.entry((MarkKey::new(policy), names)).or_insert(policy);
    }
    known.into_values().map(Arc::clone).collect()
}

/// The policies so far, by what they answer to actual requests.
#[derive(Default)]
struct Marks {
    all: Vec<RoutePolicy>,
    known: HashMap<Vec<MarkKey>, usize>,
}

#[derive(PartialEq, Eq, Hash)]
enum MarkKey {
    /// of short lists of origins: what each grant says
    Grants(Vec<(Option<Vec<String>>, bool, String)>),
    Address(*const Compiled),
}

impl Marks {
    fn index(&mut self, policy: &RoutePolicy) -> usize {
        let key = policy.each().iter().map(MarkKey::new).collect();
        *self.known.entry(key).or_insert_with(|| {
            self.all.push(policy.clone());
            self.all.len() - 1
        })
    }
}

impl MarkKey {
    fn new(policy: &Arc<Compiled>) -> Self {
        let grants = policy.policy.merged().grants();
        let count: usize =
            grants.iter().filter_map(|g| g.origins().set()).map(|s| s.patterns().len()).sum();
        if count > MANY_ORIGINS {
            return MarkKey::Address(Arc::as_ptr(policy));
        }
        let said = grants.iter().enumerate().map(|(index, grant)| {
            let origins = match grant.origins() {
                GrantedOrigins::Any => None,
                origins => origins
                    .set()
                    .map(|set| set.patterns().iter().map(ToString::to_string).collect()),
            };
            let expose = policy.expose(index).map(|names| format!("{names:?}"));
            (origins, grant.credentials(), expose.unwrap_or_default())
        });
        MarkKey::Grants(said.collect())
    }
}

/// Longer lists are not compared.
const MANY_ORIGINS: usize = 64;

/// So many are not compared with each other at start-up.
const MANY_ROUTES: usize = 1_000;
