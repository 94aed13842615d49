//! Four workers under load: every header right, memory flat.

use std::{
    io::{BufRead, BufReader, Read, Write},
    time::{Duration, Instant},
};

use actix_web::HttpServer;
use tests::server::Server;

use crate::app::{A, EVIL, app, cors};

/// Seconds of load, 2 by default.
fn seconds() -> u64 {
    let seconds = std::env::var("CORS_LOAD_SECONDS").ok();
    seconds.map_or(2, |seconds| seconds.parse().expect("CORS_LOAD_SECONDS is a number"))
}

#[test]
fn four_workers() {
    let cors = cors();
    let server = Server::start(move || {
        HttpServer::new(move || app(cors.clone())).workers(4).bind(("127.0.0.1", 0))
    });
    let until = |seconds| Instant::now() + Duration::from_secs(seconds);
    let warm = until(1);
    let requests = load(&server, warm);
    assert!(requests > 100, "{requests}");
    let before = resident_kib();
    let requests = load(&server, until(seconds()));
    let after = resident_kib();
    let text = format!("\nload: {requests} requests, {before} KiB before, {after} KiB after\n");
    std::io::stdout().write_all(text.as_bytes()).expect("stdout is open");
    assert!(after < before + 4096, "{before} KiB before, {after} KiB after {requests} requests");
}

/// Eight clients at once, until then; returns how many requests they have sent.
fn load(server: &Server, until: Instant) -> usize {
    std::thread::scope(|scope| {
        let clients: Vec<_> =
            (0..8).map(|client| scope.spawn(move || ask(server, client, until))).collect();
        clients.into_iter().map(|client| client.join().expect("no client fails")).sum()
    })
}

fn ask(server: &Server, client: usize, until: Instant) -> usize {
    let mut reader = BufReader::new(server.connect());
    let mut sent = client;
    while Instant::now() < until {
        // paths that differ, so that nothing that is remembered by path can grow
        let path = format!("/none/{sent}");
        let preflight = "Access-Control-Request-Method: POST\r\n";
        let none: Option<&str> = None;
        let (start, origin, lines, status, allowed) = match sent % 7 {
            0 => ("GET /etag", A, "", 200, Some(A)),
            1 => ("GET /etag", EVIL, "", 200, none),
            2 => ("OPTIONS /body", A, preflight, 204, Some(A)),
            3 => ("OPTIONS /body", EVIL, preflight, 403, none),
            4 => (&*format!("GET {path}"), A, "", 404, none),
            5 => (&*format!("OPTIONS {path}"), A, preflight, 403, none),
            _ => ("GET /slow", A, "", 200, Some(A)),
        };
        let head = format!("{start} HTTP/1.1\r\nHost: me\r\nOrigin: {origin}\r\n{lines}\r\n");
        reader.get_mut().write_all(head.as_bytes()).expect("the server reads");
        let got = answer(&mut reader);
        assert_eq!(got, (status, allowed.map(str::to_owned)), "{start} {origin}");
        sent += 1;
    }
    sent - client
}

/// Status and allowed origin of the next answer.
fn answer(reader: &mut BufReader<std::net::TcpStream>) -> (u16, Option<String>) {
    let mut line = String::new();
    reader.read_line(&mut line).expect("an answer");
    let status = line.split(' ').nth(1).and_then(|s| s.parse().ok()).expect("a status");
    let (mut allowed, mut length) = (None, 0);
    loop {
        line.clear();
        reader.read_line(&mut line).expect("a line");
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "access-control-allow-origin" => allowed = Some(value.to_owned()),
            "content-length" => length = value.parse().expect("a number"),
            _ => {}
        }
    }
    reader.take(length).read_to_end(&mut Vec::new()).expect("the body");
    (status, allowed)
}

/// Memory of this process that is in use; 0 where the system does not tell.
fn resident_kib() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok());
    pages.map_or(0, |pages: usize| pages * 4)
}
