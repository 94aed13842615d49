//! The events of the feature `tracing`.
#![cfg(feature = "tracing")]

mod common;

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex},
};

use actix_web::{App, Responder, get, test::init_service};
use common::{A, B, actual, preflight, send};
use cors_actix::{Cors, cors};
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Writes each event of this library as one line.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<String>>>);

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        write!(self.0, " {}={value:?}", field.name()).unwrap();
    }
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "cors_actix" && *metadata.level() <= Level::DEBUG
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(event.metadata().level().to_string());
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[cors(origins = ["https://a.example"])]
#[get("/users/{id}")]
async fn user() -> impl Responder {
    "user"
}

#[actix_web::test]
async fn refusals_are_told_at_debug_level() {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let app = init_service(App::new().service(user).wrap(Cors::deny())).await;
    let heard = || std::mem::take(&mut *lines.0.lock().unwrap());
    send(&app, preflight("GET", "/users/1", A)).await;
    send(&app, actual("GET", "/users/1", A)).await;
    assert_eq!(heard(), [""; 0], "grants are told at trace level");
    send(&app, preflight("GET", "/users/1", B)).await;
    let lines = heard();
    let [line] = &*lines else { panic!("{lines:?}") };
    for part in ["DEBUG", "message=preflight", "verdict=\"refused\"", "origin=https://b.example"] {
        assert!(line.contains(part), "{part} in {line}");
    }
    let request =
        preflight("GET", "/users/1", A).insert_header(("access-control-request-headers", "x-a"));
    send(&app, request).await;
    send(&app, actual("GET", "/users/1", B)).await;
    send(&app, preflight("GET", "/users/1", "https://\tevil").insert_header(("x", "y"))).await;
    let lines = heard();
    let [.., second, third] = &*lines else { panic!("{lines:?}") };
    for part in
        ["DEBUG", "message=actual request", "route=\"/users/{id}\"", "origin=https://b.example"]
    {
        assert!(second.contains(part), "{part} in {second}");
    }
    assert!(third.contains(r"origin=https://\tevil"), "{third}");
}

#[actix_web::test]
async fn mistakes_are_told_at_error_level() {
    let lines = Lines::default();
    let _guard = tracing::subscriber::set_default(lines.clone());
    let app = init_service(App::new().service(user)).await;
    for _ in 0..2 {
        send(&app, actual("GET", "/users/1", A)).await;
    }
    let lines = lines.0.lock().unwrap();
    let [line] = &**lines else { panic!("{lines:?}") };
    assert!(line.starts_with("ERROR") && line.contains("an App without `Cors`"), "{line}");
}
