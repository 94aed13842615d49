//! The web page's server: a few files, the API's address, and, for tests only, a place to report to.

use std::net::SocketAddr;
use std::sync::mpsc::Sender;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::{App, Error, HttpResponse, web};
use serde::Serialize;

use crate::address::origin;

/// What every worker's copy of the page's server shares.
#[derive(Clone, Debug)]
pub struct Page {
    config: Config,
    reports: Option<Sender<String>>,
}

/// What the page cannot know by itself.
#[derive(Clone, Debug, Serialize)]
struct Config {
    page: String,
    api: String,
}

impl Page {
    /// Makes the server of the page at `page`, which talks to the API at `api`.
    #[must_use]
    pub fn new(page: SocketAddr, api: SocketAddr) -> Self {
        Self { config: Config { page: origin(page), api: origin(api) }, reports: None }
    }

    /// Accepts what the page reports at `/report`, as JSON text; [`Page::app`] has no such route otherwise.
    #[must_use]
    pub fn report_to(self, reports: Sender<String>) -> Self {
        Self { reports: Some(reports), ..self }
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
        let config = self.config.clone();
        let app =
            App::new().route("/config.json", web::get().to(move || answer_json(config.clone())));
        let app = FILES.iter().fold(app, |app, &(path, kind, text)| {
            app.route(path, web::get().to(move || async move { answer(kind, text) }))
        });
        match self.reports.clone() {
            None => app,
            Some(reports) => {
                app.route("/report", web::post().to(move |text| accept(reports.clone(), text)))
            }
        }
    }
}

async fn answer_json(config: Config) -> web::Json<Config> {
    web::Json(config)
}

fn answer(kind: &'static str, text: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(text)
}

async fn accept(reports: Sender<String>, text: String) -> HttpResponse {
    match reports.send(text) {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(_) => HttpResponse::Gone().finish(),
    }
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Path, type and text: compiled in, so the page works from any folder.
const FILES: [(&str, &str, &str); 14] = [
    ("/", HTML, include_str!("../page/index.html")),
    ("/icon.svg", SVG, include_str!("../page/icon.svg")),
    ("/style.css", CSS, include_str!("../page/style.css")),
    ("/main.js", SCRIPT, include_str!("../page/main.js")),
    ("/lab.js", SCRIPT, include_str!("../page/lab.js")),
    ("/view.js", SCRIPT, include_str!("../page/view.js")),
    ("/frame.html", HTML, include_str!("../page/frame.html")),
    ("/frame.js", SCRIPT, include_str!("../page/frame.js")),
    ("/rows/simple.js", SCRIPT, include_str!("../page/rows/simple.js")),
    ("/rows/preflight.js", SCRIPT, include_str!("../page/rows/preflight.js")),
    ("/rows/credentials.js", SCRIPT, include_str!("../page/rows/credentials.js")),
    ("/rows/answers.js", SCRIPT, include_str!("../page/rows/answers.js")),
    ("/rows/refused.js", SCRIPT, include_str!("../page/rows/refused.js")),
    ("/rows/media.js", SCRIPT, include_str!("../page/rows/media.js")),
];
