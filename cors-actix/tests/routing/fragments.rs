//! Handlers that `macro_rules` writes: what a fragment stands for is read like all the rest.

use actix_web::{App, Responder, routes, test::init_service};
use cors_actix::{Cors, cors, policy};

use crate::common::{A, B, granted, readable};

macro_rules! closed {
    ($name:ident, $path:path, $($route:meta),*) => {
        #[cors(off)]
        #[routes]
        #[get("/named")]
        $(#[$route])*
        #[$path("/by-path")]
        async fn $name() -> impl Responder {
            "secret"
        }
    };
}

closed!(secret, put, get("/by-meta"), put("/by-meta"));

macro_rules! forwarded {
    ($(#[$attribute:meta])* $name:ident) => {
        $(#[$attribute])*
        async fn $name() -> impl Responder {
            "forwarded"
        }
    };
}

forwarded! {
    #[cors(origins = ["https://a.example"])]
    #[routes]
    #[get("/all")]
    #[put("/all")]
    all
}

#[actix_web::test]
async fn routes_that_a_macro_passes_on() {
    let open = Cors::new(policy! { origins = any, methods = ["PUT"] });
    let app = init_service(App::new().service((secret, all)).wrap(open)).await;
    for (method, path) in
        [("GET", "/named"), ("GET", "/by-meta"), ("PUT", "/by-meta"), ("PUT", "/by-path")]
    {
        assert!(!granted(&app, method, path, A).await, "{method} {path}");
        assert!(!readable(&app, method, path, A).await, "{method} {path}");
    }
    for method in ["GET", "PUT"] {
        for (origin, allowed) in [(A, true), (B, false)] {
            assert_eq!(granted(&app, method, "/all", origin).await, allowed, "{method} {origin}");
            assert_eq!(readable(&app, method, "/all", origin).await, allowed, "{method} {origin}");
        }
    }
}
