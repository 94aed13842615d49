//! Handlers that `macro_rules` writes: what a fragment stands for comes in an invisible group.

#![deny(warnings, missing_docs, unreachable_pub)]

use actix_web::{App, Responder, get, web};
use cors_actix::{Cors, Policy, cors, policy};

macro_rules! forwarded {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        async fn $name() -> impl Responder {
            stringify!($name)
        }
    };
}

forwarded! {
    /// Has docs.
    #[cors(origins = any)]
    #[cfg(all())]
    #[get("/forwarded")]
    whole
}

macro_rules! open {
    ($handler:item) => {
        #[cors(origins = any)]
        $handler
    };
}

open! {
    /// Has docs.
    #[get("/item")]
    async fn item() -> impl Responder {
        "item"
    }
}

/// Has constants.
struct Of<const N: usize>;

impl<const N: usize> Of<N> {
    const SPA: Policy = policy! { origins = any };
}

/// Has a constant.
trait Site {
    /// What a site trusts.
    const SPA: Policy;
}

impl Site for () {
    const SPA: Policy = policy! { origins = any };
}

#[cors(policy = Of::<3>::SPA, max_age = 5)]
#[get("/generic")]
async fn generic() -> impl Responder {
    "generic"
}

#[cors(policy = <() as Site>::SPA, max_age = 5)]
#[get("/associated")]
async fn associated() -> impl Responder {
    "associated"
}

#[cors(origins = any)]
#[ignore]
#[get("/inert")]
async fn inert() -> impl Responder {
    "inert"
}

fn main() {
    App::new()
        .service((whole, item))
        .service(web::scope("/s").service((generic, associated, inert)))
        .wrap(Cors::deny());
}
