//! Guards of routes and scopes.

use actix_web::{
    App, guard,
    http::{Method, header},
    middleware::{NormalizePath, TrailingSlash},
    test::{TestRequest, init_service},
    web,
};
use cors_actix::{Cors, guarded, on_host, policy};

use crate::{
    common::{A, B, actual, granted, preflight, send},
    handlers::*,
};

#[actix_web::test]
async fn of_routes() {
    let app = App::new().service(guarded_put).service(fallback_put);
    let app = init_service(app.wrap(Cors::deny())).await;
    // either may serve it, so both would have to grant
    assert!(!granted(&app, "PUT", "/g", A).await);
    assert!(!granted(&app, "PUT", "/g", B).await);
    let answer = send(&app, actual("PUT", "/g", A).insert_header(("x-json", "1"))).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("json", Some(A)));
    let answer = send(&app, actual("PUT", "/g", A)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("other", None));
    // alone, something without `#[cors]` may stand behind
    let alone = init_service(App::new().service(guarded_put).wrap(Cors::deny())).await;
    assert!(!granted(&alone, "PUT", "/g", A).await);
    let open = Cors::new(policy! { origins = any, methods = any });
    let open = init_service(App::new().service(guarded_put).wrap(open)).await;
    assert!(granted(&open, "PUT", "/g", A).await);
    assert!(!granted(&open, "PUT", "/g", B).await);
}

const PATH: &str = "/s/users/1";

fn to(host: &'static str, request: TestRequest) -> TestRequest {
    request.insert_header((header::HOST, host))
}

fn plain_on_two() -> actix_web::Scope {
    let plain = web::delete().to(|| async { "plain delete" });
    web::scope("/s").guard(guard::Host("two")).route("/users/{id}", plain)
}

#[actix_web::test]
async fn of_a_scope_undeclared() {
    let scope = web::scope("/s").guard(guard::Host("one")).service(delete_user);
    let app =
        init_service(App::new().service(scope).service(plain_on_two()).wrap(Cors::deny())).await;
    let granted_to = async |host| {
        send(&app, to(host, preflight("DELETE", PATH, A))).await.allow_origin().is_some()
    };
    assert!(granted_to("one").await);
    assert!(granted_to("two").await, "the hole");
    let answer = send(&app, to("two", actual("DELETE", PATH, A))).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain delete", None));
    assert!(!granted_to("two").await, "tripped");
}

/// With annotated routes on both sides of a guard that nobody declared, preflights are decided by
/// the first one, until a request shows that the other one serves what the first one grants.
#[actix_web::test]
async fn of_two_annotated_scopes() {
    let remove = |name: &str, policy| {
        let route = cors_actix::route("/users/{id}", Method::DELETE, policy);
        route.name(name).to(|| async { "deleted" })
    };
    let a = || remove("a", policy! { origins = ["https://a.example"] });
    let b = || remove("b", policy! { origins = ["https://b.example"] });
    let scope = |host| web::scope("/s").guard(guard::Host(host));
    let undeclared =
        App::new().service(scope("one").service(a())).service(scope("two").service(b()));
    let declared = App::new()
        .service(guarded(scope("one").service(a())))
        .service(guarded(scope("two").service(b())));
    let exact = App::new()
        .service(on_host("one", web::scope("/s").service(a())))
        .service(on_host("two", web::scope("/s").service(b())));
    let undeclared = init_service(undeclared.wrap(Cors::deny())).await;
    let declared = init_service(declared.wrap(Cors::deny())).await;
    let exact = init_service(exact.wrap(Cors::deny())).await;
    let origins = [("one", A, [true, false, true]), ("two", A, [true, false, false])];
    let others = [("one", B, [false, false, false]), ("two", B, [false, false, true])];
    for round in 0..2 {
        for (host, origin, mut want) in origins.into_iter().chain(others) {
            let granted = async |app| {
                let answer = send(app, to(host, preflight("DELETE", PATH, origin))).await;
                answer.allow_origin().is_some()
            };
            let got = [granted(&undeclared).await, granted(&declared).await, granted(&exact).await];
            want[0] &= round == 0;
            assert_eq!(got, want, "{host} {origin}");
            let readable = (host == "one") == (origin == A);
            for app in [&undeclared, &declared, &exact] {
                let answer = send(app, to(host, actual("DELETE", PATH, origin))).await;
                assert_eq!(answer.body, "deleted", "{host} {origin}");
                assert_eq!(answer.allow_origin().is_some(), readable, "{host} {origin}");
            }
        }
    }
}

/// The same where a declared `NormalizePath` changes every path.
#[actix_web::test]
async fn of_two_annotated_scopes_behind_normalize_path() {
    let remove = |name: &str, policy| {
        let route = cors_actix::route("/x/", Method::DELETE, policy);
        route.name(name).to(|| async { "deleted" })
    };
    let scope = |host| web::scope("/s").guard(guard::Host(host));
    let a = remove("a", policy! { origins = ["https://a.example"] });
    let b = remove("b", policy! { origins = ["https://b.example"] });
    let app = App::new()
        .service(scope("one").service(a))
        .service(scope("two").service(b))
        .wrap(NormalizePath::new(TrailingSlash::Always))
        .wrap(Cors::deny().normalize(TrailingSlash::Always));
    let app = init_service(app).await;
    let is_granted = async || {
        send(&app, to("two", preflight("DELETE", "/s/x", A))).await.allow_origin().is_some()
    };
    assert!(is_granted().await);
    assert_eq!(send(&app, to("two", actual("DELETE", "/s/x", A))).await.allow_origin(), None);
    assert!(!is_granted().await);
}

/// What is decided for one host is not remembered for another, where only a later route depends on
/// it.
#[actix_web::test]
async fn of_a_later_route_alone() {
    let put = |name: &str, policy| {
        let route = cors_actix::route("/users/{id}", Method::PUT, policy);
        web::scope("").service(route.name(name).to(|| async { "put" }))
    };
    let app = App::new()
        .service(user)
        .service(on_host("one", put("a", policy! { origins = ["https://a.example"] })))
        .service(on_host("two", put("b", policy! { origins = ["https://b.example"] })));
    let open = Cors::new(policy! { origins = any, methods = ["PUT"] });
    let app = init_service(app.wrap(open)).await;
    for _ in 0..2 {
        for (host, origin, want) in
            [("one", A, true), ("two", A, false), ("two", B, true), ("one", B, false)]
        {
            let request = to(host, preflight("PUT", "/users/1", origin));
            let answer = send(&app, request).await;
            assert_eq!(answer.allow_origin().is_some(), want, "{host} {origin}");
        }
    }
}

/// A route without `#[cors]` may stand between the scopes of two hosts.
#[actix_web::test]
async fn of_two_hosts_in_strict_mode() {
    let app = |cors: Cors| {
        let one = on_host("one", web::scope("/s").service(user));
        let two = on_host("two", web::scope("/s").service(user));
        init_service(App::new().service(one).service(two).wrap(cors))
    };
    let (usual, strict) = (app(Cors::deny()).await, app(Cors::deny().strict()).await);
    for (host, want) in [("one", (true, true)), ("two", (true, false))] {
        let granted = async |app| {
            let answer = send(app, to(host, preflight("GET", PATH, A))).await;
            answer.allow_origin().is_some()
        };
        assert_eq!((granted(&usual).await, granted(&strict).await), want, "{host}");
    }
}

/// The map does not look behind the first scope that takes a path, so a path that only a later
/// host has is refused unless routes without `#[cors]` are granted it too.
#[actix_web::test]
async fn path_of_a_later_host_only() {
    let app = |cors: Cors| {
        let one = on_host("one", web::scope("/s").service(user));
        let two = on_host("two", web::scope("/s").service(delete_user).service(two_methods));
        init_service(App::new().service(one).service(two).wrap(cors))
    };
    let granted = async |cors, origin, path| {
        let app = app(cors).await;
        let answer = send(&app, to("two", preflight("PUT", path, origin))).await;
        let actual = send(&app, to("two", actual("PUT", path, origin))).await;
        (answer.allow_origin().is_some(), actual.allow_origin().is_some())
    };
    let open = || Cors::new(policy! { origins = ["https://a.example"], methods = ["PUT"] });
    assert_eq!(granted(Cors::deny(), A, "/s/x").await, (false, true));
    assert_eq!(granted(open(), A, "/s/x").await, (true, true));
    assert_eq!(granted(open(), B, "/s/x").await, (false, false));
}

/// One handler for several hosts, with a policy for each.
#[actix_web::test]
async fn one_name_and_pattern_on_two_hosts() {
    let scope = |path: &str, policy| {
        web::scope(path).service(
            cors_actix::route("/users/{id}", Method::DELETE, policy).to(|| async { "deleted" }),
        )
    };
    let a = || policy! { origins = ["https://a.example"] };
    let b = || policy! { origins = ["https://b.example"] };
    for prefix in ["/s", "/{s}", "/{s:[s/]+}"] {
        let app = App::new()
            .service(on_host("one", scope(prefix, a())))
            .service(on_host("two", scope(prefix, b())));
        let app = init_service(app.wrap(Cors::deny())).await;
        for (host, trusted, other) in [("one", A, B), ("two", B, A), ("one", A, B)] {
            let granted = async |origin| {
                let answer = send(&app, to(host, preflight("DELETE", PATH, origin))).await;
                answer.allow_origin().is_some()
            };
            // which of them the map has found is not certain where a regex may span segments
            assert_eq!(granted(trusted).await, !prefix.contains('['), "{prefix} {host}");
            assert!(!granted(other).await, "{prefix} {host}");
            let answer = send(&app, to(host, actual("DELETE", PATH, trusted))).await;
            assert_eq!(answer.allow_origin(), Some(trusted), "{prefix} {host}");
        }
    }
}

#[actix_web::test]
async fn of_a_scope_declared() {
    let scope = web::scope("/s").guard(guard::Host("one")).service(delete_user);
    let app = App::new().service(guarded(scope)).service(plain_on_two());
    let app = init_service(app.wrap(Cors::deny())).await;
    for host in ["one", "two"] {
        let answer = send(&app, to(host, preflight("DELETE", PATH, A))).await;
        assert_eq!(answer.allow_origin(), None, "{host}");
    }
    let answer = send(&app, to("one", actual("DELETE", PATH, A))).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("annotated delete", Some(A)));
}

#[actix_web::test]
async fn virtual_hosts() {
    let app = init_service(
        App::new()
            .service(on_host("one", web::scope("/s").service(user).service(delete_user)))
            .service(on_host("two", web::scope("/s").service(put_user)))
            .wrap(Cors::deny()),
    )
    .await;
    // twice: nothing that depends on the host is remembered
    for _ in 0..2 {
        for (method, origin, host, want) in [
            ("DELETE", A, "one", true),
            ("DELETE", A, "two", false),
            ("DELETE", B, "one", false),
            ("PUT", B, "two", true),
            ("PUT", B, "one", false),
            ("PUT", B, "three", false),
        ] {
            let answer = send(&app, to(host, preflight(method, PATH, origin))).await;
            assert_eq!(answer.allow_origin().is_some(), want, "{method} {origin} {host}");
            let answer = send(&app, to(host, actual(method, PATH, origin))).await;
            assert_eq!(answer.allow_origin().is_some(), want, "{method} {origin} {host}");
        }
    }
}
