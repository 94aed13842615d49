//! Refusing requests, and answers that explain.

use std::{cell::Cell, rc::Rc};

use actix_web::{
    App, HttpResponse, Responder, guard, post,
    test::{TestRequest, init_service},
    web,
};
use cors_actix::{Cors, OwnOrigins, cors, policy};

use crate::{
    common::{A, B, actual, plain, preflight, send},
    handlers::{put_user, user},
};

#[cors(origins = ["https://a.example"])]
#[post("/save")]
async fn save() -> impl Responder {
    "saved"
}

fn app(
    own: OwnOrigins,
) -> App<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let plain = web::resource("/plain").to(HttpResponse::Ok);
    let open = web::resource("/open/x").to(HttpResponse::Ok);
    let cors = Cors::deny().at("/open", policy! { origins = any }).reject_disallowed(own);
    App::new().service(web::scope("/s").service(save)).service(plain).service(open).wrap(cors)
}

#[actix_web::test]
async fn reject_disallowed() {
    let own = OwnOrigins::from_request().and(["https://www.example.com"]);
    let app = init_service(app(own)).await;
    let site = |value: &'static str| ("sec-fetch-site", value);
    let request = |path: &str, origin: &str| -> TestRequest {
        actual("POST", path, origin).insert_header(("host", "me.example"))
    };
    let forwarded = ("x-forwarded-host", "evil.example");
    for (name, request, want) in [
        ("trusted", request("/s/save", A), 200),
        ("denied", request("/s/save", B), 403),
        ("without Origin", plain("POST", "/s/save"), 200),
        ("own, by host", request("/s/save", "http://me.example"), 200),
        ("own host, other scheme", request("/s/save", "https://me.example"), 403),
        ("own, by name", request("/s/save", "https://www.example.com"), 200),
        (
            "own, by the browser",
            request("/s/save", "https://x.example").insert_header(site("same-origin")),
            200,
        ),
        (
            "same site is not enough",
            request("/s/save", "https://x.example").insert_header(site("same-site")),
            403,
        ),
        (
            "a form under no-referrer",
            request("/s/save", "null").insert_header(site("same-origin")),
            200,
        ),
        ("a sandboxed frame", request("/s/save", "null").insert_header(site("cross-site")), 403),
        ("null alone", request("/s/save", "null"), 403),
        (
            "forwarded, untrusted",
            request("/s/save", "http://evil.example").insert_header(forwarded),
            403,
        ),
        ("two lines", request("/s/save", A).append_header(("origin", A)), 403),
        ("plain, denied", request("/plain", A), 403),
        ("plain, own", request("/plain", "http://me.example"), 200),
        ("any", request("/open/x", B), 200),
        ("no route", request("/none", B), 403),
    ] {
        let answer = send(&app, request).await;
        assert_eq!(answer.status.as_u16(), want, "{name}");
        if want == 403 {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
            assert_eq!(answer.cors(), ["vary: Origin"], "{name}");
        }
    }
}

/// Before routing it is not certain which of two routes serves the request, and the refusal must
/// not hit the one that grants.
#[actix_web::test]
async fn reject_disallowed_where_two_routes_may_serve() {
    let ran = Rc::new(Cell::new(0));
    let count = Rc::clone(&ran);
    let plain = web::resource("/{x}").guard(guard::Header("x-plain", "1")).to(move || {
        count.set(count.get() + 1);
        async { "plain" }
    });
    let cors = Cors::deny().reject_disallowed(OwnOrigins::from_request());
    let app = init_service(App::new().service(plain).service(save).wrap(cors)).await;
    let answer = send(&app, actual("POST", "/save", A)).await;
    assert_eq!((answer.status.as_u16(), answer.allow_origin()), (200, Some(A)));
    let to_plain = |origin| actual("POST", "/save", origin).insert_header(("x-plain", "1"));
    let answer = send(&app, to_plain(A)).await;
    assert_eq!((answer.status.as_u16(), answer.cors()), (200, Vec::new()));
    assert_eq!(ran.get(), 1, "it runs, and nobody may read it");
    let answer = send(&app, to_plain(B)).await;
    assert_eq!((answer.status.as_u16(), answer.cors()), (403, vec!["vary: Origin".to_owned()]));
    assert_eq!(ran.get(), 1);
}

/// Nothing is asked for, so no list of names is answered.
#[actix_web::test]
async fn preflight_with_an_empty_list_of_names() {
    let app = init_service(App::new().service(save).wrap(Cors::deny())).await;
    let names = |value| preflight("POST", "/save", A).insert_header((NAMES, value));
    let without = send(&app, preflight("POST", "/save", A)).await;
    assert_eq!(without.status.as_u16(), 204);
    for value in ["", " ", ","] {
        let answer = send(&app, names(value)).await;
        let got = (answer.status, answer.cors());
        assert_eq!(got, (without.status, without.cors()), "{value:?}");
    }
    let refused = send(&app, names("x-a")).await;
    assert_eq!((refused.status.as_u16(), refused.allow_origin()), (403, None));
}

const NAMES: &str = "access-control-request-headers";

#[actix_web::test]
async fn reject_disallowed_behind_a_proxy() {
    let app = init_service(app(OwnOrigins::from_request().trust_forwarded())).await;
    let forwarded = ("forwarded", "host=www.example.com;proto=https");
    for (origin, want) in [("https://www.example.com", 200), ("https://evil.example", 403)] {
        let answer = send(&app, actual("POST", "/s/save", origin).insert_header(forwarded)).await;
        assert_eq!(answer.status.as_u16(), want, "{origin}");
    }
}

#[actix_web::test]
async fn explain_refusals() {
    let policy = policy! { origins = ["https://a.example"], credentials, methods = ["PUT"], allow_headers = ["x-a"] };
    let explained = App::new().wrap(Cors::new(policy.clone()).explain_refusals(true));
    let explained = init_service(explained).await;
    let usual = init_service(App::new().wrap(Cors::new(policy))).await;
    let origin = "access-control-allow-origin: https://a.example";
    let credentials = "access-control-allow-credentials: true";
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let names = ("access-control-request-headers", "x-b");
    let commas =
        ("access-control-request-headers", ",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,");
    for (name, request, status, want) in [
        ("method", preflight("DELETE", "/", A), 200, vec![credentials, origin, vary]),
        (
            "header",
            preflight("PUT", "/", A).insert_header(names),
            200,
            vec![credentials, "access-control-allow-methods: PUT", origin, vary],
        ),
        ("origin", preflight("PUT", "/", B), 403, vec![vary]),
        // a browser would let this pass
        ("no name at all", preflight("PUT", "/", A).insert_header(commas), 403, vec![vary]),
    ] {
        let answer = send(&explained, request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.cors()),
            (status, want.iter().map(|s| (*s).to_owned()).collect()),
            "{name}"
        );
        assert!(answer.body.starts_with("preflight refused: "), "{name}: {}", answer.body);
    }
    let answer = send(&usual, preflight("DELETE", "/", A)).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (403, ""));
}

/// Where a path has routes but none for the method, browsers are told that it is the method; one
/// that needs no permission they would send then.
#[actix_web::test]
async fn explain_refusals_of_other_methods() {
    let cors = Cors::deny().explain_refusals(true);
    let app = init_service(App::new().service(user).service(put_user).wrap(cors)).await;
    let origin = |origin| format!("access-control-allow-origin: {origin}");
    let vary =
        "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers".to_owned();
    let credentials = "access-control-allow-credentials: true".to_owned();
    let names = ("access-control-request-headers", "x-a");
    for (name, request, status, want) in [
        (
            "of the first",
            preflight("PATCH", "/users/1", A),
            200,
            vec![credentials, origin(A), vary.clone()],
        ),
        ("of the second", preflight("PATCH", "/users/1", B), 200, vec![origin(B), vary.clone()]),
        ("of none", preflight("PATCH", "/users/1", "https://c.example"), 403, vec![vary.clone()]),
        ("another's method", preflight("PUT", "/users/1", A), 403, vec![vary.clone()]),
        ("no such path", preflight("PATCH", "/others/1", A), 403, vec![vary.clone()]),
        (
            "a safelisted method",
            preflight("POST", "/users/1", A).insert_header(names),
            403,
            vec![vary],
        ),
    ] {
        let answer = send(&app, request).await;
        assert_eq!((answer.status.as_u16(), answer.cors()), (status, want), "{name}");
        assert!(answer.body.starts_with("preflight refused: "), "{name}: {}", answer.body);
    }
}
