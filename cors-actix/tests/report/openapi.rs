//! The report inside of an OpenAPI document.

use serde_json::{Value, json};

use crate::{golden, shop};

fn document() -> Value {
    let operation = || json!({ "responses": { "200": { "description": "done" } } });
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Shop", "version": "1" },
        "paths": {
            "/prices": { "summary": "What things cost", "get": operation() },
            "/me": { "get": operation(), "put": operation(), "parameters": [] },
            // another name for the parameter
            "/api/{shop}/orders/{number}": { "get": operation(), "delete": operation() },
            "/api/acme/plain": { "put": operation() },
            "/docs/start": { "get": operation() },
            "/admin": { "get": operation() },
            "/widget": { "options": operation() },
            "/unknown": { "get": operation() },
            "/reference": "not an object",
        },
    })
}

#[actix_web::test]
async fn every_operation_has_its_policies() {
    let mut document = document();
    shop::report().await.add_to_openapi(&mut document);
    golden::compare_json("openapi.json", &document);
}

#[actix_web::test]
async fn preflights_are_added_on_demand_and_only_where_somebody_is_trusted() {
    let mut document = document();
    shop::report().await.add_preflights_to_openapi(&mut document);
    let asked =
        |path: &str| document["paths"][path]["options"]["parameters"][1]["schema"]["enum"].clone();
    for (path, want) in [
        ("/prices", json!(["GET"])),
        ("/me", json!(["GET", "PUT"])),
        ("/api/{shop}/orders/{number}", json!(["DELETE", "GET"])),
        ("/docs/start", json!(["GET"])),
        // nobody is trusted
        ("/admin", Value::Null),
        ("/unknown", Value::Null),
        // the region's policy lets no PUT pass
        ("/api/acme/plain", Value::Null),
        // it has one of its own
        ("/widget", Value::Null),
    ] {
        assert_eq!(asked(path), want, "{path}");
    }
}

/// Below a server's path the same operations have the same policies, unless the App does not know
/// that path: a proxy takes it off.
#[actix_web::test]
async fn paths_below_a_server() {
    let report = shop::report().await;
    let policies = |server: &str, path: &str| {
        let mut document = json!({
            "servers": [{ "url": server }],
            "paths": { path: { "get": {} } },
        });
        report.add_to_openapi(&mut document);
        report.add_preflights_to_openapi(&mut document);
        let item = &document["paths"][path];
        (item["get"]["x-cors"].clone(), item["options"].is_object())
    };
    let whole = policies("/", "/api/{tenant}/orders/{id}");
    assert!(whole.1);
    assert_eq!(policies("https://shop.example/api/{t}/", "/orders/{id}"), whole);
    assert_eq!(policies("https://shop.example/behind", "/api/{tenant}/orders/{id}"), whole);
    assert_ne!(policies("/api/{t}", "/other/{id}").0, whole.0);
}

/// Adding twice is adding once; what somebody wrote beside `x-cors` stays.
#[actix_web::test]
async fn a_document_that_has_been_there_before() {
    let report = shop::report().await;
    let mut document = document();
    document["paths"]["/prices"]["get"]["x-cors"] = json!("old");
    document["paths"]["/prices"]["get"]["x-own"] = json!({ "kept": true });
    document["paths"]["/shared"] = json!({ "$ref": "#/components/pathItems/shared" });
    report.add_to_openapi(&mut document);
    report.add_preflights_to_openapi(&mut document);
    assert_eq!(document["paths"]["/prices"]["get"]["x-own"], json!({ "kept": true }));
    assert!(document["paths"]["/prices"]["get"]["x-cors"].is_array());
    assert_eq!(document["paths"]["/shared"], json!({ "$ref": "#/components/pathItems/shared" }));
    let once = document.clone();
    report.add_preflights_to_openapi(&mut document);
    assert_eq!(document, once);
    report.add_to_openapi(&mut document);
    let preflights_too = document.clone();
    report.add_to_openapi(&mut document);
    assert_eq!(document, preflights_too);
}

#[actix_web::test]
async fn what_is_no_openapi_document_stays_as_it_is() {
    let report = shop::report().await;
    for value in
        [json!(null), json!([]), json!({}), json!({ "paths": [] }), json!({ "paths": { "/": 1 } })]
    {
        let mut changed = value.clone();
        report.add_to_openapi(&mut changed);
        report.add_preflights_to_openapi(&mut changed);
        assert_eq!(changed, value);
    }
}
