use actix_web::{App, Responder, get};
use cors_actix::cors;

macro_rules! priced {
    ($(#[$attribute:meta])* $name:ident) => {
        #[cors(origins = ["https://a.example"])]
        $(#[$attribute])*
        #[get("/prices")]
        async fn $name() -> impl Responder {
            "1.20"
        }
    };
}

priced! {
    #[cors(origins = any)]
    prices
}

fn main() {
    App::new().service(prices);
}
