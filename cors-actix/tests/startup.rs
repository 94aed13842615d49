//! Configuration errors: all at once from `check`, and in full on standard error at start.

use std::{
    process::{Command, Stdio},
    time::Instant,
};

use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::{
    App, HttpServer, Responder,
    dev::AppConfig,
    get,
    http::{Method, StatusCode},
    put,
    rt::System,
    web,
};
use cors_actix::{
    Cors, OwnOrigins, Policy, cors, policy,
    report::{Risk, RowKind},
};

const TRUSTED: Policy = policy! { origins = ["https://a.example"] };

#[cors(policy = TRUSTED)]
#[get("/inside/x")]
async fn inside() -> impl Responder {
    "x"
}

#[cors(inherit, origins += ["https://b.example"])]
#[put("/y")]
async fn edits_deny() -> impl Responder {
    "y"
}

/// One mistake in each layer.
fn wrong() -> Cors {
    Cors::deny()
        .at("/inside", policy! { off })
        .at("/a", policy! { origins = set("nowhere") })
        .at("/{b}/c", policy! { origins = any })
        .at("/slash/", policy! { origins = any })
        .at("/{open", policy! { origins = any })
        .at("/built", Policy::builder().any_origin().credentials())
        .set("unused", ["https://a.example"])
        .preflight_status(StatusCode::FOUND)
}

#[test]
fn all_errors_at_once() {
    let app =
        || App::new().service(web::scope("").service(inside).service(edits_deny)).wrap(wrong());
    let errors = System::new().block_on(cors_actix::check(&app)).unwrap_err();
    let text = errors.to_string();
    for part in [
        "set `nowhere`",
        "set `unused`",
        "region `/{b}/c` can meet region `/a`",
        "region pattern `/slash/` is no scope's prefix",
        "region pattern `/{open` is malformed",
        "preflight status 302",
        "`inside` in `/inside/x`",
        "`edits_deny` in `/y`",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    for problem in errors.iter() {
        let place = problem.to_string();
        assert!(place.contains(concat!(file!(), ":")), "{place}");
        assert!(place.contains("\n  note: ") && place.contains("\n  help: "), "{place}");
    }
}

/// A policy that several routes share is held against the ceiling for each of them.
#[test]
fn shared_policies_exceed_the_ceiling_by_method() {
    let limit = policy! { origins = ["https://a.example"], methods = ["PUT"] };
    let route = |method| cors_actix::route("/x", method, TRUSTED).to(|| async { "x" });
    let check = |second: Method| {
        let app = move || {
            let cors = Cors::deny().ceiling([limit.clone()]);
            App::new().service(route(Method::PUT)).service(route(second.clone())).wrap(cors)
        };
        System::new().block_on(cors_actix::check(&app))
    };
    assert!(check.clone()(Method::GET).is_ok());
    let text = check(Method::DELETE).unwrap_err().to_string();
    assert!(text.contains("DELETE"), "{text}");
}

/// A second check with the same `Cors` says the same, and no worker starts after it.
#[test]
fn errors_of_routes_every_time() {
    let cors = Cors::deny().set("spa", ["https://a.example"]);
    let app = || App::new().service(edits_deny).wrap(cors.clone());
    let check = || System::new().block_on(cors_actix::check(&app)).unwrap_err();
    let (first, second) = (check(), check());
    assert_eq!(first, second);
    for part in ["`edits_deny` in `/y`", "set `spa`"] {
        assert!(first.to_string().contains(part), "{part} in\n{first}");
    }
    let start = async { app().into_factory().new_service(AppConfig::default()).await };
    assert!(System::new().block_on(start).is_err());
}

/// A set has to be named in the App that is checked, whatever other Apps have been checked before.
#[test]
fn sets_by_app() {
    let route = |policy| cors_actix::route("/x", Method::GET, policy).to(|| async { "x" });
    let cors = Cors::deny().set("spa", ["https://a.example"]);
    let names = || App::new().service(route(policy! { origins = set("spa") })).wrap(cors.clone());
    let does_not = || App::new().service(route(TRUSTED)).wrap(cors.clone());
    for _ in 0..2 {
        assert!(System::new().block_on(cors_actix::check(&names)).is_ok());
        let error = System::new().block_on(cors_actix::check(&does_not)).unwrap_err();
        assert!(error.to_string().contains("set `spa`"), "{error}");
    }
}

/// A route is merged with those regions alone that it can meet.
#[test]
fn regions_that_a_route_does_not_meet() {
    let edited = policy! { inherit, origins += ["https://b.example"] };
    let check = |path: &'static str| {
        let app = || {
            let cors = Cors::new(TRUSTED)
                .at("/v1", policy! { inherit, max_age = 1 })
                .at("/admin", policy! { off });
            let route = cors_actix::route(path, Method::GET, edited.clone()).to(|| async { "x" });
            App::new().service(route).wrap(cors)
        };
        System::new().block_on(cors_actix::check(&app))
    };
    // two regions, but never the one that is off
    check("/v{version}/x").unwrap();
    let error = check("/{version}/x").unwrap_err();
    assert!(error.to_string().contains("at /admin"), "{error}");
}

/// What is left to what stands inside is checked all the same.
#[test]
fn routes_that_are_left() {
    let route = |policy| cors_actix::route("/old/x", Method::GET, policy).to(|| async { "x" });
    let cors = || Cors::deny().leave("/old").ceiling([TRUSTED]);
    let check = |cors: &Cors, policy: &Policy| {
        let app = || App::new().service(route(policy.clone())).wrap(cors.clone());
        System::new().block_on(cors_actix::check(&app))
    };
    let named = policy! { origins = set("spa") };
    let filled = cors().set("spa", ["https://a.example"]);
    let report = check(&filled, &named).unwrap();
    let row = &report.rows()[0];
    assert!(row.policy().is_none() && row.risks.iter().any(|f| f.risk == Risk::LeftUnchecked));
    let unfilled = check(&cors(), &named).unwrap_err().to_string();
    assert!(unfilled.contains("set `spa` is not filled"), "{unfilled}");
    let over = check(&cors(), &policy! { origins = ["https://b.example"] }).unwrap_err();
    assert!(over.to_string().contains("ceiling"), "{over}");
}

/// Routes of an App of this thread that has no middleware are not those of the App that is checked.
#[test]
fn another_app_of_the_thread() {
    System::new().block_on(async {
        let other = App::new().service(edits_deny);
        let _other = other.into_factory().new_service(AppConfig::default()).await;
        let app = || App::new().route("/x", web::get().to(|| async { "x" })).wrap(Cors::deny());
        let report = cors_actix::check(&app).await.unwrap();
        assert!(report.rows().iter().all(|row| row.kind == RowKind::App), "{report:?}");
    });
}

#[test]
fn methods_of_routes_in_code() {
    let check = |method: &'static [u8]| {
        let method = Method::from_bytes(method).unwrap();
        let route = move || cors_actix::route("/x", method.clone(), TRUSTED).to(|| async { "x" });
        let app = move || App::new().service(route()).wrap(Cors::deny());
        System::new().block_on(cors_actix::check(&app))
    };
    for method in [&b"PUT"[..], b"QUERY", b"PROPFIND", b"x-own"] {
        assert!(check(method).is_ok());
    }
    for (method, text) in [
        (&b"put"[..], "method in lower case: `put`"),
        (b"TRACE", "forbidden method: `TRACE`"),
        (b"CONNECT", "forbidden method: `CONNECT`"),
        (b"*", "`any` is a word of its own, not a name: `*`"),
    ] {
        let error = check(method).unwrap_err().to_string();
        assert!(error.contains(text) && error.contains(file!()), "{text} in\n{error}");
    }
}

#[test]
fn own_origins() {
    let check = |own: &'static [&'static str]| {
        let own = OwnOrigins::from_request().and(own.iter().copied());
        let app = move || App::new().wrap(Cors::deny().reject_disallowed(own.clone()));
        System::new().block_on(cors_actix::check(&app))
    };
    assert!(check(&[]).is_ok());
    assert!(check(&["https://example.com", "http://localhost:8080", "https://[::1]"]).is_ok());
    const WRONG: [&str; 7] = [
        "https://example.com/",
        "HTTPS://x.example",
        "example.com",
        "",
        "null",
        "https://*.example.com",
        "http://localhost:*",
    ];
    let error = check(&WRONG).unwrap_err();
    assert_eq!(error.iter().count(), WRONG.len(), "{error}");
    for origin in WRONG {
        assert!(error.to_string().contains(&format!("own origin `{origin}` is none")), "{error}");
    }
}

#[test]
fn many_regions() {
    let cors = (0..3_000).fold(Cors::deny(), |cors, number| {
        cors.at(format!("/tenant{number}"), policy! { origins = any })
    });
    let app = || App::new().service(inside).wrap(cors.clone());
    let begin = Instant::now();
    assert!(System::new().block_on(cors_actix::check(&app)).is_ok());
    // each with each, but quickly: they were read anew for each pair
    assert!(begin.elapsed().as_secs() < 30, "{:?}", begin.elapsed());
}

const CHILD: &str = "CORS_TEST_CHILD";

/// Without the check the server does not start either, and says the same.
#[test]
fn on_standard_error_for_those_who_forget() {
    if std::env::var(CHILD).is_ok() {
        let server = HttpServer::new(|| App::new().service(edits_deny).wrap(wrong()));
        let run = async { server.workers(2).bind(("127.0.0.1", 0)).unwrap().run().await };
        assert!(System::new().block_on(run).is_err());
        return;
    }
    let own = std::env::current_exe().unwrap();
    let child = Command::new(own)
        .args(["--exact", "on_standard_error_for_those_who_forget", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{text}");
    for part in
        ["errors in the CORS configuration", "set `nowhere`", "`edits_deny` in `/y`", "help: "]
    {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}
