//! A handler stays what it was under `#[cors]`: its path, names, guards, wraps and answers.

use actix_web::{
    App, HttpRequest, HttpResponse, Responder, get,
    guard::GuardContext,
    http::{Method, StatusCode, header},
    middleware::DefaultHeaders,
    post, route, routes, test, web,
};
use cors_actix::{Cors, Policy, cors, policy};

const TRUSTED: &str = "https://app.example.com";
const SPA: Policy = policy! { origins = ["https://app.example.com"], credentials };

#[cors(policy = SPA)]
#[get("/users/{id}")]
async fn user(id: web::Path<u64>) -> impl Responder {
    id.to_string()
}

#[cors(policy = SPA)]
#[get("/named/{id}", name = "by_name")]
async fn named(id: web::Path<u64>) -> impl Responder {
    id.to_string()
}

#[cors(policy = SPA)]
#[post("/guarded", guard = "has_key", wrap = "DefaultHeaders::new().add((\"x-wrapped\", \"1\"))")]
async fn guarded() -> impl Responder {
    HttpResponse::Ok()
}

#[cors(policy = SPA)]
#[route("/custom", method = "GET", method = "PURGE")]
async fn custom(request: HttpRequest) -> impl Responder {
    request.method().to_string()
}

#[cors(policy = SPA)]
#[routes]
#[get("/old")]
#[post("/new")]
async fn several(request: HttpRequest) -> impl Responder {
    request.path().to_owned()
}

#[cors(policy = SPA)]
#[get("/fails")]
async fn fails() -> Result<HttpResponse, actix_web::Error> {
    Err(actix_web::error::ErrorImATeapot("short and stout"))
}

#[actix_web::scope("/scope")]
mod scoped {
    use actix_web::{Responder, get};

    #[cors_actix::cors(policy = super::SPA)]
    #[get("/inside")]
    pub(crate) async fn inside() -> impl Responder {
        "inside"
    }
}

#[get("/links")]
async fn links(request: HttpRequest) -> impl Responder {
    let urls = [request.url_for("user", ["1"]), request.url_for("by_name", ["2"])];
    urls.map(|url| url.map_or_else(|e| e.to_string(), |url| url.path().to_owned())).join(" ")
}

fn has_key(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("x-key")
}

/// What a request gets: status, body, ACAO, ACAC, Vary and the header of the handler's own wrap.
type Got = (StatusCode, String, [Option<String>; 4]);

async fn answer(request: test::TestRequest) -> Got {
    #[cors(policy = SPA)]
    #[get("/local")]
    async fn local() -> impl Responder {
        "local"
    }

    let app = App::new()
        .service((user, named, guarded, custom, several, fails, scoped::inside, local, links))
        .wrap(Cors::deny());
    let app = test::init_service(app).await;
    let response = test::call_service(&app, request.to_request()).await;
    let text = |name: &str| {
        response.headers().get(name).map(|v| v.to_str().expect("an ASCII header").to_owned())
    };
    let headers = [
        text("access-control-allow-origin"),
        text("access-control-allow-credentials"),
        text("vary"),
        text("x-wrapped"),
    ];
    let status = response.status();
    let body = test::read_body(response).await;
    (status, String::from_utf8_lossy(&body).into_owned(), headers)
}

#[actix_web::test]
async fn handlers_answer_as_before_and_with_their_policy() {
    let purge = Method::from_bytes(b"PURGE").expect("a method");
    let cases = [
        ("path", Method::GET, "/users/7", "7"),
        ("name", Method::GET, "/named/8", "8"),
        ("method", Method::GET, "/custom", "GET"),
        ("custom method", purge, "/custom", "PURGE"),
        ("first route", Method::GET, "/old", "/old"),
        ("second route", Method::POST, "/new", "/new"),
        ("scope", Method::GET, "/scope/inside", "inside"),
        ("in a function", Method::GET, "/local", "local"),
    ];
    let granted = |wrapped: Option<&str>| {
        let headers = [Some(TRUSTED), Some("true"), Some("Origin"), wrapped];
        headers.map(|value| value.map(str::to_owned))
    };
    for (name, method, uri, body) in cases {
        let request = test::TestRequest::with_uri(uri).method(method);
        let got = answer(request.insert_header((header::ORIGIN, TRUSTED))).await;
        assert_eq!(got, (StatusCode::OK, body.to_owned(), granted(None)), "{name}");
    }
    let with = |key: &'static str| {
        let request = test::TestRequest::post().uri("/guarded").insert_header((key, "1"));
        answer(request.insert_header((header::ORIGIN, TRUSTED)))
    };
    assert_eq!(with("x-key").await, (StatusCode::OK, String::new(), granted(Some("1"))));
    assert_eq!(with("x-other").await.0, StatusCode::NOT_FOUND, "the guard refuses");
    let request = test::TestRequest::get().uri("/fails").insert_header((header::ORIGIN, TRUSTED));
    let want = (StatusCode::IM_A_TEAPOT, "short and stout".to_owned(), granted(None));
    assert_eq!(answer(request).await, want, "an error of the handler");
}

#[actix_web::test]
async fn resources_keep_their_names() {
    let (status, urls, _) = answer(test::TestRequest::get().uri("/links")).await;
    assert_eq!((status, &*urls), (StatusCode::OK, "/users/1 /named/2"));
}

#[actix_web::test]
async fn methods_of_no_route_attribute_are_refused() {
    for (name, method, uri) in [
        ("other method", Method::PUT, "/users/7"),
        ("method of the other route", Method::POST, "/old"),
    ] {
        let request = test::TestRequest::with_uri(uri).method(method);
        let got = answer(request.insert_header((header::ORIGIN, TRUSTED))).await;
        assert_eq!(got.0, StatusCode::NOT_FOUND, "{name}");
    }
}
