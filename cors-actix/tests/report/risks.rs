//! Which policies and routes have which risks, each beside a neighbour that has not.

use actix_web::{App, HttpResponse, http::Method, web};
use cors_actix::{
    Cors, Policy, PolicyBuilder, policy,
    report::{Risk, RowKind},
};

/// The risks of the first row of an App whose one route has `policy`.
async fn risks_of(method: &str, policy: PolicyBuilder) -> Vec<&'static str> {
    let policy = policy.build().expect("a legal policy");
    let method = Method::from_bytes(method.as_bytes()).expect("a token");
    let cors = Cors::deny();
    let app = || {
        let route = cors_actix::route("/x", method.clone(), policy.clone()).to(HttpResponse::Ok);
        App::new().service(route).wrap(cors.clone())
    };
    let report = cors_actix::check(&app).await.expect("a legal configuration");
    report.rows()[0].risks.iter().map(|finding| finding.risk.name()).collect()
}

#[actix_web::test]
async fn of_policies() {
    let new = Policy::builder;
    let hundred = |count: usize| (0..count).map(|n| format!("https://o{n}.example"));
    for (name, method, policy, want) in [
        ("one origin", "PUT", new().origins(["https://a.example"]), &[][..]),
        (
            "credentials",
            "PUT",
            new().origins(["https://a.example"]).credentials(),
            &["credentials"],
        ),
        ("wildcard", "GET", new().origins(["https://*.a.example"]), &["wildcard"]),
        (
            "wildcard with credentials",
            "GET",
            new().origins(["https://*.a.example"]).credentials(),
            &["wildcard_with_credentials", "credentials"],
        ),
        ("any port", "GET", new().origins(["https://a.example:*"]), &[]),
        ("any origin, reading", "GET", new().any_origin(), &[]),
        ("any origin, querying", "QUERY", new().any_origin(), &[]),
        ("any origin, posting", "POST", new().any_origin(), &["any_origin_on_writing_method"]),
        (
            "any origin, of another method",
            "PURGE",
            new().any_origin(),
            &["any_origin_on_writing_method"],
        ),
        ("plain http", "GET", new().origins(["http://a.example"]), &["insecure_origin"]),
        ("localhost", "GET", new().origins(["http://localhost:3000"]), &["local_origin"]),
        ("below localhost", "GET", new().origins(["http://a.localhost"]), &["local_origin"]),
        ("a name that ends alike", "GET", new().origins(["https://alocalhost.example"]), &[]),
        (
            "plain http with credentials",
            "GET",
            new().origins(["http://a.example"]).credentials().dangerously_allow_insecure_origins(),
            &["dangerous_opt_in", "insecure_origin", "credentials"],
        ),
        (
            "opaque origin",
            "GET",
            new().origins(["null"]).dangerously_allow_null_origin(),
            &["dangerous_opt_in"],
        ),
        ("registry", "GET", new().origins(["https://*.github.io"]), &["public_suffix", "wildcard"]),
        ("every header exposed", "GET", new().any_origin().expose_any_header(), &["expose_any"]),
        ("one header exposed", "GET", new().any_origin().expose_headers(["etag"]), &[]),
        ("a hundred origins", "GET", new().origins(hundred(100)), &[]),
        ("one more", "GET", new().origins(hundred(101)), &["wide_set"]),
        ("two hours", "GET", new().any_origin().max_age(7200), &[]),
        ("a second more", "GET", new().any_origin().max_age(7201), &["long_max_age"]),
        (
            "handler for OPTIONS",
            "OPTIONS",
            new().origins(["https://a.example"]),
            &["own_options_handler"],
        ),
    ] {
        assert_eq!(risks_of(method, policy).await, want, "{name}");
    }
}

#[actix_web::test]
async fn of_regions() {
    let granted = || policy! { origins = ["https://a.example"], credentials };
    let cors = Cors::new(policy! { origins = any })
        .at("/one", granted())
        .at("/each/{tenant}", granted())
        .at("/read/{tenant}", policy! { origins = ["https://a.example"] })
        .at("/write", policy! { origins = any, methods = ["PUT"] })
        .at("/all", policy! { origins = any, methods = any })
        .leave("/left");
    let app = || {
        let inherits = cors_actix::route("/each/{tenant}/x", Method::GET, policy! { inherit });
        App::new().service(inherits.to(HttpResponse::Ok)).wrap(cors.clone())
    };
    let report = cors_actix::check(&app).await.expect("a legal configuration");
    let got: Vec<_> = report
        .rows()
        .iter()
        .map(|row| {
            let risks = row.risks.iter().map(|finding| finding.risk).collect::<Vec<_>>();
            (row.kind, row.path.as_str(), risks)
        })
        .collect();
    let want = [
        (
            RowKind::Route,
            "/each/{tenant}/x",
            vec![Risk::CredentialsInEveryRegion, Risk::Credentials],
        ),
        (RowKind::Region, "/one", vec![Risk::Credentials]),
        (
            RowKind::Region,
            "/each/{tenant}",
            vec![Risk::CredentialsInEveryRegion, Risk::Credentials],
        ),
        (RowKind::Region, "/read/{tenant}", vec![]),
        (RowKind::Region, "/write", vec![Risk::AnyOriginOnWritingMethod]),
        (RowKind::Region, "/all", vec![Risk::AnyOriginOnWritingMethod]),
        (RowKind::Region, "/left", vec![Risk::LeftUnchecked]),
        // GET, HEAD and POST pass everywhere
        (RowKind::App, "", vec![]),
    ];
    assert_eq!(got, want);
}

#[actix_web::test]
async fn of_routes_behind_others() {
    let cors = Cors::deny();
    let app = || {
        let route = |path: &str, method| {
            cors_actix::route(path, method, policy! { off })
                .name(path.to_owned())
                .to(HttpResponse::Ok)
        };
        App::new()
            .service((
                route("/a/{x}", Method::GET),
                route("/a/b", Method::GET),
                route("/a/c", Method::PUT),
                route("/a/b/c", Method::GET),
                route("/a/{other}", Method::GET),
                route(r"/r/{x:\d+}", Method::GET),
                route("/r/7", Method::GET),
                route("/r/{x}", Method::GET),
                route("/r/7", Method::PUT),
                route("/s/one", Method::GET),
                route("/s/{x}", Method::GET),
            ))
            .service(cors_actix::resource("/all", policy! { off }).to(HttpResponse::Ok))
            .service(route("/all", Method::DELETE))
            .service((route("/two", Method::GET), route("/two", Method::GET)))
            .service((route(r"/two/{n:\d+}", Method::GET), route(r"/two/{n:\d+}", Method::GET)))
            .service(cors_actix::guarded(
                web::scope("/g")
                    .guard(actix_web::guard::Header("x-a", "1"))
                    .service(route("/x", Method::GET)),
            ))
            .service(web::scope("/g").service(route("/x", Method::GET)))
            .wrap(cors.clone())
    };
    let report = cors_actix::check(&app).await.expect("a legal configuration");
    let got: Vec<_> = report
        .rows()
        .iter()
        .filter(|row| row.kind == RowKind::Route)
        .map(|row| {
            let risks: Vec<_> = row.risks.iter().map(|finding| finding.risk).collect();
            (row.path.as_str(), row.methods.join(","), risks)
        })
        .filter(|(_, _, risks)| !risks.is_empty())
        .collect();
    let get = || "GET".to_owned();
    let want = [
        ("/a/b", get(), vec![Risk::Shadowed]),
        ("/a/{other}", get(), vec![Risk::Shadowed]),
        ("/r/7", get(), vec![Risk::Ambiguous]),
        ("/r/{x}", get(), vec![Risk::Ambiguous]),
        ("/all", "DELETE".to_owned(), vec![Risk::Shadowed]),
        ("/two", get(), vec![Risk::Shadowed]),
        (r"/two/{n:\d+}", get(), vec![Risk::Shadowed]),
        ("/g/x", get(), vec![Risk::Ambiguous]),
    ];
    assert_eq!(got, want);
}
