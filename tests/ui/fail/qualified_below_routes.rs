use actix_web::{App, Responder, routes};
use cors_actix::cors;

#[cors(origins = any)]
#[routes]
#[actix_web::get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
