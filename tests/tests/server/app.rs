//! One App for all of these tests.

use std::time::Duration;

use actix_files::Files;
use actix_web::{
    App, Error, HttpRequest, HttpResponse, Responder,
    body::MessageBody,
    dev::{ServiceFactory, ServiceRequest, ServiceResponse},
    get,
    http::StatusCode,
    post, rt, web,
};
use cors_actix::{Cors, cors, policy};

pub(crate) const A: &str = "https://a.example";
pub(crate) const EVIL: &str = "https://evil.example";

#[cors(origins = ["https://a.example"], credentials, expose_headers = ["etag"])]
#[get("/etag")]
async fn etag(req: HttpRequest) -> impl Responder {
    let status = match req.headers().contains_key("if-none-match") {
        true => StatusCode::NOT_MODIFIED,
        false => StatusCode::OK,
    };
    HttpResponse::build(status).insert_header(("etag", "\"1\"")).finish()
}

#[cors(origins = ["https://a.example"])]
#[get("/stream")]
async fn stream() -> impl Responder {
    let parts = futures_util::stream::iter(
        (0..100).map(|i| Ok::<_, Error>(web::Bytes::from(format!("{i}\n")))),
    );
    HttpResponse::Ok().streaming(parts)
}

#[cors(origins = ["https://a.example"], allow_headers = ["content-type"])]
#[post("/body")]
async fn body(body: web::Bytes) -> impl Responder {
    body
}

#[cors(origins = ["https://a.example"])]
#[get("/ws")]
async fn upgrade() -> impl Responder {
    HttpResponse::SwitchingProtocols()
        .upgrade("websocket")
        .insert_header(("sec-websocket-accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
        .finish()
}

#[cors(origins = ["https://a.example"])]
#[get("/slow")]
async fn slow() -> impl Responder {
    rt::time::sleep(Duration::from_millis(20)).await;
    "slow"
}

#[cors(origins = ["https://a.example"])]
#[actix_web::head("/etag")]
async fn head() -> impl Responder {
    HttpResponse::Ok().insert_header(("etag", "\"1\"")).finish()
}

/// The middleware of [`app`]: built once, shared by all workers.
pub(crate) fn cors() -> Cors {
    Cors::deny().at("/files", policy! { origins = ["https://a.example"] })
}

pub(crate) fn app(
    cors: Cors,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(web::PayloadConfig::new(64))
        .service((etag, head, stream, body, upgrade, slow))
        .service(Files::new("/files", concat!(env!("CARGO_MANIFEST_DIR"), "/src")))
        .wrap(cors)
}
