//! Configuration errors: all at once from `check`, and in full on standard error at start.

use std::process::{Command, Stdio};

use actix_web::{App, HttpServer, Responder, get, http::StatusCode, put, rt::System, web};
use cors_actix::{Cors, Policy, cors, policy};

const TRUSTED: Policy = policy! { origins = ["https://a.example"] };

#[cors(policy = TRUSTED)]
#[get("/inside/x")]
async fn inside() -> impl Responder {
    "x"
}

#[cors(inherit, origins += ["https://b.example"])]
#[put("/y")]
async fn edits_deny() -> impl Responder {
    "y"
}

/// One mistake in each layer.
fn wrong() -> Cors {
    Cors::deny()
        .at("/inside", policy! { off })
        .at("/a", policy! { origins = set("nowhere") })
        .at("/{b}/c", policy! { origins = any })
        .at("/slash/", policy! { origins = any })
        .at("/{open", policy! { origins = any })
        .at("/built", Policy::builder().any_origin().credentials())
        .set("unused", ["https://a.example"])
        .preflight_status(StatusCode::FOUND)
}

#[test]
fn all_errors_at_once() {
    let app =
        || App::new().service(web::scope("").service(inside).service(edits_deny)).wrap(wrong());
    let errors = System::new().block_on(cors_actix::check(&app)).unwrap_err();
    let text = errors.to_string();
    for part in [
        "set `nowhere`",
        "set `unused`",
        "region `/{b}/c` can meet region `/a`",
        "region pattern `/slash/` is no scope's prefix",
        "region pattern `/{open` is malformed",
        "preflight status 302",
        "`inside` in `/inside/x`",
        "`edits_deny` in `/y`",
    ] {
        assert!(text.contains(part), "{part} in\n{text}");
    }
    for problem in errors.iter() {
        let place = problem.to_string();
        assert!(place.contains(concat!(file!(), ":")), "{place}");
        assert!(place.contains("\n  note: ") && place.contains("\n  help: "), "{place}");
    }
}

/// A policy that several routes share is held against the ceiling for each of them.
#[test]
fn shared_policies_exceed_the_ceiling_by_method() {
    use actix_web::http::Method;
    let limit = policy! { origins = ["https://a.example"], methods = ["PUT"] };
    let route = |method| cors_actix::route("/x", method, TRUSTED).to(|| async { "x" });
    let check = |second: Method| {
        let app = move || {
            let cors = Cors::deny().ceiling([limit.clone()]);
            App::new().service(route(Method::PUT)).service(route(second.clone())).wrap(cors)
        };
        System::new().block_on(cors_actix::check(&app))
    };
    assert!(check.clone()(Method::GET).is_ok());
    let text = check(Method::DELETE).unwrap_err().to_string();
    assert!(text.contains("DELETE"), "{text}");
}

const CHILD: &str = "CORS_TEST_CHILD";

/// Without the check the server does not start either, and says the same.
#[test]
fn on_standard_error_for_those_who_forget() {
    if std::env::var(CHILD).is_ok() {
        let server = HttpServer::new(|| App::new().service(edits_deny).wrap(wrong()));
        let run = async { server.workers(2).bind(("127.0.0.1", 0)).unwrap().run().await };
        assert!(System::new().block_on(run).is_err());
        return;
    }
    let own = std::env::current_exe().unwrap();
    let child = Command::new(own)
        .args(["--exact", "on_standard_error_for_those_who_forget", "--nocapture"])
        .env(CHILD, "1")
        .stdout(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stderr);
    assert!(child.status.success(), "{text}");
    for part in
        ["errors in the CORS configuration", "set `nowhere`", "`edits_deny` in `/y`", "help: "]
    {
        assert!(text.contains(part), "{part} in\n{text}");
    }
}
