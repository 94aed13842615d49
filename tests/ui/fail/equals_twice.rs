use actix_web::{App, Responder, get};
use cors_actix::cors;

#[cors(origins == any)]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
