use actix_web::{HttpResponse, Responder};
use cors_actix::cors;

#[cors(origins = any)]
async fn prices() -> impl Responder {
    HttpResponse::Ok()
}

fn main() {
    let _ = prices();
}
