//! The Apps under measurement.

use actix_web::{
    App, Error, HttpResponse, Resource,
    body::MessageBody,
    dev::{
        AppService, HttpServiceFactory, Service, ServiceFactory, ServiceRequest, ServiceResponse,
    },
    error::ErrorUnauthorized,
    guard,
    http::Method,
    test::{TestRequest, init_service},
    web::{self, ServiceConfig},
};
use cors_actix::{
    __private::{Handler, Mark, Route, enter, leave},
    Cors, Policy,
};

use crate::{
    floor::Floor,
    setup::Setup,
    subject::{Actix, Answer, Engine, Subject, Tower},
};

/// Whose CORS stands around one route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    Bare,
    Floor,
    /// this library, the policy is the App's
    Default,
    /// this library, the policy is the route's
    Annotated,
    ActixCors,
    TowerBare,
    Tower,
}

/// What stands around the route, inside of the CORS middleware.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Around {
    Nothing,
    /// a scope that answers 401
    Refusal,
    /// a scope whose middleware comes back with an `Err`
    Failure,
}

pub(crate) async fn one_route(
    who: Who,
    setup: Setup,
    around: Around,
    floor: Option<(Answer, bool)>,
) -> Box<dyn Subject> {
    let plain = move |config: &mut ServiceConfig| {
        place(config, around, Resource::new("/x").name("x").guard(guard::Get()).to(ok));
    };
    match who {
        Who::Bare => boxed(App::new().configure(plain)).await,
        Who::Floor => {
            let (answer, is_preflight) = floor.expect("the floor knows its headers");
            boxed(App::new().configure(plain).wrap(Floor::new(&answer, is_preflight))).await
        }
        Who::Default => boxed(App::new().configure(plain).wrap(Cors::new(setup.policy()))).await,
        Who::Annotated => {
            let route = cors_actix::route("/x", Method::GET, setup.policy()).name("x").to(ok);
            let config = move |config: &mut ServiceConfig| place(config, around, route);
            boxed(App::new().configure(config).wrap(Cors::deny())).await
        }
        Who::ActixCors => boxed(App::new().configure(plain).wrap(setup.actix_cors())).await,
        Who::TowerBare => Box::new(Tower(tower::service_fn(tower_handler))),
        Who::Tower => {
            let service = tower::service_fn(tower_handler);
            Box::new(Tower(tower::Layer::layer(&setup.tower(), service)))
        }
    }
}

fn place(config: &mut ServiceConfig, around: Around, service: impl HttpServiceFactory + 'static) {
    if around == Around::Nothing {
        config.service(service);
        return;
    }
    let refuses = around == Around::Refusal;
    let scope = web::scope("/api").wrap_fn(move |req, srv| {
        // no request has one
        let passes = req.headers().contains_key("cookie");
        let call = if passes { Ok(srv.call(req)) } else { Err(req) };
        async move {
            match call {
                Ok(call) => call.await,
                Err(req) if refuses => Ok(req.into_response(HttpResponse::Unauthorized().finish())),
                Err(_) => Err(ErrorUnauthorized("")),
            }
        }
    });
    config.service(scope.service(service));
}

async fn ok() -> HttpResponse {
    HttpResponse::Ok().finish()
}

async fn tower_handler(
    _: crate::ask::TowerRequest,
) -> Result<http::Response<()>, std::convert::Infallible> {
    Ok(http::Response::new(()))
}

/// An App with many routes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Routes {
    pub(crate) count: usize,
    pub(crate) is_dynamic: bool,
    pub(crate) in_scope: bool,
    pub(crate) is_annotated: bool,
}

impl Routes {
    pub(crate) async fn app(self, setup: Setup) -> Box<dyn Subject> {
        let routes = self.all(setup);
        let cors = if self.is_annotated { Cors::deny() } else { Cors::new(setup.policy()) };
        boxed(App::new().configure(|config| self.configure(routes, config)).wrap(cors)).await
    }

    /// The App's resource map, asked for a path.
    pub(crate) async fn walk(self, setup: Setup) -> Box<dyn Subject> {
        let routes = self.all(setup);
        let app = App::new().configure(|config| self.configure(routes, config));
        let service = init_service(app).await;
        let request = TestRequest::with_uri("/nothing").to_request();
        let response = service.call(request).await.expect("a 404");
        let path = self.path(self.count - 1, 0);
        Box::new(Engine(move || response.request().resource_map().match_name(&path).is_some()))
    }

    /// A path of the `i`-th route.
    pub(crate) fn path(self, i: usize, id: usize) -> String {
        let scope = if self.in_scope { "/api" } else { "" };
        if self.is_dynamic { format!("{scope}/r{i}/{id}") } else { format!("{scope}/r{i}/x") }
    }

    /// Made once for all workers, as statics are.
    pub(crate) fn all(self, setup: Setup) -> Vec<AnyRoute> {
        let last = if self.is_dynamic { "{id}" } else { "x" };
        let route = |i: usize| {
            let (path, name) = (format!("/r{i}/{last}"), format!("route_{i}"));
            let handler = self.is_annotated.then(|| handler(path.clone(), &name, setup.policy()));
            AnyRoute { path, name, handler }
        };
        (0..self.count).map(route).collect()
    }

    pub(crate) fn configure(self, routes: Vec<AnyRoute>, config: &mut ServiceConfig) {
        if self.in_scope {
            let all = |config: &mut ServiceConfig| {
                for route in routes {
                    config.service(route);
                }
            };
            config.service(web::scope("/api").configure(all));
            return;
        }
        for route in routes {
            config.service(route);
        }
    }
}

/// What the route attribute and `#[cors]` expand to.
#[derive(Clone)]
pub(crate) struct AnyRoute {
    path: String,
    name: String,
    handler: Option<&'static Handler>,
}

impl HttpServiceFactory for AnyRoute {
    fn register(self, config: &mut AppService) {
        let resource = Resource::new(self.path).name(&self.name).guard(guard::Get()).to(ok);
        match self.handler {
            None => resource.register(config),
            Some(handler) => {
                enter(handler, config);
                resource.wrap(Mark::at(0)).register(config);
                leave();
            }
        }
    }
}

fn handler(path: String, name: &str, policy: Policy) -> &'static Handler {
    let name: &'static str = name.to_owned().leak();
    let route = Route { path: path.leak(), methods: &["GET"], name, guarded: false };
    Box::leak(Box::new(Handler { policy, name, routes: Box::leak(Box::new([route])) }))
}

async fn boxed<T, B>(app: App<T>) -> Box<dyn Subject>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    Box::new(Actix(init_service(app).await))
}
