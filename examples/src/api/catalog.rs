//! What anybody may look at, and a path whose methods have a handler and a policy each.

use actix_web::dev::HttpServiceFactory;
use actix_web::{HttpResponse, Responder, delete, get, post, put, route};
use cors_actix::cors;

pub(super) fn routes() -> impl HttpServiceFactory {
    (prices, banner, quote, reviews, add_review, replace_reviews, delete_reviews)
}

/// Public: any page may read the prices, and none of them with cookies.
#[cors(origins = any, max_age = 3600)]
#[route("/prices", method = "GET", method = "HEAD")]
async fn prices() -> impl Responder {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(r#"{"orange":"0.60","apple":"0.45","quince":"1.20"}"#)
}

/// Picks a picture for the reader's screen and language.
///
/// The client hints need an entry where a browser follows today's standard; `accept` needs one for values past 128 bytes.
#[cors(origins = set("page"), allow_headers = ["accept", "downlink", "save-data", "viewport-width", "width"])]
#[get("/banner")]
async fn banner() -> impl Responder {
    "oranges, small"
}

#[cors(origins = set("page"), allow_headers = ["content-type"])]
#[post("/quote")]
async fn quote(order: String) -> impl Responder {
    format!("a quote for {} bytes of wishes", order.len())
}

#[cors(origins = any, expose_headers = ["x-total-count"])]
#[get("/reviews")]
async fn reviews() -> impl Responder {
    HttpResponse::Ok()
        .insert_header(("X-Total-Count", "2"))
        .insert_header(("X-Shelf", "B7"))
        .insert_header(("Cache-Control", "no-store"))
        .body("sweet; juicy")
}

#[cors(origins = set("page"), allow_headers = ["content-type"])]
#[post("/reviews")]
async fn add_review() -> impl Responder {
    HttpResponse::Created().body("thank you")
}

#[cors(origins = ["https://partner.example"], allow_headers = ["content-type"])]
#[put("/reviews")]
async fn replace_reviews() -> impl Responder {
    "replaced"
}

#[cors(off)]
#[delete("/reviews")]
async fn delete_reviews() -> impl Responder {
    "deleted"
}
