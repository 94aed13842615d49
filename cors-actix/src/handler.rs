//! What is known about an annotated handler before any App is built.

use std::sync::Arc;

use actix_web::http::Method;
use cors_core::{Methods, NameFault, Policy, Site};

/// An annotated handler, as `#[cors]` writes it down.
#[derive(Debug)]
pub struct Handler {
    /// The handler's policy.
    pub policy: Policy,
    /// The function's name.
    pub name: &'static str,
    /// Its route attributes, in order.
    pub routes: &'static [Route],
}

/// One route attribute of an annotated handler.
#[derive(Debug, PartialEq, Eq)]
pub struct Route {
    /// The pattern, as written.
    pub path: &'static str,
    /// The methods, in upper case.
    pub methods: &'static [&'static str],
    /// The resource's name: `name = ".."`, or the function's name.
    pub name: &'static str,
    /// Whether the route has a `guard = ".."`.
    pub guarded: bool,
}

/// An annotated route, from the attribute or from code.
#[derive(Debug, Clone)]
pub(crate) enum RouteInfo {
    Attribute { handler: &'static Handler, route: &'static Route },
    Code(Arc<CodeRoute>),
}

/// An annotated route that is written in code.
#[derive(Debug)]
pub(crate) struct CodeRoute {
    pub(crate) policy: Policy,
    /// where `route` or `resource` is called
    pub(crate) site: Site,
    pub(crate) path: String,
    /// `None`: a resource that serves whatever its policy's `methods` list
    pub(crate) method: Option<Method>,
    /// for `url_for`
    pub(crate) name: String,
    /// the name for people, where there is another one than the resource's
    pub(crate) handler: Option<&'static str>,
}

impl RouteInfo {
    /// Whether two workers mean one route.
    pub(crate) fn is_same(&self, other: &RouteInfo) -> bool {
        let is_same_route = match (self, other) {
            (
                RouteInfo::Attribute { route, .. },
                RouteInfo::Attribute { route: other_route, .. },
            ) => route == other_route,
            (RouteInfo::Code(own), RouteInfo::Code(other)) => {
                own.path == other.path && own.method == other.method && own.name == other.name
            }
            _ => false,
        };
        is_same_route
            && self.policy().address() == other.policy().address()
            && self.policy().site() == other.policy().site()
    }

    pub(crate) fn policy(&self) -> &Policy {
        match self {
            RouteInfo::Attribute { handler, .. } => &handler.policy,
            RouteInfo::Code(route) => &route.policy,
        }
    }

    pub(crate) fn path(&self) -> &str {
        match self {
            RouteInfo::Attribute { route, .. } => route.path,
            RouteInfo::Code(route) => &route.path,
        }
    }

    /// The pattern below the route's scope, as `Resource` makes it.
    pub(crate) fn path_in_scope(&self) -> String {
        let path = self.path();
        let slash = if path.is_empty() || path.starts_with('/') { "" } else { "/" };
        [slash, path].concat()
    }

    /// The resource's name.
    pub(crate) fn resource_name(&self) -> &str {
        match self {
            RouteInfo::Attribute { route, .. } => route.name,
            RouteInfo::Code(route) => &route.name,
        }
    }

    /// The name for people: the function's.
    pub(crate) fn handler_name(&self) -> &str {
        match self {
            RouteInfo::Attribute { handler, .. } => handler.name,
            RouteInfo::Code(route) => route.handler.unwrap_or(&route.name),
        }
    }

    pub(crate) fn is_guarded(&self) -> bool {
        match self {
            RouteInfo::Attribute { route, .. } => route.guarded,
            RouteInfo::Code(_) => false,
        }
    }

    /// The methods that the route serves; `None` is every method.
    pub(crate) fn methods(&self) -> Option<Vec<&str>> {
        match self {
            RouteInfo::Attribute { route, .. } => Some(route.methods.to_vec()),
            RouteInfo::Code(route) => route.method.as_ref().map(|m| vec![m.as_str()]),
        }
    }

    /// What is wrong with the method of a route in code, and where; the macro has looked at the
    /// others.
    pub(crate) fn method_fault(&self) -> Option<(&Site, NameFault)> {
        let RouteInfo::Code(route) = self else { return None };
        Some((&route.site, NameFault::of_method(route.method.as_ref()?.as_str())?))
    }

    pub(crate) fn serves(&self, method: &str) -> bool {
        match self {
            RouteInfo::Attribute { route, .. } => route.methods.contains(&method),
            RouteInfo::Code(route) => route.method.as_ref().is_none_or(|m| m.as_str() == method),
        }
    }

    /// Who has a say about the method of a preflight.
    pub(crate) fn judged_by(&self) -> Methods {
        match self {
            RouteInfo::Code(route) if route.method.is_none() => Methods::Listed,
            _ => Methods::Routed,
        }
    }
}
