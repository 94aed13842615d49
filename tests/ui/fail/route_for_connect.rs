use actix_web::{App, Responder, route};
use cors_actix::cors;

#[cors(origins = any)]
#[route("/prices", method = "GET", method = "CONNECT")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
