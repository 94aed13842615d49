//! The live page: whole answers, to whom they are due and to others.

use actix_web::{
    App,
    http::{Method, StatusCode, header},
    test::{TestRequest, call_service, init_service, read_body},
};
use cors_actix::{Cors, policy, report::LivePage};

#[actix_web::test]
async fn the_page_is_there_for_this_machine_and_nowhere_else() {
    let cors = Cors::deny();
    let page = LivePage::new("/cors", &cors).allow_in_release();
    let app = init_service(App::new().service(page).wrap(cors.clone())).await;
    for (name, peer, host, want) in [
        ("this machine", "127.0.0.1:5000", "localhost:8080", StatusCode::OK),
        ("another machine", "192.0.2.1:5000", "localhost:8080", StatusCode::NOT_FOUND),
        ("a name of somebody else", "127.0.0.1:5000", "evil.example", StatusCode::NOT_FOUND),
    ] {
        let request = TestRequest::with_uri("/cors")
            .peer_addr(peer.parse().expect("an address"))
            .insert_header((header::HOST, host));
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), want, "{name}");
        let get = |header: &str| response.headers().get(header).map(|v| v.to_str().expect("text"));
        if want == StatusCode::OK {
            assert_eq!(get("cache-control"), Some("no-store"), "{name}");
            assert_eq!(get("x-content-type-options"), Some("nosniff"), "{name}");
            assert_eq!(get("cross-origin-resource-policy"), Some("same-origin"), "{name}");
            let policy = get("content-security-policy").expect("a policy");
            assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
            assert!(policy.ends_with("frame-ancestors 'none'"), "{policy}");
            let report = cors.report().expect("the App has started");
            assert_eq!(read_body(response).await, report.to_html(), "{name}");
        } else {
            assert_eq!(get("content-security-policy"), None, "{name}");
            assert!(read_body(response).await.is_empty(), "{name}");
        }
    }
}

/// Whatever the App's default trusts, no page of another origin reads it.
#[actix_web::test]
async fn the_page_is_not_for_other_pages() {
    let cors = Cors::new(policy! { origins = any });
    let page = LivePage::new("/cors", &cors).allow_in_release();
    let app = init_service(App::new().service(page).wrap(cors.clone())).await;
    for (origin, want) in [(None, StatusCode::OK), (Some(A), StatusCode::NOT_FOUND)] {
        let mut request = TestRequest::with_uri("/cors")
            .peer_addr("127.0.0.1:5000".parse().expect("an address"))
            .insert_header((header::HOST, "localhost:8080"));
        if let Some(origin) = origin {
            request = request.insert_header((header::ORIGIN, origin));
        }
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), want, "{origin:?}");
    }
}

const A: &str = "https://a.example";

/// The page is that of its App, also where another one with the same `Cors` has started since.
#[actix_web::test]
async fn the_page_of_one_app_of_several() {
    let cors = Cors::deny();
    let app = |path: &str| {
        let route = cors_actix::route(path, Method::GET, policy! { origins = any });
        let page = LivePage::new("/cors", &cors).allow_in_release();
        let route = route.to(|| async { "x" });
        init_service(App::new().service(route).service(page).wrap(cors.clone()))
    };
    let (one, two) = (app("/one").await, app("/two").await);
    for (app, own, other) in [(&one, "/one", "/two"), (&two, "/two", "/one")] {
        let request = TestRequest::with_uri("/cors")
            .peer_addr("127.0.0.1:5000".parse().expect("an address"))
            .insert_header((header::HOST, "localhost:8080"));
        let body = read_body(call_service(app, request.to_request()).await).await;
        let body = String::from_utf8_lossy(&body);
        let has = |path: &str| body.contains(&format!("\"{path}\""));
        assert!(has(own) && !has(other), "{own}");
    }
}

/// Both ways only where it is built twice, with debug assertions and without.
#[actix_web::test]
async fn a_release_build_has_the_page_only_where_it_is_allowed() {
    let cors = Cors::deny();
    let app = App::new()
        .service(LivePage::new("/page", &cors))
        .service(LivePage::new("/allowed", &cors).allow_in_release());
    let app = init_service(app.wrap(cors.clone())).await;
    let debug = if cfg!(debug_assertions) { StatusCode::OK } else { StatusCode::NOT_FOUND };
    for (path, want) in [("/page", debug), ("/allowed", StatusCode::OK)] {
        let request = TestRequest::with_uri(path)
            .peer_addr("127.0.0.1:5000".parse().expect("an address"))
            .insert_header((header::HOST, "localhost:8080"));
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status(), want, "{path}");
        let empty = read_body(response).await.is_empty();
        assert_eq!(empty, want == StatusCode::NOT_FOUND, "{path}");
    }
}
