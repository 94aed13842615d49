//! The lint: what an App must not have for its preflights to be exact.

use actix_web::{App, HttpResponse, Responder, delete, get, guard, web};
use cors_actix::{Cors, cors, guarded, on_host, report::Doubt};

#[cors(origins = ["https://app.example.com"])]
#[get("/users/{id}")]
async fn user() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(origins = ["https://app.example.com"])]
#[delete("/users/{id}")]
async fn delete_user() -> impl Responder {
    HttpResponse::Ok()
}

macro_rules! doubts {
    ($app:expr) => {{
        let app = || $app.wrap(Cors::deny());
        let report = cors_actix::check(&app).await.expect("a legal configuration");
        report.doubts().to_vec()
    }};
}

#[actix_web::test]
async fn plain_routes() {
    let found = doubts!(
        App::new()
            .service(user)
            .route("/users/me", web::delete().to(HttpResponse::Ok))
            .service(delete_user)
            .route("/users/{id}/x", web::delete().to(HttpResponse::Ok))
            .route("/users/{id}", web::patch().to(HttpResponse::Ok))
    );
    let [Doubt::PlainRoute { path, methods, annotated, handler }] = &*found else {
        panic!("{found:?}")
    };
    assert_eq!(
        (path.as_str(), methods.join(","), annotated.as_str(), handler.as_str()),
        ("/users/me", "DELETE".to_owned(), "/users/{id}", "delete_user")
    );
    assert!(found[0].to_string().contains("annotate both"), "{}", found[0]);
}

#[actix_web::test]
async fn routes_that_get_on() {
    let found = doubts!(
        App::new()
            .service(web::scope("/api/{tenant}").service((user, delete_user)))
            .route("/users/{id}", web::delete().to(HttpResponse::Ok))
            .route("/api/{tenant}/users", web::get().to(HttpResponse::Ok))
    );
    assert_eq!(found, []);
}

#[actix_web::test]
async fn guarded_scopes() {
    let scope = || web::scope("/s").guard(guard::Host("one"));
    let found = doubts!(App::new().service(scope().service(user)));
    let [Doubt::GuardedScope { scope: at, handler, .. }] = &*found else { panic!("{found:?}") };
    assert_eq!((at.as_str(), handler.as_str()), ("/s", "user"));
    assert!(found[0].to_string().contains("`guarded`"), "{}", found[0]);
    assert_eq!(doubts!(App::new().service(guarded(scope().service(user)))), []);
    assert_eq!(doubts!(App::new().service(on_host("one", web::scope("/s").service(user)))), []);
    let plain = || {
        let scope = web::scope("/t").guard(guard::Host("one"));
        scope.route("/x", web::get().to(HttpResponse::Ok))
    };
    assert_eq!(doubts!(App::new().service(plain()).service(web::scope("/s").service(user))), []);
}
