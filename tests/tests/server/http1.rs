//! HTTP/1 as raw bytes.

use std::{
    io::{Read, Write},
    time::Duration,
};

use actix_web::HttpServer;
use tests::server::{Answer, Server};

use crate::app::{A, EVIL, app, cors};

fn server() -> Server {
    let cors = cors();
    Server::start(move || {
        HttpServer::new(move || app(cors.clone()))
            .workers(1)
            .client_request_timeout(Duration::from_millis(300))
            .bind(("127.0.0.1", 0))
    })
}

/// A request that closes the connection, with lines of its own.
fn request(start: &str, origin: &str, lines: &str) -> String {
    format!(
        "{start} HTTP/1.1\r\nHost: me.example\r\nOrigin: {origin}\r\n{lines}Connection: close\r\n\r\n"
    )
}

const GRANTED: [&str; 2] = ["access-control-allow-origin: https://a.example", "vary: Origin"];
const DENIED: [&str; 1] = ["vary: Origin"];

#[test]
fn responses_of_all_kinds() {
    let server = server();
    let etag = [
        "access-control-allow-credentials: true",
        "access-control-allow-origin: https://a.example",
        "access-control-expose-headers: etag",
        "vary: Origin",
    ];
    let long = "Content-Length: 65\r\n";
    for (name, start, lines, body, status, want) in [
        ("simple", "GET /etag", "", "", 200, &etag[..]),
        ("not modified", "GET /etag", "If-None-Match: \"1\"\r\n", "", 304, &etag),
        ("head", "HEAD /etag", "", "", 200, &GRANTED),
        ("stream", "GET /stream", "", "", 200, &GRANTED),
        ("body", "POST /body", "Content-Length: 2\r\n", "ok", 200, &GRANTED),
        ("body too long", "POST /body", long, "", 413, &GRANTED),
        ("file", "GET /files/lib.rs", "", "", 200, &GRANTED),
        ("range of a file", "GET /files/lib.rs", "Range: bytes=0-9\r\n", "", 206, &GRANTED),
        ("wrong range", "GET /files/lib.rs", "Range: bytes=99999999-\r\n", "", 416, &GRANTED),
        ("no file", "GET /files/none", "", "", 404, &GRANTED),
        ("no route", "GET /none", "", "", 404, &[]),
        ("wrong method", "PUT /etag", "", "", 404, &[]),
        ("absolute form", "GET http://me.example/stream", "", "", 200, &GRANTED),
    ] {
        for origin in [A, EVIL] {
            let bytes = request(start, origin, lines) + body;
            let answer = Answer::parse(&server.exchange(bytes.as_bytes())).expect(name);
            assert_eq!(answer.status, status, "{name} {origin}");
            let want = match (want, origin) {
                ([], _) => &[][..],
                (want, A) => want,
                _ => &DENIED,
            };
            assert_eq!(answer.cors(), want, "{name} {origin}");
        }
    }
    let range = request("GET /files/lib.rs", A, "Range: bytes=0-9\r\n");
    let answer = Answer::parse(&server.exchange(range.as_bytes())).unwrap();
    assert_eq!(answer.body.len(), 10);
}

#[test]
fn preflights_on_one_connection() {
    let server = server();
    let mut stream = server.connect();
    let vary = "vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    let granted = [
        "access-control-allow-headers: content-type",
        "access-control-allow-methods: POST",
        "access-control-allow-origin: https://a.example",
        vary,
    ];
    for (origin, status, want) in [(A, 204, &granted[..]), (EVIL, 403, &[vary]), (A, 204, &granted)]
    {
        let head = format!(
            "OPTIONS /body HTTP/1.1\r\nHost: me.example\r\nOrigin: {origin}\r\n\
             Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: content-type\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        while !bytes.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            bytes.extend(byte);
        }
        let answer = Answer::parse(&bytes).unwrap();
        assert_eq!(
            (answer.status, answer.cors()),
            (status, want.iter().map(|s| (*s).to_owned()).collect())
        );
    }
}

/// A WebSocket handshake is an ordinary request to CORS: browsers don't look at its headers.
#[test]
fn upgrades() {
    let server = server();
    for (origin, want) in [(A, &GRANTED[..]), (EVIL, &DENIED)] {
        let head = format!(
            "GET /ws HTTP/1.1\r\nHost: me.example\r\nOrigin: {origin}\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        let mut stream = server.connect();
        stream.write_all(head.as_bytes()).unwrap();
        let mut bytes = vec![0; 4096];
        let len = stream.read(&mut bytes).unwrap();
        let answer = Answer::parse(&bytes[..len]).unwrap();
        assert_eq!((answer.status, answer.joined("upgrade").as_deref()), (101, Some("websocket")));
        assert_eq!(answer.cors(), want);
    }
}

/// What the parser or a timeout answers never comes to the App: a documented limit.
#[test]
fn before_the_app() {
    let server = server();
    let malformed = request("GET /etag", A, "broken line\r\n");
    let answer = Answer::parse(&server.exchange(malformed.as_bytes())).unwrap();
    assert_eq!((answer.status, answer.cors()), (400, vec![]));
    let unfinished = format!("GET /etag HTTP/1.1\r\nOrigin: {A}\r\n");
    let answer = Answer::parse(&server.exchange(unfinished.as_bytes())).unwrap();
    assert_eq!((answer.status, answer.cors()), (408, vec![]));
}

/// A client that goes away while its handler runs leaves nothing behind.
#[test]
fn clients_that_go_away() {
    let server = server();
    for _ in 0..20 {
        let mut stream = server.connect();
        stream.write_all(request("GET /slow", A, "").as_bytes()).unwrap();
    }
    let answer = Answer::parse(&server.exchange(request("GET /slow", A, "").as_bytes())).unwrap();
    assert_eq!((answer.status, answer.cors()), (200, GRANTED.map(str::to_owned).to_vec()));
}
