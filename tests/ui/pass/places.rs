//! Every place where a handler can stand, under lints that see all that is generated.

#![deny(warnings, missing_docs, missing_debug_implementations, unreachable_pub)]
#![deny(clippy::all, clippy::pedantic, unused_qualifications, elided_lifetimes_in_paths)]

use actix_web::{App, HttpRequest, HttpResponse, Responder, get, post, put, web};
use cors_actix::{Cors, Policy, cors, policy};

const SPA: Policy = policy! { origins = ["https://app.example.com"], credentials };

/// Private, as most handlers are.
#[cors(policy = SPA)]
#[get("/private")]
async fn private() -> impl Responder {
    HttpResponse::Ok()
}

/// With attributes of all kinds, above and below.
#[allow(clippy::unused_async)]
#[cors(origins = any, doc = false)]
#[cfg(all())]
#[cfg_attr(all(), allow(unused_variables))]
#[doc(alias = "dressed")]
#[post("/attributes/{id}")]
#[expect(clippy::needless_pass_by_value)]
#[must_use]
async fn attributes(
    id: web::Path<(u64,)>,
    body: web::Json<Vec<String>>,
    request: HttpRequest,
) -> Result<impl Responder, actix_web::Error> {
    let unused = 1;
    Ok(HttpResponse::Ok().json(&*body))
}

#[cors(origins = any)]
#[cfg(any())]
#[get("/never")]
async fn never() -> Missing {}

mod nested {
    use actix_web::{HttpResponse, Responder, get};

    #[cors_actix::cors(policy = super::SPA)]
    #[get("/crate")]
    pub(crate) async fn visible_in_crate() -> impl Responder {
        HttpResponse::Ok()
    }

    pub(super) mod deep {
        use actix_web::{HttpResponse, Responder, get};
        use cors_actix::cors;

        #[cors(policy = crate::SPA)]
        #[get("/super")]
        pub(in crate::nested) async fn visible_above() -> impl Responder {
            HttpResponse::Ok()
        }
    }
}

/// A module of actix-web's.
#[actix_web::scope("/scope")]
mod scoped {
    use actix_web::{HttpResponse, Responder, get, routes};
    use cors_actix::cors;

    #[cors(inherit)]
    #[get("/plain")]
    pub(crate) async fn plain() -> impl Responder {
        HttpResponse::Ok()
    }

    #[cors(inherit)]
    #[routes]
    #[get("/a")]
    #[post("/b")]
    pub(crate) async fn several() -> impl Responder {
        HttpResponse::Ok()
    }
}

/// The fragments of a macro.
macro_rules! handler {
    ($(#[$attribute:meta])* $visible:vis $name:ident, $path:literal, $origin:literal, $base:path, $seconds:expr) => {
        $(#[$attribute])*
        #[cors(origins = [$origin], max_age = $seconds)]
        #[get($path)]
        $visible async fn $name() -> impl Responder {
            HttpResponse::Ok()
        }

        mod based {
            use super::*;

            #[cors(policy = $base)]
            #[put($path)]
            async fn of_path() -> impl Responder {
                HttpResponse::Ok()
            }

            pub(super) fn configure(config: &mut web::ServiceConfig) {
                config.service(of_path);
            }
        }
    };
}

handler! {
    /// Documented.
    pub(crate) generated, "/generated", "https://a.example", SPA, 5
}

/// Named like the words of the expansion.
#[allow(non_snake_case)]
mod names {
    use actix_web::{HttpResponse, Responder, get};
    use cors_actix::cors;

    pub(super) const KEYS: u8 = 1;

    macro_rules! named {
        ($($name:ident)+) => {$(
            #[cors(inherit)]
            #[get("/name")]
            pub(crate) async fn $name() -> impl Responder {
                HttpResponse::Ok().body(KEYS.to_string())
            }
        )+};
    }

    named!(config register Handler Route Policy r#match core std Some user);
}

/// A policy that is no constant, on a way that may not be gone.
fn chosen<T>(open: Option<T>) -> Policy {
    match open {
        Some(_) => policy! { policy = SPA, max_age = 5 },
        None => policy! { off },
    }
}

#[actix_web::main]
async fn main() {
    const LOCAL: Policy = policy! { origins = any };

    #[cors(policy = LOCAL)]
    #[get("/local")]
    async fn local() -> impl Responder {
        HttpResponse::Ok()
    }

    let factory = || {
        App::new()
            .service((private, attributes, local, generated))
            .service((nested::visible_in_crate, nested::deep::visible_above))
            .service((scoped::plain, scoped::several))
            .service((names::config, names::register, names::r#match, names::Some))
            .service((names::Handler, names::Route, names::Policy, names::core, names::std))
            .service(names::user)
            .configure(based::configure)
            .wrap(Cors::new(SPA).at("/scope", chosen(Some(1))).at("/off", chosen::<u8>(None)))
    };
    cors_actix::check(&factory).await.expect("the App is sound");
}
