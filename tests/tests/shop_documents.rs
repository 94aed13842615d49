//! The shop's documents in all forms, as committed in `examples/policies`: they say what its App
//! enforces. `UPDATE_GOLDEN=1` writes them anew; `examples/cors.lock` has a command of its own.

use std::{env, fs, net::SocketAddr, path::Path, sync::Arc};

use cors_actix::{
    PolicyReport,
    report::{Question, RowKind},
};
use examples::Api;
use serde_json::{Value, json};

async fn report() -> Arc<PolicyReport> {
    let api = Api::new(SocketAddr::from(([127, 0, 0, 1], 8081)));
    cors_actix::check(&|| api.app()).await.unwrap_or_else(|errors| panic!("{errors}"))
}

#[actix_web::test]
async fn nobody_has_widened_a_policy_unseen() {
    report().await.assert_lock(folder().join("cors.lock"));
}

#[actix_web::test]
async fn the_terminal_table_is_current() {
    compare("policies.txt", &report().await.to_string());
}

#[actix_web::test]
async fn the_markdown_is_current() {
    compare("policies.md", &report().await.to_markdown());
}

#[actix_web::test]
async fn the_json_is_current() {
    compare("policies.json", &report().await.to_json());
}

#[actix_web::test]
async fn the_page_is_current() {
    compare("policies.html", &report().await.to_html());
}

#[actix_web::test]
async fn the_openapi_document_is_current() {
    let report = report().await;
    let mut document = openapi_of(&report);
    report.add_to_openapi(&mut document);
    report.add_preflights_to_openapi(&mut document);
    let text = update("openapi.json", || format!("{document:#}\n"));
    let committed: Value = serde_json::from_str(&text).expect("JSON");
    // by value: the order of an object's keys depends on who else builds `serde_json`
    assert_eq!(document, committed, "{HELP}");
}

#[actix_web::test]
async fn an_explanation_is_current() {
    let question = Question {
        method: "PUT",
        path: "/account/me",
        origin: "https://evil.example",
        headers: &["content-type"],
        credentials: true,
    };
    compare("explanation.txt", &format!("{}\n", report().await.explain(&question)));
}

/// A document of the shop as a generator of such documents would write it: without policies.
fn openapi_of(report: &PolicyReport) -> Value {
    let mut document = json!({
        "openapi": "3.1.0",
        "info": { "title": "Shop", "version": "1.0.0" },
        "paths": {},
    });
    for row in report.rows().iter().filter(|row| row.kind == RowKind::Route) {
        for method in &row.methods {
            let method = method.to_ascii_lowercase();
            let known = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];
            if known.contains(&method.as_str()) {
                document["paths"][&row.path][method] =
                    json!({ "operationId": row.handler, "responses": {} });
            }
        }
    }
    document
}

fn compare(name: &str, got: &str) {
    let want = update(name, || got.to_owned());
    assert!(got == want, "examples/policies/{name} is not what the shop's App enforces; {HELP}");
}

/// Returns the committed text, after writing it where that is asked for.
fn update(name: &str, text: impl FnOnce() -> String) -> String {
    let path = folder().join("policies").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, text()).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}; {HELP}"))
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples"))
}

const HELP: &str = "run `UPDATE_GOLDEN=1 cargo test -p tests --test shop_documents`";
