//! How a request finds its policy.

use actix_web::{
    App, HttpResponse, Responder, delete,
    dev::Service,
    get,
    http::{Method, StatusCode, header},
    put,
    test::{TestRequest, call_service, init_service},
    web,
};
use cors_actix::{Cors, cors, policy};

const A: &str = "https://a.example";
const B: &str = "https://b.example";

#[cors(origins = ["https://a.example"], credentials)]
#[get("/users/{id}")]
async fn user() -> impl Responder {
    "user"
}

#[cors(origins = ["https://b.example"])]
#[put("/users/{id}")]
async fn put_user() -> impl Responder {
    "put"
}

#[cors(origins = ["https://a.example"])]
#[delete("/users/{id}")]
async fn delete_user() -> impl Responder {
    "deleted"
}

fn preflight(method: &str, path: &str, origin: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(Method::OPTIONS)
        .insert_header((header::ORIGIN, origin))
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, method))
}

#[actix_web::test]
async fn methods_of_one_path_by_separate_handlers() {
    let app = init_service(
        App::new()
            .service(
                web::scope("/api/{tenant}")
                    .wrap_fn(|req, srv| {
                        let refused = !req.headers().contains_key("cookie");
                        let fut = (!refused).then(|| srv.call(req));
                        async move {
                            match fut {
                                Some(fut) => fut.await,
                                None => Err(actix_web::error::ErrorUnauthorized("no cookie")),
                            }
                        }
                    })
                    .service((user, put_user, delete_user)),
            )
            .wrap(Cors::deny()),
    )
    .await;
    for (method, origin, granted) in [
        ("GET", A, true),
        ("GET", B, false),
        ("PUT", A, false),
        ("PUT", B, true),
        ("DELETE", A, true),
        ("DELETE", B, false),
        ("PATCH", A, false),
    ] {
        let res =
            call_service(&app, preflight(method, "/api/t/users/1", origin).to_request()).await;
        let acao = res.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).cloned();
        assert_eq!(acao.is_some(), granted, "{method} {origin}");
        let want = if granted { StatusCode::NO_CONTENT } else { StatusCode::FORBIDDEN };
        assert_eq!(res.status(), want, "{method} {origin}");
    }
}

#[actix_web::test]
async fn routes_without_the_attribute_have_the_regions_policy() {
    let app = init_service(
        App::new()
            .service(web::scope("/docs").route("/a", web::get().to(HttpResponse::Ok)))
            .service(user)
            .wrap(Cors::deny().at("/docs", policy! { origins = any })),
    )
    .await;
    let ask =
        |path: &str| TestRequest::with_uri(path).insert_header((header::ORIGIN, B)).to_request();
    let res = call_service(&app, ask("/docs/a")).await;
    assert_eq!(res.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN).unwrap(), "*");
    assert_eq!(res.headers().get(header::VARY), None);
    let res = call_service(&app, ask("/users/1")).await;
    assert_eq!(res.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN), None);
    assert_eq!(res.headers().get(header::VARY).unwrap(), "Origin");
}
