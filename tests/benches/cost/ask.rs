//! Requests, as they come over HTTP/1.1.

use std::fmt::Write;

use actix_http::{Request, h1};
use bytes::{Bytes, BytesMut};
use tokio_util::codec::Decoder;

/// The head of one request, as bytes.
#[derive(Clone)]
pub(crate) struct Ask {
    head: String,
}

impl Ask {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        Ask { head: format!("{method} {path} HTTP/1.1\r\nhost: api.example.com\r\n") }
    }

    pub(crate) fn get(path: &str) -> Self {
        Ask::new("GET", path)
    }

    /// A preflight for GET, as browsers order its headers.
    pub(crate) fn preflight(path: &str, origin: &str) -> Self {
        let ask = Ask::new("OPTIONS", path).header("access-control-request-method", "GET");
        ask.header("origin", origin)
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let written = write!(self.head, "{name}: {value}\r\n");
        written.expect("a String takes every text");
        self
    }

    /// What actix's own decoder makes of it: header values cut from one buffer.
    pub(crate) fn to_actix(&self, codec: &mut h1::Codec) -> Request {
        let mut buffer = BytesMut::from(&*self.head);
        buffer.extend_from_slice(b"\r\n");
        match codec.decode(&mut buffer) {
            Ok(Some(h1::Message::Item(request))) => request,
            other => panic!("not a request: {other:?}"),
        }
    }

    /// The same for tower, header values cut from one buffer as well.
    pub(crate) fn to_tower(&self) -> TowerRequest {
        let buffer = Bytes::copy_from_slice(self.head.as_bytes());
        let mut lines = self.head.lines();
        let mut words = lines.next().unwrap_or_default().split(' ');
        let mut word = || words.next().unwrap_or_default();
        let mut request = http::Request::builder().method(word()).uri(word());
        for line in lines {
            let (name, value) = line.split_once(": ").expect("`header` writes lines this way");
            let start = value.as_ptr().addr() - self.head.as_ptr().addr();
            let value = buffer.slice(start..start + value.len());
            let value = http::HeaderValue::from_maybe_shared(value);
            request = request.header(name, value.expect("no control bytes in our values"));
        }
        request.body(()).expect("a request made of legal parts")
    }
}

pub(crate) type TowerRequest = http::Request<()>;
