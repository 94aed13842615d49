//! Routes with and without `#[cors]` that match one path.

use std::{cell::Cell, rc::Rc};

use actix_web::{
    App, HttpResponse,
    http::{Method, StatusCode},
    test::init_service,
    web,
};
use cors_actix::{Cors, policy};

use crate::{
    auth,
    common::{A, B, C, actual, granted, readable, send},
    handlers::*,
};

#[actix_web::test]
async fn plain_first() {
    let app = init_service(
        App::new()
            .service(plain_get_me)
            .service(plain_delete_me)
            .service(user)
            .service(delete_user)
            .wrap(Cors::deny()),
    )
    .await;
    assert!(!granted(&app, "DELETE", "/users/me", A).await);
    assert!(!granted(&app, "GET", "/users/me", A).await);
    assert!(granted(&app, "DELETE", "/users/1", A).await);
    let answer = send(&app, actual("DELETE", "/users/me", A)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain delete", None));
    // the router decodes `%6D`
    assert_eq!(send(&app, actual("DELETE", "/users/%6De", A)).await.body, "plain delete");
    assert!(!granted(&app, "DELETE", "/users/%6De", A).await);
    assert!(granted(&app, "DELETE", "/users/%6Dx", A).await);
}

/// What an annotated route behind would say about the same request does not narrow the policy of
/// the one that answers.
#[actix_web::test]
async fn plain_first_under_an_open_default() {
    let plain = web::resource("/users/{x}").route(web::delete().to(|| async { "plain" }));
    let open = Cors::new(policy! { origins = any, methods = ["DELETE"] });
    let app = init_service(App::new().service(plain).service(delete_user).wrap(open)).await;
    for (origin, allowed) in [(A, true), (B, false)] {
        assert_eq!(granted(&app, "DELETE", "/users/1", origin).await, allowed, "{origin}");
        let answer = send(&app, actual("DELETE", "/users/1", origin)).await;
        assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain", Some("*")), "{origin}");
    }
}

#[actix_web::test]
async fn plain_resource_without_a_name_first() {
    let plain = web::resource("/users/{x}").route(web::get().to(|| async { "plain" }));
    let app = init_service(App::new().service(plain).service(delete_user).wrap(Cors::deny())).await;
    assert!(!granted(&app, "DELETE", "/users/1", A).await);
    let answer = send(&app, actual("DELETE", "/users/1", A)).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.allow_origin(), None);
}

#[actix_web::test]
async fn plain_last() {
    let app = init_service(
        App::new()
            .service(user)
            .service(delete_user)
            .service(plain_get_me)
            .service(plain_delete_me)
            .route("/users/{x}", web::patch().to(|| async { "plain patch" }))
            .wrap(Cors::deny()),
    )
    .await;
    assert!(granted(&app, "DELETE", "/users/me", A).await);
    assert_eq!(send(&app, actual("DELETE", "/users/me", A)).await.body, "annotated delete");
    assert!(!granted(&app, "PATCH", "/users/me", A).await);
    let answer = send(&app, actual("PATCH", "/users/me", A)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain patch", None));
}

/// The limit of what can be known: a route without `#[cors]` between two with one.
#[actix_web::test]
async fn plain_between() {
    let app = |cors: Cors| {
        let app = App::new().service(user).service(plain_delete_me).service(delete_user);
        init_service(app.wrap(cors))
    };
    let cors = Cors::deny();
    let (one, two) = (app(cors.clone()).await, app(cors).await);
    assert!(granted(&one, "DELETE", "/users/1", A).await);
    assert!(granted(&one, "DELETE", "/users/me", A).await, "the hole");
    // the first actual request closes it for all workers, whatever its origin, and nobody reads it
    let answer = send(&two, actual("DELETE", "/users/me", B)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain delete", None));
    for worker in [&one, &two] {
        assert!(!granted(worker, "DELETE", "/users/me", A).await);
        assert!(!readable(worker, "DELETE", "/users/me", A).await);
    }
    let strict = app(Cors::deny().strict()).await;
    assert!(!granted(&strict, "DELETE", "/users/me", A).await);
}

/// What comes before one annotated route comes before all of the path behind it.
#[actix_web::test]
async fn plain_between_before_two() {
    let only = |name: &str, policy| {
        let route = cors_actix::route("/users/{id}", Method::DELETE, policy);
        route.name(name).to(HttpResponse::Ok)
    };
    let app = App::new()
        .service(user)
        .service(plain_delete_me)
        .service(only("one", policy! { origins = ["https://a.example"] }))
        .service(only("two", policy! { origins = any }));
    let app = init_service(app.wrap(Cors::deny())).await;
    assert!(granted(&app, "DELETE", "/users/me", A).await, "the hole");
    assert_eq!(send(&app, actual("DELETE", "/users/me", A)).await.body, "plain delete");
    assert!(!granted(&app, "DELETE", "/users/me", A).await);
    assert!(granted(&app, "GET", "/users/me", A).await);
}

#[actix_web::test]
async fn default_services() {
    let app = init_service(
        App::new()
            .service(
                web::scope("/s")
                    .service(user)
                    .default_service(web::to(|| async { "scope default" })),
            )
            .default_service(web::to(|| async { "app default" }))
            .wrap(Cors::new(policy! { origins = ["https://c.example"], methods = any })),
    )
    .await;
    assert!(granted(&app, "GET", "/s/users/1", A).await);
    for path in ["/s/users/1", "/s/other", "/other"] {
        assert!(!granted(&app, "DELETE", path, A).await, "{path}");
        assert!(granted(&app, "DELETE", path, C).await, "{path}");
        let answer = send(&app, actual("DELETE", path, A)).await;
        assert!(answer.body.ends_with("default"), "{path}");
        assert_eq!(answer.allow_origin(), None, "{path}");
        assert!(readable(&app, "DELETE", path, C).await, "{path}");
    }
}

#[actix_web::test]
async fn catch_all_first() {
    let scope = web::scope("/s").service(tail).service(delete_user);
    let app = App::new().service(scope).service(tail).service(delete_user);
    let app = init_service(app.wrap(Cors::deny())).await;
    for path in ["/s/users/1", "/users/1"] {
        assert!(granted(&app, "GET", path, A).await, "{path}");
        assert_eq!(send(&app, actual("DELETE", path, A)).await.body, "annotated delete", "{path}");
        assert!(granted(&app, "DELETE", path, A).await, "{path}");
        assert!(readable(&app, "DELETE", path, A).await, "{path}");
    }
}

#[actix_web::test]
async fn permissive_default() {
    let app = App::new().service(user).service(delete_user).service(plain_get_me);
    let open = Cors::new(policy! { origins = any, methods = any });
    let app = init_service(app.wrap(open)).await;
    assert!(!granted(&app, "DELETE", "/users/1", B).await);
    assert!(!readable(&app, "DELETE", "/users/1", B).await);
    assert!(granted(&app, "PATCH", "/users/1", B).await);
    assert_eq!(send(&app, actual("GET", "/none", B)).await.allow_origin(), Some("*"));
}

/// What a scope's middleware answers is never taken for a plain route's answer.
#[actix_web::test]
async fn refusals_do_not_trip_the_wire() {
    let seen = Rc::new(Cell::new(0));
    let greedy = web::scope("/m/{path:[a-z/]+}").wrap_fn(auth!(seen));
    let inner =
        web::scope("/o").wrap_fn(auth!(seen)).service(user).service(delete_user).service(index);
    let app = init_service(
        App::new()
            .service(greedy.service(tail).service(delete_user))
            .service(web::scope("/n/{x}").wrap_fn(auth!(seen)).service(inner))
            .wrap(Cors::deny()),
    )
    .await;
    for (method, path, origin) in [
        ("GET", "/m/a/b/1", A),
        ("GET", "/n/1/o/users/1", A),
        ("DELETE", "/n/1/o/users/1", A),
        ("GET", "/n/1/o", B),
        ("PUT", "/n/1/o", B),
    ] {
        for _ in 0..3 {
            let answer = send(&app, actual(method, path, origin)).await;
            let got = (answer.status, answer.allow_origin());
            assert_eq!(got, (StatusCode::UNAUTHORIZED, Some(origin)), "{method} {path}");
            assert!(granted(&app, method, path, origin).await, "{method} {path}");
        }
    }
}

/// The one hole that stays open: where the scope of both ends at the path, a plain route's answer
/// looks like a refusal of the scope's middleware, with which anybody could close the annotated
/// route's preflights. With another pattern, or one more segment, it does not.
#[actix_web::test]
async fn an_answer_that_looks_like_a_refusal() {
    let put = |path: &str, policy| {
        let route = cors_actix::route(path, Method::PUT, policy);
        route.name("put").to(HttpResponse::Ok)
    };
    for (own, path, stays) in [("", "/s", true), ("/{x}", "/s/1", false), ("/one", "/s/one", false)]
    {
        let get = cors_actix::route(own, Method::GET, policy! { origins = any });
        let scope = web::scope("/s")
            .service(get.name("get").to(HttpResponse::Ok))
            .route(own, web::put().to(|| async { "plain" }))
            .service(put(own, policy! { origins = ["https://a.example"] }));
        let app = init_service(App::new().service(scope).wrap(Cors::deny())).await;
        assert!(granted(&app, "PUT", path, A).await, "{path}");
        let answer = send(&app, actual("PUT", path, A)).await;
        assert_eq!((answer.body.as_str(), answer.allow_origin().is_some()), ("plain", stays));
        assert_eq!(granted(&app, "PUT", path, A).await, stays, "{path}");
    }
}

/// A scope that would have captured something has not given an answer to a path of which nothing
/// is captured.
#[actix_web::test]
async fn an_answer_beside_a_scope_with_a_regex() {
    for prefix in [r"/{s:\d+}", "/{s:.+}/x", r"/a/{s:\d+}"] {
        let route = |method, policy| {
            let route = cors_actix::route("/a/b", method, policy).name("route");
            route.to(HttpResponse::Ok)
        };
        let inside = route(Method::PUT, policy! { origins = any });
        let app = App::new()
            .service(web::scope(prefix).service(inside))
            .service(route(Method::GET, policy! { origins = any }))
            .route("/a/b", web::put().to(|| async { "plain" }))
            .service(route(Method::PUT, policy! { origins = any }));
        let app = init_service(app.wrap(Cors::deny())).await;
        assert!(granted(&app, "PUT", "/a/b", A).await, "{prefix}");
        let answer = send(&app, actual("PUT", "/a/b", A)).await;
        assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain", None), "{prefix}");
        assert!(!granted(&app, "PUT", "/a/b", A).await, "{prefix}");
    }
}

/// A name and a pattern may be used twice, by handlers with different policies.
#[actix_web::test]
async fn one_name_and_pattern_twice() {
    let route = |path: &str, policy| {
        let route = cors_actix::route(path, Method::PUT, policy);
        route.name("same").to(HttpResponse::Ok)
    };
    // the prefix takes all of the path, so that the second one serves it
    let greedy = web::scope("/{x:.+}").service(route("/b", policy! { origins = any }));
    let b = route("/{x:.+}/b", policy! { origins = ["https://b.example"] });
    let around = App::new().service(web::scope("/s").service(b));
    let app = init_service(around.service(greedy).wrap(Cors::deny())).await;
    assert!(granted(&app, "PUT", "/s/a/b", B).await);
    assert!(!granted(&app, "PUT", "/s/a/b", A).await);
    let app = init_service(
        App::new()
            .service(route("/p", policy! { origins = ["https://a.example"] }))
            .service(route("/p", policy! { origins = ["https://b.example"] }))
            .wrap(Cors::deny()),
    )
    .await;
    assert!(granted(&app, "PUT", "/p", A).await, "the first one serves it");
    assert!(readable(&app, "PUT", "/p", A).await);
    assert!(!granted(&app, "PUT", "/p", B).await);
}

/// The router does not leave a scope that takes the path, so it never comes to what stands behind.
#[actix_web::test]
async fn cut_off_by_a_scope() {
    let scope = web::scope("/users").service(index).service(two_methods);
    let app = App::new().service(user).service(scope).service(delete_user);
    let app = init_service(app.wrap(Cors::deny())).await;
    assert_eq!(send(&app, actual("DELETE", "/users/1", A)).await.status, StatusCode::NOT_FOUND);
    assert!(!granted(&app, "DELETE", "/users/1", A).await);
    assert!(granted(&app, "GET", "/users/1", A).await);
}

/// actix drops the text between the last hole and a `*` without a name.
#[actix_web::test]
async fn tails_without_a_name() {
    let only_a = policy! { origins = ["https://a.example"] };
    let only_c = || Cors::new(policy! { origins = ["https://c.example"], methods = any });
    let route = |path: &str| {
        cors_actix::route(path, Method::PUT, only_a.clone())
            .name("own")
            .to(|| async { "annotated" })
    };
    let get = || web::get().to(|| async { "plain" });
    let of_route = App::new().route("/{x}", get()).service(route("/{x}/files/*")).wrap(only_c());
    let of_scope = App::new()
        .route("/x", get())
        .service(web::scope("/api/*").service(route("/x")))
        .wrap(only_c());
    let (of_route, of_scope) = (init_service(of_route).await, init_service(of_scope).await);
    for (name, answer, is_granted) in [
        (
            "route",
            send(&of_route, actual("PUT", "/x", C)).await,
            granted(&of_route, "PUT", "/x", C).await,
        ),
        (
            "scope",
            send(&of_scope, actual("PUT", "/x", C)).await,
            granted(&of_scope, "PUT", "/x", C).await,
        ),
    ] {
        assert_eq!((answer.body.as_str(), answer.allow_origin()), ("annotated", None), "{name}");
        assert!(!is_granted, "{name}");
    }
}
