//! A `Cors` that does not stand around the App, or not alone: refused at start, or closed.

mod common;

use actix_service::IntoServiceFactory;
use actix_web::{
    App, Responder,
    body::BoxBody,
    dev::{AppConfig, HttpServiceFactory, ServiceFactory, ServiceRequest},
    error::ErrorUnauthorized,
    get,
    middleware::{Condition, DefaultHeaders, Logger, Next, from_fn},
    test::init_service,
    web,
};
use common::{A, actual, pass_on, preflight, send};
use cors_actix::{Cors, cors, policy};

#[cors(origins = ["https://a.example"])]
#[get("/x")]
async fn x() -> impl Responder {
    "x"
}

fn any() -> Cors {
    Cors::new(policy! { origins = any })
}

/// What the start of an App comes to.
async fn starts<F, S>(app: F) -> bool
where
    F: IntoServiceFactory<S, actix_http::Request>,
    S: ServiceFactory<actix_http::Request, Config = AppConfig>,
{
    app.into_factory().new_service(AppConfig::default()).await.is_ok()
}

#[actix_web::test]
async fn around_a_scope_a_resource_or_twice() {
    assert!(starts(App::new().service(x).wrap(any())).await);
    assert!(!starts(App::new().service(x).wrap(any()).wrap(any())).await, "twice");
    let logger = Logger::default();
    assert!(!starts(App::new().wrap(any()).wrap(logger).wrap(any())).await, "not side by side");
    let scope = || web::scope("/s").service(x).wrap(any());
    assert!(!starts(App::new().service(scope())).await, "around a scope");
    let scope = || web::scope("").service(x).wrap(any());
    assert!(!starts(App::new().service(scope())).await, "around a scope without prefix");
    let resource = web::resource("/r").wrap(any()).to(|| async { "r" });
    assert!(!starts(App::new().service(resource)).await, "around a resource");
    let switched = Condition::new(true, any());
    assert!(starts(App::new().service(x).wrap(switched)).await, "switched on");
}

#[actix_web::test]
async fn check_tells_where_it_stands() {
    let problem = |errors: cors_actix::ConfigErrors| errors.to_string();
    let twice = || App::new().service(x).wrap(any()).wrap(any());
    let text = problem(cors_actix::check(&twice).await.unwrap_err());
    assert!(text.contains("two `Cors` around one App"), "{text}");
    let inside = || App::new().service(web::scope("/s").service(x).wrap(any()));
    let text = problem(cors_actix::check(&inside).await.unwrap_err());
    assert!(text.contains("`Cors` around a scope or a resource"), "{text}");
    let without = || App::new().service(x);
    let text = problem(cors_actix::check(&without).await.unwrap_err());
    assert!(text.contains("no `Cors` around the App"), "{text}");
    let right = || App::new().service(x).wrap(any());
    assert!(cors_actix::check(&right).await.is_ok());
}

#[actix_web::test]
async fn check_tells_what_is_added_outside() {
    let allow = || DefaultHeaders::new().add(("Access-Control-Allow-Origin", "*"));
    let outside = || App::new().service(x).wrap(Cors::deny()).wrap(allow());
    let text = cors_actix::check(&outside).await.unwrap_err().to_string();
    let names = "a middleware outside of `Cors` adds `access-control-allow-origin` to answers";
    assert!(text.contains(names), "{text}");
    let inside = || App::new().service(x).wrap(allow()).wrap(Cors::deny());
    assert!(cors_actix::check(&inside).await.is_ok(), "removed there");
    let other = || DefaultHeaders::new().add(("X-Content-Type-Options", "nosniff"));
    let other = || App::new().service(x).wrap(any()).wrap(other());
    assert!(cors_actix::check(&other).await.is_ok(), "whatever is no CORS header");
}

/// Something that stands outside of a part of the App alone.
#[actix_web::test]
async fn check_tells_what_answers_below_a_path() {
    let login = || {
        from_fn(async |req: ServiceRequest, next: Next<BoxBody>| {
            if req.path().starts_with("/api") {
                return Err(ErrorUnauthorized("login"));
            }
            next.call(req).await
        })
    };
    let scope = || web::scope("/api").service(x);
    let route = || App::new().service(scope()).wrap(any()).wrap(login());
    let text = cors_actix::check(&route).await.unwrap_err().to_string();
    assert!(text.contains("a preflight of `/api/x` is answered with 401"), "{text}");
    let region = || App::new().wrap(any().at("/api", policy! { off })).wrap(login());
    let text = cors_actix::check(&region).await.unwrap_err().to_string();
    assert!(text.contains("a preflight of `/api` is answered with 401"), "{text}");
    let elsewhere = || App::new().service(x).wrap(any()).wrap(login());
    assert!(cors_actix::check(&elsewhere).await.is_ok());
    let inside = || App::new().service(scope()).wrap(login()).wrap(any());
    assert!(cors_actix::check(&inside).await.is_ok());
    let left = || App::new().service(scope()).wrap(any().leave("/{all:.*}"));
    assert!(cors_actix::check(&left).await.is_ok());
}

/// Errors of the configuration and of the place, all at once.
#[actix_web::test]
async fn check_tells_what_else_is_wrong() {
    let unfilled = || Cors::new(policy! { origins = set("nowhere") });
    let twice = || App::new().service(x).wrap(unfilled()).wrap(any());
    let around = || App::new().service(web::scope("/s").service(x).wrap(unfilled()));
    for (text, place) in [
        (cors_actix::check(&twice).await.unwrap_err().to_string(), "two `Cors` around one App"),
        (cors_actix::check(&around).await.unwrap_err().to_string(), "`Cors` around a scope"),
    ] {
        for part in ["set `nowhere` is not filled", place] {
            assert_eq!(text.matches(part).count(), 1, "{part} in\n{text}");
        }
    }
}

/// A module of another crate, whose name ends like one of actix-web.
mod my_actix_web {
    pub(crate) mod route {
        use std::future::{Ready, ready};

        use actix_web::{
            Error,
            dev::{Service, ServiceRequest, ServiceResponse, Transform},
        };

        pub(crate) struct PassOn;
        pub(crate) struct PassOnService<S>(S);

        impl<S, B> Transform<S, ServiceRequest> for PassOn
        where
            S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        {
            type Response = ServiceResponse<B>;
            type Error = Error;
            type Transform = PassOnService<S>;
            type InitError = ();
            type Future = Ready<Result<Self::Transform, ()>>;

            fn new_transform(&self, service: S) -> Self::Future {
                ready(Ok(PassOnService(service)))
            }
        }

        impl<S> Service<ServiceRequest> for PassOnService<S>
        where
            S: Service<ServiceRequest, Error = Error>,
        {
            type Response = S::Response;
            type Error = Error;
            type Future = S::Future;

            fn poll_ready(
                &self,
                context: &mut std::task::Context<'_>,
            ) -> std::task::Poll<Result<(), Error>> {
                self.0.poll_ready(context)
            }

            fn call(&self, req: ServiceRequest) -> S::Future {
                self.0.call(req)
            }
        }
    }
}

#[actix_web::test]
async fn beside_a_module_that_is_named_alike() {
    let app = || App::new().service(x).wrap(my_actix_web::route::PassOn).wrap(any());
    assert!(cors_actix::check(&app).await.is_ok());
}

#[actix_web::test]
async fn hidden_twice() {
    let app = App::new().service(x).wrap(any()).wrap(from_fn(pass_on)).wrap(any());
    let app = init_service(app).await;
    let answer = send(&app, actual("GET", "/x", A)).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
    let answer = send(&app, preflight("GET", "/x", A)).await;
    assert_eq!((answer.status.as_u16(), answer.allow_origin()), (403, None));
    let answer = send(&app, actual("GET", "/x", A)).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
}

#[actix_web::test]
async fn hidden_around_a_scope() {
    let scope = web::scope("/s").service(x).wrap(from_fn(pass_on)).wrap(any());
    let app = init_service(App::new().service(scope)).await;
    for _ in 0..2 {
        let answer = send(&app, actual("GET", "/s/x", A)).await;
        assert_eq!(answer.cors(), ["vary: Origin"]);
    }
    let answer = send(&app, preflight("GET", "/s/x", A)).await;
    assert_eq!((answer.status.as_u16(), answer.allow_origin()), (403, None));
}

/// Handlers may stand in tuples and behind `impl HttpServiceFactory`.
#[actix_web::test]
async fn opaque_registration() {
    fn opaque() -> impl HttpServiceFactory {
        (x,)
    }
    let app = init_service(App::new().service(opaque()).wrap(Cors::deny())).await;
    assert!(common::granted(&app, "GET", "/x", A).await);
}
