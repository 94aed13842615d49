//! `#[utoipa::path]` above `#[cors]`, and between it and the route.

use actix_web::{App, HttpResponse, Responder, get, post, web};
use cors_actix::{Cors, cors};
use utoipa::OpenApi;

/// One user.
#[utoipa::path(responses((status = 200)))]
#[cors(origins = any)]
#[get("/users/{id}")]
async fn above(_id: web::Path<u64>) -> impl Responder {
    HttpResponse::Ok()
}

/// All users.
#[cors(origins = any, crate = ::cors_actix)]
#[utoipa::path(responses((status = 201)))]
#[post("/users")]
async fn below() -> impl Responder {
    HttpResponse::Created()
}

#[derive(OpenApi)]
#[openapi(paths(above, below))]
struct Api;

fn main() {
    let api = Api::openapi();
    let paths: Vec<_> = api.paths.paths.keys().collect();
    assert_eq!(paths, ["/users", "/users/{id}"]);
    App::new().service((above, below)).wrap(Cors::deny());
}
