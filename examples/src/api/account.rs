//! The signed-in customer's account: cookies come along, and without a session the scope's middleware answers 401.

use actix_session::Session;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{HttpServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn};
use actix_web::{Error, HttpResponse, get, post, put, web};
use cors_actix::{Policy, cors, policy};

pub(super) fn routes() -> impl HttpServiceFactory {
    (sign_in, web::scope("/account").service((me, rename, sign_out)).wrap(from_fn(require_session)))
}

const ACCOUNT: Policy = policy! {
    origins = set("page"),
    credentials,
    allow_headers = ["content-type"],
    max_age = 600,
};

#[cors(policy = ACCOUNT)]
#[post("/sign-in")]
async fn sign_in(session: Session) -> Result<HttpResponse, Error> {
    session.insert("name", "Ada")?;
    Ok(HttpResponse::NoContent().finish())
}

#[cors(policy = ACCOUNT)]
#[get("/me")]
async fn me(session: Session) -> Result<String, Error> {
    Ok(session.get("name")?.unwrap_or_default())
}

#[cors(policy = ACCOUNT)]
#[put("/me")]
async fn rename(session: Session, name: web::Json<String>) -> Result<String, Error> {
    let name = name.into_inner();
    session.insert("name", &name)?;
    Ok(name)
}

#[cors(policy = ACCOUNT)]
#[post("/sign-out")]
async fn sign_out(session: Session) -> HttpResponse {
    session.purge();
    HttpResponse::NoContent().finish()
}

async fn require_session(
    session: Session,
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<EitherBody<impl MessageBody>>, Error> {
    if session.entries().contains_key("name") {
        return Ok(next.call(req).await?.map_into_left_body());
    }
    Ok(req.into_response(HttpResponse::Unauthorized().body("sign in first")).map_into_right_body())
}
