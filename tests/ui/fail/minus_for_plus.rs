use actix_web::{App, Responder, get};
use cors_actix::cors;

#[cors(inherit, origins -= ["https://a.example"])]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
