//! Configuration errors: all at once from `check`, and in full on standard error at start.

use std::{
    panic::AssertUnwindSafe,
    process::{Command, Stdio},
    time::Duration,
};

use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::{
    App, HttpServer, Responder,
    body::BoxBody,
    dev::{AppConfig, ServiceRequest},
    get,
    http::{Method, StatusCode},
    middleware::{Next, from_fn},
    put,
    rt::{System, task::yield_now, time::sleep},
    web,
};
use cors_actix::{
    Cors, OwnOrigins, Policy, cors, policy,
    report::{Risk, RowKind},
};
use futures_util::{FutureExt, future::join};

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

async fn wait() -> Result<(), ()> {
    sleep(Duration::from_millis(5)).await;
    Ok(())
}

/// Two checks that run on one thread at once, as with `join`, each tell about their own App.
#[test]
fn checks_at_once() {
    let unfilled = policy! { origins = set("nowhere") };
    for (one, two) in [("/x", "/x"), ("/x", "/y")] {
        for (of_one, of_two) in [(&TRUSTED, &unfilled), (&unfilled, &TRUSTED), (&TRUSTED, &TRUSTED)]
        {
            for scope in [None, Some("/s")] {
                let cors = Cors::deny();
                let app = |path: &'static str, policy: &Policy| {
                    let (cors, policy) = (cors.clone(), policy.clone());
                    move || {
                        let route = cors_actix::route(path, Method::GET, policy.clone());
                        let route = route.to(|| async { "x" });
                        let app = App::new().data_factory(wait);
                        let app = match scope {
                            Some(scope) => app.service(web::scope(scope).service(route)),
                            None => app.service(route),
                        };
                        app.wrap(cors.clone())
                    }
                };
                let (first, second) = (app(one, of_one), app(two, of_two));
                let both = join(cors_actix::check(&first), cors_actix::check(&second));
                let (first, second) = System::new().block_on(both);
                for (answer, policy, path) in [(first, of_one, one), (second, of_two, two)] {
                    let is_right = policy.site() == TRUSTED.site();
                    assert_eq!(answer.is_ok(), is_right, "{path} in {scope:?}: {answer:?}");
                    let path = format!("{}{path}", scope.unwrap_or_default());
                    let rows = answer.map(|report| report.rows().to_vec()).unwrap_or_default();
                    assert!(!is_right || rows[0].path == path, "{path}");
                }
            }
        }
    }
}

/// Of one `Cors` in two Apps, whose checks take turns, each report is that of its own App.
#[test]
fn reports_of_two_apps() {
    let cors = Cors::deny();
    let app = |path: &'static str| {
        let cors = cors.clone();
        move || {
            let route = cors_actix::route(path, Method::GET, TRUSTED).to(|| async { "x" });
            let late = from_fn(async |req: ServiceRequest, next: Next<BoxBody>| {
                yield_now().await;
                next.call(req).await
            });
            App::new().service(route).wrap(cors.clone()).wrap(late)
        }
    };
    let (one, two) = (app("/one"), app("/two"));
    let both = join(cors_actix::check(&one), cors_actix::check(&two));
    let (one, two) = System::new().block_on(both);
    assert_eq!((&*one.unwrap().rows()[0].path, &*two.unwrap().rows()[0].path), ("/one", "/two"));
}

/// A factory that panics takes nobody's standard error away.
#[test]
fn a_factory_that_panics() {
    let panics = || App::new().configure(|_| panic!("the factory's own")).wrap(Cors::deny());
    let check = async || cors_actix::check(&panics).await.is_ok();
    System::new().block_on(async {
        assert!(AssertUnwindSafe(check()).catch_unwind().await.is_err());
        let app = || App::new().service(edits_deny).wrap(Cors::deny());
        let start = app().into_factory().new_service(AppConfig::default()).await;
        assert!(start.is_err(), "nobody listens, so it does not start");
    });
}

#[test]
fn a_ceiling_without_policies() {
    let route = || cors_actix::route("/x", Method::GET, policy! { origins = any });
    let cors = Cors::deny().ceiling(Vec::<Policy>::new());
    let app = || App::new().service(route().to(|| async { "x" })).wrap(cors.clone());
    let error = System::new().block_on(cors_actix::check(&app)).unwrap_err().to_string();
    let place = format!("{}:{}: ceiling without policies", file!(), line!() - 3);
    assert!(error.contains(&place), "{place} in\n{error}");
}

/// What a function returns is where it is handed over.
#[test]
fn places_of_policies_that_failed() {
    let wrong = || Policy::builder().origins(["x"]).build();
    for (name, cors) in [
        ("new", Cors::new(wrong())),
        ("at", Cors::deny().at("/a", wrong())),
        ("ceiling", Cors::deny().ceiling([wrong()])),
    ] {
        let error = System::new().block_on(cors_actix::check(&|| App::new().wrap(cors.clone())));
        let error = error.unwrap_err().to_string();
        assert!(error.contains(file!()), "{name}: {error}");
    }
}

/// One mistake is one error, in however many regions the route may be.
#[test]
fn one_mistake_in_many_regions() {
    let cors = (0..50).fold(Cors::deny().set("spa", ["https://a.example"]), |cors, number| {
        cors.at(format!("/tenant{number}"), policy! { origins = any })
    });
    let misspelled = policy! { origins = set("spe") };
    let app = || {
        let route = cors_actix::route("/{tenant}/x", Method::GET, misspelled.clone());
        App::new().service(route.to(|| async { "x" })).wrap(cors.clone())
    };
    let errors = System::new().block_on(cors_actix::check(&app)).unwrap_err();
    assert_eq!(errors.iter().count(), 2, "{errors}");
}

/// A set is named also by a policy of which nothing comes.
#[test]
fn a_set_in_an_edit_of_deny() {
    let edit = policy! { inherit, origins += set("spa") };
    let cors = Cors::deny().set("spa", ["https://a.example"]);
    let app = || {
        let route = cors_actix::route("/x", Method::GET, edit.clone()).to(|| async { "x" });
        App::new().service(route).wrap(cors.clone())
    };
    let errors = System::new().block_on(cors_actix::check(&app)).unwrap_err();
    assert_eq!(errors.iter().count(), 1, "{errors}");
}

/// A region in one that is off opens its paths again, also for routes that may be in either.
#[test]
fn a_region_inside_of_one_that_is_off() {
    let cors = Cors::deny().at("/admin", policy! { off }).at("/admin/open", TRUSTED);
    let check = |path: &'static str| {
        let app = || {
            let route = cors_actix::route(path, Method::GET, TRUSTED).to(|| async { "x" });
            App::new().service(route).wrap(cors.clone())
        };
        System::new().block_on(cors_actix::check(&app))
    };
    assert!(check("/admin/open/x").is_ok() && check("/admin/{page}/x").is_ok());
    assert!(check("/admin/x").is_err() && check("/admin/{page}").is_ok());
    assert!(check("/admin/closed/x").is_err());
}

#[test]
fn regions_with_two_holes() {
    let check = |one: &'static str, two: &'static str| {
        let cors = Cors::deny().at(one, TRUSTED).at(two, TRUSTED);
        System::new().block_on(cors_actix::check(&|| App::new().wrap(cors.clone()))).is_ok()
    };
    assert!(check("/{language}-{country}", "/docs"));
    assert!(check("/{language}-{country}", "/en-GB"), "nested");
    assert!(!check("/en-GB", "/{language}-{country}"), "the inner one first");
    assert!(!check("/{language}-{country}", "/{any}"));
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

const CHILD: &str = "CORS_TEST_CHILD";

/// Without the check the server does not start either, and says the same.
#[test]
fn on_standard_error_for_those_who_forget() {
    if std::env::var(CHILD).is_ok() {
        let cors = wrong();
        let server = HttpServer::new(move || App::new().service(edits_deny).wrap(cors.clone()));
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
    // of two workers one
    assert_eq!(text.matches("errors in the CORS configuration").count(), 1, "{text}");
}
