//! The shop's API without a browser: whole sets of CORS headers, as `curl` would show them.

use std::net::SocketAddr;
use std::sync::mpsc;

use actix_web::http::header::HeaderMap;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service};
use examples::{Api, Page};

const PAGE: &str = "http://127.0.0.1:8081";
const OTHER: &str = "http://127.0.0.1:8082";

struct Case {
    name: &'static str,
    request: &'static str,
    sent: &'static [(&'static str, &'static str)],
    status: u16,
    answered: &'static [(&'static str, &'static str)],
}

const VARY_OF_PREFLIGHTS: (&str, &str) =
    ("vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");

const CASES: [Case; 14] = [
    Case {
        name: "a tenant's preflight from the page",
        request: "OPTIONS /api/acme/orders/7",
        sent: &[
            ("origin", PAGE),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "x-order-note"),
        ],
        status: 204,
        answered: &[
            ("access-control-allow-headers", "x-order-note"),
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-origin", PAGE),
            ("access-control-max-age", "600"),
            VARY_OF_PREFLIGHTS,
        ],
    },
    Case {
        name: "a tenant's preflight from elsewhere",
        request: "OPTIONS /api/acme/orders/7",
        sent: &[("origin", OTHER), ("access-control-request-method", "PUT")],
        status: 403,
        answered: &[VARY_OF_PREFLIGHTS],
    },
    Case {
        name: "a preflight for the account, without a session",
        request: "OPTIONS /account/me",
        sent: &[
            ("origin", PAGE),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "content-type"),
        ],
        status: 204,
        answered: &[
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-headers", "content-type"),
            ("access-control-allow-methods", "PUT"),
            ("access-control-allow-origin", PAGE),
            ("access-control-max-age", "600"),
            VARY_OF_PREFLIGHTS,
        ],
    },
    Case {
        name: "the scope's 401",
        request: "GET /account/me",
        sent: &[("origin", PAGE)],
        status: 401,
        answered: &[
            ("access-control-allow-credentials", "true"),
            ("access-control-allow-origin", PAGE),
            ("vary", "Origin"),
        ],
    },
    Case {
        name: "the scope's 401, elsewhere",
        request: "GET /account/me",
        sent: &[("origin", OTHER)],
        status: 401,
        answered: &[("vary", "Origin")],
    },
    Case {
        name: "public prices without an origin",
        request: "GET /prices",
        sent: &[],
        status: 200,
        answered: &[("access-control-allow-origin", "*")],
    },
    Case {
        name: "public reviews, with a header that scripts may read",
        request: "GET /reviews",
        sent: &[("origin", OTHER)],
        status: 200,
        answered: &[
            ("access-control-allow-origin", "*"),
            ("access-control-expose-headers", "x-total-count"),
        ],
    },
    Case {
        name: "another handler of the same path",
        request: "OPTIONS /reviews",
        sent: &[("origin", PAGE), ("access-control-request-method", "PUT")],
        status: 403,
        answered: &[VARY_OF_PREFLIGHTS],
    },
    Case {
        name: "the admin's part",
        request: "GET /admin/stock",
        sent: &[("origin", PAGE)],
        status: 200,
        answered: &[],
    },
    Case {
        name: "a route that says nothing",
        request: "GET /opening-hours",
        sent: &[("origin", PAGE)],
        status: 200,
        answered: &[("access-control-allow-origin", PAGE), ("vary", "Origin")],
    },
    Case {
        name: "a path without a route",
        request: "GET /nowhere",
        sent: &[("origin", PAGE)],
        status: 404,
        answered: &[("access-control-allow-origin", PAGE), ("vary", "Origin")],
    },
    Case {
        name: "a file",
        request: "GET /static/prices.csv",
        sent: &[("origin", PAGE)],
        status: 200,
        answered: &[("access-control-allow-origin", PAGE), ("vary", "Origin")],
    },
    Case {
        name: "a file, elsewhere",
        request: "GET /static/prices.csv",
        sent: &[("origin", OTHER)],
        status: 200,
        answered: &[("vary", "Origin")],
    },
    Case {
        name: "the same file in the vault",
        request: "GET /vault/prices.csv",
        sent: &[("origin", PAGE)],
        status: 200,
        answered: &[],
    },
];

#[actix_web::test]
async fn every_answer_has_its_headers_and_no_others() {
    let app = init_service(Api::new(socket(8081)).app()).await;
    for Case { name, request, sent, status, answered } in CASES {
        let (method, path) = request.split_once(' ').expect("a method and a path");
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request =
            sent.iter().fold(TestRequest::with_uri(path).method(method), |request, &header| {
                request.insert_header(header)
            });
        let response = call_service(&app, request.to_request()).await;
        assert_eq!(response.status().as_u16(), status, "{name}");
        assert_eq!(of_cors(response.headers()), answered, "{name}");
        assert!(!response.headers().contains_key("set-cookie"), "{name}: a cookie");
    }
}

#[actix_web::test]
async fn the_shops_own_policies_pass_the_check() {
    let api = Api::new(socket(8081));
    let report = cors_actix::check(&|| api.app()).await.unwrap_or_else(|errors| panic!("{errors}"));
    assert!(report.to_string().contains("/api/{tenant}/orders/{id}"), "{report}");
}

#[actix_web::test]
async fn the_page_takes_reports_only_where_a_test_wants_them() {
    let page = Page::new(socket(8081), socket(8080));
    let (sender, reports) = mpsc::channel();
    let post = || TestRequest::post().uri("/report").set_payload("{}").to_request();

    let plain = init_service(page.clone().app()).await;
    assert_eq!(call_service(&plain, post()).await.status(), StatusCode::NOT_FOUND);

    let tested = init_service(page.report_to(sender).app()).await;
    assert_eq!(call_service(&tested, post()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(reports.try_recv().as_deref(), Ok("{}"));
}

fn socket(port: u16) -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], port))
}

/// The headers that CORS is about, by name.
fn of_cors(headers: &HeaderMap) -> Vec<(&str, &str)> {
    let mut found: Vec<_> = (headers.iter())
        .filter(|(name, _)| *name == "vary" || name.as_str().starts_with("access-control-"))
        .map(|(name, value)| (name.as_str(), value.to_str().expect("ASCII")))
        .collect();
    found.sort_unstable();
    found
}
