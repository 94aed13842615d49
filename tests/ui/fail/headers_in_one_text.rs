use actix_web::{App, Responder, get};
use cors_actix::cors;

#[cors(origins = any, expose_headers = "x-a, x-b")]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
