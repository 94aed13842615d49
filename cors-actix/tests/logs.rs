//! What the log says, and how often.

mod common;

use std::cell::RefCell;

use actix_web::{
    App, Error, HttpResponse, Responder,
    body::MessageBody,
    delete,
    dev::{ServiceRequest, ServiceResponse},
    get, guard,
    http::{Method, Uri},
    middleware::{Next, NormalizePath, TrailingSlash, from_fn},
    test::init_service,
    web,
};
use common::{A, B, actual, granted, pass_on, preflight, send};
use cors_actix::{Cors, cors, policy};
use log::{Level, Log, Metadata, Record};

/// Keeps the lines of each thread for the test that runs on it.
struct Lines;

thread_local! {
    static LINES: RefCell<Vec<(Level, String)>> = const { RefCell::new(Vec::new()) };
}

impl Log for Lines {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &Record<'_>) {
        // what the feature `tracing` says about each decision has tests of its own
        if record.target().starts_with("cors_actix") && record.level() <= Level::Warn {
            let line = (record.level(), record.args().to_string());
            LINES.with_borrow_mut(|lines| lines.push(line));
        }
    }

    fn flush(&self) {}
}

fn start() {
    // another test may have done it
    let _ = log::set_logger(&Lines);
    log::set_max_level(log::LevelFilter::Trace);
    LINES.take();
}

/// The only line since the last look, if its level and parts are these.
fn expect_one(level: Level, parts: &[&str]) {
    let lines = LINES.take();
    let [(found, text)] = &*lines else { panic!("one line wanted: {lines:?}") };
    assert_eq!(*found, level, "{text}");
    parts.iter().for_each(|part| assert!(text.contains(part), "{part} in {text}"));
}

fn expect_none() {
    assert_eq!(LINES.take(), []);
}

#[cors(origins = ["https://a.example"])]
#[get("/users/{id}")]
async fn user() -> impl Responder {
    HttpResponse::Ok().insert_header(("access-control-allow-origin", "*")).finish()
}

#[cors(origins = ["https://a.example"])]
#[delete("/users/{id}")]
async fn delete_user() -> impl Responder {
    "annotated"
}

#[cors(origins = ["https://b.example"])]
#[delete("/users/{id}")]
async fn hidden() -> impl Responder {
    "never"
}

#[delete("/users/me")]
async fn plain_delete_me() -> impl Responder {
    "plain"
}

#[actix_web::test]
async fn a_policy_that_is_not_enforced() {
    start();
    let cors = Cors::deny().leave("/users");
    let _app = init_service(App::new().service(user).wrap(cors.clone())).await;
    expect_one(Level::Warn, &["`.leave` leaves /users/{id} unchecked", "`user`", file!()]);
    // the next worker
    let _app = init_service(App::new().service(user).wrap(cors)).await;
    expect_none();
}

#[actix_web::test]
async fn an_app_without_the_middleware() {
    start();
    let app = init_service(App::new().service(user)).await;
    expect_none();
    send(&app, actual("GET", "/users/1", A)).await;
    expect_one(Level::Error, &["an App without `Cors`", ".wrap(cors.clone())"]);
    send(&app, actual("GET", "/users/1", A)).await;
    expect_none();
}

#[actix_web::test]
async fn headers_of_somebody_else() {
    start();
    let app = init_service(App::new().service(user).wrap(Cors::deny())).await;
    for _ in 0..2 {
        send(&app, actual("GET", "/users/1", A)).await;
    }
    expect_one(Level::Warn, &["were removed", "/users/1"]);
}

#[actix_web::test]
async fn the_wire_trips() {
    start();
    let cors = Cors::deny();
    let app = || App::new().service(user).service(plain_delete_me).service(delete_user);
    let (one, two) =
        (init_service(app().wrap(cors.clone())).await, init_service(app().wrap(cors)).await);
    for worker in [&one, &two] {
        for _ in 0..2 {
            send(worker, actual("DELETE", "/users/me", B)).await;
        }
    }
    expect_one(Level::Error, &["DELETE \"/users/me\"", "`delete_user`", "annotate both"]);
    // from now on the default has a say, which is said once too
    for _ in 0..2 {
        assert!(!granted(&one, "DELETE", "/users/1", A).await);
    }
    expect_one(Level::Warn, &["`DELETE` /users/{id}", "`delete_user`", "annotate both"]);
}

#[actix_web::test]
async fn the_wire_trips_between_two_scopes() {
    start();
    let scope = |host| web::scope("/s").guard(guard::Host(host));
    let two = cors_actix::route(
        "/users/{id}",
        Method::DELETE,
        policy! { origins = ["https://b.example"] },
    );
    let two = two.name("second").to(HttpResponse::Ok);
    let app =
        App::new().service(scope("one").service(delete_user)).service(scope("two").service(two));
    let app = init_service(app.wrap(Cors::deny())).await;
    let to_two = |origin| actual("DELETE", "/s/users/1", origin).insert_header(("host", "two"));
    expect_one(Level::Warn, &["`second`", "never gets a request"]);
    send(&app, to_two(B)).await;
    expect_none();
    for _ in 0..2 {
        send(&app, to_two(A)).await;
    }
    expect_one(
        Level::Error,
        &["DELETE \"/s/users/1\" is served by `second`", "`delete_user` comes first"],
    );
}

#[actix_web::test]
async fn needless_refusals() {
    start();
    let plain = web::resource("/users/{x}").route(web::get().to(HttpResponse::Ok));
    let app = init_service(App::new().service(plain).service(delete_user).wrap(Cors::deny())).await;
    assert!(!granted(&app, "DELETE", "/users/1", B).await);
    expect_none();
    for _ in 0..2 {
        assert!(!granted(&app, "DELETE", "/users/1", A).await);
    }
    expect_one(
        Level::Warn,
        &["`DELETE` /users/{id}", "`delete_user`", concat!(file!(), ":"), "annotate both"],
    );
}

#[actix_web::test]
async fn hidden_routes() {
    start();
    let cors = Cors::deny();
    let app = || App::new().service(delete_user).service(hidden).wrap(cors.clone());
    for _ in 0..2 {
        init_service(app()).await;
    }
    expect_one(Level::Warn, &["`hidden`", "never gets a request", "delete_user"]);
}

#[actix_web::test]
async fn hostile_text_is_escaped() {
    start();
    let plain = web::resource("/{x}").to(HttpResponse::Ok);
    let scope = web::scope("").service(user).service(plain_delete_me).service(delete_user);
    let app = init_service(App::new().service(scope).service(plain).wrap(Cors::deny())).await;
    send(&app, actual("GET", "/users/1%0Aerror", A)).await;
    expect_one(Level::Warn, &["were removed", "/users/1%0Aerror"]);
    send(&app, preflight("GET", "/users/%0A", B)).await;
    expect_none();
}

#[actix_web::test]
async fn errors_for_those_who_forget_the_check() {
    use actix_service::{IntoServiceFactory, ServiceFactory};
    start();
    let unfilled = Cors::new(policy! { origins = set("spa") }).at("/x/", policy! { off });
    let app = App::new().service(user).wrap(unfilled).into_factory();
    assert!(app.new_service(actix_web::dev::AppConfig::default()).await.is_err());
    expect_one(
        Level::Error,
        &["2 errors", "set `spa`", "region pattern `/x/`", concat!(file!(), ":")],
    );
}

async fn to_user_1<B: MessageBody>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    req.match_info_mut().get_mut().update(&Uri::from_static("/users/1"));
    next.call(req).await
}

#[actix_web::test]
async fn a_normalize_path_inside() {
    start();
    let app = || App::new().service(delete_user).wrap(NormalizePath::trim());
    let cors = Cors::deny();
    for _worker in 0..2 {
        init_service(app().wrap(cors.clone())).await;
    }
    expect_one(Level::Warn, &["`NormalizePath`", "is not declared", "`.normalize(..)`"]);
    let declared = init_service(app().wrap(Cors::deny().normalize(TrailingSlash::Trim))).await;
    send(&declared, actual("DELETE", "/users/1/", B)).await;
    expect_none();

    let unseen = init_service(app().wrap(from_fn(pass_on)).wrap(Cors::deny())).await;
    let otherwise = Cors::deny().normalize(TrailingSlash::Always);
    let otherwise = init_service(app().wrap(otherwise)).await;
    expect_none();
    for _ in 0..2 {
        send(&unseen, actual("DELETE", "/users/1/", B)).await;
    }
    let changed = "DELETE \"/users/1/\" has become \"/users/1\" inside of `Cors`";
    expect_one(Level::Error, &[changed, "declare the `NormalizePath`"]);
    for _ in 0..2 {
        send(&otherwise, actual("DELETE", "/users/1/", B)).await;
    }
    expect_one(Level::Error, &[changed, "declares another `NormalizePath`"]);
}

#[actix_web::test]
async fn another_rewriting_inside() {
    start();
    let app = App::new().service(delete_user).wrap(from_fn(to_user_1)).wrap(Cors::deny());
    let app = init_service(app).await;
    for path in ["/users/1", "/me", "/me/too"] {
        send(&app, actual("DELETE", path, B)).await;
    }
    expect_one(Level::Error, &["DELETE \"/me\" has become DELETE \"/users/1\"", "after `Cors`"]);
}
