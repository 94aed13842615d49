//! HTTP/2, in clear text and over TLS.

use std::sync::Arc;

use actix_web::{HttpServer, rt::System};
use tests::server::Server;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;

use crate::app::{A, EVIL, app, cors};

#[test]
fn clear_text() {
    let cors = cors();
    let server = Server::start(move || {
        HttpServer::new(move || app(cors.clone())).workers(1).bind_auto_h2c(("127.0.0.1", 0))
    });
    System::new().block_on(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        ask(stream, "http").await;
    });
}

#[test]
fn tls() {
    let (server_config, client_config) = certificates();
    let cors = cors();
    let server = Server::start(move || {
        HttpServer::new(move || app(cors.clone()))
            .workers(1)
            .bind_rustls_0_23(("127.0.0.1", 0), server_config)
    });
    System::new().block_on(async {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let name = "localhost".try_into().unwrap();
        let connector = TlsConnector::from(Arc::new(client_config));
        ask(connector.connect(name, stream).await.unwrap(), "https").await;
    });
}

/// A certificate for this run, and a client that trusts it.
fn certificates() -> (rustls::ServerConfig, rustls::ClientConfig) {
    let own = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = own.cert.der().clone();
    let key = rustls::pki_types::PrivateKeyDer::try_from(own.key_pair.serialize_der()).unwrap();
    let server = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(certificate).unwrap();
    let mut client =
        rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    client.alpn_protocols = vec![b"h2".to_vec()];
    (server, client)
}

/// Sends preflights and actual requests over one connection.
async fn ask(stream: impl AsyncRead + AsyncWrite + Unpin + 'static, scheme: &str) {
    let (client, connection) = h2::client::handshake(stream).await.unwrap();
    actix_web::rt::spawn(async move {
        let _ = connection.await;
    });
    let mut client = client.ready().await.unwrap();
    let acao = "access-control-allow-origin: https://a.example";
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    for (method, path, origin, status, want) in [
        ("OPTIONS", "/body", A, 204, &["access-control-allow-methods: POST", acao, vary][..]),
        ("OPTIONS", "/body", EVIL, 403, &[vary]),
        ("GET", "/stream", A, 200, &[acao, "vary: Origin"]),
        ("GET", "/stream", EVIL, 200, &["vary: Origin"]),
        ("HEAD", "/etag", A, 200, &[acao, "vary: Origin"]),
        ("GET", "/none", A, 404, &[]),
    ] {
        let mut request = http_0_2::Request::builder()
            .method(method)
            .uri(format!("{scheme}://localhost{path}"))
            .header("origin", origin);
        if method == "OPTIONS" {
            request = request.header("access-control-request-method", "POST");
        }
        let (response, _) = client.send_request(request.body(()).unwrap(), true).unwrap();
        let response = response.await.unwrap();
        let relevant = |name: &str| name == "vary" || name.starts_with("access-control-");
        let headers = response.headers().iter().filter(|(name, _)| relevant(name.as_str()));
        let mut lines: Vec<_> =
            headers.map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.sort();
        assert_eq!(response.status().as_u16(), status, "{method} {path} {origin}");
        assert_eq!(lines, want, "{method} {path} {origin}");
        client = client.ready().await.unwrap();
    }
}
