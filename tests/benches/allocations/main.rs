//! Allocations of each request, memory of each route, and what the routes add to a start.
//!
//! Leaves its figures for the `cost` benchmark; with `--check` it only compares them with what is
//! promised.

#[path = "../cost/apps.rs"]
mod apps;
#[path = "../cost/ask.rs"]
mod ask;
#[path = "../cost/cases.rs"]
mod cases;
#[path = "../cost/floor.rs"]
mod floor;
#[path = "../cost/kept.rs"]
mod kept;
#[path = "../cost/setup.rs"]
mod setup;
#[path = "../cost/subject.rs"]
mod subject;

use std::{env, fs, process::ExitCode};

use actix_web::{App, test::init_service};
use allocation_counter::measure;
use cors_actix::Cors;

use crate::{
    apps::Routes,
    ask::Ask,
    cases::Table,
    kept::{Figures, Kept, leave},
    setup::Setup,
    subject::{Actix, Subject, ready},
};

fn main() -> ExitCode {
    let is_check = env::args().any(|arg| arg == "--check");
    let done = actix_rt::System::new().block_on(async {
        let allocations = allocations(is_check).await;
        let memory = memory(is_check);
        let kept = Kept { allocations, memory };
        if is_check {
            return check(&kept);
        }
        leave("allocations", &kept.allocations)?;
        leave("memory", &kept.memory)
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Of one request of each case; for a check without the large sets, which are slow to build.
async fn allocations(is_check: bool) -> Figures {
    let mut figures = Figures::new();
    for case in cases::all() {
        if case.table != Table::OneRoute || (is_check && case.row.contains("00,000")) {
            continue;
        }
        let subject = case.subject().await;
        let asks = case.asks(0, case.count());
        subject.run(&asks, &mut |work| work());
        let mut count = 0;
        subject.run(&asks, &mut |work| count = measure(&mut *work).count_total);
        figures.insert(case.id(), count as f64 / asks.len() as f64);
    }
    figures
}

fn memory(is_check: bool) -> Figures {
    let mut figures = Figures::new();
    for (is_dynamic, in_scope) in [(false, false), (false, true), (true, false), (true, true)] {
        let kind = if is_dynamic { "dynamic" } else { "static" };
        let place = if in_scope { " in a scope" } else { "" };
        let routes =
            move |count, is_annotated| Routes { count, is_dynamic, in_scope, is_annotated };
        for asked in [Asked::Nothing, Asked::Everything] {
            // walking the map of dynamic routes for each of them is slow
            if is_check && is_dynamic && asked != Asked::Nothing {
                continue;
            }
            let own = |count| heap(routes(count, true), asked) - heap(routes(count, false), asked);
            let after = if asked == Asked::Nothing { "" } else { ", after a preflight of each" };
            let counts = if is_dynamic && asked != Asked::Nothing { FEW } else { MANY };
            figures.insert(format!("bytes a {kind} route{place}{after}"), slope(own, counts));
        }
        if is_dynamic && !is_check {
            let walked = |count| {
                let plain = routes(count, false);
                heap(plain, Asked::Everything) - heap(plain, Asked::Routed)
            };
            let name = format!("bytes of actix's own map for a {kind} route{place}, once walked");
            figures.insert(name, slope(walked, FEW));
        }
    }
    if !is_check {
        let (actix, own) = start();
        figures.insert("milliseconds of a start with 10,000 routes".to_owned(), own);
        figures.insert("milliseconds of it without annotations, actix's own".to_owned(), actix);
    }
    figures
}

/// What each route adds between two numbers of them.
fn slope(at: impl Fn(usize) -> f64, (few, many): (usize, usize)) -> f64 {
    (at(many) - at(few)) / (many - few) as f64
}

const MANY: (usize, usize) = (1_000, 3_000);
/// Where the map is walked for each route; more than a worker remembers dynamic paths.
const FEW: (usize, usize) = (300, 900);

/// What has happened to each route of an App.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Nothing,
    /// a request, and a preflight
    Routed,
    /// and actix's resource map has been walked, as a preflight of an annotated route does; the
    /// map's patterns keep what they allocate then
    Everything,
}

/// Bytes of a second worker's App.
fn heap(routes: Routes, asked: Asked) -> f64 {
    let all = routes.all(Setup::ONE);
    let cors = Cors::deny();
    let build = || {
        let (all, cors) = (all.clone(), cors.clone());
        let app = App::new().configure(|config| routes.configure(all, config)).wrap(cors);
        let app = Actix(ready(init_service(app)));
        let paths = (0..routes.count).filter(|_| asked != Asked::Nothing);
        for path in paths.map(|i| routes.path(i, 5)) {
            app.answer(&Ask::get(&path));
            app.answer(&Ask::preflight(&path, &Setup::ONE.granted(0)));
        }
        if asked == Asked::Everything && !routes.is_annotated {
            app.walk((0..routes.count).map(|i| routes.path(i, 5)));
        }
        app
    };
    let _first = build();
    let mut second = None;
    let bytes = measure(|| second = Some(build())).bytes_current;
    drop(second);
    bytes as f64
}

/// Milliseconds of a processor that a second worker's start takes without annotations, and that
/// they add.
fn start() -> (f64, f64) {
    let routes =
        |is_annotated| Routes { count: 10_000, is_dynamic: false, in_scope: false, is_annotated };
    // one each, as a `Cors` remembers the routes of one App
    let cors = [Cors::deny(), Cors::deny()];
    let all = [false, true].map(|is_annotated| routes(is_annotated).all(Setup::ONE));
    let once = |is_annotated: bool| {
        let (routes, all) = (routes(is_annotated), all[usize::from(is_annotated)].clone());
        let cors = cors[usize::from(is_annotated)].clone();
        let start = processor_time();
        let app = App::new().configure(|config| routes.configure(all, config)).wrap(cors);
        let _app = ready(init_service(app));
        processor_time() - start
    };
    once(true);
    // in turns, so that other work disturbs both alike
    let rounds: Vec<_> = (0..15).map(|_| (once(false), once(true))).collect();
    let best = |each: fn(&(f64, f64)) -> f64| rounds.iter().map(each).fold(f64::MAX, f64::min);
    let plain = best(|(plain, _)| *plain);
    (plain, best(|(_, annotated)| *annotated) - plain)
}

/// Milliseconds that this thread has run so far, whatever else the machine does.
fn processor_time() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|nanos| nanos.parse::<f64>().ok());
    nanos.expect("Linux tells how long a thread ran") / 1e6
}

fn check(kept: &Kept) -> Result<(), String> {
    let mut worse = Vec::new();
    for (id, count) in &kept.allocations {
        let Some(row) = id.strip_suffix("Default").or_else(|| id.strip_suffix("Annotated")) else {
            continue;
        };
        // an error keeps what its response will need
        let own = if row.contains("Err of a scope") { 2.0 } else { 0.0 };
        let bare = kept.allocations.get(&format!("{row}Bare")).copied().unwrap_or_default();
        let allowed = if row.contains("preflight") { MOST_OF_PREFLIGHT } else { bare + own };
        if *count > allowed {
            worse.push(format!("{id}: {count} allocations, {allowed} allowed"));
        }
    }
    for (name, bytes) in &kept.memory {
        let most = if name.contains("preflight") { MOST_BYTES_ASKED } else { MOST_BYTES };
        if *bytes > most {
            worse.push(format!("{name}: {bytes:.0}, {most} allowed"));
        }
    }
    if worse.is_empty() { Ok(()) } else { Err(worse.join("\n")) }
}

/// actix's own: as many as without any check.
const MOST_OF_PREFLIGHT: f64 = 2.0;
/// For each route and worker.
const MOST_BYTES: f64 = 100.0;
/// The same of a static route whose preflight has been asked for.
const MOST_BYTES_ASKED: f64 = 200.0;
