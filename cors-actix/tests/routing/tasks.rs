//! Requests that wait on their way, are routed in tasks of their own, or send others.

use std::{cell::RefCell, rc::Rc, time::Duration};

use actix_web::{
    App, Error, Responder,
    body::MessageBody,
    dev::{Service, ServiceRequest, ServiceResponse},
    error::{ErrorImATeapot, ErrorInternalServerError},
    get,
    http::StatusCode,
    middleware::{Next, from_fn},
    rt::{spawn, time::sleep},
    test::{TestRequest, init_service},
    web,
};
use cors_actix::{Cors, OwnOrigins, cors, policy};
use futures_util::future::{LocalBoxFuture, join_all};

use crate::common::{A, B, C, actual, granted, plain, send};

#[cors(origins = ["https://a.example"], expose_headers = ["x-a"])]
#[get("/a/{ms}")]
async fn for_a(ms: web::Path<u64>) -> impl Responder {
    sleep(Duration::from_millis(*ms)).await;
    "a"
}

#[cors(origins = ["https://b.example"])]
#[get("/b/{ms}")]
async fn for_b(ms: web::Path<u64>) -> impl Responder {
    sleep(Duration::from_millis(*ms)).await;
    "b"
}

async fn fail<B>(_: ServiceRequest, _: Next<B>) -> Result<ServiceResponse<B>, Error> {
    Err(ErrorImATeapot("own"))
}

#[cors(origins = ["https://a.example"])]
#[get("/fails", wrap = "from_fn(fail)")]
async fn fails() -> impl Responder {
    "never"
}

async fn in_a_task<B: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    spawn(async move { next.call(req).await }).await.map_err(ErrorInternalServerError)?
}

async fn later<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    sleep(Duration::from_millis(u64::from(req.headers().contains_key("x-late")) * 20)).await;
    next.call(req).await
}

fn routes(config: &mut web::ServiceConfig) {
    config.service((for_a, for_b, fails)).route("/plain", web::get().to(async || "plain"));
}

/// The default grants C, so that a response under a wrong policy would show.
fn cors() -> Cors {
    Cors::new(policy! { origins = ["https://c.example"] })
}

#[actix_web::test]
async fn routed_in_a_task() {
    let app = App::new().configure(routes).wrap(from_fn(in_a_task)).wrap(cors());
    let app = init_service(app).await;
    for (path, status, trusted, names) in [
        ("/a/0", StatusCode::OK, A, Some("x-a")),
        ("/b/0", StatusCode::OK, B, None),
        ("/fails", StatusCode::IM_A_TEAPOT, A, None),
        ("/plain", StatusCode::OK, C, None),
    ] {
        for origin in [A, B, C] {
            let answer = send(&app, actual("GET", path, origin)).await;
            assert_eq!(answer.status, status, "{path}");
            let mut want = vec!["vary: Origin".to_owned()];
            if origin == trusted {
                want.insert(0, format!("access-control-allow-origin: {origin}"));
                want.extend(names.map(|names| format!("access-control-expose-headers: {names}")));
                want.sort();
            }
            assert_eq!(answer.cors(), want, "{path} for {origin}");
        }
        assert_eq!(send(&app, plain("GET", path)).await.cors(), ["vary: Origin"], "{path}");
    }
    // and no route has been taken for shadowed
    assert!(granted(&app, "GET", "/a/0", A).await && !granted(&app, "GET", "/a/0", C).await);
}

#[actix_web::test]
async fn refused_in_a_task() {
    let cors = cors().reject_disallowed(OwnOrigins::from_request());
    let app = App::new().configure(routes).wrap(from_fn(in_a_task)).wrap(cors);
    let app = init_service(app).await;
    for (origin, status) in [(A, 200), (B, 403), (C, 403)] {
        let answer = send(&app, actual("GET", "/a/0", origin)).await;
        assert_eq!(answer.status.as_u16(), status, "{origin}");
        assert_eq!(answer.allow_origin(), (status == 200).then_some(origin), "{origin}");
    }
}

#[actix_web::test]
async fn routed_while_others_wait() {
    let app = App::new().configure(routes).wrap(from_fn(later)).wrap(cors());
    let app = init_service(app).await;
    let ask = |i: usize| {
        let (path, trusted) = [("/a/", A), ("/b/", B), ("/plain", C)][i % 3];
        let origin = [A, B, C][i / 3 % 3];
        let wait = if trusted == C { String::new() } else { (i / 9 % 2 * 10).to_string() };
        let path = format!("{path}{wait}");
        let mut request = actual("GET", &path, origin);
        if i / 18 % 2 == 1 {
            request = request.insert_header(("x-late", "1"));
        }
        let app = &app;
        async move { (path, origin, origin == trusted, send(app, request).await) }
    };
    for (path, origin, is_trusted, answer) in join_all((0..144).map(ask)).await {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.allow_origin().is_some(), is_trusted, "{path} for {origin}");
    }
}

/// A middleware that asks another route first, with a request of its own.
#[actix_web::test]
async fn beside_another_request() {
    let app = App::new().configure(routes).wrap_fn(|req, srv| {
        let first = srv.call(TestRequest::with_uri("/a/0").to_srv_request());
        let second = srv.call(req);
        async move {
            assert_eq!(first.await?.status(), StatusCode::OK);
            second.await
        }
    });
    let app = init_service(app.wrap(cors())).await;
    for (path, trusted) in [("/plain", C), ("/b/0", B), ("/a/0", A)] {
        for origin in [A, B, C] {
            let answer = send(&app, actual("GET", path, origin)).await;
            let want = (StatusCode::OK, (origin == trusted).then_some(origin));
            assert_eq!((answer.status, answer.allow_origin()), want, "{path}");
        }
    }
}

type Send = Rc<dyn Fn(&'static str) -> LocalBoxFuture<'static, Option<String>>>;

thread_local! {
    static SEND: RefCell<Option<Send>> = const { RefCell::new(None) };
}

/// Sends a request to its own App, and answers with its `Access-Control-Allow-Origin`.
#[cors(origins = ["https://a.example"])]
#[get("/outer")]
async fn outer(req: actix_web::HttpRequest) -> impl Responder {
    let path = if req.query_string() == "plain" { "/plain" } else { "/b/0" };
    let send = SEND.with_borrow(|send| send.clone());
    match send {
        Some(send) => send(path).await.unwrap_or_default(),
        None => "nobody sends".to_owned(),
    }
}

#[actix_web::test]
async fn sent_by_a_handler() {
    for is_late in [false, true] {
        let app = App::new().service(outer).configure(routes).wrap(from_fn(later)).wrap(cors());
        let app = Rc::new(init_service(app).await);
        let inner = Rc::clone(&app);
        let inner: Send = Rc::new(move |path| {
            let (app, origin) = (Rc::clone(&inner), if path == "/plain" { C } else { B });
            let request = actual("GET", path, origin);
            Box::pin(
                async move { send(&*app, request).await.header(ALLOW_ORIGIN).map(str::to_owned) },
            )
        });
        SEND.set(Some(inner));
        let mut answers = Vec::new();
        for (path, inner) in [("/outer", B), ("/outer?plain", C)] {
            for (origin, is_trusted) in [(A, true), (B, false), (C, false)] {
                let mut request = actual("GET", path, origin);
                if is_late {
                    request = request.insert_header(("x-late", "1"));
                }
                answers.push((inner, is_trusted, send(&*app, request).await));
            }
        }
        // before it holds the App for longer than the thread may
        SEND.set(None);
        for (inner, is_trusted, answer) in answers {
            assert_eq!(answer.body, inner);
            assert_eq!(answer.allow_origin().is_some(), is_trusted, "{answer:?}");
        }
    }
}

const ALLOW_ORIGIN: &str = "access-control-allow-origin";
