//! Apps as wholes: methods of one path, regions, `configure`, several Apps.

use actix_web::{
    App, HttpResponse,
    http::{Method, StatusCode},
    middleware::Condition,
    test::init_service,
    web,
};
use cors_actix::{Cors, group, policy};

use crate::{
    common::{A, B, C, actual, granted, plain, preflight, readable, send},
    handlers::*,
};

fn only_c() -> Cors {
    Cors::new(policy! { origins = ["https://c.example"], methods = any })
}

#[actix_web::test]
async fn one_handler_and_all_around_it() {
    let app = init_service(App::new().service(user).wrap(only_c())).await;
    for (method, path, origin, want) in [
        ("GET", "/users/1", A, true),
        ("GET", "/users/1", B, false),
        ("GET", "/users/1", C, false),
        ("POST", "/users/1", A, false),
        ("POST", "/users/1", C, true),
        ("GET", "/none", A, false),
        ("GET", "/none", C, true),
    ] {
        assert_eq!(granted(&app, method, path, origin).await, want, "{method} {path} {origin}");
        assert_eq!(readable(&app, method, path, origin).await, want, "{method} {path} {origin}");
    }
    let answer = send(&app, actual("GET", "/users/1", A)).await;
    assert_eq!(answer.body, "1 /users/7 user /users/{id}", "names and patterns as ever");
    assert_eq!(
        answer.cors(),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-origin: https://a.example",
            "vary: Origin"
        ]
    );
    let answer = send(&app, preflight("GET", "/users/1", A)).await;
    assert_eq!(
        answer.cors(),
        [
            "access-control-allow-credentials: true",
            "access-control-allow-methods: GET",
            "access-control-allow-origin: https://a.example",
            "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
        ]
    );
}

#[actix_web::test]
async fn no_preflight() {
    let app = init_service(App::new().service(user).wrap(only_c())).await;
    let answer = send(&app, actual("OPTIONS", "/users/1", A)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "OPTIONS alone goes on");
    let method = ("access-control-request-method", "GET");
    let answer = send(&app, plain("OPTIONS", "/users/1").insert_header(method)).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND, "so it does without Origin");
    let answer = send(&app, plain("GET", "/users/1")).await;
    assert_eq!((answer.status, answer.cors()), (StatusCode::OK, vec!["vary: Origin".to_owned()]));
}

#[actix_web::test]
async fn methods_of_one_path_by_separate_handlers() {
    let separate = || App::new().service(user).service(put_user).service(delete_user);
    let grouped =
        || App::new().service(web::scope("/s/{t}").service(group((user, put_user, delete_user))));
    let usual = init_service(separate().wrap(Cors::deny())).await;
    let strict = init_service(separate().wrap(Cors::deny().strict())).await;
    let proven = init_service(grouped().wrap(Cors::deny().strict())).await;
    for (method, origin, want) in [
        ("GET", A, true),
        ("GET", B, false),
        ("PUT", A, false),
        ("PUT", B, true),
        ("DELETE", A, true),
        ("DELETE", B, false),
        ("PATCH", A, false),
    ] {
        let case = format!("{method} {origin}");
        assert_eq!(granted(&usual, method, "/users/1", origin).await, want, "{case}");
        assert_eq!(readable(&usual, method, "/users/1", origin).await, want, "{case}");
        // nothing proves that no other route stands between the handlers
        let first = want && method == "GET";
        assert_eq!(granted(&strict, method, "/users/1", origin).await, first, "strict {case}");
        assert_eq!(readable(&strict, method, "/users/1", origin).await, want, "strict {case}");
        assert_eq!(granted(&proven, method, "/s/1/users/1", origin).await, want, "group {case}");
    }
}

#[actix_web::test]
async fn regions() {
    let app = init_service(
        App::new()
            .service(web::scope("/docs").route("/a", web::get().to(HttpResponse::Ok)).service(user))
            .wrap(Cors::deny().at("/docs", policy! { origins = any })),
    )
    .await;
    let answer = send(&app, actual("GET", "/docs/a", B)).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: *"]);
    let answer = send(&app, plain("GET", "/docs/a")).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: *"]);
    let answer = send(&app, actual("GET", "/docs/users/1", B)).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
    let answer = send(&app, actual("GET", "/docsy", B)).await;
    assert_eq!(answer.cors(), [""; 0], "a region is whole segments, and deny varies on nothing");
}

#[actix_web::test]
async fn off_and_left_regions() {
    let own = |path: &str| {
        let allow = ("access-control-allow-origin", "https://own.example");
        web::resource(path)
            .to(move || async move { HttpResponse::Ok().insert_header(allow).finish() })
    };
    let app = init_service(
        App::new().service(own("/off/x")).service(own("/legacy/x")).service(own("/legacyx")).wrap(
            Cors::new(policy! { origins = any }).at("/off", policy! { off }).leave("/legacy"),
        ),
    )
    .await;
    let answer = send(&app, actual("GET", "/off/x", A)).await;
    assert_eq!(answer.cors(), [""; 0], "stripped");
    assert!(!granted(&app, "GET", "/off/x", A).await);
    let answer = send(&app, actual("GET", "/legacy/x", A)).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: https://own.example"]);
    let answer = send(&app, preflight("GET", "/legacy/x", A)).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: https://own.example"]);
    let answer = send(&app, actual("GET", "/legacyx", A)).await;
    assert_eq!(answer.cors(), ["access-control-allow-origin: *"]);
}

#[actix_web::test]
async fn configure() {
    fn inner(config: &mut web::ServiceConfig) {
        config.service(user).service(put_user).route("/plain", web::put().to(HttpResponse::Ok));
    }
    fn outer(config: &mut web::ServiceConfig) {
        config.service(web::scope("/c").configure(inner)).configure(inner);
    }
    let app = init_service(App::new().configure(outer).wrap(Cors::deny())).await;
    for path in ["/c/users/1", "/users/1"] {
        assert!(granted(&app, "GET", path, A).await, "{path}");
        assert!(granted(&app, "PUT", path, B).await, "{path}");
        assert!(!granted(&app, "PUT", path, A).await, "{path}");
    }
    assert!(!granted(&app, "PUT", "/plain", A).await);
    assert!(!granted(&app, "PUT", "/c/plain", B).await);
}

#[actix_web::test]
async fn routes_in_code() {
    async fn handler() -> &'static str {
        "code"
    }
    let trusted = policy! { origins = ["https://a.example"], methods = ["PUT"] };
    let app = init_service(
        App::new()
            .service(
                web::scope("/s")
                    .service(
                        cors_actix::route("/x/{id}", Method::DELETE, trusted.clone()).to(handler),
                    )
                    .service(
                        cors_actix::route("/x/{id}", Method::PUT, trusted.clone()).to(handler),
                    ),
            )
            .service(
                cors_actix::resource("/me", trusted)
                    .route(web::get().to(handler))
                    .route(web::put().to(handler))
                    .route(web::patch().to(handler)),
            )
            .wrap(Cors::deny()),
    )
    .await;
    for (method, path, want) in [
        ("DELETE", "/s/x/1", true),
        ("PUT", "/s/x/1", true),
        ("GET", "/s/x/1", false),
        ("GET", "/me", true),
        ("PUT", "/me", true),
        ("PATCH", "/me", false),
    ] {
        assert_eq!(granted(&app, method, path, A).await, want, "{method} {path}");
        assert!(!granted(&app, method, path, B).await, "{method} {path}");
    }
    assert!(readable(&app, "PATCH", "/me", A).await, "actual requests are not judged by method");
}

#[actix_web::test]
async fn two_apps_on_one_thread() {
    let one = init_service(App::new().service(user).wrap(Cors::deny())).await;
    let scope = web::scope("/two").service(put_user);
    let two = init_service(App::new().service(scope).wrap(Cors::deny())).await;
    let open = Cors::new(policy! { origins = any });
    let third =
        init_service(App::new().route("/", web::get().to(HttpResponse::Ok)).wrap(open)).await;
    assert!(granted(&two, "PUT", "/two/users/1", B).await);
    assert!(granted(&one, "GET", "/users/1", A).await);
    assert!(!granted(&one, "PUT", "/two/users/1", B).await);
    assert!(!granted(&two, "GET", "/users/1", A).await);
    assert!(granted(&third, "GET", "/users/1", B).await);
}

/// What one App's workers share is not another App's, also where the clones are of one `Cors`.
#[actix_web::test]
async fn one_configuration_around_different_apps() {
    let cors = Cors::deny();
    let of = async |policy: cors_actix::Policy| {
        let route = cors_actix::route("/x", Method::PUT, policy).to(HttpResponse::Ok);
        init_service(App::new().service(route).wrap(cors.clone())).await
    };
    let one = of(policy! { origins = ["https://a.example"] }).await;
    let two = of(policy! { origins = ["https://b.example"] }).await;
    let third = init_service(App::new().service(put_user).wrap(cors.clone())).await;
    for _ in 0..2 {
        for (app, trusted, other) in [(&one, A, B), (&two, B, A)] {
            assert!(granted(app, "PUT", "/x", trusted).await, "{trusted}");
            assert!(!granted(app, "PUT", "/x", other).await, "{other}");
            assert!(readable(app, "PUT", "/x", trusted).await, "{trusted}");
            assert!(!readable(app, "PUT", "/x", other).await, "{other}");
        }
        assert!(granted(&third, "PUT", "/users/1", B).await);
        assert!(!granted(&third, "PUT", "/x", B).await);
    }
}

/// The newest App of the thread is not the one that the middleware stands around.
#[actix_web::test]
async fn another_app_without_middleware() {
    let without = init_service(App::new().service(user).service(put_user)).await;
    let open = Cors::new(policy! { origins = any });
    let app = init_service(App::new().service(web::scope("/s")).wrap(open)).await;
    assert!(granted(&app, "GET", "/users/1", B).await, "no route of this App");
    let answer = send(&without, actual("GET", "/users/1", A)).await;
    assert_eq!((answer.status, answer.cors()), (StatusCode::OK, vec![]), "nothing is granted");
}

/// An App without annotated routes is complete first, and could take those of the other for its own.
#[actix_web::test]
async fn an_app_without_routes_that_starts_at_once() {
    let slow = || async {
        actix_web::rt::task::yield_now().await;
        Ok::<_, ()>(())
    };
    let open = || Cors::new(policy! { origins = any });
    for in_scope in [false, true] {
        let scope = web::scope(if in_scope { "/s" } else { "" });
        let other = App::new().data_factory(slow).route("/", web::get().to(HttpResponse::Ok));
        let app = App::new().data_factory(slow);
        let app = if in_scope { app.service(scope.service(user)) } else { app.service(user) };
        let (other, app) = (init_service(other.wrap(open())), init_service(app.wrap(open())));
        let (other, app) = futures_util::future::join(other, app).await;
        let path = if in_scope { "/s/users/1" } else { "/users/1" };
        assert!(granted(&app, "GET", path, A).await && readable(&app, "GET", path, A).await);
        assert!(!granted(&app, "GET", path, B).await && !readable(&app, "GET", path, B).await);
        assert!(granted(&other, "GET", "/", B).await && readable(&other, "GET", "/", B).await);
    }
}

/// The same names and paths in both.
#[actix_web::test]
async fn two_like_apps_that_start_at_once() {
    let slow = || async {
        actix_web::rt::task::yield_now().await;
        Ok::<_, ()>(())
    };
    for shared in [Some(Cors::deny()), None] {
        let app = |policy| {
            let route = cors_actix::route("/x", Method::PUT, policy).to(HttpResponse::Ok);
            let cors = shared.clone().unwrap_or_else(Cors::deny);
            init_service(App::new().data_factory(slow).service(route).wrap(cors))
        };
        let one = app(policy! { origins = ["https://a.example"] });
        let two = app(policy! { origins = ["https://b.example"] });
        let (one, two) = futures_util::future::join(one, two).await;
        for (app, trusted, other) in [(&one, A, B), (&two, B, A)] {
            assert!(granted(app, "PUT", "/x", trusted).await, "{trusted}");
            assert!(!granted(app, "PUT", "/x", other).await, "{other}");
            assert!(readable(app, "PUT", "/x", trusted).await, "{trusted}");
            assert!(!readable(app, "PUT", "/x", other).await, "{other}");
        }
    }
}

/// Both Apps are registered before either of them is complete.
#[actix_web::test]
async fn two_apps_that_start_at_once() {
    let slow = || async {
        actix_web::rt::task::yield_now().await;
        Ok::<_, ()>(())
    };
    let ask_b = Cors::deny().at("/users", policy! { origins = ["https://b.example"] });
    let one = App::new().data_factory(slow).service(user).wrap(ask_b);
    let two = App::new().data_factory(slow).service(put_user).wrap(Cors::deny());
    let (one, two) = futures_util::future::join(init_service(one), init_service(two)).await;
    for _ in 0..2 {
        assert_eq!(send(&one, plain("GET", "/users/1")).await.cors(), ["vary: Origin"]);
        assert!(granted(&one, "GET", "/users/1", A).await);
        assert!(!granted(&one, "GET", "/users/1", B).await);
        assert!(granted(&one, "GET", "/users", B).await);
        assert!(granted(&two, "PUT", "/users/1", B).await);
        assert!(!granted(&two, "GET", "/users", B).await);
    }
    assert!(readable(&one, "GET", "/users/1", A).await);
    assert!(readable(&two, "PUT", "/users/1", B).await);
}

#[actix_web::test]
async fn behind_a_condition() {
    for on in [true, false] {
        let cors = Condition::new(on, Cors::deny());
        let app = init_service(App::new().service(user).wrap(cors)).await;
        assert_eq!(granted(&app, "GET", "/users/1", A).await, on);
        assert_eq!(readable(&app, "GET", "/users/1", A).await, on);
        assert!(!granted(&app, "GET", "/users/1", B).await);
    }
}

#[actix_web::test]
async fn a_thousand_routes() {
    let policies =
        [policy! { origins = ["https://a.example"] }, policy! { origins = ["https://b.example"] }];
    let mut scope = web::scope("/big/{t}");
    for i in 0..1000_usize {
        let route = |method: Method| {
            let route = cors_actix::route(format!("/r{i}/{{id}}"), method, policies[i % 2].clone());
            route.name(format!("r{i}")).to(HttpResponse::Ok)
        };
        scope = scope.service(route(Method::GET)).service(route(Method::DELETE));
    }
    let app = init_service(App::new().service(scope).wrap(Cors::deny())).await;
    for i in [0, 1, 500, 998, 999] {
        let (own, other) = if i % 2 == 0 { (A, B) } else { (B, A) };
        let path = format!("/big/1/r{i}/5");
        assert!(granted(&app, "DELETE", &path, own).await, "{path}");
        assert!(!granted(&app, "DELETE", &path, other).await, "{path}");
        assert!(readable(&app, "DELETE", &path, own).await, "{path}");
    }
}
