//! Annotated routes written in code, for Apps that register plain functions.

use std::{any::type_name, fmt};

use actix_web::{
    FromRequest, Handler, Resource, Responder, Route,
    dev::{AppService, HttpServiceFactory},
    guard,
    http::Method,
};
use cors_core::{Policy, Site};

use crate::{declare::Annotated, handler::CodeRoute, mark::Mark, register};

/// A route with a policy: `#[cors]` and a route attribute in code.
///
/// ```
/// use actix_web::{App, http::Method};
/// use cors_actix::policy;
///
/// async fn remove() -> &'static str {
///     "gone"
/// }
///
/// let trusted = policy! { origins = ["https://app.example.com"], credentials };
/// App::new().service(cors_actix::route("/users/{id}", Method::DELETE, trusted).to(remove));
/// ```
///
/// Preflights are granted for `method` alone, as the value of
/// [`Access-Control-Request-Method`](https://fetch.spec.whatwg.org/#http-access-control-request-method),
/// compared byte for byte.
///
/// # Security
/// The policy holds for this route alone. Another one of the same path and method without a policy
/// needs one too, as [the crate's page](crate#what-routing-cant-tell) says. A `method` that no script
/// can ask for, such as TRACE or `put`, is an error at start-up.
#[track_caller]
pub fn route(path: impl Into<String>, method: Method, policy: Policy) -> RouteBuilder {
    let path = path.into();
    let name = usual_name(&path);
    let site = Site::caller();
    RouteBuilder(CodeRoute { policy, site, name, path, method: Some(method), handler: None })
}

/// The beginning of a [`route`]; [`to`](RouteBuilder::to) names its handler.
#[derive(Debug)]
#[must_use]
pub struct RouteBuilder(CodeRoute);

impl RouteBuilder {
    /// The resource's name, for `url_for`; the path by default, `/` for an empty one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.0.name = name.into();
        self
    }

    /// The handler, as in `web::get().to(handler)`. Reports show the route by its name.
    pub fn to<F, Args>(self, handler: F) -> impl Annotated + 'static
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let RouteBuilder(mut route) = self;
        route.handler = function_name::<F>(&route);
        let mut resource = Resource::new(route.path.as_str()).name(&route.name).to(handler);
        if let Some(method) = &route.method {
            resource = resource.guard(guard::Method(method.clone()));
        }
        ResourceBuilder { route, resource }
    }
}

/// A resource with a policy: a builder with [`name`](ResourceBuilder::name),
/// [`route`](ResourceBuilder::route) and [`to`](ResourceBuilder::to) as those of
/// [`web::resource`](actix_web::web::resource), whose preflights are judged by the policy's `methods`, as for routes without `#[cors]`.
///
/// ```
/// use actix_web::{App, web};
/// use cors_actix::policy;
///
/// let trusted = policy! { origins = ["https://app.example.com"], methods = ["PUT"] };
/// App::new().service(
///     cors_actix::resource("/me", trusted)
///         .route(web::get().to(|| async { "me" }))
///         .route(web::put().to(|| async { "saved" })),
/// );
/// ```
///
/// # Security
/// The policy holds for all routes of the resource, also for those that are added later. Every
/// method but GET, HEAD and POST, the
/// [CORS-safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-method) ones, needs to stand in
/// `methods`.
#[track_caller]
pub fn resource(path: impl Into<String>, policy: Policy) -> ResourceBuilder {
    let path = path.into();
    let name = usual_name(&path);
    let resource = Resource::new(path.as_str()).name(&name);
    let site = Site::caller();
    let route = CodeRoute { policy, site, name, path, method: None, handler: None };
    ResourceBuilder { route, resource }
}

/// A [`resource`] that is being built.
#[must_use]
pub struct ResourceBuilder {
    route: CodeRoute,
    resource: Resource,
}

impl ResourceBuilder {
    /// The resource's name, for `url_for`; the path by default, `/` for an empty one.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.route.name = name.into();
        self.resource = self.resource.name(&self.route.name);
        self
    }

    /// Adds a route.
    pub fn route(mut self, route: Route) -> Self {
        self.resource = self.resource.route(route);
        self
    }

    /// Adds a handler for every method.
    pub fn to<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.route.handler = function_name::<F>(&self.route);
        self.resource = self.resource.to(handler);
        self
    }
}

/// The name of a function, which reports show unless the route has been named; a closure has none.
fn function_name<F>(route: &CodeRoute) -> Option<&'static str> {
    let (_, name) = type_name::<F>().rsplit_once("::")?;
    let is_word = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (is_word && route.name == usual_name(&route.path)).then_some(name)
}

/// A resource without a name could not be told from others.
fn usual_name(path: &str) -> String {
    if path.is_empty() { "/".to_owned() } else { path.to_owned() }
}

impl fmt::Debug for ResourceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResourceBuilder").field("route", &self.route).finish_non_exhaustive()
    }
}

impl HttpServiceFactory for ResourceBuilder {
    fn register(self, config: &mut AppService) {
        register::register_code(self.route, config, |config| {
            self.resource.wrap(Mark::at(0)).register(config);
        });
    }
}

impl Annotated for ResourceBuilder {}
