//! Orders, below a scope whose first segment is the tenant.

use actix_web::dev::HttpServiceFactory;
use actix_web::{Responder, delete, get, options, patch, put, web};
use cors_actix::{Policy, cors, policy};
use serde::Serialize;

pub(super) fn routes() -> impl HttpServiceFactory {
    web::scope("/api/{tenant}").service((read, save, amend, cancel, describe))
}

const ORDERS: Policy = policy! { origins = set("page"), allow_headers = ["content-type", "x-order-note"], max_age = 600 };

#[derive(Serialize)]
struct Order {
    tenant: String,
    id: u32,
    state: &'static str,
}

impl Order {
    fn new(path: web::Path<(String, u32)>, state: &'static str) -> web::Json<Self> {
        let (tenant, id) = path.into_inner();
        web::Json(Self { tenant, id, state })
    }
}

#[cors(policy = ORDERS)]
#[get("/orders/{id}")]
async fn read(path: web::Path<(String, u32)>) -> impl Responder {
    Order::new(path, "open")
}

#[cors(policy = ORDERS)]
#[put("/orders/{id}")]
async fn save(path: web::Path<(String, u32)>) -> impl Responder {
    Order::new(path, "saved")
}

/// Preflights of this one are never cached.
#[cors(policy = ORDERS, max_age = 0)]
#[patch("/orders/{id}")]
async fn amend(path: web::Path<(String, u32)>) -> impl Responder {
    Order::new(path, "amended")
}

#[cors(policy = ORDERS)]
#[delete("/orders/{id}")]
async fn cancel(path: web::Path<(String, u32)>) -> impl Responder {
    Order::new(path, "cancelled")
}

/// An OPTIONS request that is no preflight.
#[cors(policy = ORDERS)]
#[options("/orders/{id}")]
async fn describe(path: web::Path<(String, u32)>) -> impl Responder {
    Order::new(path, "described")
}
