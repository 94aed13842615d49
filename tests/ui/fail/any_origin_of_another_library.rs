use actix_web::{App, Responder, get};
use cors_actix::cors;

#[cors(allow_any_origin, origins = ["https://a.example"])]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
