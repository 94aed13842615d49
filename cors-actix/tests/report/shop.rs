//! An App with one route of every kind.

use std::sync::Arc;

use actix_web::{App, HttpResponse, Responder, delete, get, http::Method, options, post, put, web};
use cors_actix::{Cors, Policy, PolicyReport, cors, policy};

#[cors(origins = any, max_age = 86400, expose_headers = ["etag", "content-type"])]
#[get("/prices")]
async fn prices() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(origins = any, allow_headers = any)]
#[post("/feedback")]
async fn feedback() -> impl Responder {
    HttpResponse::Ok()
}

const SPA: Policy = policy! {
    origins = set("spa"),
    credentials,
    allow_headers = ["content-type"],
    max_age = 600,
};

#[cors(policy = SPA)]
#[get("/me")]
async fn me() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(
    policy = SPA,
    origins += ["https://partner.example"],
    credentials,
    allow_headers += ["x-csrf-token", "if-match"],
)]
#[put("/me")]
async fn save() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(origins = ["https://*.example.com"], credentials, expose_headers = ["x-total-count"])]
#[get("/orders/{id}")]
async fn order() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(inherit)]
#[delete("/orders/{id}")]
async fn cancel() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(origins = ["http://localhost:*", "http://intranet.example"])]
#[get("/orders/latest")]
async fn latest() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(origins = ["null"], dangerously_allow_null_origin)]
#[options("/widget")]
async fn widget() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(off)]
#[get("/admin")]
async fn admin() -> impl Responder {
    HttpResponse::Ok()
}

pub(crate) fn cors() -> Cors {
    Cors::deny()
        .at("/docs", policy! { origins = any })
        .at(
            "/api/{tenant}",
            policy! {
                origins = ["https://app.example.com"],
                credentials,
                methods = ["PUT", "DELETE"],
            },
        )
        .at("/api/acme", policy! { origins = ["https://acme.example"] })
        .leave("/legacy")
        .set("spa", ["https://spa.example.com", "http://localhost:3000"])
}

pub(crate) async fn report() -> Arc<PolicyReport> {
    let cors = cors();
    let app = move || {
        let upload = policy! { origins = ["https://app.example.com"], methods = ["PUT"] };
        let trusted = policy! { origins = ["https://pr-*.example.dev:*"] };
        App::new()
            .service((prices, feedback, me, save, widget, admin))
            .service(web::scope("/api/{tenant}").service((order, cancel, latest)))
            .service(cors_actix::route("/cache", purge_method(), trusted).to(purge))
            .service(cors_actix::resource("/upload", upload).to(|| async { "" }))
            .wrap(cors.clone())
    };
    cors_actix::check(&app).await.expect("a legal configuration")
}

async fn purge() -> impl Responder {
    HttpResponse::Ok()
}

fn purge_method() -> Method {
    Method::from_bytes(b"PURGE").expect("a token")
}
