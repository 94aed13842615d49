//! Explanations: the row that decides, and the order of its rules.

use actix_web::{App, HttpResponse, http::Method, web};
use cors_actix::{Cors, PolicyReport, policy, report::Question};

use crate::shop;

const QUESTION: Question<'_> = Question {
    method: "GET",
    path: "/",
    origin: "https://a.example",
    headers: &[],
    credentials: false,
};

async fn report() -> std::sync::Arc<PolicyReport> {
    let cors =
        Cors::deny().at("/t/{tenant}", policy! { origins = any }).at("/t/acme", policy! { off });
    let app = || {
        let route = |path: &str, method, name: &str| {
            let policy = policy! { origins = ["https://a.example"] };
            cors_actix::route(path, method, policy).name(name.to_owned()).to(HttpResponse::Ok)
        };
        App::new()
            .service((
                route("/plain", Method::GET, "plain"),
                route("/plain", Method::PUT, "put_plain"),
                route(r"/number/{n:\d+}", Method::GET, "number"),
                route("/number/{word}", Method::GET, "word"),
                route("/files/{tail:.*}", Method::GET, "files"),
            ))
            // both name the same parameter, so their patterns make no regex together
            .service(web::scope(r"/twice/{id:\d+}").service(route("/{id}", Method::GET, "twice")))
            .wrap(cors.clone())
    };
    cors_actix::check(&app).await.expect("a legal configuration")
}

#[actix_web::test]
async fn the_row_that_holds_for_a_path_decides() {
    let report = report().await;
    for (name, method, path, want) in [
        ("literal", "GET", "/plain", "GET /plain"),
        ("another method", "PUT", "/plain", "PUT /plain"),
        ("a method in lower case that browsers change", "put", "/plain", "PUT /plain"),
        ("a method in lower case that they don't", "patch", "/plain", "app"),
        ("a method without a handler", "DELETE", "/plain", "app"),
        ("below a literal", "GET", "/plain/x", "app"),
        ("a regex", "GET", "/number/12", r"GET /number/{n:\d+}"),
        ("what the regex refuses", "GET", "/number/twelve", "GET /number/{word}"),
        ("a tail", "GET", "/files/a/b", "GET /files/{tail:.*}"),
        ("a parameter named twice", "GET", "/twice/1/2", r"GET /twice/{id:\d+}/{id}"),
        ("a region", "GET", "/t/any/x", "at /t/{tenant}"),
        ("the region itself", "GET", "/t/any", "at /t/{tenant}"),
        ("the inner region", "GET", "/t/acme/x", "at /t/acme"),
        ("outside of the region", "GET", "/tt/x", "app"),
    ] {
        let answer = report.explain(&Question { method, path, ..QUESTION });
        assert_eq!(answer.place, want, "{name}");
    }
    for path in
        ["https://api.example/pl%61in", "http://api.example/plain?x=1#y", "plain", "/plain?x=1"]
    {
        let answer = report.explain(&Question { path, ..QUESTION });
        assert_eq!((answer.place.as_str(), answer.allowed), ("GET /plain", Some(true)), "{path}");
    }
    for path in ["", "/", "https://api.example", "https://api.example?x=1", "/#plain"] {
        let answer = report.explain(&Question { path, ..QUESTION });
        assert_eq!(answer.place, "app", "{path}");
    }
    for (path, is_odd) in [("/files/a/", true), ("/files//a", true), ("/files/a", false)] {
        let caveat = report.explain(&Question { path, ..QUESTION }).caveat;
        assert_eq!(caveat.contains("NormalizePath"), is_odd, "{path}");
    }
}

#[actix_web::test]
async fn the_deciding_rule_comes_first() {
    let report = shop::report().await;
    let partner = Question {
        method: "PUT",
        path: "/me",
        origin: "https://partner.example",
        headers: &["X-CSRF-Token"],
        credentials: true,
    };
    let get = Question { path: "/prices", origin: "https://x.example", ..QUESTION };
    for (name, question, allowed, preflight, rules) in [
        (
            "all pass",
            partner,
            Some(true),
            true,
            &["yes origin", "no origin", "yes method", "yes request header", "yes credentials"][..],
        ),
        (
            "another origin",
            Question { origin: "https://x.example", ..partner },
            Some(false),
            true,
            &["no origin", "no origin", "yes method", "yes request header", "no credentials"],
        ),
        (
            "another header",
            Question { headers: &["x-other", "if-match"], ..partner },
            Some(false),
            true,
            &[
                "no request header",
                "yes origin",
                "no origin",
                "yes method",
                "yes request header",
                "yes credentials",
            ],
        ),
        ("without a preflight", get, Some(true), false, &["yes origin", "yes method"]),
        (
            "cookies where any origin is trusted",
            Question { credentials: true, ..get },
            Some(false),
            false,
            &["no credentials", "yes origin", "yes method"],
        ),
        (
            "off",
            Question { path: "/admin", ..get },
            Some(false),
            false,
            &["no policy", "yes method"],
        ),
        ("left", Question { path: "/legacy/x", ..get }, None, false, &[]),
    ] {
        let answer = report.explain(&question);
        let word = |passes| if passes { "yes" } else { "no" };
        let got: Vec<_> = answer
            .rules
            .iter()
            .map(|rule| format!("{} {}", word(rule.passes), rule.rule))
            .collect();
        assert_eq!(got, rules, "{name}");
        assert_eq!((answer.allowed, answer.preflight), (allowed, preflight), "{name}");
    }
}
