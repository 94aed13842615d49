//! actix's own middlewares and those of others, at every level: around the App outside and inside
//! of `Cors`, around a scope, around a resource.

mod common;

use actix_session::{Session, SessionMiddleware, storage::CookieSessionStore};
use actix_web::{
    App, Error, HttpResponse, Responder,
    body::MessageBody,
    cookie::Key,
    dev::{HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse},
    get,
    http::header,
    middleware::{Compress, Logger, Next, NormalizePath, from_fn},
    put, scope,
    test::init_service,
    web,
};
use common::{A, B, actual, preflight, send};
use cors_actix::{Cors, cors};

#[cors(origins = ["https://a.example"], credentials)]
#[get("/x")]
async fn x() -> impl Responder {
    "x".repeat(1000)
}

#[cors(origins = ["https://a.example"], credentials)]
#[put("/x")]
async fn put_x(session: Session) -> impl Responder {
    session.insert("seen", true).map(|()| "put")
}

/// A resource with middlewares around its routes.
fn resource() -> impl HttpServiceFactory {
    let policy = cors_actix::policy! {
        origins = ["https://a.example"], credentials, methods = ["PUT"]
    };
    let get = web::get().to(async || "x".repeat(1000));
    let put = async |session: Session| session.insert("seen", true).map(|()| "put");
    let put = web::put().to(put).wrap(session()).wrap(from_fn(auth));
    cors_actix::resource("/r/x", policy)
        .route(get.wrap(Logger::default()).wrap(Compress::default()))
        .route(put)
}

fn session() -> SessionMiddleware<CookieSessionStore> {
    SessionMiddleware::new(CookieSessionStore::default(), Key::from(&[7; 64]))
}

/// Refuses what comes without the header, as an error or by a response of its own.
async fn auth(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    match req.headers().get(header::AUTHORIZATION).map(|value| value.as_bytes()) {
        Some(b"yes") => next.call(req).await.map(ServiceResponse::map_into_boxed_body),
        Some(_) => Err(actix_web::error::ErrorForbidden("wrong")),
        None => Ok(req.into_response(HttpResponse::Unauthorized()).map_into_boxed_body()),
    }
}

const CREDENTIALS: &str = "access-control-allow-credentials: true";
const ORIGIN: &str = "access-control-allow-origin: https://a.example";
const PREFLIGHT: &str =
    "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

/// Preflights and actual requests of a trusted and of another origin, with all their CORS headers.
async fn check<B>(
    name: &str,
    path: &str,
    guarded: bool,
    app: App<
        impl ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    >,
) where
    B: MessageBody + 'static,
{
    let app = init_service(app).await;
    for method in ["GET", "PUT"] {
        let methods = format!("access-control-allow-methods: {method}");
        let answer = send(&app, preflight(method, path, A)).await;
        assert_eq!(answer.status.as_u16(), 204, "{name} {method}");
        assert_eq!(answer.cors(), [CREDENTIALS, &methods, ORIGIN, PREFLIGHT], "{name} {method}");
        let answer = send(&app, preflight(method, path, B)).await;
        assert_eq!((answer.status.as_u16(), answer.cors()), (403, vec![PREFLIGHT.to_owned()]));
        for (origin, want) in
            [(A, &[CREDENTIALS, ORIGIN, "vary: Origin"][..]), (B, &["vary: Origin"])]
        {
            for authorization in [Some("yes"), Some("no"), None] {
                let mut request = actual(method, path, origin);
                if let Some(value) = authorization {
                    request = request.insert_header((header::AUTHORIZATION, value));
                }
                let status = match authorization {
                    Some("yes") => 200,
                    _ if !guarded || path.starts_with("/r") && method == "GET" => 200,
                    Some(_) => 403,
                    None => 401,
                };
                let answer = send(&app, request.insert_header(("accept-encoding", "gzip"))).await;
                let case = format!("{name} {method} {origin} {authorization:?}");
                assert_eq!(answer.status.as_u16(), status, "{case}");
                // `Compress` varies on its own
                let got: Vec<_> =
                    answer.cors().into_iter().filter(|l| l != "vary: accept-encoding").collect();
                assert_eq!(got, want, "{case}");
                if name == "compress" && (method, status) == ("GET", 200) {
                    assert_eq!(answer.header("content-encoding"), Some("gzip"), "{case}");
                }
                let sets_cookie = answer.headers.contains_key(header::SET_COOKIE);
                assert_eq!(sets_cookie, method == "PUT" && status == 200, "{case}");
            }
        }
    }
}

#[actix_web::test]
async fn outside_of_cors() {
    let app = || App::new().service((x, put_x)).wrap(session()).wrap(Cors::deny());
    check("compress", "/x", false, app().wrap(Compress::default())).await;
    check("logger", "/x", false, app().wrap(Logger::default())).await;
    check("normalize", "//x/", false, app().wrap(NormalizePath::trim())).await;
    let all = app().wrap(Logger::default()).wrap(Compress::default()).wrap(NormalizePath::trim());
    check("all", "//x", false, all).await;
    let session_outside = App::new().service((x, put_x)).wrap(Cors::deny()).wrap(session());
    check("session", "/x", false, session_outside).await;
}

#[actix_web::test]
async fn inside_of_cors() {
    let app = || App::new().service((x, put_x)).wrap(session());
    check("session", "/x", false, app().wrap(Cors::deny())).await;
    check("compress", "/x", false, app().wrap(Compress::default()).wrap(Cors::deny())).await;
    check("logger", "/x", false, app().wrap(Logger::default()).wrap(Cors::deny())).await;
    check("auth", "/x", true, app().wrap(from_fn(auth)).wrap(Cors::deny())).await;
    let trim = actix_web::middleware::TrailingSlash::Trim;
    let normalized = app().wrap(NormalizePath::trim()).wrap(Cors::deny().normalize(trim));
    check("normalize", "//x/", false, normalized).await;
}

#[actix_web::test]
async fn around_a_scope() {
    let scope = || web::scope("/s").service((x, put_x)).wrap(session());
    let app = App::new().service(scope()).wrap(Cors::deny());
    check("session", "/s/x", false, app).await;
    let app = App::new().service(scope().wrap(Compress::default())).wrap(Cors::deny());
    check("compress", "/s/x", false, app).await;
    let app = App::new().service(scope().wrap(Logger::default())).wrap(Cors::deny());
    check("logger", "/s/x", false, app).await;
    let app = App::new().service(scope().wrap(from_fn(auth))).wrap(Cors::deny());
    check("auth", "/s/x", true, app).await;
    let nested = web::scope("/o").service(scope().wrap(Logger::default())).wrap(from_fn(auth));
    check("nested", "/o/s/x", true, App::new().service(nested).wrap(Cors::deny())).await;
}

#[actix_web::test]
async fn around_the_routes_of_a_resource() {
    check("resource", "/r/x", true, App::new().service(resource()).wrap(Cors::deny())).await;
}

/// Handlers of `#[actix_web::scope]`, whose macro makes the scope.
#[scope("/module")]
mod module {
    use super::*;

    #[cors(origins = ["https://a.example"], credentials)]
    #[get("/x")]
    async fn in_module() -> impl Responder {
        "x"
    }

    #[cors(origins = ["https://a.example"], credentials)]
    #[put("/x")]
    async fn put_in_module(session: Session) -> impl Responder {
        session.insert("seen", true).map(|()| "put")
    }
}

#[actix_web::test]
async fn in_a_scope_of_the_macro() {
    let app = App::new()
        .service((module::in_module, module::put_in_module))
        .wrap(session())
        .wrap(Cors::deny());
    check("scope macro", "/module/x", false, app).await;
}
