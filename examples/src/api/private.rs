//! What the shop's own page must not read: the trade's prices, and the admin's part.

use actix_web::dev::HttpServiceFactory;
use actix_web::{Responder, delete, get};
use cors_actix::cors;

pub(super) fn routes() -> impl HttpServiceFactory {
    (trade_prices, stock, empty_stock)
}

#[cors(origins = ["https://partner.example"])]
#[get("/trade-prices")]
async fn trade_prices() -> impl Responder {
    "orange 0.31"
}

#[cors(off)]
#[get("/admin/stock")]
async fn stock() -> impl Responder {
    "412 oranges"
}

#[cors(off)]
#[delete("/admin/stock")]
async fn empty_stock() -> impl Responder {
    "emptied"
}
