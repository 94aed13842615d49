//! The page of an App with 10,000 routes, and what drives it.

use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, http::Method};
use cors_actix::{Cors, Policy, policy};

pub(crate) const DRIVE: &str = include_str!("drive.js");

/// The page as it is, but for a second script that types into it.
pub(crate) async fn page() -> String {
    let app = || (0..ROUTES).fold(App::new(), route).wrap(cors());
    let start = Instant::now();
    let report = cors_actix::check(&app).await.expect("a legal configuration");
    let time = start.elapsed();
    // ten times the aim, for builds without optimization on busy machines
    assert!(time < Duration::from_secs(10), "{ROUTES} routes took {time:?}");
    let start = Instant::now();
    let page = report.to_html();
    println!("{ROUTES} routes: checked in {time:?}, drawn in {:?}", start.elapsed());
    let policy = page.replacen("script-src ", "connect-src 'self'; script-src 'self' ", 1);
    let driven = policy.replacen("</body>", "<script src=\"/drive.js\"></script></body>", 1);
    assert!(driven.len() > page.len(), "the page has changed its form");
    driven
}

fn route<T>(app: App<T>, number: usize) -> App<T>
where
    T: actix_web::dev::ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Error = actix_web::Error,
            InitError = (),
        >,
{
    const OPEN: Policy = policy! { origins = any, max_age = 600 };
    const APP: Policy = policy! {
        origins = ["https://app.example.com", "https://*.example.org"],
        credentials,
        allow_headers = ["content-type", "x-csrf-token"],
    };
    let (method, policy) = match number % 3 {
        0 => (Method::GET, OPEN),
        1 => (Method::PUT, APP),
        _ => (Method::DELETE, policy! { inherit }),
    };
    let path = format!("/area{}/items{number}/{{id}}", number % 37);
    app.service(cors_actix::route(path, method, policy).to(HttpResponse::Ok))
}

fn cors() -> Cors {
    Cors::deny().at("/area7", policy! { origins = ["https://partner.example"] })
}

const ROUTES: usize = 10_000;
