use actix_web::{App, Responder, get};
use cors_actix::cors;

#[cors(origins = any, max_age = 600u32)]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
