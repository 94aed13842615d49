//! What CORS costs on each request: instructions and time, side by side with other middlewares.
//!
//! | `cargo bench -p tests --bench cost --` | |
//! |---|---|
//! | | measures everything, and writes the table, the picture and the ratios |
//! | `--check` | compares the main ratios with those that are kept |
//! | `--only TEXT` | prints the cases whose id holds the text |
//! | `--profile ID` | prints in which functions the instructions of one case are spent |

mod alike;
mod apps;
mod ask;
mod callgrind;
mod cases;
mod clock;
mod floor;
mod kept;
mod picture;
mod ratios;
mod report;
mod results;
mod setup;
mod subject;

use std::{env, path::Path, process::ExitCode};

use crate::{
    cases::Case,
    results::{Figure, Results},
};

fn main() -> ExitCode {
    // cargo adds `--bench`
    let args: Vec<_> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let args: Vec<_> = args.iter().map(String::as_str).collect();
    let done = actix_rt::System::new().block_on(async {
        match *args {
            [] => measure_all().await,
            ["--check"] => check().await,
            ["--only", text] => print(text).await,
            ["--profile", id] => callgrind::profile(id).map(|profile| println!("{profile}")),
            ["--run", id] => run(id).await,
            _ => Err("see the head of benches/cost/main.rs".to_owned()),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure_all() -> Result<(), String> {
    let cases = cases::all();
    alike::check(&cases).await?;
    let mut results = count(cases.clone())?;
    time(&cases, &mut results).await;
    ratios::write(&ratios::of(&results), &file("ratios.json"))?;
    let kept = kept::Kept::read()?;
    write("cost.svg", &picture::draw(&results))?;
    write("BENCHMARKS.md", &report::write(&cases, &results, &kept))
}

async fn check() -> Result<(), String> {
    let cases: Vec<_> = cases::all().into_iter().filter(ratios::need).collect();
    alike::check(&cases).await?;
    ratios::check(&ratios::of(&count(cases)?), &file("ratios.json"))
}

async fn print(text: &str) -> Result<(), String> {
    let cases: Vec<_> = cases::all().into_iter().filter(|case| case.id().contains(text)).collect();
    let mut results = count(cases.clone())?;
    time(&cases, &mut results).await;
    for case in cases {
        let Some(figure) = results.get(case.table, &case.row, &case.column) else { continue };
        println!("{:70} {:>10.0} Ir {:>10.0} ns", case.id(), figure.instructions, figure.nanos);
    }
    Ok(())
}

/// What callgrind looks at.
async fn run(id: &str) -> Result<(), String> {
    let case = cases::all().into_iter().find(|case| case.id() == id).ok_or("no such case")?;
    let subject = case.subject().await;
    // not in a function that callgrind looks into
    for ask in case.asks(0, WARM_UP) {
        subject.answer(&ask);
    }
    subject.run(&case.asks(WARM_UP, case.count()), &mut |work| work());
    Ok(())
}

fn count(cases: Vec<Case>) -> Result<Results, String> {
    let ids: Vec<_> = cases.iter().map(Case::id).collect();
    let mut results = Results::default();
    for (case, all) in cases.iter().zip(callgrind::count(&ids)?) {
        let instructions = all as f64 / case.count() as f64;
        results.insert(case, Figure { instructions, ..Figure::default() });
    }
    Ok(results)
}

async fn time(cases: &[Case], results: &mut Results) {
    for case in cases {
        let subject = case.subject().await;
        let nanos = clock::nanos(case, &*subject);
        let instructions = results.get(case.table, &case.row, &case.column);
        results.insert(case, Figure { nanos, ..instructions.unwrap_or_default() });
    }
}

fn write(name: &str, text: &str) -> Result<(), String> {
    std::fs::write(file(name), text).map_err(|error| format!("{name}: {error}"))
}

/// Of what is kept in the repository.
fn file(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches").join(name)
}

const WARM_UP: usize = 10;
