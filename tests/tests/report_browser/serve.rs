//! Serving a few files to a browser, and waiting for what they report.

use std::{
    net::TcpListener,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, rt, web};
use serde_json::Value;
use tests::browser::{Browser, Window};

/// Opens the file at `/` and returns the JSON that it posts to `/report`.
pub(crate) async fn ask(browser: Browser, files: &[(&'static str, &'static str, String)]) -> Value {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port on the loopback interface");
    let address = listener.local_addr().expect("a bound listener has an address");
    let (sender, reports) = mpsc::channel();
    let files = files.to_vec();
    let app = move || {
        let sender = sender.clone();
        let report = web::post().to(move |text: String| {
            let sent = sender.send(text);
            async move {
                match sent {
                    Ok(()) => HttpResponse::NoContent().finish(),
                    Err(_) => HttpResponse::Gone().finish(),
                }
            }
        });
        let app = App::new().app_data(web::PayloadConfig::new(1 << 24)).route("/report", report);
        files.iter().cloned().fold(app, |app, (path, kind, text)| {
            let text = web::Bytes::from(text);
            let answer = move || {
                let text = text.clone();
                async move { HttpResponse::Ok().insert_header(("content-type", kind)).body(text) }
            };
            app.route(path, web::get().to(answer))
        })
    };
    let server = HttpServer::new(app).workers(1).disable_signals().listen(listener);
    let server = server.expect("the listener is open").run();
    let handle = server.handle();
    rt::spawn(server);
    let window =
        browser.open(&format!("http://{address}/")).unwrap_or_else(|error| panic!("{error}"));
    let text =
        web::block(move || wait(window, &reports)).await.expect("the pool of threads is open");
    handle.stop(false).await;
    let text = text.unwrap_or_else(|error| panic!("{browser:?}: {error}"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{browser:?}: {error} in {text}"))
}

fn wait(mut window: Window, reports: &Receiver<String>) -> Result<String, String> {
    let deadline = Instant::now() + Duration::from_secs(120);
    while Instant::now() < deadline {
        match reports.recv_timeout(Duration::from_millis(100)) {
            Ok(text) => return Ok(text),
            Err(RecvTimeoutError::Disconnected) => return Err("the server has ended".to_owned()),
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(status) = window.ended() {
            return Err(format!("it ended with {status}\n{}", window.last_words()));
        }
    }
    Err(format!("no report within two minutes\n{}", window.last_words()))
}
