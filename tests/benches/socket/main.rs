//! Requests per second over a socket, by wrk on loopback: the bare handler, actix-cors and this
//! library, each with one worker.
//!
//! Leaves its figures for the `cost` benchmark. Measures only with `--run`: it takes a minute, and
//! says more about the machine than about the middleware.

#[path = "../cost/kept.rs"]
mod kept;

use std::{
    env,
    net::{SocketAddr, TcpListener},
    process::{Command, ExitCode},
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use cors_actix::{Cors, policy};

use crate::kept::{Figures, leave};

const ORIGIN: &str = "https://app.example.com";
const ROUNDS: usize = 4;
const SECONDS: usize = 3;

fn main() -> ExitCode {
    if !env::args().any(|arg| arg == "--run") {
        return ExitCode::SUCCESS;
    }
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Bare,
    ActixCors,
    Own,
}

fn measure() -> Result<(), String> {
    let servers = [("bare", Who::Bare), ("actix-cors", Who::ActixCors), ("this library", Who::Own)];
    let running = servers.map(|(name, who)| (name, serve(who)));
    let mut figures = Figures::new();
    for kind in ["actual", "preflight"] {
        // the servers take turns, so that other work disturbs all of them alike
        for _ in 0..ROUNDS {
            for (name, server) in &running {
                let Ok((address, _)) = server else { return Err(format!("{name} does not start")) };
                let round = wrk(*address, kind == "preflight")?;
                for (what, figure) in ["requests a second", "p50, µs", "p99, µs"].iter().zip(round)
                {
                    let best = figures.entry(format!("{kind}, {name}: {what}")).or_insert(figure);
                    let is_rate = what.starts_with("requests");
                    *best = if is_rate { best.max(figure) } else { best.min(figure) };
                }
            }
        }
        let rate = |name: &str| figures[&format!("{kind}, {name}: requests a second")];
        let (own, theirs) = (rate("this library"), rate("actix-cors"));
        let bare = rate("bare");
        figures.insert(format!("{kind}, this library: rate to bare"), own / bare);
        figures.insert(format!("{kind}, actix-cors: rate to bare"), theirs / bare);
        figures.insert(format!("{kind}, this library: rate to actix-cors"), own / theirs);
    }
    for (name, figure) in &figures {
        println!("{name:50} {figure:10.2}");
    }
    leave("socket", &figures)
}

/// Starts a server with one worker on a thread of its own.
fn serve(who: Who) -> Result<(SocketAddr, ServerHandle), String> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (sender, receiver) = std::sync::mpsc::channel();
    thread::spawn(move || {
        actix_rt::System::new().block_on(async move {
            let server = server(who, listener);
            if let Ok(server) = server {
                _ = sender.send(server.handle());
                _ = server.await;
            }
        });
    });
    receiver.recv().map(|handle| (address, handle)).map_err(|error| error.to_string())
}

fn server(who: Who, listener: TcpListener) -> std::io::Result<actix_web::dev::Server> {
    let own = Cors::new(policy! {
        origins = ["https://app.example.com"], credentials, allow_headers = ["content-type"],
        max_age = 600
    });
    let route =
        || web::resource("/x").route(web::get().to(|| async { HttpResponse::Ok().body("ok") }));
    let cors = || {
        let cors = actix_cors::Cors::default().allowed_origin(ORIGIN).allowed_methods(["GET"]);
        cors.supports_credentials().allowed_header("content-type").max_age(600)
    };
    let server = match who {
        Who::Bare => {
            HttpServer::new(move || App::new().service(route())).workers(1).listen(listener)?.run()
        }
        Who::ActixCors => HttpServer::new(move || App::new().service(route()).wrap(cors()))
            .workers(1)
            .listen(listener)?
            .run(),
        Who::Own => HttpServer::new(move || App::new().service(route()).wrap(own.clone()))
            .workers(1)
            .listen(listener)?
            .run(),
    };
    Ok(server)
}

/// Requests per second, and the latency of the median and of the slowest hundredth in microseconds.
fn wrk(address: SocketAddr, is_preflight: bool) -> Result<[f64; 3], String> {
    let mut command = Command::new("wrk");
    command.args([
        "-t1",
        "-c16",
        "--latency",
        &format!("-d{SECONDS}s"),
        "-H",
        &format!("Origin: {ORIGIN}"),
    ]);
    let script = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("preflight.lua");
    if is_preflight {
        std::fs::write(&script, "wrk.method = \"OPTIONS\"\n").map_err(|error| error.to_string())?;
        command.arg("-s").arg(script);
        command.args(["-H", "Access-Control-Request-Method: GET"]);
        command.args(["-H", "Access-Control-Request-Headers: content-type"]);
    }
    let output = command.arg(format!("http://{address}/x")).output();
    let output = output.map_err(|error| format!("wrk: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let word = |start: &str| {
        let mut lines = text.lines().map(str::trim);
        lines.find_map(|line| line.strip_prefix(start)).map(str::trim).map(str::to_owned)
    };
    let rate = word("Requests/sec:").and_then(|rate| rate.parse().ok());
    let latency = |start: &str| word(start).and_then(|text| micros(&text));
    match (rate, latency("50%"), latency("99%")) {
        (Some(rate), Some(p50), Some(p99)) => Ok([rate, p50, p99]),
        _ => Err(format!("wrk said: {text}")),
    }
}

fn micros(text: &str) -> Option<f64> {
    let (number, unit) = match text.strip_suffix("us") {
        Some(number) => (number, 1.0),
        None => match text.strip_suffix("ms") {
            Some(number) => (number, 1e3),
            None => (text.strip_suffix('s')?, 1e6),
        },
    };
    number.parse::<f64>().ok().map(|number| number * unit)
}
