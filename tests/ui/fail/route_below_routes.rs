use actix_web::{App, Responder, get, route, routes};
use cors_actix::cors;

#[cors(origins = any)]
#[routes]
#[route("/prices", method = "GET")]
#[get("/old")]
async fn prices() -> impl Responder {
    "1.20"
}

fn main() {
    App::new().service(prices);
}
