//! Failures of tower-http, rocket_cors, poem, salvo, jub0bs/cors, rs/cors, Spring, Micronaut,
//! Fastify, Express, Hono, Starlette, Flask-CORS, koa and RESTEasy.

use std::{cell::Cell, rc::Rc};

use actix_web::{App, HttpResponse, Responder, get, http::header, put, test::init_service, web};
use cors_actix::{Cors, Policy, cors, policy};

use crate::{
    DENIED, EVIL, VARY,
    common::{A, B, actual, granted, plain, preflight, readable, send},
};

#[cors(origins = ["https://a.example"], credentials)]
#[put("/strict")]
async fn strict() -> impl Responder {
    "strict"
}

fn only_a() -> Policy {
    policy! { origins = ["https://a.example"], allow_headers = ["x-a"], methods = ["PUT"] }
}

#[actix_web::test]
async fn tower_http_swallows_every_options_request() {
    let app = App::new().route("/x", web::route().to(|| async { "handler" }));
    let app = init_service(app.wrap(Cors::new(only_a()))).await;
    for request in [plain("OPTIONS", "/x"), actual("OPTIONS", "/x", A)] {
        assert_eq!(send(&app, request).await.body, "handler");
    }
}

#[actix_web::test]
async fn tower_http_tells_the_whole_policy_when_it_denies() {
    let app = init_service(App::new().wrap(Cors::new(only_a()))).await;
    for request in [preflight("PUT", "/", EVIL), preflight("DELETE", "/", A)] {
        assert_eq!(send(&app, request).await.cors(), [VARY]);
    }
}

#[actix_web::test]
async fn tower_http_lets_predicates_bypass_its_credentials_check() {
    // a set is what can be filled at run time, and the same rules hold for it
    for (origins, want) in [(&["https://a.example"][..], true), (&["https://*.example"], false)] {
        let app = || {
            let spa = policy! { origins = set("spa"), credentials };
            App::new().wrap(Cors::new(spa).set("spa", origins.iter().copied()))
        };
        assert_eq!(cors_actix::check(&app).await.is_ok(), want, "{origins:?}");
    }
}

#[actix_web::test]
async fn tower_http_forgets_vary_where_only_credentials_depend_on_the_origin() {
    let mixed = policy! { inherit, origins += ["https://a.example"], credentials };
    let cors = Cors::new(policy! { origins = any }).at("/mixed", mixed);
    let app = init_service(App::new().route("/mixed", web::get().to(HttpResponse::Ok)).wrap(cors));
    let app = app.await;
    let evil = send(&app, actual("GET", "/mixed", EVIL)).await;
    assert_eq!(evil.cors(), ["access-control-allow-origin: *", "vary: Origin"]);
    let trusted = send(&app, actual("GET", "/mixed", A)).await;
    assert_eq!(
        trusted.cors(),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://a.example",
            "vary: Origin"
        ]
    );
    assert_eq!(send(&app, plain("GET", "/mixed")).await.header("vary"), Some("Origin"));
}

/// The costs of large lists are measured elsewhere; here they only have to be right.
#[actix_web::test]
async fn tower_http_scans_a_thousand_origins() {
    let many = Policy::builder().origins((0..1000).map(|i| format!("https://{i}.example")));
    let app = init_service(App::new().wrap(Cors::new(many))).await;
    for (origin, want) in [
        ("https://0.example", true),
        ("https://999.example", true),
        ("https://1000.example", false),
    ] {
        assert_eq!(granted(&app, "GET", "/", origin).await, want, "{origin}");
    }
}

#[actix_web::test]
async fn rocket_cors_sends_no_vary_for_lists() {
    let app = init_service(App::new().wrap(Cors::new(only_a()))).await;
    for request in [actual("GET", "/", A), actual("GET", "/", EVIL), plain("GET", "/")] {
        assert_eq!(send(&app, request).await.header("vary"), Some("Origin"));
    }
}

#[actix_web::test]
async fn rocket_cors_and_poem_fail_on_garbage_origins() {
    let app = App::new().service(strict).route("/x", web::get().to(HttpResponse::Ok));
    let app = init_service(app.wrap(Cors::new(only_a()))).await;
    for origin in [
        &b""[..],
        b" ",
        b"garbage",
        b"https://\xff\xfe",
        b"\xe9",
        b"https://a.example\x80",
        b"null",
    ] {
        let value = header::HeaderValue::from_bytes(origin).unwrap();
        let own = ("origin", value);
        let request = plain("GET", "/x").insert_header(own.clone());
        let answer = send(&app, request).await;
        assert_eq!((answer.status.as_u16(), answer.cors()), (200, vec![DENIED[0].to_owned()]));
        let method = ("access-control-request-method", "PUT");
        let request = plain("OPTIONS", "/strict").insert_header(own).insert_header(method);
        let answer = send(&app, request).await;
        assert_eq!((answer.status.as_u16(), answer.cors()), (403, vec![VARY.to_owned()]));
    }
}

#[actix_web::test]
async fn rocket_cors_and_poem_match_more_than_the_pattern_says() {
    let app = App::new().wrap(Cors::new(policy! { origins = ["https://*.good.test"] }));
    let app = init_service(app).await;
    for (origin, want) in [
        ("https://a.good.test", true),
        ("https://a.b.good.test", true),
        ("https://good.test", false),
        ("https://evil.test/.good.test", false),
        ("https://evil.test#.good.test", false),
        ("https://a.good.test.evil.test", false),
        ("xhttps://a.good.test", false),
        ("https://.good.test", false),
    ] {
        assert_eq!(granted(&app, "GET", "/", origin).await, want, "{origin}");
    }
}

#[actix_web::test]
async fn salvo_runs_the_handler_on_a_preflight() {
    let runs = Rc::new(Cell::new(0));
    let count = Rc::clone(&runs);
    let handler = move || {
        count.set(count.get() + 1);
        async { "ran" }
    };
    let app = App::new().route("/x", web::route().to(handler)).wrap(Cors::new(only_a()));
    let app = init_service(app).await;
    for origin in [A, EVIL] {
        send(&app, preflight("PUT", "/x", origin)).await;
    }
    assert_eq!(runs.get(), 0);
    send(&app, actual("PUT", "/x", A)).await;
    assert_eq!(runs.get(), 1);
}

#[actix_web::test]
async fn jub0bs_refuses_preflights_of_upload_listeners() {
    let plain = policy! { origins = ["https://a.example"] };
    let app = init_service(App::new().wrap(Cors::new(plain))).await;
    for method in ["GET", "HEAD", "POST"] {
        assert!(granted(&app, method, "/", A).await, "{method}");
        assert!(!granted(&app, method, "/", EVIL).await, "{method}");
    }
}

#[actix_web::test]
async fn jub0bs_refuses_hosts_that_browsers_know() {
    let hosts = ["https://r3---sn.example.com", "https://-a.example", "https://a_b.example"];
    let policy = Policy::builder().origins(hosts).build().unwrap();
    let app = init_service(App::new().wrap(Cors::new(policy))).await;
    for host in hosts {
        assert!(granted(&app, "GET", "/", host).await, "{host}");
    }
}

#[actix_web::test]
async fn jub0bs_echoes_what_is_no_origin_under_a_wildcard() {
    let app = App::new().wrap(Cors::new(policy! { origins = ["https://*.example.com"] }));
    let app = init_service(app).await;
    for (origin, want) in [
        ("https://a.example.com", true),
        ("https://a b.example.com", false),
        ("https://a..example.com", false),
        ("https://%61.example.com", false),
        ("https://A.example.com", false),
    ] {
        assert_eq!(readable(&app, "GET", "/", origin).await, want, "{origin}");
    }
}

#[actix_web::test]
async fn jub0bs_echoes_a_megabyte_of_requested_headers() {
    let any = policy! { origins = ["https://a.example"], allow_headers = any };
    let app = init_service(App::new().wrap(Cors::new(any))).await;
    let names = header::ACCESS_CONTROL_REQUEST_HEADERS;
    for (flood, want) in [("x-a,".repeat(50), true), ("x-a,".repeat(250_000), false)] {
        let answer =
            send(&app, preflight("GET", "/", A).insert_header((names.clone(), flood))).await;
        assert_eq!(answer.status.is_success(), want);
        assert_eq!(answer.header("access-control-allow-headers").is_some(), want);
    }
}

#[actix_web::test]
async fn rs_cors_checks_nothing() {
    let build = |wrong: &str| {
        Policy::builder().origins([wrong]).allow_headers(["no name"]).methods(["TRACE"]).build()
    };
    assert!(build("https://a.example").unwrap_err().to_string().contains("TRACE"));
    assert!(build("garbage").unwrap_err().to_string().contains("garbage"));
}

#[actix_web::test]
async fn rs_cors_spends_milliseconds_on_a_megabyte_of_origin() {
    let list = policy! { origins = ["https://*.example.com", "https://a.example"] };
    let app = init_service(App::new().wrap(Cors::new(list))).await;
    let origin = format!("https://{}.example.com", "a.".repeat(500_000));
    assert_eq!(send(&app, actual("GET", "/", &origin)).await.cors(), DENIED);
    assert_eq!(send(&app, preflight("GET", "/", &origin)).await.cors(), [VARY]);
}

#[cors(off)]
#[get("/out")]
async fn opted_out() -> impl Responder {
    HttpResponse::Ok().insert_header(("access-control-allow-origin", "*")).finish()
}

#[cors(inherit, origins += ["https://b.example"])]
#[get("/partner")]
async fn partner() -> impl Responder {
    "partner"
}

fn shared_policy() -> Cors {
    Cors::new(policy! { origins = ["https://a.example"], credentials })
}

#[actix_web::test]
async fn spring_routes_can_neither_narrow_nor_opt_out() {
    let app = App::new().service(opted_out).service(strict);
    let open = Cors::new(policy! { origins = any, methods = any });
    let app = init_service(app.wrap(open)).await;
    assert_eq!(send(&app, actual("GET", "/out", A)).await.cors(), [""; 0]);
    assert!(!granted(&app, "GET", "/out", A).await);
    assert!(!granted(&app, "PUT", "/strict", B).await);
    assert!(granted(&app, "PUT", "/strict", A).await);
}

#[actix_web::test]
async fn spring_partners_inherit_credentials() {
    let app = init_service(App::new().service(partner).wrap(shared_policy())).await;
    let answer = send(&app, actual("GET", "/partner", B)).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: https://b.example", "vary: Origin"]);
    let answer = send(&app, actual("GET", "/partner", A)).await;
    assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
}

#[actix_web::test]
async fn spring_merged_wildcards_with_credentials_fail_at_each_request() {
    let app = || {
        let widened = Policy::builder().inherit().any_origin().credentials();
        App::new().wrap(shared_policy().at("/a", widened))
    };
    assert!(cors_actix::check(&app).await.is_err(), "at start");
}

/// `#[cors]` alone does not compile; a builder without keys is no policy either.
#[test]
fn micronaut_bare_annotations_trust_everybody() {
    assert!(Policy::builder().build().is_err());
    assert!(Policy::builder().credentials().build().is_err());
}

#[actix_web::test]
async fn fastify_route_policies_never_reach_preflights() {
    let app = init_service(App::new().service(strict).service(opted_out).wrap(shared_policy()));
    let app = app.await;
    assert!(granted(&app, "PUT", "/strict", A).await);
    assert!(!granted(&app, "PUT", "/strict", EVIL).await);
    assert!(!granted(&app, "GET", "/out", A).await, "and the opt-out works");
}

#[actix_web::test]
async fn express_hono_and_starlette_answer_strict_routes_from_the_outer_layer() {
    let open = Cors::new(policy! { origins = any, methods = any });
    let scope = web::scope("/s").service(strict);
    let app = init_service(App::new().service(scope).wrap(open)).await;
    assert!(!granted(&app, "PUT", "/s/strict", EVIL).await);
    assert!(granted(&app, "PUT", "/s/other", EVIL).await);
}

/// The router's own matching decides, so encoded or doubled pieces lead nowhere else.
#[actix_web::test]
async fn flask_cors_path_table_drifts_from_the_router() {
    let plain = web::resource("/admin/{x}").to(|| async { "admin" });
    let app = App::new()
        .service(plain)
        .service(cors_actix::resource("/{tail:.*}", only_a()).to(|| async { "tail" }));
    let app = init_service(app.wrap(Cors::deny())).await;
    for (path, want) in [
        ("/admin/x", "admin"),
        ("/%61dmin/x", "admin"),
        ("/admin/%78", "admin"),
        ("/Admin/x", "tail"),
        ("/admin%2fx", "tail"),
        ("/admin/x/y", "tail"),
        ("/admin/x;y", "admin"),
    ] {
        let answer = send(&app, actual("PUT", path, A)).await;
        assert_eq!(answer.body, want, "{path}");
        assert_eq!(answer.allow_origin().is_some(), want == "tail", "{path}");
        assert_eq!(granted(&app, "PUT", path, A).await, want == "tail", "{path}");
    }
}

#[actix_web::test]
async fn hono_koa_and_resteasy_reflect_the_origin_for_any() {
    let app = App::new().route("/x", web::get().to(HttpResponse::Ok));
    let app = init_service(app.wrap(Cors::new(policy! { origins = any }))).await;
    for origin in [A, EVIL, "null", "garbage"] {
        let answer = send(&app, actual("GET", "/x", origin)).await;
        assert_eq!(answer.cors(), ["access-control-allow-origin: *"], "{origin}");
    }
}
