//! Failures of actix-cors 0.7.2.

use std::{cell::Cell, rc::Rc};

use actix_web::{
    App, Error, HttpRequest, HttpResponse, Responder,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    get,
    http::{StatusCode, header},
    middleware::{Next, from_fn},
    post, put,
    test::init_service,
    web,
};
use cors_actix::{Cors, OwnOrigins, Policy, cors, policy};

use crate::{
    DENIED, EVIL, VARY,
    common::{A, B, actual, granted, plain, preflight, readable, send},
};

#[cors(origins = any)]
#[get("/public")]
async fn public() -> impl Responder {
    "public"
}

#[cors(origins = ["https://a.example"], credentials, expose_headers = ["x-total"])]
#[get("/private")]
async fn private() -> impl Responder {
    HttpResponse::Ok().insert_header(("access-control-allow-origin", "*")).finish()
}

#[actix_web::test]
async fn row_1_nested_policies_are_never_mixed() {
    let strict = policy! { origins = ["https://a.example"], credentials };
    let inner = web::scope("/s").service(public);
    let app = init_service(App::new().service(inner).wrap(Cors::new(strict))).await;
    let answer = send(&app, actual("GET", "/s/public", EVIL)).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: *"]);
    let inner = web::scope("/s").service(private);
    let open = Cors::new(policy! { origins = any });
    let app = init_service(App::new().service(inner).wrap(open)).await;
    let answer = send(&app, actual("GET", "/s/private", EVIL)).await;
    assert_eq!(answer.cors(), DENIED);
}

#[actix_web::test]
async fn row_2_grants_only_on_a_grant_and_headers_of_handlers_are_replaced() {
    let app = init_service(App::new().service(private).wrap(Cors::deny())).await;
    assert_eq!(send(&app, actual("GET", "/private", EVIL)).await.cors(), DENIED);
    assert_eq!(send(&app, plain("GET", "/private")).await.cors(), DENIED);
    assert_eq!(
        send(&app, actual("GET", "/private", A)).await.cors(),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://a.example",
            "access-control-expose-headers: x-total",
            "vary: Origin",
        ]
    );
}

#[actix_web::test]
async fn row_3_vary_is_merged_by_token() {
    let varied = |lines: &'static [&'static str]| {
        web::to(move || async move {
            let mut response = HttpResponse::Ok();
            lines.iter().for_each(|line| {
                response.append_header((header::VARY, *line));
            });
            response.finish()
        })
    };
    let app = App::new()
        .route("/two", varied(&["Accept", "Accept-Encoding"]))
        .route("/has", varied(&["Accept", "x-a, origin"]))
        .route("/star", varied(&["*"]));
    let cors = Cors::new(policy! { origins = ["https://a.example"] });
    let app = init_service(app.wrap(cors)).await;
    for (path, want) in [
        ("/two", &["vary: Accept", "vary: Accept-Encoding", "vary: Origin"][..]),
        ("/has", &["vary: Accept", "vary: x-a, origin"]),
        ("/star", &["vary: *"]),
    ] {
        assert_eq!(send(&app, actual("GET", path, EVIL)).await.cors(), want, "{path}");
    }
}

#[cors(origins = ["https://a.example"])]
#[get("/m")]
async fn get_m() -> impl Responder {
    "get"
}

#[cors(origins = ["https://b.example"])]
#[put("/m")]
async fn put_m() -> impl Responder {
    "put"
}

#[actix_web::test]
async fn row_4_preflights_of_single_handlers_work() {
    let scope = web::scope("/s").service(get_m).service(put_m);
    let app =
        init_service(App::new().service(get_m).service(put_m).service(scope).wrap(Cors::deny()));
    let app = app.await;
    for path in ["/m", "/s/m"] {
        assert_eq!(
            send(&app, preflight("PUT", path, B)).await.cors(),
            [
                "access-control-allow-methods: PUT",
                "access-control-allow-origin: https://b.example",
                VARY
            ],
            "{path}"
        );
        assert!(granted(&app, "GET", path, A).await, "{path}");
        assert!(!granted(&app, "PUT", path, A).await, "{path}");
    }
}

async fn refuse<T>(_: ServiceRequest, _: Next<T>) -> Result<ServiceResponse<T>, Error> {
    Err(actix_web::error::ErrorUnauthorized("who"))
}

#[actix_web::test]
async fn row_5_preflights_are_answered_before_authentication() {
    let scope = web::scope("/s").wrap(from_fn(refuse)).service(get_m);
    let inside = App::new().service(scope).wrap(from_fn(refuse)).wrap(Cors::deny());
    let inside = init_service(inside).await;
    assert!(granted(&inside, "GET", "/s/m", A).await);
    let answer = send(&inside, actual("GET", "/s/m", A)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::UNAUTHORIZED, Some(A)));
    // the wrong order is found
    let outside = || App::new().service(get_m).wrap(Cors::deny()).wrap(from_fn(refuse));
    let errors = cors_actix::check(&outside).await.unwrap_err().to_string();
    assert!(errors.contains("is answered with 401 before it comes to `Cors`"), "{errors}");
}

fn with_names() -> Cors {
    Cors::new(policy! { origins = ["https://a.example"], allow_headers = ["x-a", "x-b"] })
}

#[actix_web::test]
async fn row_6_all_lines_of_requested_headers_are_one_list() {
    let app = init_service(App::new().wrap(with_names())).await;
    let names = header::ACCESS_CONTROL_REQUEST_HEADERS;
    for (lines, want) in [
        (&["x-a", "x-b"][..], true),
        (&["x-a", "x-c"], false),
        (&["x-a,,x-b"], true),
        (&["X-B , x-a"], true),
        (&["x-a;x-b"], false),
    ] {
        let request = lines.iter().fold(preflight("GET", "/", A), |request, line| {
            request.append_header((names.clone(), *line))
        });
        assert_eq!(send(&app, request).await.status.is_success(), want, "{lines:?}");
    }
}

#[actix_web::test]
async fn row_7_floods_of_requested_headers_are_refused() {
    let app = init_service(App::new().wrap(with_names())).await;
    let names = header::ACCESS_CONTROL_REQUEST_HEADERS;
    for flood in ["x-a,".repeat(24_000), ",".repeat(120_000), "x".repeat(120_000)] {
        let answer =
            send(&app, preflight("GET", "/", A).insert_header((names.clone(), flood))).await;
        assert_eq!((answer.status.as_u16(), answer.cors()), (403, vec![VARY.to_owned()]));
    }
}

#[actix_web::test]
async fn row_8_options_without_origin_reaches_the_handler() {
    let app = App::new().route("/x", web::route().to(|| async { "handler" }));
    let app = init_service(app.wrap(with_names())).await;
    let request = plain("OPTIONS", "/x").insert_header(("access-control-request-method", "GET"));
    assert_eq!(send(&app, request).await.body, "handler");
    assert_eq!(send(&app, actual("OPTIONS", "/x", A)).await.body, "handler");
    assert_eq!(send(&app, preflight("GET", "/x", A)).await.body, "");
}

#[actix_web::test]
async fn row_9_any_method_is_what_browsers_can_send() {
    let any = policy! {
        origins = ["https://a.example"], methods = any, allow_headers = ["x-b", "x-a"]
    };
    let app = init_service(App::new().wrap(Cors::new(any))).await;
    for (method, want) in [
        ("QUERY", true),
        ("PROPFIND", true),
        ("CUSTOM", true),
        ("patch", true),
        ("TRACE", false),
        ("CONNECT", false),
        ("trAck", false),
        ("no token", false),
    ] {
        let answer = send(&app, preflight(method, "/", A)).await;
        assert_eq!(answer.status.is_success(), want, "{method}");
        let allowed = answer.header("access-control-allow-methods");
        assert_eq!(allowed, want.then_some(method), "the requested method alone");
    }
}

#[test]
fn row_10_origins_that_never_match_are_rejected() {
    for origin in [
        "https://a.example/",
        "https://A.example",
        "https://a.example:443",
        "a.example",
        "https://a.example/path",
        "https://a.example,https://b.example",
        "https://*.x",
    ] {
        let built = Policy::builder().origins([origin]).credentials().build();
        assert!(built.unwrap_err().to_string().contains(origin), "{origin}");
    }
    assert!(Policy::builder().origins(["https://a.example"]).credentials().build().is_ok());
}

#[actix_web::test]
async fn row_11_any_with_credentials_cannot_be_written() {
    assert!(Policy::builder().any_origin().credentials().build().is_err());
    let built = Policy::builder().any_origin().credentials();
    let app = || App::new().wrap(Cors::new(built.clone()));
    assert!(cors_actix::check(&app).await.is_err());
    let any = || App::new().wrap(Cors::new(policy! { origins = any }));
    assert!(cors_actix::check(&any).await.is_ok());
}

#[actix_web::test]
async fn row_12_all_errors_are_told_before_the_server_binds() {
    let app = || {
        let typo = Policy::builder().origins(["https://a.example/"]);
        let unfilled = policy! { origins = set("spa") };
        App::new().wrap(Cors::new(typo).at("/a", unfilled).at("/b/", policy! { origins = any }))
    };
    let errors = cors_actix::check(&app).await.unwrap_err();
    let text = errors.to_string();
    assert!(text.starts_with("3 errors in the CORS configuration"), "{text}");
    assert_eq!(text.matches(concat!(file!(), ":")).count(), 3, "{text}");
    for part in ["https://a.example/", "set `spa`", "region pattern `/b/`"] {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[cors(origins = ["https://a.example"])]
#[post("/save")]
async fn save() -> impl Responder {
    "saved"
}

#[actix_web::test]
async fn row_13_same_origin_requests_pass() {
    let cors = Cors::deny().reject_disallowed(OwnOrigins::from_request());
    let app = init_service(App::new().service(save).wrap(cors)).await;
    for (origin, want) in [("http://me.example", 200), (EVIL, 403), (A, 200)] {
        let request = actual("POST", "/save", origin).insert_header(("host", "me.example"));
        assert_eq!(send(&app, request).await.status.as_u16(), want, "{origin}");
    }
}

#[actix_web::test]
async fn row_14_refused_preflights_say_nothing_but_vary() {
    let app = init_service(App::new().service(save).wrap(Cors::deny())).await;
    let answer = send(&app, preflight("POST", "/save", EVIL)).await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::FORBIDDEN, ""));
    assert_eq!(answer.cors(), [VARY]);
}

#[test]
fn row_15_one_configuration_for_all_workers() {
    fn shared<T: Clone + Send + Sync + 'static>(_: &T) {}
    shared(&Cors::deny());
    shared(&policy! { origins = any });
}

async fn rebuild<T: MessageBody + 'static>(
    req: ServiceRequest,
    next: Next<T>,
) -> Result<ServiceResponse, Error> {
    let response = next.call(req).await?;
    let status = response.status();
    if !status.is_client_error() {
        return Ok(response.map_into_boxed_body());
    }
    Ok(response.into_response(HttpResponse::build(status).body("rebuilt")))
}

/// What stands outside of `Cors` has the last word; what stands inside loses nothing.
#[actix_web::test]
async fn row_16_rebuilt_errors_inside_keep_the_headers() {
    async fn missing(_: HttpRequest) -> impl Responder {
        HttpResponse::NotFound()
    }
    let app = || App::new().route("/x", web::get().to(missing));
    let policy = || Cors::new(policy! { origins = ["https://a.example"] });
    let inside = init_service(app().wrap(from_fn(rebuild)).wrap(policy())).await;
    let answer = send(&inside, actual("GET", "/x", A)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("rebuilt", Some(A)));
    let outside = init_service(app().wrap(policy()).wrap(from_fn(rebuild))).await;
    let answer = send(&outside, actual("GET", "/x", A)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("rebuilt", None));
    // preflights don't come so far
    let seen = Rc::new(Cell::new(false));
    let count = Rc::clone(&seen);
    let watch = from_fn(move |req: ServiceRequest, next: Next<_>| {
        count.set(true);
        next.call(req)
    });
    let watched = init_service(app().wrap(watch).wrap(policy())).await;
    assert!(granted(&watched, "GET", "/x", A).await && !seen.get());
    assert!(readable(&watched, "GET", "/x", A).await && seen.get());
}
