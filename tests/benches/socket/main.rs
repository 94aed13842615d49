//! Requests per second over a socket, by wrk on loopback: the bare handler, actix-cors and this
//! library, each with one worker.
//!
//! Writes `SOCKET.md`. Measures only with `--run`: it takes a minute, and says more about the
//! machine than about the middleware.

use std::{
    env, fs,
    net::{SocketAddr, TcpListener},
    process::{Command, ExitCode},
    thread,
};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, web};
use cors_actix::{Cors, policy};

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
    let mut page = HEAD.to_owned();
    for kind in ["actual", "preflight"] {
        let mut best = [Round::WORST; 3];
        // the servers take turns, so that other work disturbs all of them alike
        for _ in 0..ROUNDS {
            for ((name, server), best) in running.iter().zip(&mut best) {
                let Ok((address, _)) = server else { return Err(format!("{name} does not start")) };
                *best = best.better(wrk(*address, kind == "preflight")?);
            }
        }
        for ((name, _), round) in running.iter().zip(&best) {
            let Round { rate, p50, p99 } = round.to(&best[0]);
            page += &format!("| {kind}, {name} | {rate:.2} | {p50:.2} | {p99:.2} |\n");
        }
    }
    println!("{page}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/SOCKET.md");
    fs::write(file, page).map_err(|error| format!("{file}: {error}"))
}

/// Requests per second, and the latency of the median and of the slowest hundredth.
#[derive(Clone, Copy)]
struct Round {
    rate: f64,
    p50: f64,
    p99: f64,
}

impl Round {
    const WORST: Round = Round { rate: 0.0, p50: f64::MAX, p99: f64::MAX };

    fn better(self, other: Round) -> Round {
        Round {
            rate: self.rate.max(other.rate),
            p50: self.p50.min(other.p50),
            p99: self.p99.min(other.p99),
        }
    }

    /// The ratios to another one.
    fn to(self, other: &Round) -> Round {
        Round { rate: self.rate / other.rate, p50: self.p50 / other.p50, p99: self.p99 / other.p99 }
    }
}

const HEAD: &str = "# Over a socket

Written by `cargo bench -p tests --bench socket -- --run` (needs wrk). Ratios to the bare handler, by
`wrk` on loopback with one worker each; the best of several rounds in which the servers take turns.
Where the machine is busy they move by more than the middlewares differ.

| | requests a second | p50 | p99 |
|---|---|---|---|
";

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

fn wrk(address: SocketAddr, is_preflight: bool) -> Result<Round, String> {
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
        fs::write(&script, "wrk.method = \"OPTIONS\"\n").map_err(|error| error.to_string())?;
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
        (Some(rate), Some(p50), Some(p99)) => Ok(Round { rate, p50, p99 }),
        _ => Err(format!("wrk said: {text}")),
    }
}

/// A latency in microseconds.
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
