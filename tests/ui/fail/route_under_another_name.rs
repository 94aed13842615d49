use actix_web::{HttpResponse, Responder, get as fetch};
use cors_actix::cors;

#[cors(origins = any)]
#[fetch("/prices")]
async fn prices() -> impl Responder {
    HttpResponse::Ok()
}

fn main() {}
