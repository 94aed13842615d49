//! Hostile text in whatever an App names cannot break any form: each is read back by a parser.

mod check;

use std::sync::Arc;

use actix_web::{App, HttpResponse, http::Method};
use cors_actix::{Cors, Policy, PolicyReport, policy};
use proptest::{collection::vec, prelude::*, sample::select};

/// What one App names, all of it hostile.
#[derive(Debug, Clone)]
struct Names {
    path: String,
    region: String,
    handler: String,
    set: String,
    origins: Vec<String>,
}

/// One property for each form, so that the name of a failing test is that of the form.
macro_rules! forms {
    ($($form:ident),*) => { proptest! {
        #![proptest_config(ProptestConfig::with_cases(cases()))]
        $(#[test]
        fn $form(names in names()) {
            let report = actix_web::rt::System::new().block_on(report(&names));
            check::$form(&report, &names);
        })*
    } };
}

forms!(terminal, markdown, json, lock, html, openapi, explanation);

async fn report(names: &Names) -> Arc<PolicyReport> {
    let cors = Cors::deny()
        .at(&names.region, policy! { origins = ["https://a.example"] })
        .set(&names.set, &names.origins);
    let of_set = Policy::builder().origin_set(&names.set).any_header().build();
    let of_set = of_set.expect("a legal policy");
    let app = || {
        let route = |path: &str, method| {
            cors_actix::route(path, method, of_set.clone())
                .name(&names.handler)
                .to(HttpResponse::Ok)
        };
        App::new()
            .service((
                route(&names.path, Method::GET),
                route(&format!("{}{}", names.region, names.path), Method::PUT),
            ))
            .wrap(cors.clone())
    };
    cors_actix::check(&app).await.unwrap_or_else(|errors| panic!("{names:?}: {errors}"))
}

fn names() -> impl Strategy<Value = Names> {
    let text = || vec(select(PIECES), 1..6).prop_map(|pieces| pieces.concat());
    // an end that is no slash, whatever stands before it
    let path = || text().prop_map(|text| format!("/{text}~"));
    let origins = vec(select(ORIGINS), 0..3).prop_map(|list| {
        let mut list: Vec<_> = list.into_iter().map(str::to_owned).collect();
        list.sort_unstable();
        list.dedup();
        list
    });
    (path(), path(), text(), text(), origins).prop_map(|(path, region, handler, set, origins)| {
        // what is encoded no router ever sees, so it is an error in a region
        let region = format!("/r{}", region.replace('%', "/"));
        Names { path, region, handler, set, origins }
    })
}

fn cases() -> u32 {
    let cases = std::env::var("CORS_CASES").ok().and_then(|cases| cases.parse().ok());
    cases.map_or(256, |cases: u32| cases.min(256))
}

const PIECES: &[&str] = &[
    "a",
    "é",
    " ",
    "  ",
    "<",
    ">",
    "&",
    "\"",
    "'",
    "`",
    "``",
    "|",
    " | ",
    "\\",
    "\\|",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{2028}",
    "\u{feff}",
    "\u{ad}",
    "\u{61c}",
    "\u{200e}",
    "\u{e0041}",
    "</script>",
    "<!--",
    "<script>",
    "]]>",
    "<b>",
    "<code>",
    "</code>",
    "<br>",
    "&lt;",
    "# ",
    "**",
    "[x](javascript:alert(1))",
    "https://evil.example",
    "::error::",
    "%0A",
    "$(x)",
    "__proto__",
    "constructor",
    " at ",
    " credentials",
    "off",
    "app",
];
const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://*.b.example",
    "http://[::1]:*",
    "https://-a_b--c.example",
    "https://pr-*.c.example",
];
