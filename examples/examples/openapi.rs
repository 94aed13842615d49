//! Prints an OpenAPI document made by utoipa, with the policy of each operation in it:
//! `cargo run -p examples --example openapi`.

use std::error::Error;

use actix_web::{App, Responder, get, put, web};
use cors_actix::{Cors, cors};
use utoipa::OpenApi;

/// What things cost.
#[cors(origins = any, max_age = 3600)]
#[utoipa::path(responses((status = 200, description = "the prices")))]
#[get("/prices")]
async fn prices() -> impl Responder {
    web::Json([("tea", 3), ("cake", 4)])
}

/// Changes the customer's name.
#[cors(origins = ["https://app.example.com"], credentials, allow_headers = ["content-type"])]
#[utoipa::path(responses((status = 200, description = "the new name")))]
#[put("/customers/{id}")]
async fn rename(_id: web::Path<u64>, name: web::Json<String>) -> impl Responder {
    name.into_inner()
}

#[derive(OpenApi)]
#[openapi(paths(prices, rename))]
struct Documentation;

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // neither a socket nor a database: the report comes from a function that builds the App
    let app = || App::new().service((prices, rename)).wrap(Cors::deny());
    let report = cors_actix::check(&app).await?;

    let mut document = serde_json::to_value(Documentation::openapi())?;
    report.add_to_openapi(&mut document);
    // only for readers who want to see them
    report.add_preflights_to_openapi(&mut document);
    println!("{document:#}");
    Ok(())
}
