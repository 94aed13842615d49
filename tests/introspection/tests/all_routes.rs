//! With the feature `unstable-introspection` the report covers routes without `#[cors]` too.

use actix_web::{App, HttpResponse, Responder, get, web};
use cors_actix::{Cors, PolicyReport, cors, policy, report::RowKind};

#[cors(origins = ["https://app.example.com"])]
#[get("/users/{id}")]
async fn user() -> impl Responder {
    HttpResponse::Ok()
}

/// Shares its path with an annotated one.
#[actix_web::delete("/users/{id}")]
async fn remove() -> impl Responder {
    HttpResponse::Ok()
}

async fn report() -> std::sync::Arc<PolicyReport> {
    let cors = Cors::deny()
        .at("/docs", policy! { origins = any })
        .at("/t/{tenant}", policy! { origins = ["https://tenant.example"], methods = ["PUT"] })
        .at("/t/acme", policy! { off });
    let app = || {
        App::new()
            .service(web::scope("/api").service((user, remove)))
            .route("/health", web::get().to(HttpResponse::Ok))
            .service(web::scope("/docs").route("/{page}", web::get().to(HttpResponse::Ok)))
            .service(
                web::resource("/t/{tenant}/x")
                    .name("tenant")
                    .route(web::get().to(HttpResponse::Ok))
                    .route(web::put().to(HttpResponse::Ok)),
            )
            .service(web::resource("/all").to(HttpResponse::Ok))
            .wrap(cors.clone())
    };
    cors_actix::check(&app).await.expect("a legal configuration")
}

#[actix_web::test]
async fn every_route_has_a_row() {
    let report = report().await;
    assert!(report.covers_all_routes());
    let mut got: Vec<_> = report
        .rows()
        .iter()
        .map(|row| {
            let grants = row.policy().map_or(0, |policy| policy.grants().len());
            let region = row.region.as_deref().unwrap_or_default();
            (row.kind.name(), row.methods.join(","), row.path.as_str(), region, grants)
        })
        .filter(|(kind, ..)| *kind == "route" || *kind == "plain")
        .collect();
    got[1..].sort_unstable();
    let want = [
        ("route", "GET", "/api/users/{id}", "", 1),
        ("plain", "", "/all", "", 0),
        ("plain", "DELETE", "/api/users/{id}", "", 0),
        ("plain", "GET", "/docs/{page}", "/docs", 1),
        ("plain", "GET", "/health", "", 0),
        ("plain", "GET,PUT", "/t/{tenant}/x", "/t/acme", 0),
        ("plain", "GET,PUT", "/t/{tenant}/x", "/t/{tenant}", 1),
    ];
    let mut want = want.map(|(kind, methods, path, region, grants)| {
        (kind, methods.to_owned(), path, region, grants)
    });
    want[1..].sort_unstable();
    assert_eq!(got, want);
}

#[actix_web::test]
async fn every_form_says_so() {
    let report = report().await;
    assert!(report.to_string().contains("without #[cors]"));
    assert!(report.to_markdown().contains("from a browser: all routes."));
    assert!(report.to_json().contains("\"coverage\": \"all routes\""));
    assert!(report.to_html().contains("\"coverage\":\"all routes\""));
    // what is accepted is the same with and without the feature
    assert!(!report.to_lock().contains("/health"));
    assert!(report.rows().iter().any(|row| row.kind == RowKind::App));
}
