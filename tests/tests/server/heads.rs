//! Random raw heads with CORS headers, of valid and of broken bytes: no worker panics.
//!
//! `CORS_HEADS=1000000` asks for that many.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpStream},
    sync::atomic::{AtomicUsize, Ordering},
};

use actix_web::HttpServer;
use tests::server::{Answer, Server};

use crate::app::{A, app, cors};

static PANICS: AtomicUsize = AtomicUsize::new(0);

fn heads() -> usize {
    let heads = std::env::var("CORS_HEADS").ok();
    heads.map_or(5_000, |heads| heads.parse().expect("CORS_HEADS is a number"))
}

#[test]
fn random_heads() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        usual(info);
    }));
    let cors = cors().normalize(actix_web::middleware::TrailingSlash::Trim);
    let server = Server::start(move || {
        HttpServer::new(move || app(cors.clone())).workers(2).bind(("127.0.0.1", 0))
    });
    let mut random = Random(0x5eed);
    let (mut stream, mut answers) = (None, 0);
    for _ in 0..heads() {
        let head = random.head();
        // many heads share a connection, until the server closes it
        let mut open: TcpStream = stream.take().unwrap_or_else(|| server.connect());
        if open.write_all(&head).is_err() {
            continue;
        }
        let mut bytes = [0; 16_384];
        match open.read(&mut bytes) {
            Ok(0) | Err(_) => {}
            Ok(len) => {
                answers += 1;
                let answer = Answer::parse(&bytes[..len]);
                let keep = answer.is_some_and(|answer| {
                    answer.status != 400
                        && answer.body.is_empty()
                        && answer.joined("content-length").is_none_or(|len| len == "0")
                });
                if keep {
                    stream = Some(open);
                } else {
                    let _ = open.shutdown(Shutdown::Both);
                }
            }
        }
    }
    assert!(answers > heads() / 2, "{answers} answers");
    let sane =
        format!("GET /etag HTTP/1.1\r\nHost: me\r\nOrigin: {A}\r\nConnection: close\r\n\r\n");
    let answer = Answer::parse(&server.exchange(sane.as_bytes())).unwrap();
    assert_eq!(answer.joined("access-control-allow-origin").as_deref(), Some(A));
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
}

struct Random(u64);

const METHODS: [&str; 6] = ["OPTIONS", "OPTIONS", "OPTIONS", "GET", "QUERY", "HEAD"];
const PATHS: [&str; 10] = [
    "/etag",
    "/body",
    "/none",
    "/",
    "*",
    "//etag/",
    "/files/lib.rs",
    "/%65tag",
    "/%ff%00",
    "/files/../etag",
];
const NAMES: [&str; 9] = [
    "Origin",
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Private-Network",
    "Sec-Fetch-Site",
    "Forwarded",
    "Vary",
];
const VALUES: [&str; 12] = [
    "https://a.example",
    "https://evil.example",
    "null",
    "POST",
    "GET",
    "content-type",
    "x-a,,x-b",
    "*",
    "",
    " ",
    "https://a.example:443",
    "same-origin",
];

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z ^ (z >> 27)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    /// A head that ends as one should, whatever stands in it.
    fn head(&mut self) -> Vec<u8> {
        let (method, path) = (self.pick(&METHODS), self.pick(&PATHS));
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: me\r\n").into_bytes();
        for _ in 0..self.below(7) {
            head.extend(self.pick(&NAMES).bytes());
            head.extend(b": ");
            let value = self.value();
            head.extend(value);
            head.extend(b"\r\n");
        }
        head.extend(b"\r\n");
        head
    }

    fn value(&mut self) -> Vec<u8> {
        match self.below(10) {
            0 => self.pick(&VALUES).repeat(self.below(400) + 1).into_bytes(),
            1 | 2 => (0..self.below(40))
                .map(|_| self.next() as u8)
                .filter(|b| !b"\r\n".contains(b))
                .collect(),
            3 => {
                let mut value = self.pick(&VALUES).as_bytes().to_vec();
                let at = self.below(value.len() + 1);
                value.insert(at, 0x80 | self.next() as u8);
                value
            }
            _ => self.pick(&VALUES).as_bytes().to_vec(),
        }
    }
}
