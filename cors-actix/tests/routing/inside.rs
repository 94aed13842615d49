//! Middlewares inside of `Cors` that answer by themselves, call on twice, or rewrite requests.

use std::{
    future::{Ready, ready},
    rc::Rc,
    time::Duration,
};

use actix_web::{
    App, Error, HttpResponse, Responder,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, Url, always_ready},
    error::ErrorImATeapot,
    get,
    http::{Method, StatusCode, Uri, header},
    middleware::{Next, NormalizePath, TrailingSlash, from_fn},
    rt::{spawn, time::sleep},
    test::{TestRequest, init_service},
    web,
};
use cors_actix::{Cors, OwnOrigins, cors, policy};
use futures_util::future::LocalBoxFuture;

use crate::{
    common::{A, B, C, actual, granted, pass_on, plain, readable, send},
    handlers::*,
};

#[actix_web::test]
async fn normalize_path() {
    let outside = App::new().service(user).wrap(Cors::deny()).wrap(NormalizePath::trim());
    let outside = init_service(outside).await;
    assert!(granted(&outside, "GET", "//users//1/", A).await);
    assert!(readable(&outside, "GET", "//users//1/", A).await);

    let declared = App::new()
        .service(user)
        .service(put_user)
        .wrap(NormalizePath::trim())
        .wrap(Cors::deny().normalize(TrailingSlash::Trim));
    let declared = init_service(declared).await;
    assert!(granted(&declared, "GET", "//users//1/", A).await);
    assert!(granted(&declared, "PUT", "/users//1/", B).await);
    assert!(!granted(&declared, "PUT", "/users//1/", A).await);
    assert!(readable(&declared, "GET", "//users//1/", A).await);

    for (mode, path, granted_there, refused_there) in [
        (TrailingSlash::Always, "/users/1/", "//users/1", "/users/1//2"),
        (TrailingSlash::MergeOnly, "/users/1/", "//users//1/", "/users/1"),
        (TrailingSlash::MergeOnly, "/users/1", "//users/1", "/users/1/"),
    ] {
        let route = cors_actix::route(path, Method::GET, policy! { origins = any });
        let app = App::new()
            .service(route.to(|| async { "user" }))
            .wrap(NormalizePath::new(mode))
            .wrap(Cors::deny().normalize(mode));
        let app = init_service(app).await;
        for (path, want) in [(path, true), (granted_there, true), (refused_there, false)] {
            assert_eq!(granted(&app, "GET", path, A).await, want, "{mode:?} {path}");
            assert_eq!(readable(&app, "GET", path, A).await, want, "{mode:?} {path}");
        }
    }

    // undeclared: a catch-all is no way to a route without `#[cors]`
    let undeclared = App::new()
        .service(web::resource("/admin/wipe").to(|| async { "wiped" }))
        .service(tail)
        .wrap(NormalizePath::trim())
        .wrap(Cors::deny());
    let undeclared = init_service(undeclared).await;
    for path in ["//admin/wipe", "/admin//wipe", "/admin/wipe/", "//admin/wipe/"] {
        assert_eq!(send(&undeclared, actual("GET", path, A)).await.body, "wiped", "{path}");
        assert!(!granted(&undeclared, "GET", path, A).await, "{path}");
    }
    assert!(granted(&undeclared, "GET", "/other", A).await);
}

/// Outside of `Cors` a middleware may rewrite paths; what one inside makes of a path, a preflight
/// can't know.
#[actix_web::test]
async fn rewritten_paths() {
    async fn without_version<B: MessageBody>(
        mut req: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        let rest = req.path().strip_prefix("/v1").and_then(|rest| rest.parse::<Uri>().ok());
        if let Some(uri) = rest {
            req.match_info_mut().get_mut().update(&uri);
            req.head_mut().uri = uri;
        }
        next.call(req).await
    }
    let outside = App::new().service(user).wrap(Cors::deny()).wrap(from_fn(without_version));
    let inside = App::new().service(user).wrap(from_fn(without_version)).wrap(Cors::deny());
    let (outside, inside) = (init_service(outside).await, init_service(inside).await);
    for path in ["/v1/users/1", "/users/1"] {
        assert!(granted(&outside, "GET", path, A).await, "{path}");
        assert!(!granted(&outside, "GET", path, B).await, "{path}");
        assert_eq!(granted(&inside, "GET", path, A).await, path == "/users/1");
        for origin in [A, B] {
            assert_eq!(readable(&outside, "GET", path, origin).await, origin == A, "{path}");
            assert_eq!(readable(&inside, "GET", path, origin).await, origin == A, "{path}");
        }
    }
}

/// A pattern with a slash at its end that a `NormalizePath` never lets a request come to.
#[actix_web::test]
async fn undeclared_trim_and_a_pattern_with_a_slash() {
    let slash = || {
        let trusted = policy! { origins = ["https://a.example"] };
        let list = cors_actix::route("/list/", Method::PUT, trusted).to(|| async { "never" });
        App::new().service(list).route("/list", web::put().to(|| async { "plain" }))
    };
    for strict in [false, true] {
        let cors = || if strict { Cors::deny().strict() } else { Cors::deny() };
        // in sight: no preflight is wrong
        let app = init_service(slash().wrap(NormalizePath::trim()).wrap(cors())).await;
        assert!(!granted(&app, "PUT", "/list/", A).await);
        assert_eq!(send(&app, actual("PUT", "/list/", A)).await.body, "plain");

        // hidden: the first such request shows it, to all workers
        let cors = cors();
        let hidden =
            || slash().wrap(NormalizePath::trim()).wrap(from_fn(pass_on)).wrap(cors.clone());
        let (one, two) = (init_service(hidden()).await, init_service(hidden()).await);
        assert!(granted(&one, "PUT", "/list/", A).await);
        let answer = send(&two, actual("PUT", "/list/", A)).await;
        assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain", None));
        assert!(!granted(&one, "PUT", "/list/", A).await);
        assert!(!granted(&two, "PUT", "/list/", A).await);

        // nothing that trims: nothing is refused
        let app = init_service(slash().wrap(cors)).await;
        assert_eq!(send(&app, actual("PUT", "/list/", A)).await.allow_origin(), Some(A));
    }
}

#[actix_web::test]
async fn undeclared_always() {
    let app = || {
        let route =
            |path, policy| cors_actix::route(path, Method::PUT, policy).to(HttpResponse::Ok);
        App::new()
            .service(route("/short", policy! { origins = ["https://a.example"] }))
            .service(route("/long/", policy! { origins = ["https://a.example"] }))
            .service(route("/short/", policy! { origins = ["https://b.example"] }))
            .default_service(web::to(HttpResponse::Ok))
            .wrap(NormalizePath::new(TrailingSlash::Always))
    };
    let asked = [("/short", A), ("/short", B), ("/long", A), ("/long/", B)];
    let in_sight = init_service(app().wrap(Cors::deny())).await;
    for (path, origin) in asked {
        assert!(!granted(&in_sight, "PUT", path, origin).await, "{path} for {origin}");
    }
    let hidden = init_service(app().wrap(from_fn(pass_on)).wrap(Cors::deny())).await;
    // decided by what is sent, until it shows
    assert!(granted(&hidden, "PUT", "/short", A).await);
    assert!(!readable(&hidden, "PUT", "/short", A).await);
    for (path, origin) in asked {
        assert!(!granted(&hidden, "PUT", path, origin).await, "{path} for {origin}");
    }
    // answers are exact all the while
    assert!(readable(&in_sight, "PUT", "/long", A).await);
    assert!(readable(&hidden, "PUT", "/long", A).await);
}

/// Another one than is declared: from then on nothing is believed.
#[actix_web::test]
async fn declared_otherwise() {
    let list = |path, policy| cors_actix::route(path, Method::PUT, policy).to(|| async { "list" });
    let app = App::new()
        .service(list("/list", policy! { origins = ["https://a.example"] }))
        .service(list("/list/", policy! { origins = ["https://b.example"] }))
        .wrap(NormalizePath::new(TrailingSlash::MergeOnly))
        .wrap(Cors::deny().normalize(TrailingSlash::Trim));
    let app = init_service(app).await;
    assert!(granted(&app, "PUT", "/list/", A).await);
    assert!(!readable(&app, "PUT", "/list/", A).await);
    // as it was sent
    assert!(granted(&app, "PUT", "//list/", A).await);
    assert!(readable(&app, "PUT", "//list/", B).await);
    for origin in [A, B] {
        assert!(!granted(&app, "PUT", "//list/", origin).await, "{origin}");
    }
}

/// A declared `NormalizePath` holds for all that a path decides.
#[actix_web::test]
async fn declared_everywhere() {
    let app = || {
        let failing = web::resource("/fails")
            .to(|| async { "never" })
            .wrap_fn(|_, _| async { Err::<ServiceResponse, _>(ErrorImATeapot("own")) });
        App::new()
            .service(user)
            .service(failing)
            .route("/legacy/x", web::get().to(with_own_header))
            .route("/legacy/admin/x", web::get().to(with_own_header))
            .wrap(NormalizePath::trim())
    };
    let cors = Cors::new(policy! { origins = ["https://c.example"] })
        .leave("/legacy")
        .at("/legacy/admin", policy! { off })
        .at("/fails", policy! { origins = ["https://b.example"] });
    let declared = init_service(app().wrap(cors.clone().normalize(TrailingSlash::Trim))).await;
    let undeclared = init_service(app().wrap(cors.clone())).await;
    let outside = init_service(app().wrap(cors).wrap(NormalizePath::trim())).await;
    let own = |path, origin| actual("GET", path, origin);
    for path in ["/legacy//admin/x", "//legacy/admin/x/", "/legacy/admin/x"] {
        for answer in [
            send(&declared, own(path, A)).await,
            send(&undeclared, own(path, A)).await,
            send(&outside, own(path, A)).await,
        ] {
            assert_eq!(answer.cors(), [""; 0], "{path}");
        }
    }
    for path in ["//legacy/x", "/legacy//x/", "/legacy/x"] {
        let answers = [send(&declared, own(path, A)).await, send(&outside, own(path, A)).await];
        for answer in answers {
            assert_eq!(answer.allow_origin(), Some("https://own.example"), "{path}");
        }
    }
    for path in ["/fails", "/fails/", "//fails"] {
        for (origin, want) in [(B, Some(B)), (C, None)] {
            for answer in
                [send(&declared, own(path, origin)).await, send(&outside, own(path, origin)).await]
            {
                assert_eq!(answer.status, StatusCode::IM_A_TEAPOT);
                assert_eq!(answer.allow_origin(), want, "{path} for {origin}");
                assert_eq!(answer.header("vary"), Some("Origin"), "{path} for {origin}");
            }
        }
    }
    // nothing is refused that is known
    for path in ["/users/1/", "//users//1"] {
        assert!(granted(&declared, "GET", path, A).await, "{path}");
    }
}

async fn with_own_header() -> impl Responder {
    let allow = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "https://own.example");
    HttpResponse::Ok().insert_header(allow).finish()
}

#[actix_web::test]
async fn declared_and_refused() {
    for (mode, path, sent) in
        [(TrailingSlash::Trim, "/x", "//x/"), (TrailingSlash::Always, "/x/", "//x")]
    {
        let cors = Cors::deny().normalize(mode).reject_disallowed(OwnOrigins::from_request());
        let trusted = policy! { origins = ["https://a.example"] };
        let route = cors_actix::route(path, Method::POST, trusted).to(|| async { "x" });
        let app = App::new().service(route).wrap(NormalizePath::new(mode)).wrap(cors);
        let app = init_service(app).await;
        for (origin, status) in [(A, 200), (B, 403)] {
            assert_eq!(send(&app, actual("POST", sent, origin)).await.status.as_u16(), status);
        }
    }
}

/// A middleware further out that changes only what is routed.
#[actix_web::test]
async fn rewritten_for_the_router_alone() {
    async fn to_fails<B: MessageBody>(
        mut req: ServiceRequest,
        next: Next<B>,
    ) -> Result<ServiceResponse<B>, Error> {
        req.match_info_mut().get_mut().update(&Uri::from_static("/fails"));
        next.call(req).await
    }
    let app = App::new()
        .default_service(web::to(|| async { "never" }))
        .wrap_fn(|_, _| async { Err::<ServiceResponse, _>(ErrorImATeapot("own")) });
    let cors = Cors::new(policy! { origins = ["https://c.example"] })
        .at("/fails", policy! { origins = ["https://b.example"] });
    let app = init_service(app.wrap(cors).wrap(from_fn(to_fails))).await;
    assert!(readable(&app, "GET", "/elsewhere", B).await);
    assert!(!readable(&app, "GET", "/elsewhere", C).await);
}

/// Whether a middleware answers by itself: nobody looks for the route that would have.
#[actix_web::test]
async fn own_answers_without_origin() {
    let defaults = [
        (policy! { off }, vec![]),
        (policy! { origins = any }, vec!["access-control-allow-origin: *"]),
        (policy! { origins = ["https://c.example"] }, vec!["vary: Origin"]),
    ];
    for status in [StatusCode::OK, StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED] {
        for (default, want) in &defaults {
            let app = App::new().service(user).route("/plain/{x}", web::get().to(HttpResponse::Ok));
            let app = app.wrap_fn(move |req, srv| {
                let is_cached = req.headers().contains_key("x-cached");
                let next = if is_cached { Err(req) } else { Ok(srv.call(req)) };
                async move {
                    match next {
                        Ok(next) => next.await,
                        Err(req) => Ok(req.into_response(HttpResponse::new(status))),
                    }
                }
            });
            let app = init_service(app.wrap(Cors::new(default.clone()))).await;
            for cached in [false, true] {
                let request = |path: &str| {
                    let request = plain("GET", path);
                    if cached { request.insert_header(("x-cached", "1")) } else { request }
                };
                let annotated = send(&app, request("/users/1")).await;
                assert_eq!(annotated.cors(), ["vary: Origin"], "{status} {cached}");
                // nobody looks which route would have answered, so a cache keeps them apart
                let answer = send(&app, request("/plain/1")).await;
                let want = if cached { &vec!["vary: Origin"] } else { want };
                assert_eq!(answer.cors(), *want, "{status} {cached}");
            }
        }
    }
}

#[cors(origins = ["https://a.example"], credentials)]
#[get("/first/{late}")]
async fn first(late: web::Path<bool>) -> impl Responder {
    if *late {
        sleep(Duration::from_millis(5)).await;
    }
    HttpResponse::NotFound().body("first")
}

#[cors(origins = ["https://b.example"])]
#[get("/second")]
async fn second() -> impl Responder {
    "second"
}

/// Sends what was not found on again, as a request for `/second`.
#[derive(Clone, Copy)]
struct Again;

struct AgainService<S>(Rc<S>);

impl<S, B> Transform<S, ServiceRequest> for Again
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = AgainService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(AgainService(Rc::new(service))))
    }
}

impl<S, B> Service<ServiceRequest> for AgainService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse<B>, Error>>;

    always_ready!();

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let service = Rc::clone(&self.0);
        let is_far = req.headers().contains_key("x-far");
        let call = service.call(req);
        Box::pin(async move {
            let answer = call.await?;
            if answer.status() != StatusCode::NOT_FOUND {
                return Ok(answer);
            }
            let (req, _) = answer.into_parts();
            let mut req = ServiceRequest::from_request(req);
            req.match_info_mut().set(Url::new(Uri::from_static("/second")));
            if is_far {
                return spawn(async move { service.call(req).await }).await.unwrap();
            }
            service.call(req).await
        })
    }
}

/// The handler that ran last has the say, whenever and wherever it ran.
#[actix_web::test]
async fn called_on_twice() {
    let app = App::new().service((first, second)).wrap(Again).wrap(Cors::deny());
    let app = init_service(app).await;
    for (path, far) in
        [("/first/false", false), ("/first/true", false), ("/nothing", false), ("/nothing", true)]
    {
        for (origin, want) in [
            (A, vec!["vary: Origin".to_owned()]),
            (B, vec![format!("access-control-allow-origin: {B}"), "vary: Origin".to_owned()]),
        ] {
            let request = actual("GET", path, origin);
            let request = if far { request.insert_header(("x-far", "1")) } else { request };
            let answer = send(&app, request).await;
            assert_eq!((answer.body.as_str(), answer.cors()), ("second", want), "{path} {far}");
        }
    }
}

/// What anybody can cause inside teaches nothing about routes.
#[actix_web::test]
async fn nothing_is_learned_from_others() {
    // an answer before the declared `NormalizePath`
    let cached = || {
        from_fn(async |req: ServiceRequest, next: Next<BoxBody>| {
            if req.headers().contains_key("x-cached") {
                return Ok(req.into_response(HttpResponse::NotModified()));
            }
            next.call(req).await
        })
    };
    let cors = Cors::deny().normalize(TrailingSlash::Trim);
    let app = App::new().service(user).wrap(NormalizePath::trim()).wrap(cached()).wrap(cors);
    let app = init_service(app).await;
    for origin in [Some(B), None] {
        let request = match origin {
            Some(origin) => actual("GET", "//users/1/", origin),
            None => plain("GET", "//users/1/"),
        };
        let answer = send(&app, request.insert_header(("x-cached", "1"))).await;
        assert_eq!(
            (answer.status, answer.cors()),
            (StatusCode::NOT_MODIFIED, vec!["vary: Origin".to_owned()])
        );
        assert!(granted(&app, "GET", "/users/1", A).await);
    }

    // another method
    let trusted = policy! { origins = ["https://a.example"] };
    let overridden = from_fn(async |mut req: ServiceRequest, next: Next<BoxBody>| {
        if req.headers().contains_key("x-override") {
            req.head_mut().method = Method::DELETE;
        }
        next.call(req).await
    });
    let app = App::new()
        .service(cors_actix::route("/y", Method::POST, trusted.clone()).to(|| async { "post" }))
        .route("/y", web::delete().to(|| async { "plain" }))
        .wrap(overridden)
        .wrap(Cors::deny());
    let app = init_service(app).await;
    let answer = send(&app, actual("POST", "/y", A).insert_header(("x-override", "1"))).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain", None));
    assert!(granted(&app, "POST", "/y", A).await);

    // a `NormalizePath` of one scope alone
    let blog = web::scope("/blog").wrap(NormalizePath::new(TrailingSlash::Always));
    let blog = blog.route("/post/", web::get().to(HttpResponse::Ok));
    let app = init_service(App::new().service(blog).service(user).wrap(Cors::deny())).await;
    assert_eq!(send(&app, actual("GET", "/blog/post", B)).await.status, StatusCode::OK);
    assert!(granted(&app, "GET", "/users/1", A).await);

    // a request of a middleware's own
    let app = App::new()
        .route("/z", web::put().to(|| async { "plain" }))
        .service(cors_actix::route("/z", Method::PUT, trusted).to(|| async { "never" }))
        .wrap_fn(|req, srv| {
            let is_own = req.headers().contains_key("x-own");
            let next = if is_own { None } else { Some(srv.call(req)) };
            async move {
                let Some(next) = next else {
                    let own = TestRequest::with_uri("/z").to_http_request();
                    return Ok(ServiceResponse::new(own, HttpResponse::Ok().finish()));
                };
                next.await
            }
        })
        .wrap(Cors::deny());
    let app = init_service(app).await;
    send(&app, actual("PUT", "/z", A).insert_header(("x-own", "1"))).await;
    assert!(!granted(&app, "PUT", "/z", A).await, "a route without `#[cors]` comes first");
}
