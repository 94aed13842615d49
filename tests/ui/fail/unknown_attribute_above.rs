use actix_web::{App, Responder, get};
use cors_actix::cors;

#[no_such_attribute]
#[cors(origins = any)]
#[get("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
