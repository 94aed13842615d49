use actix_web::{App, Responder, get};
use cors_actix::cors;

#[cors(origins = ["https://a.example"], dangerously_allow_null_origin)]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
