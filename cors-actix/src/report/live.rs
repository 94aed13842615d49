//! The report's page in a running service, for development.

use std::net::Ipv4Addr;

use actix_web::{
    HttpRequest, HttpResponse, Resource,
    dev::{AppService, HttpServiceFactory},
    http::header,
    web,
};

use super::html::content_security_policy;
use crate::{claim::report_of, cors::Cors};

/// Serves the report of the running App as a page, to browsers on the same machine only.
///
/// To everybody else it is a path that does not exist: it answers 404 unless the connection comes
/// from a loopback address, `Host` names this machine (so that no site can read the page through
/// a name of its own that leads here), no proxy has forwarded the request, and it has no `Origin`
/// (so that no other page can read it, whatever the App's default trusts). In a build without
/// debug assertions it answers 404 always, unless [`allow_in_release`](Self::allow_in_release).
///
/// # Security
/// A proxy on the same machine that adds none of the usual headers cannot be told from a browser
/// there. Register the page in development only where one stands in front.
///
/// ```
/// use actix_web::App;
/// use cors_actix::{Cors, report::LivePage};
///
/// let cors = Cors::deny();
/// App::new().service(LivePage::new("/cors", &cors)).wrap(cors.clone());
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct LivePage {
    path: String,
    cors: Cors,
    allowed: bool,
}

impl LivePage {
    /// The page of the App that it is registered in, at `path`; `cors` is that around the App.
    pub fn new(path: impl Into<String>, cors: &Cors) -> Self {
        LivePage { path: path.into(), cors: cors.clone(), allowed: cfg!(debug_assertions) }
    }

    /// Serves the page in a build without debug assertions too.
    pub fn allow_in_release(self) -> Self {
        LivePage { allowed: true, ..self }
    }

    fn answer(&self, req: &HttpRequest) -> HttpResponse {
        let is_allowed = self.allowed && is_from_here(req);
        let report = is_allowed.then(|| report_of(&self.cors, req)).flatten();
        let Some(report) = report else { return HttpResponse::NotFound().finish() };
        HttpResponse::Ok()
            .content_type("text/html; charset=utf-8")
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((header::CONTENT_SECURITY_POLICY, served_policy()))
            .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .insert_header(("cross-origin-resource-policy", "same-origin"))
            .body(report.to_html())
    }
}

impl HttpServiceFactory for LivePage {
    fn register(self, config: &mut AppService) {
        let path = self.path.clone();
        let answer = move |req: HttpRequest| {
            let answer = self.answer(&req);
            async move { answer }
        };
        Resource::new(path).route(web::get().to(answer)).register(config);
    }
}

/// A page that is served can be framed, one from a file cannot say anything about that.
fn served_policy() -> String {
    format!("{}; frame-ancestors 'none'", content_security_policy())
}

fn is_from_here(req: &HttpRequest) -> bool {
    let peer = req.peer_addr().is_some_and(|peer| peer.ip().to_canonical().is_loopback());
    let mut hosts = req.headers().get_all(header::HOST);
    let host = match (hosts.next(), hosts.next()) {
        // HTTP/2 has the host in its request line
        (None, _) => req.uri().authority().map(|authority| authority.as_str()),
        (Some(host), None) => host.to_str().ok(),
        (Some(_), Some(_)) => None,
    };
    // a page of another origin, which the App's own default may trust to read everything
    let is_foreign = req.headers().contains_key(header::ORIGIN);
    peer && host.is_some_and(is_loopback_host) && !is_forwarded(req) && !is_foreign
}

/// A host of this machine, with or without a port.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.parse::<u16>().is_ok() => name,
        _ => host,
    };
    let name = name.to_ascii_lowercase();
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "[::1]"
        || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

fn is_forwarded(req: &HttpRequest) -> bool {
    req.headers().keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded") || FORWARDING.contains(&name)
    })
}

/// Headers by which proxies tell for whom they ask.
const FORWARDING: [&str; 9] = [
    "cf-connecting-ip",
    "client-ip",
    "forwarded",
    "true-client-ip",
    "via",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-host",
    "x-real-ip",
];

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_browsers_on_this_machine_are_from_here() {
        type Case<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], bool);
        let cases: [Case<'_>; 24] = [
            ("this machine", "127.0.0.1:5000", &[("host", "127.0.0.1:8080")], true),
            ("by name", "127.0.0.1:5000", &[("host", "localhost:8080")], true),
            ("in upper case", "127.0.0.1:5000", &[("host", "LOCALHOST")], true),
            ("below localhost", "127.0.0.1:5000", &[("host", "shop.localhost")], true),
            ("IPv6", "[::1]:5000", &[("host", "[::1]:8080")], true),
            ("IPv4 in IPv6", "[::ffff:127.0.0.1]:5000", &[("host", "127.0.0.1")], true),
            ("another machine", "192.0.2.1:5000", &[("host", "127.0.0.1")], false),
            ("another machine, IPv6", "[2001:db8::1]:5000", &[("host", "[::1]")], false),
            ("a name that leads here", "127.0.0.1:5000", &[("host", "evil.example")], false),
            ("a name that ends alike", "127.0.0.1:5000", &[("host", "evillocalhost")], false),
            (
                "a name that begins alike",
                "127.0.0.1:5000",
                &[("host", "localhost.evil.example")],
                false,
            ),
            (
                "an address that begins alike",
                "127.0.0.1:5000",
                &[("host", "127.0.0.1.evil.example")],
                false,
            ),
            ("the address of another machine", "127.0.0.1:5000", &[("host", "192.0.2.1")], false),
            ("another IPv6 address", "127.0.0.1:5000", &[("host", "[::2]")], false),
            (
                "an IPv6 address that begins alike",
                "[::1]:5000",
                &[("host", "[::1].evil.example")],
                false,
            ),
            ("two ports", "127.0.0.1:5000", &[("host", "localhost:1:2")], false),
            ("a port that is none", "127.0.0.1:5000", &[("host", "localhost:x")], false),
            ("a user", "127.0.0.1:5000", &[("host", "localhost@evil.example")], false),
            ("no host", "127.0.0.1:5000", &[], false),
            ("two hosts", "127.0.0.1:5000", &[("host", "localhost"), ("host", "localhost")], false),
            (
                "forwarded",
                "127.0.0.1:5000",
                &[("host", "localhost"), ("forwarded", "for=192.0.2.1")],
                false,
            ),
            (
                "forwarded for",
                "127.0.0.1:5000",
                &[("host", "localhost"), ("x-forwarded-for", "192.0.2.1")],
                false,
            ),
            (
                "forwarded somehow",
                "127.0.0.1:5000",
                &[("host", "localhost"), ("x-forwarded-xyz", "1")],
                false,
            ),
            ("by a proxy", "127.0.0.1:5000", &[("host", "localhost"), ("via", "1.1 proxy")], false),
        ];
        for (name, peer, headers, want) in cases {
            let peer = peer.parse().expect("an address of the table");
            let request = TestRequest::default().peer_addr(peer);
            let request = headers.iter().fold(request, |req, header| req.append_header(*header));
            assert_eq!(is_from_here(&request.to_http_request()), want, "{name}");
        }
        let nobody = TestRequest::default().insert_header(("host", "localhost")).to_http_request();
        assert!(!is_from_here(&nobody), "a connection without an address");
    }
}
