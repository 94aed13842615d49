use actix_web::{App, Responder, trace};
use cors_actix::cors;

#[cors(origins = any)]
#[trace("/prices")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
