//! Questions and the engine's answers, about policies of every kind.

use actix_web::{App, HttpResponse, http::Method, web};
use cors_actix::{Cors, Policy, PolicyReport, policy, report::Question};
use serde_json::{Value, json};

pub(crate) const SIMULATE: &str = concat!(
    include_str!("../../../cors-actix/src/report/page/simulate.js"),
    include_str!("../../../cors-actix/src/report/page/sent.js"),
);
pub(crate) const COMPARE: &str = include_str!("compare.js");
pub(crate) const PAGE: &str = "<!doctype html><meta charset=utf-8><title>Vectors</title>\
    <script src=\"/simulate.js\"></script><script src=\"/compare.js\"></script>";

pub(crate) struct Vectors {
    pub(crate) json: String,
    pub(crate) count: usize,
}

pub(crate) async fn vectors() -> Vectors {
    let report = cors_actix::check(&app).await.expect("a legal configuration");
    let mut cases = Vec::new();
    for path in PATHS {
        for origin in ORIGINS {
            for method in METHODS {
                for headers in HEADERS {
                    for credentials in [false, true] {
                        let question = Question { method, path, origin, headers, credentials };
                        cases.push(case(&report, &question));
                    }
                }
            }
        }
    }
    let attacks = attacks();
    for path in PATHS {
        for origin in &attacks {
            let question =
                Question { method: "GET", path, origin, headers: &[], credentials: true };
            cases.push(case(&report, &question));
        }
    }
    for headers in long_lists() {
        let headers: Vec<_> = headers.iter().map(String::as_str).collect();
        for path in PATHS {
            let (method, origin) = ("PUT", "https://a.example");
            let question = Question { method, path, origin, headers: &headers, credentials: false };
            cases.push(case(&report, &question));
        }
    }
    let count = cases.len();
    let report: Value = serde_json::to_value(&*report).expect("JSON");
    Vectors { json: json!({ "report": report, "cases": cases }).to_string(), count }
}

fn case(report: &PolicyReport, question: &Question<'_>) -> Value {
    let answer = serde_json::to_value(report.explain(question)).expect("JSON");
    json!({
        "question": {
            "method": question.method,
            "path": question.path,
            "origin": question.origin,
            "headers": question.headers,
            "credentials": question.credentials,
        },
        "want": {
            "allowed": answer["allowed"],
            "preflight": answer["preflight"],
            "rules": answer["rules"],
            "source": answer["source"],
        },
    })
}

fn app() -> App<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let route = |path: &str, method: Method, policy: Policy| {
        cors_actix::route(path, method, policy).to(HttpResponse::Ok)
    };
    App::new()
        .service((
            route("/any", Method::GET, policy! { origins = any, expose_headers = any, allow_headers = any }),
            route("/any", Method::PUT, policy! { origins = any, allow_headers = [any, "authorization"] }),
            route("/one", Method::GET, policy! { origins = ["https://a.example"], credentials }),
            route("/one", Method::PUT, policy! { origins = ["https://a.example"], allow_headers = ["X-A", "content-type"] }),
            route("/set", Method::PUT, policy! { origins = set("many"), credentials }),
            route("/null", Method::GET, policy! { origins = ["null"], dangerously_allow_null_origin }),
            route("/off", Method::GET, policy! { off }),
            route("/users/{id}", Method::GET, policy! { inherit, origins += ["https://b.example"], credentials }),
            route("/users/{id}", Method::DELETE, policy! { inherit }),
        ))
        .service(cors_actix::resource("/resource", policy! { origins = any, methods = ["PUT", "purge"] })
            .route(web::get().to(HttpResponse::Ok)))
        .wrap(
            Cors::new(policy! { origins = any, methods = any })
                .at("/users", policy! {
                    origins = ["https://*.example.com", "https://pr-*.a.example:*", "http://localhost:*"],
                    allow_headers = ["x-a"],
                })
                .at("/plain/{tenant}", policy! { origins = ["chrome-extension://abc", "http://[::1]:8080"], methods = ["PUT"] })
                .at("/legacy", policy! { off })
                .leave("/left")
                .set("many", ["https://*.a.example", "https://x.a.example", "https://*.b.a.example:*", "https://pr-*.a.example"]),
        )
}

const PATHS: [&str; 15] = [
    "/any",
    "/one",
    "/set",
    "/null",
    "/off",
    "/users",
    "/users/7",
    "/users/7/more",
    "/usersx",
    "/resource",
    "/plain/acme",
    "/plain",
    "/legacy/x",
    "/left/x",
    "/",
];
const ORIGINS: [&str; 14] = [
    "https://a.example",
    "https://b.example",
    "https://x.a.example",
    "https://y.b.a.example",
    "https://pr-1.a.example",
    "https://pr-1.a.example:8443",
    "https://pr-.a.example",
    "http://localhost:3000",
    "http://[::1]:8080",
    "chrome-extension://abc",
    "null",
    "https://a.example:443",
    "a.example",
    "https://A.example",
];
const METHODS: [&str; 7] = ["GET", "put", "DELETE", "purge", "PURGE", "TRACE", "b d"];
const HEADERS: [&[&str]; 6] =
    [&[], &["X-A"], &["content-type", "x-a"], &["authorization"], &["x-b", "x-a"], &["x(y"]];

fn attacks() -> Vec<String> {
    let text = include_str!("../data/attack-origins.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let mut origins = Vec::new();
    collect(&file, &mut origins);
    origins
}

/// Every text of the file: what is no origin is an attack too.
fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(items) => items.values().for_each(|item| collect(item, texts)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Lists of header names around the caps.
fn long_lists() -> Vec<Vec<String>> {
    let many = |count: usize| (0..count).map(|n| format!("x-{n:04}")).collect::<Vec<_>>();
    let long = |bytes: usize| vec!["x".repeat(bytes)];
    vec![many(3), many(256), many(257), long(41), long(8192), long(8193), long(300)]
}
