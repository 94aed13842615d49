//! The API: each handler says above itself who may read its answers.

mod account;
mod catalog;
mod orders;
mod private;

use std::fmt;
use std::net::SocketAddr;

use actix_files::Files;
use actix_session::SessionMiddleware;
use actix_session::storage::CookieSessionStore;
use actix_web::body::MessageBody;
use actix_web::cookie::Key;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App, Error, Responder, get, put, web};
use cors_actix::{Cors, cors, policy};

use crate::address::origin;
use crate::journal::{self, Exchange, Journal};

const STATIC_FILES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/static");

/// What every worker's copy of the API shares.
#[derive(Clone)]
pub struct Api {
    cors: Cors,
    journal: web::Data<Journal>,
    session_key: Key,
}

impl Api {
    /// Makes the API for the page served at `page`.
    #[must_use]
    pub fn new(page: SocketAddr) -> Self {
        let cors = Cors::new(policy! { origins = set("page") })
            .at("/static", policy! { origins = set("page") })
            .at("/vault", policy! { off })
            .set("page", [origin(page)]);
        Self { cors, journal: web::Data::default(), session_key: Key::generate() }
    }

    /// Builds the App.
    pub fn app(
        &self,
    ) -> App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<impl MessageBody + use<>>,
            Error = Error,
            InitError = (),
        > + use<>,
    > {
        let sessions =
            SessionMiddleware::builder(CookieSessionStore::default(), self.session_key.clone())
                .cookie_name("shop".to_owned())
                // The demo speaks plain HTTP on the loopback interface.
                .cookie_secure(false)
                .build();
        App::new()
            .app_data(self.journal.clone())
            .service(catalog::routes())
            .service(orders::routes())
            .service(account::routes())
            .service(private::routes())
            .service((opening_hours, change_opening_hours, journal_of_row))
            .service(Files::new("/static", STATIC_FILES))
            .service(Files::new("/vault", STATIC_FILES))
            .wrap(sessions)
            .wrap(self.cors.clone())
            .wrap(from_fn(journal::record))
    }
}

impl fmt::Debug for Api {
    /// Leaves the session key out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api").finish_non_exhaustive()
    }
}

/// Says nothing about CORS, so the app's default holds.
#[get("/opening-hours")]
async fn opening_hours() -> impl Responder {
    "Monday to Saturday, 8 to 18"
}

/// Says nothing about CORS either; PUT is not among the default's methods, so other origins cannot send it.
#[put("/opening-hours")]
async fn change_opening_hours() -> impl Responder {
    "changed"
}

/// What the API saw of one row of the page.
#[cors(origins = set("page"))]
#[get("/journal/{row}")]
async fn journal_of_row(
    journal: web::Data<Journal>,
    row: web::Path<String>,
) -> web::Json<Vec<Exchange>> {
    web::Json(journal.of_row(&row))
}
