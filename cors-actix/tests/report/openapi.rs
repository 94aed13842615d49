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
