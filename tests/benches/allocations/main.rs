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

use std::{env, process::ExitCode, time::Instant};

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
        let kept = Kept { allocations, memory, ..Kept::default() };
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
        for asked in [false, true] {
            // asking 3,000 dynamic routes takes minutes
            if is_check && is_dynamic && asked {
                continue;
            }
            let at = |count| {
                let routes = |is_annotated| Routes { count, is_dynamic, in_scope, is_annotated };
                heap(routes(true), asked) - heap(routes(false), asked)
            };
            let slope = (at(3_000) - at(1_000)) / 2_000.0;
            let after = if asked { ", after a preflight of each" } else { "" };
            figures.insert(format!("bytes a {kind} route{place}{after}"), slope);
        }
    }
    if !is_check {
        let routes = |is_annotated| Routes {
            count: 10_000,
            is_dynamic: false,
            in_scope: false,
            is_annotated,
        };
        let added = start(routes(true)) - start(routes(false));
        figures.insert("milliseconds of a start with 10,000 routes".to_owned(), added);
    }
    figures
}

/// Bytes of a second worker's App.
fn heap(routes: Routes, asked: bool) -> f64 {
    let all = routes.all(Setup::ONE);
    let cors = Cors::deny();
    let build = || {
        let (all, cors) = (all.clone(), cors.clone());
        let app = App::new().configure(|config| routes.configure(all, config)).wrap(cors);
        let app = Actix(ready(init_service(app)));
        if asked {
            for i in 0..routes.count {
                let path = routes.path(i, 5);
                app.answer(&Ask::get(&path));
                app.answer(&Ask::preflight(&path, &Setup::ONE.granted(0)));
            }
        }
        app
    };
    let _first = build();
    let mut second = None;
    let bytes = measure(|| second = Some(build())).bytes_current;
    drop(second);
    bytes as f64
}

/// Milliseconds of a second worker's start.
fn start(routes: Routes) -> f64 {
    let all = routes.all(Setup::ONE);
    let cors = Cors::deny();
    let build = || {
        let (all, cors) = (all.clone(), cors.clone());
        let start = Instant::now();
        let app = App::new().configure(|config| routes.configure(all, config)).wrap(cors);
        let app = ready(init_service(app));
        (start.elapsed().as_secs_f64() * 1e3, app)
    };
    let _first = build();
    (0..7).map(|_| build().0).fold(f64::MAX, f64::min)
}

fn check(kept: &Kept) -> Result<(), String> {
    let mut worse = Vec::new();
    for (id, count) in &kept.allocations {
        let Some(row) = id.strip_suffix("Default").or_else(|| id.strip_suffix("Annotated")) else {
            continue;
        };
        // an error keeps what its response will need, and whose refusal it is takes two patterns
        let refused = row.contains("Err of a scope") || row.contains("401 of a scope / ");
        let own = if refused { 2.0 } else { 0.0 };
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
const MOST_BYTES: f64 = 120.0;
/// The same of a static route whose preflight has been asked for.
const MOST_BYTES_ASKED: f64 = 340.0;
