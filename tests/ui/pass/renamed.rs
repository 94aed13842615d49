//! `cors_actix` under another name, and behind somebody's own crate.

extern crate cors_actix as cross;

use actix_web::{App, HttpResponse, Responder, get};
use cross::{Cors, Policy, cors, policy};

mod facade {
    pub use cors_actix as inside;
}

const ANY: Policy = policy! { origins = any, crate = ::cross };

#[cors(policy = ANY, crate = ::cross)]
#[get("/renamed")]
async fn renamed() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(policy = ANY, crate = crate::facade::inside)]
#[get("/facade")]
async fn behind_a_facade() -> impl Responder {
    HttpResponse::Ok()
}

fn main() {
    use facade::inside as local;

    #[local::cors(origins = any, crate = local)]
    #[get("/local")]
    async fn behind_a_local_name() -> impl Responder {
        HttpResponse::Ok()
    }

    App::new().service((renamed, behind_a_facade, behind_a_local_name)).wrap(Cors::deny());
}
