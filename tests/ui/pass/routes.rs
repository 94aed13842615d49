//! Every route attribute of actix-web that a policy can stand above.

use actix_web::{
    App, HttpResponse, Responder, delete, get, guard::GuardContext, head, options, patch, post, put,
    query, route, routes, web,
};
use cors_actix::{Cors, cors, group};

macro_rules! plain {
    ($($method:ident: $name:ident,)+) => {$(
        #[cors(inherit)]
        #[$method("/plain")]
        async fn $name() -> impl Responder {
            HttpResponse::Ok()
        }
    )+};
}

plain! {
    delete: with_delete, get: with_get, head: with_head, options: with_options,
    patch: with_patch, post: with_post, put: with_put, query: with_query,
}

#[cors(inherit)]
#[actix_web::get("/qualified")]
async fn qualified() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(inherit)]
#[::actix_web::route("/custom", method = "GET", method = "PURGE")]
async fn custom() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(inherit)]
#[route("/options", method = "GET", name = "opts", guard = "always", wrap = "normalize()",)]
async fn with_options_of_its_own() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(inherit)]
#[routes]
#[get("/old", name = "old")]
#[post("/new/{id:\\d+}")]
async fn several(_id: Option<web::Path<u64>>) -> Result<HttpResponse, actix_web::Error> {
    Ok(HttpResponse::Ok().finish())
}

fn always(_: &GuardContext<'_>) -> bool {
    true
}

fn normalize() -> actix_web::middleware::NormalizePath {
    actix_web::middleware::NormalizePath::trim()
}

#[actix_web::main]
async fn main() {
    let factory = || {
        App::new()
            .service(group((with_get, with_put, with_delete)))
            .service((with_head, with_options, with_patch, with_post, with_query))
            .service((qualified, custom, with_options_of_its_own, several))
            .wrap(Cors::deny())
    };
    cors_actix::check(&factory).await.expect("the App is sound");
}
