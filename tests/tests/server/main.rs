//! The middleware in real servers: HTTP/1, HTTP/2 with and without TLS, under load, and on garbage.

mod app;
mod heads;
mod http1;
mod http2;
mod load;
