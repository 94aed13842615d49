//! Scopes: nested, dynamic, with regexes, one after the other.

use std::{cell::Cell, net::SocketAddr, rc::Rc};

use actix_service::{IntoServiceFactory, ServiceFactory};
use actix_web::{
    App, HttpResponse,
    dev::AppConfig,
    http::{Method, StatusCode},
    test::init_service,
    web,
};
use cors_actix::{Cors, policy};

use crate::{
    auth,
    common::{A, B, actual, granted, preflight, readable, send},
    handlers::*,
};

#[actix_web::test]
async fn nested_behind_authentication() {
    let seen = Rc::new(Cell::new(0));
    let inner =
        web::scope("/v1").wrap_fn(auth!(seen)).service(user).service(put_user).service(item);
    let app = App::new().service(web::scope("/api/{tenant}").wrap_fn(auth!(seen)).service(inner));
    let app = init_service(app.wrap(Cors::deny())).await;
    assert!(granted(&app, "GET", "/api/t/v1/users/1", A).await);
    assert!(!granted(&app, "GET", "/api/t/v1/users/1", B).await);
    assert!(granted(&app, "PUT", "/api/t/v1/users/1", B).await);
    assert!(!granted(&app, "PUT", "/api/t/v1/users/1", A).await);
    assert_eq!(seen.get(), 0, "no middleware of a scope sees a preflight");
    // the refusal has the policy of the route that would have served
    let answer = send(&app, actual("GET", "/api/t/v1/users/1", A)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::UNAUTHORIZED, Some(A)));
    let answer = send(&app, actual("PUT", "/api/t/v1/users/1", A)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::UNAUTHORIZED, None));
    let cookie = ("cookie", "known=1");
    let answer = send(&app, actual("GET", "/api/t/v1/users/1", A).insert_header(cookie)).await;
    assert_eq!(answer.body, "1 /api/7/v1/users/7 user /api/{tenant}/v1/users/{id}");
    assert_eq!(answer.allow_origin(), Some(A));
    let answer = send(&app, actual("GET", "/api/t/v1/nope", A).insert_header(cookie)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::NOT_FOUND, None));
}

#[actix_web::test]
async fn custom_regexes() {
    let app = init_service(
        App::new()
            .service(web::scope(r"/t/{id:\d+}").service(user).service(item))
            .service(web::scope("/t/{name:[a-z]+}").service(put_user))
            .service(web::scope("/m/{path:[a-z/]+}").service(user).service(delete_user))
            .wrap(Cors::deny()),
    )
    .await;
    assert!(granted(&app, "GET", "/t/12/users/1", A).await);
    assert!(!granted(&app, "PUT", "/t/12/users/1", B).await, "the other scope");
    assert!(granted(&app, "PUT", "/t/abc/users/1", B).await);
    assert!(!granted(&app, "GET", "/t/abc/users/1", A).await);
    assert!(!granted(&app, "GET", "/t/A/users/1", A).await, "no scope");
    // the prefix takes all of `/m/a/users/x`
    assert_eq!(send(&app, actual("GET", "/m/a/users/x", A)).await.status, StatusCode::NOT_FOUND);
    assert!(!granted(&app, "GET", "/m/a/users/x", A).await);
    // here it ends at a slash, and still takes `/users`
    assert_eq!(send(&app, actual("GET", "/m/a/users/1", A)).await.status, StatusCode::NOT_FOUND);
    assert!(!granted(&app, "DELETE", "/m/a/users/1", A).await);
}

#[actix_web::test]
async fn one_handler_in_two_scopes_and_at_the_root() {
    let app = init_service(
        App::new()
            .service(web::scope("/a").service(user).service(put_user).service(delete_user))
            .service(web::scope("/b/{x}").service(user).service(put_user).service(delete_user))
            .service(user)
            .wrap(Cors::deny()),
    )
    .await;
    for path in ["/a/users/1", "/b/q/users/1", "/users/1"] {
        assert!(granted(&app, "GET", path, A).await, "{path}");
        assert!(!granted(&app, "GET", path, B).await, "{path}");
        assert!(readable(&app, "GET", path, A).await, "{path}");
        let in_scope = path != "/users/1";
        assert_eq!(granted(&app, "DELETE", path, A).await, in_scope, "{path}");
        assert_eq!(granted(&app, "PUT", path, B).await, in_scope, "{path}");
        assert!(!granted(&app, "PUT", path, A).await, "{path}");
    }
}

/// What a scope holds before and after another scope is one scope's.
#[actix_web::test]
async fn around_a_nested_scope() {
    let app = init_service(
        App::new()
            .service(
                web::scope("/s")
                    .service(user)
                    .service(web::scope("/n").service(item))
                    .service(delete_user),
            )
            .wrap(Cors::deny()),
    )
    .await;
    assert!(granted(&app, "GET", "/s/users/1", A).await);
    assert!(granted(&app, "DELETE", "/s/users/1", A).await);
    assert!(!granted(&app, "DELETE", "/s/users/1", B).await);
    assert!(granted(&app, "GET", "/s/n/items/1", A).await);
}

#[actix_web::test]
async fn methods_and_paths_of_macros() {
    let scope = web::scope("/s").service(two_methods).service(two_routes).service(index);
    let app = init_service(App::new().service(scope).wrap(Cors::deny().strict())).await;
    for (method, path, origin, want) in [
        ("GET", "/s/x", A, true),
        ("PUT", "/s/x", A, true),
        ("POST", "/s/x", A, false),
        ("GET", "/s", B, true),
        ("PUT", "/s", B, true),
        ("GET", "/s", A, false),
        ("GET", "/s/r1", A, true),
        ("POST", "/s/r1", A, false),
        ("POST", "/s/r2/1", A, true),
        ("GET", "/s/r2/1", A, false),
    ] {
        assert_eq!(granted(&app, method, path, origin).await, want, "{method} {path} {origin}");
        if want {
            assert!(readable(&app, method, path, origin).await, "{method} {path} {origin}");
        }
    }
}

#[actix_web::test]
async fn encoded_and_odd_prefixes() {
    let app = init_service(
        App::new()
            .service(web::scope("/caf\u{e9}").service(user).service(put_user))
            .service(web::scope("/a b/{x}").service(user).service(put_user))
            .service(web::scope("/v{major}").service(user).service(put_user))
            .service(web::scope("slashless").service(user).service(put_user))
            .service(web::scope("/tr/").service(user))
            .wrap(Cors::deny()),
    )
    .await;
    let paths = ["/caf%C3%A9/users/1", "/a%20b/1/users/1", "/v2/users/1", "/slashless/users/1"];
    for path in paths {
        assert_eq!(send(&app, actual("GET", path, A)).await.status, StatusCode::OK, "{path}");
        assert!(readable(&app, "GET", path, A).await, "{path}");
        assert!(granted(&app, "GET", path, A).await, "{path}");
        assert!(granted(&app, "PUT", path, B).await, "{path}");
        assert!(!granted(&app, "PUT", path, A).await, "{path}");
    }
    assert_eq!(send(&app, actual("GET", "/tr//users/1", A)).await.status, StatusCode::OK);
    assert!(!granted(&app, "GET", "/tr//users/1", A).await, "NormalizePath might change it");
    // what stays encoded for the router stays so for us
    assert!(granted(&app, "GET", "/v2/users/a%2Fb", A).await);
    assert!(!granted(&app, "GET", "/v2%2Fusers/1", A).await);
}

#[actix_web::test]
async fn one_prefix_twice_and_a_scope_without_prefix() {
    let app = init_service(
        App::new()
            .service(web::scope("/s").service(user))
            .service(web::scope("/s").service(put_user))
            .service(web::resource("/s/users/{id}").route(web::patch().to(|| async { "x" })))
            .service(web::scope("").service(delete_user).service(item))
            .wrap(Cors::deny()),
    )
    .await;
    assert!(granted(&app, "GET", "/s/users/1", A).await);
    // actix never gets to the second scope
    let answer = send(&app, actual("PUT", "/s/users/1", B)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(!granted(&app, "PUT", "/s/users/1", B).await);
    assert!(granted(&app, "DELETE", "/users/1", A).await);
    assert!(granted(&app, "GET", "/items/1", A).await);
}

#[actix_web::test]
async fn hostile_first_request() {
    let app = || App::new().service(web::scope("/s/{t}").service(item).service(user));
    for host in ["[", "a b", "", "%"] {
        let app = init_service(app().wrap(Cors::deny())).await;
        let request = actual("GET", "/s/1/items/1", B).insert_header(("host", host));
        let answer = send(&app, request.insert_header(("forwarded", "host=\"[\""))).await;
        assert_eq!(answer.allow_origin(), None);
        assert!(granted(&app, "GET", "/s/1/items/1", A).await, "{host:?}");
    }
}

#[actix_web::test]
async fn odd_targets() {
    let app = init_service(App::new().service(user).service(tail).wrap(Cors::deny())).await;
    let long = format!("/users/{}", "x".repeat(60_000));
    let deep = "/a".repeat(30_000);
    for path in [&*long, &deep, "/users/..", "/./users/1", "/users/%00", "/users/%ff", "/%2e%2e/x"]
    {
        assert!(granted(&app, "GET", path, A).await, "{:.20}", path);
        assert!(!granted(&app, "GET", path, B).await, "{:.20}", path);
        assert!(readable(&app, "GET", path, A).await, "{:.20}", path);
    }
    let answer = send(&app, preflight("CONNECT", "/users/1", A)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::FORBIDDEN, None));
    let answer = send(&app, preflight("GET", "*", A)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::FORBIDDEN, None));
}

/// Scopes that follow one another look alike while actix registers them, if the allocator gives a
/// buffer out again; which one does depends on lengths, so all are tried.
#[actix_web::test]
async fn sibling_scopes_are_told_apart() {
    let address: SocketAddr = ([127, 0, 0, 1], 80).into();
    for host_len in 1..80 {
        for (prefix_len, own_default) in [(1, true), (1, false), (20, true), (40, true), (70, true)]
        {
            let mut app = App::new();
            let prefix = |i: usize| format!("/{}{i}", "p".repeat(prefix_len));
            for i in 0..4 {
                let mut scope = web::scope(&prefix(i));
                if own_default {
                    scope = scope.default_service(web::to(|| async { "default" }));
                }
                scope = if i % 2 == 0 {
                    scope.service(item).service(user)
                } else {
                    scope.service(put_user).service(delete_user)
                };
                app = app.service(scope);
            }
            // a policy that nobody asks would not be missed: the default grants everything
            let cors = Cors::new(policy! { origins = any, methods = any });
            let config = AppConfig::__priv_test_new(false, "h".repeat(host_len), address);
            let app = app.wrap(cors).into_factory().new_service(config).await.unwrap();
            let case = format!("host of {host_len} bytes, prefix of {prefix_len}, {own_default}");
            for i in 0..4 {
                let path = |rest: &str| format!("{}{rest}", prefix(i));
                let (method, path) = match i % 2 {
                    0 => ("GET", path("/users/1")),
                    _ => ("DELETE", path("/users/1")),
                };
                assert!(granted(&app, method, &path, A).await, "{case} {path}");
                assert!(!granted(&app, method, &path, B).await, "{case} {path}");
            }
        }
    }
}

/// Behind the first match, what a custom regex of a route matches is known.
#[actix_web::test]
async fn custom_regexes_of_routes_behind_the_first_match() {
    let only = |path: &str, policy| {
        let route = cors_actix::route(path, Method::DELETE, policy);
        route.to(HttpResponse::Ok)
    };
    let a = || policy! { origins = ["https://a.example"] };
    let b = || policy! { origins = ["https://b.example"] };
    for prefix in ["", "/s", "/{s}", "/{s:[st/]+}"] {
        let scope = web::scope(prefix)
            .service(user)
            .service(only(r"/users/{n:\d+}", a()))
            .service(only(r"/users/{a:[a-z]+}-{b:[a-z]+}", b()))
            .service(only("/{tail:.*}", a()));
        let app = init_service(App::new().service(scope).wrap(Cors::deny())).await;
        let head = if prefix.is_empty() { "" } else { "/s" };
        for (path, trusted, other) in
            [("/users/1", A, B), ("/users/a-b", B, A), ("/users/a", A, B), ("/users/a-1", A, B)]
        {
            let path = [head, path].concat();
            assert!(granted(&app, "DELETE", &path, trusted).await, "{prefix} {path}");
            assert!(!granted(&app, "DELETE", &path, other).await, "{prefix} {path}");
            assert!(readable(&app, "DELETE", &path, trusted).await, "{prefix} {path}");
            assert!(!readable(&app, "DELETE", &path, other).await, "{prefix} {path}");
        }
    }
}
