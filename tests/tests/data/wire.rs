//! The middleware behind a socket: bytes in, bytes out.

use std::collections::HashMap;

use actix_web::{App, HttpResponse, HttpServer, web};
use cors_actix::{Cors, Policy};
use serde::Deserialize;
use tests::server::{Answer, Server};

/// A server for each policy, started when it is first asked for.
#[derive(Default)]
pub(crate) struct Servers {
    by_policy: HashMap<String, Option<Server>>,
}

impl Servers {
    /// Sends a request to the App whose default is `policy`; `None` where the library refuses the
    /// policy.
    pub(crate) fn ask(
        &mut self,
        policy: &serde_json::Value,
        method: &str,
        lines: &[(String, String)],
    ) -> Option<Answer> {
        let server = self.by_policy.entry(policy.to_string()).or_insert_with(|| start(policy));
        let mut head = format!("{method} / HTTP/1.1\r\nHost: server.example\r\n");
        for (name, value) in lines {
            head += &format!("{name}: {value}\r\n");
        }
        head += "Connection: close\r\n\r\n";
        let answer = server.as_ref()?.exchange(head.as_bytes());
        Some(Answer::parse(&answer).expect("the server answers"))
    }
}

fn start(policy: &serde_json::Value) -> Option<Server> {
    let cors = Cors::new(Policy::deserialize(policy).ok()?);
    let app = move || {
        let handler = || async { HttpResponse::Ok().insert_header(("x-handler", "1")).finish() };
        App::new().route("/", web::route().to(handler)).wrap(cors.clone())
    };
    actix_web::rt::System::new().block_on(cors_actix::check(&app)).ok()?;
    Some(Server::start(|| HttpServer::new(app).workers(1).bind(("127.0.0.1", 0))))
}
