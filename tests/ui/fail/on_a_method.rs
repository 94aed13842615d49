use actix_web::{Responder, get};
use cors_actix::cors;

struct Prices;

impl Prices {
    #[cors(origins = any)]
    #[get("/prices")]
    async fn list(&self) -> impl Responder {
        "1.20"
    }
}

fn main() {
    let _ = Prices.list();
}
