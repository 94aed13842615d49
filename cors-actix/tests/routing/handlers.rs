//! The handlers of these tests, and a middleware that refuses.

use actix_web::{
    Error, HttpRequest, Responder, delete,
    dev::{Service, ServiceRequest},
    get,
    guard::GuardContext,
    put, route, routes, web,
};
use cors_actix::cors;

#[cors(origins = ["https://a.example"], credentials)]
#[get("/users/{id}")]
pub(crate) async fn user(req: HttpRequest) -> impl Responder {
    let url = req.url_for("user", std::iter::repeat_n("7", 4)).unwrap();
    let (name, pattern) = (req.match_name().unwrap(), req.match_pattern().unwrap());
    format!("{} {} {name} {pattern}", &req.match_info()["id"], url.path())
}

#[cors(origins = ["https://b.example"])]
#[put("/users/{id}")]
pub(crate) async fn put_user() -> impl Responder {
    "put"
}

#[cors(origins = ["https://a.example"])]
#[delete("/users/{id}")]
pub(crate) async fn delete_user() -> impl Responder {
    "annotated delete"
}

#[cors(origins = ["https://a.example"])]
#[get("/items/{n}")]
pub(crate) async fn item(n: web::Path<u32>) -> Result<String, Error> {
    match *n {
        0 => Err(actix_web::error::ErrorImATeapot("no")),
        n => Ok(n.to_string()),
    }
}

#[cors(origins = ["https://a.example"])]
#[route("/x", method = "GET", method = "PUT")]
pub(crate) async fn two_methods() -> impl Responder {
    "x"
}

#[cors(origins = ["https://a.example"])]
#[routes]
#[get("/r1")]
#[post("/r2/{a}", name = "other")]
pub(crate) async fn two_routes() -> impl Responder {
    "r"
}

#[cors(origins = ["https://b.example"])]
#[route("", method = "GET", method = "PUT")]
pub(crate) async fn index() -> impl Responder {
    "index"
}

#[cors(origins = ["https://a.example"])]
#[get("/{tail:.*}")]
pub(crate) async fn tail() -> impl Responder {
    "tail"
}

fn is_json(context: &GuardContext<'_>) -> bool {
    context.head().headers().contains_key("x-json")
}

#[cors(origins = ["https://a.example"])]
#[put("/g", guard = "is_json")]
pub(crate) async fn guarded_put() -> impl Responder {
    "json"
}

#[cors(origins = ["https://b.example"])]
#[put("/g")]
pub(crate) async fn fallback_put() -> impl Responder {
    "other"
}

#[delete("/users/me")]
pub(crate) async fn plain_delete_me() -> impl Responder {
    "plain delete"
}

#[get("/users/me")]
pub(crate) async fn plain_get_me() -> impl Responder {
    "plain get"
}

/// A middleware that refuses requests without a cookie; it counts what it sees.
#[macro_export]
macro_rules! auth {
    ($count:expr) => {{
        let count = std::rc::Rc::clone(&$count);
        move |req: actix_web::dev::ServiceRequest, service: &_| {
            count.set(count.get() + 1);
            let known = req.headers().contains_key("cookie");
            let next = if known { Ok($crate::handlers::call(service, req)) } else { Err(req) };
            async move {
                match next {
                    Ok(next) => next.await,
                    Err(req) => {
                        Ok(req.into_response(actix_web::HttpResponse::Unauthorized().body("who")))
                    }
                }
            }
        }
    }};
}

pub(crate) fn call<S: Service<ServiceRequest>>(service: &S, req: ServiceRequest) -> S::Future {
    service.call(req)
}
