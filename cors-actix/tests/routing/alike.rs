//! Preflights that have to be refused although the handler would grant: in each case two requests,
//! or two Apps, that a preflight can't tell apart, and the policy of the other handler refuses.

use actix_web::{
    App, HttpResponse, Responder, delete,
    dev::HttpServiceFactory,
    get, guard,
    http::Method,
    middleware::{Condition, NormalizePath},
    test::init_service,
    web::{self, ServiceConfig},
};
use cors_actix::{Cors, cors, guarded, policy};

use crate::{
    common::{A, Answer, B, actual, preflight, send},
    handlers::*,
};

/// What is sent: a preflight, then the request that it asks for.
async fn ask(add: fn(&mut ServiceConfig), method: &str, path: &str) -> (Answer, Answer) {
    let app = init_service(App::new().configure(add).wrap(Cors::deny())).await;
    let asked = send(&app, preflight(method, path, A)).await;
    (asked, send(&app, actual(method, path, A)).await)
}

const REFUSED: [&str; 1] =
    ["vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers"];

/// The first App's handler would grant, the second one's route without `#[cors]` would not; what
/// the resource map shows about the path is the same.
async fn two_apps(granting: fn(&mut ServiceConfig), plain: fn(&mut ServiceConfig), path: &str) {
    let (asked, answer) = ask(granting, "DELETE", path).await;
    assert_eq!((asked.status.as_u16(), asked.cors()), (403, REFUSED.map(String::from).to_vec()));
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("annotated delete", Some(A)));
    let (asked, answer) = ask(plain, "DELETE", path).await;
    assert_eq!((asked.status.as_u16(), asked.cors()), (403, REFUSED.map(String::from).to_vec()));
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("plain delete", None));
}

fn plain_delete(config: &mut ServiceConfig) {
    config.route("/{a}/{b}", web::delete().to(|| async { "plain delete" }));
}

/// A header that the preflight does not tell leads the request to one handler or the other.
#[actix_web::test]
async fn guard_between_two_handlers() {
    let app = App::new().service(guarded_put).service(fallback_put).wrap(Cors::deny());
    let app = init_service(app).await;
    assert_eq!(send(&app, preflight("PUT", "/g", A)).await.status, 403);
    let with = actual("PUT", "/g", A).insert_header(("x-json", "1"));
    assert_eq!(send(&app, with).await.allow_origin(), Some(A));
    assert_eq!(send(&app, actual("PUT", "/g", A)).await.allow_origin(), None);
}

/// The methods of a route without `#[cors]` are not visible.
#[actix_web::test]
async fn plain_route_first() {
    two_apps(
        |config| {
            let plain = web::resource("/users/{id}").guard(guard::Get());
            config.service(plain.to(|| async { "plain get" })).service(delete_user);
        },
        |config| {
            let plain = web::resource("/users/{id}").guard(guard::Delete());
            config.service(plain.to(|| async { "plain delete" })).service(delete_user);
        },
        "/users/1",
    )
    .await;
}

/// What stands behind a route with a guard is not visible.
#[actix_web::test]
async fn guard_of_a_route() {
    two_apps(
        |config| {
            config.service(delete_with_origin);
        },
        |config| {
            config.service(delete_with_cookie).configure(plain_delete);
        },
        "/where/1",
    )
    .await;
}

fn has_origin(context: &guard::GuardContext<'_>) -> bool {
    context.head().headers().contains_key("origin")
}

fn has_cookie(context: &guard::GuardContext<'_>) -> bool {
    context.head().headers().contains_key("cookie")
}

#[cors(origins = ["https://a.example"])]
#[delete("/where/{id}", guard = "has_origin")]
async fn delete_with_origin() -> impl Responder {
    "annotated delete"
}

#[cors(origins = ["https://a.example"])]
#[delete("/where/{id}", guard = "has_cookie")]
async fn delete_with_cookie() -> impl Responder {
    "annotated delete"
}

/// Which paths a route between two others takes is not visible, also when it has been seen to serve
/// one of them.
#[actix_web::test]
async fn route_between_that_has_been_seen() {
    for (pattern, body, readable) in
        [("/users/me", "annotated delete", Some(A)), ("/users/{x}", "plain delete", None)]
    {
        let plain = web::resource(pattern).guard(guard::Delete());
        let plain = plain.to(|| async { "plain delete" });
        let app = App::new().service(user).service(plain).service(delete_user);
        let app = init_service(app.wrap(Cors::deny())).await;
        assert_eq!(send(&app, preflight("DELETE", "/users/1", A)).await.status, 204);
        assert_eq!(send(&app, actual("DELETE", "/users/me", A)).await.body, "plain delete");
        assert_eq!(send(&app, preflight("DELETE", "/users/1", A)).await.status, 403, "{pattern}");
        let answer = send(&app, actual("DELETE", "/users/1", A)).await;
        assert_eq!((answer.body.as_str(), answer.allow_origin()), (body, readable), "{pattern}");
    }
}

/// Whether the guard of a route between two others passes is not visible.
#[actix_web::test]
async fn guard_of_a_route_between() {
    let app = App::new().service(get_g).service(guarded_put).service(fallback_put);
    let app = init_service(app.wrap(Cors::deny())).await;
    for origin in [A, B] {
        assert_eq!(send(&app, preflight("PUT", "/g", origin)).await.status, 403);
        let readable = async |request| send(&app, request).await.allow_origin().is_some();
        let with = actual("PUT", "/g", origin).insert_header(("x-json", "1"));
        assert_eq!(readable(with).await, origin == A);
        assert_eq!(readable(actual("PUT", "/g", origin)).await, origin == B);
    }
}

#[cors(origins = any)]
#[get("/g")]
async fn get_g() -> impl Responder {
    "get"
}

/// Whether the guard of a scope passes, and what stands behind it, is not visible.
#[actix_web::test]
async fn guard_of_a_scope() {
    fn scope(config: &mut ServiceConfig, guard: fn(&guard::GuardContext<'_>) -> bool) {
        let scope = web::scope("/users").guard(guard::fn_guard(guard));
        config.service(guarded(scope.service(code("/{id}"))));
    }
    two_apps(
        |config| scope(config, has_origin),
        |config| {
            scope(config, has_cookie);
            plain_delete(config);
        },
        "/users/1",
    )
    .await;
}

/// What stands before another scope than that of the first match is not visible.
#[actix_web::test]
async fn another_scope() {
    fn scope(config: &mut ServiceConfig) {
        config.service(web::scope("/users").service(code("/{id}")));
    }
    two_apps(
        |config| {
            config.service(tail);
            scope(config);
        },
        |config| {
            config.service(tail);
            plain_delete(config);
            scope(config);
        },
        "/users/1",
    )
    .await;
}

/// A scope hides what stands behind it, also where its guard fails.
#[actix_web::test]
async fn a_scope_without_the_route() {
    fn first(config: &mut ServiceConfig) {
        let scope = web::scope("/users").guard(guard::Host("other"));
        config.service(guarded(scope.service(index)));
    }
    fn second(config: &mut ServiceConfig) {
        config.service(web::scope("/users").service(code("/{id}")));
    }
    two_apps(
        |config| {
            first(config);
            second(config);
        },
        |config| {
            first(config);
            plain_delete(config);
            second(config);
        },
        "/users/1",
    )
    .await;
}

/// Whether a `NormalizePath` stands inside is not visible.
#[actix_web::test]
async fn path_that_may_change() {
    let app = |inside: bool| {
        let inside = Condition::new(inside, NormalizePath::trim());
        let app = App::new().configure(plain_delete).service(delete_tail);
        init_service(app.wrap(inside).wrap(Cors::deny()))
    };
    for (inside, body, readable) in
        [(false, "annotated delete", Some(A)), (true, "plain delete", None)]
    {
        let app = app(inside).await;
        assert_eq!(send(&app, preflight("DELETE", "/users//1", A)).await.status, 403);
        let answer = send(&app, actual("DELETE", "/users//1", A)).await;
        assert_eq!((answer.body.as_str(), answer.allow_origin()), (body, readable));
    }
}

#[cors(origins = ["https://a.example"])]
#[delete("/{tail:.*}")]
async fn delete_tail() -> impl Responder {
    "annotated delete"
}

fn code(path: &str) -> impl HttpServiceFactory + 'static {
    let trusted = policy! { origins = ["https://a.example"] };
    let route = cors_actix::route(path, Method::DELETE, trusted);
    route.to(|| async { HttpResponse::Ok().body("annotated delete") })
}
