//! Apps from random trees.

use std::future::ready;

use actix_web::{
    HttpResponse, Resource,
    body::{BoxBody, MessageBody},
    dev::{
        AppService, HttpServiceFactory, Service, ServiceFactory, ServiceRequest, ServiceResponse,
    },
    error::InternalError,
    guard::{self, Guard},
    http::Method,
    middleware::{Next, from_fn},
    web::{self, ServiceConfig},
};
use cors_actix::{__private as cors, Cors, group, guarded, on_host};

use crate::generate::{Around, Node, POLICIES, Route, Scope, ScopeGuard, Shape};

/// The header by which a handler says who it is: the id of its route or scope, 0 for the App.
pub(crate) const SERVED_BY: &str = "x-served-by";

pub(crate) fn cors(around: &Around, shape: Shape) -> Cors {
    let cors = Cors::new(POLICIES[around.default].clone());
    let cors =
        around.regions.iter().fold(cors, |cors, (prefix, policy)| match POLICIES.get(*policy) {
            Some(policy) => cors.at(*prefix, policy.clone()),
            None => cors.leave(*prefix),
        });
    let declared = around.normalize.filter(|normalize| normalize.declared);
    let cors = declared.into_iter().fold(cors, |cors, normalize| cors.normalize(normalize.mode));
    if shape.strict { cors.strict() } else { cors }
}

pub(crate) fn add(config: &mut ServiceConfig, node: &Node) {
    match node {
        Node::Route(route) => {
            config.service(Registered::new(route));
        }
        Node::Group(routes) => {
            config.service(group(Many(routes.iter().map(Registered::new).collect())));
        }
        Node::Scope(scope) => add_scope(config, scope),
    }
}

fn add_scope(config: &mut ServiceConfig, spec: &Scope) {
    let scope = web::scope(spec.prefix)
        .configure(|config| spec.children.iter().for_each(|node| add(config, node)));
    let scope = if spec.default_service {
        let id = spec.id;
        scope.default_service(web::to(move || async move { served_by(id) }))
    } else {
        scope
    };
    if spec.auth {
        let scope = scope.wrap_fn(|request, service| {
            let known = request.headers().contains_key("cookie");
            let next = if known { Ok(service.call(request)) } else { Err(request) };
            async move {
                match next {
                    Ok(next) => next.await,
                    Err(request) => Ok(request.into_response(HttpResponse::Unauthorized())),
                }
            }
        });
        add_guarded(config, scope, spec.guard);
    } else {
        add_guarded(config, scope, spec.guard);
    }
}

fn add_guarded<T, B>(config: &mut ServiceConfig, scope: actix_web::Scope<T>, guard: ScopeGuard)
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = actix_web::Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    match guard {
        ScopeGuard::None => config.service(scope),
        ScopeGuard::Undeclared => config.service(scope.guard(guard::Host("one"))),
        ScopeGuard::Guarded => config.service(guarded(scope.guard(guard::Host("one")))),
        ScopeGuard::OnHost => config.service(on_host("one", scope)),
    };
}

/// A route as `#[cors]` and a route attribute would register it.
struct Registered {
    route: Route,
    handler: Option<&'static cors::Handler>,
}

impl Registered {
    fn new(route: &Route) -> Self {
        // handlers are constants in programs, so the test leaks some
        let handler = route.policy.map(|policy| {
            let routes: &'static [cors::Route] = vec![cors::Route {
                path: route.pattern,
                methods: route.methods.clone().leak(),
                name: route.name.clone().leak(),
                guarded: route.guarded,
            }]
            .leak();
            let name = route.name.clone().leak();
            &*Box::leak(Box::new(cors::Handler { policy: POLICIES[policy].clone(), name, routes }))
        });
        Registered { route: route.clone(), handler }
    }
}

impl HttpServiceFactory for Registered {
    fn register(self, config: &mut AppService) {
        let Route { id, pattern, methods, name, guarded, takes_all, fails, .. } = self.route;
        let handler = move || async move { served_by(id) };
        let mut resource = Resource::new(pattern).name(&name);
        if guarded {
            resource =
                resource.guard(guard::fn_guard(|c| c.head().headers().contains_key("x-guard")));
        }
        match self.handler {
            Some(annotated) => {
                let resource = resource.guard(any_of(&methods)).to(handler);
                cors::enter(annotated, config);
                if fails {
                    let fail = from_fn(move |_req, _next: Next<BoxBody>| {
                        let error = InternalError::from_response("fails", served_by(id));
                        ready(Err::<ServiceResponse, _>(error.into()))
                    });
                    resource.wrap(fail).wrap(cors::Mark::at(0)).register(config);
                } else {
                    resource.wrap(cors::Mark::at(0)).register(config);
                }
                cors::leave();
            }
            None if takes_all => {
                resource.route(web::route().guard(any_of(&methods)).to(handler)).register(config);
            }
            None => resource.guard(any_of(&methods)).to(handler).register(config),
        }
    }
}

struct Many(Vec<Registered>);

impl HttpServiceFactory for Many {
    fn register(self, config: &mut AppService) {
        self.0.into_iter().for_each(|route| route.register(config));
    }
}

impl cors::Annotated for Many {}

pub(crate) fn served_by(id: usize) -> HttpResponse {
    HttpResponse::Ok().insert_header((SERVED_BY, id)).finish()
}

fn any_of(methods: &[&'static str]) -> impl Guard + use<> {
    let methods: Vec<Method> = methods.iter().map(|method| method.parse().unwrap()).collect();
    guard::fn_guard(move |context| methods.contains(&context.head().method))
}
