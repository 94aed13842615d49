//! Responses that no handler gave, and errors.

use actix_web::{
    App, HttpResponse, Responder,
    dev::ServiceResponse,
    error::{ErrorInternalServerError, ErrorUnauthorized},
    get,
    http::StatusCode,
    middleware::{ErrorHandlerResponse, ErrorHandlers, Next, NormalizePath, from_fn},
    post,
    test::init_service,
    web,
};
use cors_actix::{Cors, cors, policy};

use crate::{
    common::{A, B, actual, plain, send},
    handlers::{item, user},
};

#[actix_web::test]
async fn of_handlers_and_extractors() {
    let app = init_service(App::new().service(item).wrap(Cors::deny())).await;
    for (path, status) in [("/items/3", 200), ("/items/0", 418), ("/items/abc", 404)] {
        let answer = send(&app, actual("GET", path, A)).await;
        assert_eq!((answer.status.as_u16(), answer.allow_origin()), (status, Some(A)), "{path}");
        let answer = send(&app, actual("GET", path, B)).await;
        assert_eq!(answer.cors(), ["vary: Origin"], "{path}");
        let answer = send(&app, plain("GET", path)).await;
        assert_eq!(answer.cors(), ["vary: Origin"], "{path}");
    }
}

#[cors(origins = ["https://a.example"])]
#[post("/body")]
async fn body(body: web::Bytes) -> impl Responder {
    body
}

#[actix_web::test]
async fn of_body_limits() {
    let config = web::PayloadConfig::new(8);
    let app = init_service(App::new().app_data(config).service(body).wrap(Cors::deny())).await;
    for (len, status) in [(8, StatusCode::OK), (9, StatusCode::PAYLOAD_TOO_LARGE)] {
        let answer = send(&app, actual("POST", "/body", A).set_payload(vec![b'x'; len])).await;
        assert_eq!((answer.status, answer.allow_origin()), (status, Some(A)), "{len}");
    }
}

#[actix_web::test]
async fn of_a_scopes_middleware() {
    let refuse =
        from_fn(async |_req, _next: Next<_>| Err::<ServiceResponse, _>(ErrorUnauthorized("who")));
    let app = App::new().service(web::scope("/s").wrap(refuse).service(user));
    let app = init_service(app.wrap(Cors::deny())).await;
    let answer = send(&app, actual("GET", "/s/users/1", A)).await;
    assert_eq!((answer.status, answer.allow_origin()), (StatusCode::UNAUTHORIZED, Some(A)));
    for (path, origin) in [("/s/users/1", B), ("/s/none", A)] {
        let answer = send(&app, actual("GET", path, origin)).await;
        assert_eq!(
            (answer.status, answer.allow_origin()),
            (StatusCode::UNAUTHORIZED, None),
            "{path}"
        );
    }
    let answer = send(&app, plain("GET", "/s/users/1")).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
}

async fn fail<B>(
    _: actix_web::dev::ServiceRequest,
    _: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    Err(ErrorInternalServerError("own"))
}

#[cors(origins = ["https://a.example"])]
#[get("/own", wrap = "from_fn(fail)")]
async fn own_wrap() -> impl Responder {
    "never"
}

/// The error of a route's own middleware has that route's policy, also where the path alone would
/// not tell which route it was.
#[actix_web::test]
async fn of_the_handlers_own_middleware() {
    let open = Cors::new(policy! { origins = any });
    let app = App::new().service(web::scope("/s").service(own_wrap)).wrap(open);
    let app = init_service(app).await;
    let answer = send(&app, actual("GET", "/s/own", A)).await;
    assert_eq!((answer.status.as_u16(), answer.allow_origin()), (500, Some(A)));
    let answer = send(&app, actual("GET", "/s/own", B)).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
    let answer = send(&app, plain("GET", "/s/own")).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
}

#[cors(inherit)]
#[get("/own", wrap = "from_fn(fail)")]
async fn own_wrap_in_regions() -> impl Responder {
    "never"
}

#[actix_web::test]
async fn of_the_handlers_own_middleware_in_a_region() {
    let cors = Cors::new(policy! { origins = any })
        .at("/closed", policy! { off })
        .at("/a", policy! { origins = ["https://a.example"] });
    let tenants = web::scope("/{tenant}").service(own_wrap_in_regions);
    let app = App::new().service(tenants).wrap(NormalizePath::trim()).wrap(cors);
    let app = init_service(app).await;
    for (path, allowed) in [
        ("/open/own", Some("*")),
        ("/closed/own", None),
        ("//closed//own/", None),
        ("/a/own", Some(A)),
        ("/%61/own", Some(A)),
        ("/a//own", Some(A)),
    ] {
        let answer = send(&app, actual("GET", path, A)).await;
        assert_eq!((answer.status.as_u16(), answer.allow_origin()), (500, allowed), "{path}");
    }
    assert_eq!(send(&app, actual("GET", "/a/own", B)).await.cors(), ["vary: Origin"]);
}

#[actix_web::test]
async fn converted_in_between() {
    let into_response = from_fn(async |req: actix_web::dev::ServiceRequest, next: Next<_>| {
        let kept = req.request().uri().clone();
        match next.call(req).await {
            Ok(response) => Ok(response),
            Err(error) => {
                let req =
                    actix_web::test::TestRequest::default().uri(kept.path()).to_http_request();
                Ok(ServiceResponse::from_err(error, req))
            }
        }
    });
    let open = Cors::new(policy! { origins = any });
    let app = App::new().service(web::scope("/s").service(own_wrap)).wrap(into_response).wrap(open);
    let app = init_service(app).await;
    let answer = send(&app, actual("GET", "/s/own", A)).await;
    assert_eq!((answer.status.as_u16(), answer.allow_origin()), (500, Some(A)));
    let answer = send(&app, actual("GET", "/s/own", B)).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
}

#[actix_web::test]
async fn rewritten_by_error_handlers() {
    let handlers = || {
        ErrorHandlers::new().handler(StatusCode::NOT_FOUND, |res: ServiceResponse<_>| {
            let (req, _) = res.into_parts();
            let response = HttpResponse::NotFound()
                .insert_header(("access-control-allow-origin", "https://evil.example"))
                .body("rewritten");
            let res = ServiceResponse::new(req, response).map_into_right_body();
            Ok(ErrorHandlerResponse::Response(res))
        })
    };
    let app = App::new().service(item).wrap(handlers()).wrap(Cors::deny());
    let app = init_service(app).await;
    let answer = send(&app, actual("GET", "/items/abc", A)).await;
    assert_eq!((answer.body.as_str(), answer.allow_origin()), ("rewritten", Some(A)));
    let answer = send(&app, actual("GET", "/items/abc", B)).await;
    assert_eq!(answer.cors(), ["vary: Origin"]);
}

/// A redirect to a login page must not be readable because the routes around are public.
#[actix_web::test]
async fn redirects_of_a_scopes_middleware() {
    let login = from_fn(async |req: actix_web::dev::ServiceRequest, _next: Next<_>| {
        let found = HttpResponse::Found().insert_header(("location", "/login")).finish();
        Ok::<ServiceResponse, _>(req.into_response(found))
    });
    let open = Cors::new(policy! { origins = any });
    let app = App::new().service(web::scope("/s").wrap(login).service(user)).wrap(open);
    let app = init_service(app).await;
    assert_eq!(send(&app, plain("GET", "/s/users/1")).await.cors(), ["vary: Origin"]);
    assert_eq!(send(&app, actual("GET", "/s/users/1", B)).await.cors(), ["vary: Origin"]);
    assert_eq!(send(&app, actual("GET", "/s/users/1", A)).await.allow_origin(), Some(A));
}
