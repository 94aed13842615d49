//! The results as Markdown.

use std::{fmt::Write, fs, process::Command};

use crate::{
    cases::{Case, Table},
    kept::Kept,
    results::Results,
};

pub(crate) fn write(cases: &[Case], results: &Results, kept: &Kept) -> String {
    let mut text = format!(
        "# What CORS costs\n\n{}\n\nWritten by `cargo bench -p tests`, which also draws the picture; see [below](#how-it-is-measured).\n\n![Instructions over the bare handler](cost.svg)\n\n",
        machine()
    );
    one_route(&mut text, cases, results, kept);
    routing(&mut text, cases, results);
    preflights(&mut text, cases, results);
    engine(&mut text, cases, results);
    memory(&mut text, kept);
    text.push_str(HOW);
    text
}

fn one_route(text: &mut String, cases: &[Case], results: &Results, kept: &Kept) {
    text.push_str(
        "## One route\n\nInstructions / nanoseconds / allocations of one request over the bare handler; of a preflight, which never reaches the handler, as a whole. \
         The ratios are of instructions, to actix-cors.\n\n\
         | | floor | app default | ratio | route | ratio | actix-cors | tower-http |\n|---|---|---|---|---|---|---|---|\n",
    );
    for row in rows(cases, Table::OneRoute) {
        let cell = |column: &str| {
            let Some(extra) = results.extra(row, column) else { return String::new() };
            let allocations = |column: &str| {
                kept.allocations.get(&format!("OneRoute / {row} / {column}")).copied()
            };
            let bare = if column == "Tower" { "TowerBare" } else { "Bare" };
            let own = match (allocations(column), allocations(bare)) {
                (Some(all), _) if row.starts_with("preflight") => format!(" / {all:.0}"),
                (Some(all), Some(bare)) => format!(" / {:.0}", all - bare),
                _ => String::new(),
            };
            format!("{:.0} / {:.0}{own}", extra.instructions, extra.nanos)
        };
        let ratio = |column: &str| {
            let (own, theirs) = (results.extra(row, column), results.extra(row, "ActixCors"));
            let ratio = own.zip(theirs).map(|(own, theirs)| own.instructions / theirs.instructions);
            ratio.map_or(String::new(), |ratio| format!("**{ratio:.2}**"))
        };
        line(
            text,
            &[
                row.to_owned(),
                cell("Floor"),
                cell("Default"),
                ratio("Default"),
                cell("Annotated"),
                ratio("Annotated"),
                cell("ActixCors"),
                cell("Tower"),
            ],
        );
    }
}

fn routing(text: &mut String, cases: &[Case], results: &Results) {
    text.push_str(
        "\n## Routing past annotated routes\n\nInstructions of a whole request to the last route, under this library's middleware.\n\n\
         | routes | plain | with `#[cors]` | ratio |\n|---|---|---|---|\n",
    );
    for row in rows(cases, Table::Routing) {
        let of = |column| results.get(Table::Routing, row, column).unwrap_or_default().instructions;
        let (plain, own) = (of("Plain"), of("Annotated"));
        let ratio = format!("{:.3}", own / plain);
        line(text, &[row.to_owned(), format!("{plain:.0}"), format!("{own:.0}"), ratio]);
    }
}

fn preflights(text: &mut String, cases: &[Case], results: &Results) {
    text.push_str(
        "\n## Preflights among many routes\n\nInstructions of a whole preflight: of a path that has been asked for, of a new path, of a route that has not been met yet, and denied; beside one walk of actix's resource map.\n\n\
         | routes | again | denied | walk | new path | new route |\n|---|---|---|---|---|---|\n",
    );
    for row in rows(cases, Table::Preflights) {
        let of = |column| {
            let figure = results.get(Table::Preflights, row, column);
            figure.map_or(String::new(), |figure| format!("{:.0}", figure.instructions))
        };
        let cells = ["again", "denied", "walk", "new path", "new route"].map(of);
        line(text, &[&[row.to_owned()], &cells[..]].concat());
    }
}

fn engine(text: &mut String, cases: &[Case], results: &Results) {
    text.push_str(
        "\n## The engine alone, and hostile requests\n\n| | instructions | ns |\n|---|---|---|\n",
    );
    for row in rows(cases, Table::Engine) {
        let figure = results.get(Table::Engine, row, "Engine").unwrap_or_default();
        let cells = [format!("{:.0}", figure.instructions), format!("{:.0}", figure.nanos)];
        line(text, &[&[row.to_owned()], &cells[..]].concat());
    }
}

fn memory(text: &mut String, kept: &Kept) {
    if kept.memory.is_empty() {
        return;
    }
    text.push_str("\n## Memory and start\n\nAdded to actix's own, for each worker but the first.\n\n| | |\n|---|---|\n");
    for (name, figure) in &kept.memory {
        line(text, &[name.clone(), format!("{figure:.1}")]);
    }
}

fn rows(cases: &[Case], table: Table) -> Vec<&str> {
    let mut rows: Vec<_> = cases.iter().filter(|c| c.table == table).map(|c| &*c.row).collect();
    rows.dedup();
    rows
}

fn line(text: &mut String, cells: &[String]) {
    let written = writeln!(text, "| {} |", cells.join(" | "));
    written.expect("a String takes every text");
}

/// Processor and versions.
fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let version = |program: &str| {
        let output = Command::new(program).arg("--version").output();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned());
        text.unwrap_or_default().lines().next().unwrap_or_default().to_owned()
    };
    let lock = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock"));
    let package = |name: &str| {
        let mut lines = lock.lines().skip_while(|line| **line != format!("name = \"{name}\""));
        let version = lines.nth(1).unwrap_or_default();
        format!("{name} {}", version.trim_start_matches("version = ").trim_matches('"'))
    };
    let packages = ["actix-web", "actix-cors", "tower-http"].map(package).join(", ");
    let cpu = cpu.trim_start_matches([' ', '\t', ':']);
    format!("{cpu}; {}; {}; {packages}; release profile.", version("rustc"), version("valgrind"))
}

const HOW: &str = "
## How it is measured

* A request is one `call`, `poll` and `drop` of the App's service, in process, after ten others. It comes from actix's own HTTP/1 decoder, so that header values are cut from one buffer.
* Instructions are counted by callgrind inside of that function alone; 100 requests are built ahead (25 for dynamic routes), because actix pools 128 request heads a thread. They move with rustc, so compare ratios of one run.
* Time is the fastest round of many; allocations are counted by an allocator in a program of its own.
* *Floor* is a hand-written middleware that appends the same ready headers without any check.
* *actix-cors* has the settings that send the same headers; before anything is measured the whole header sets are compared. It varies on the preflight's headers on every response, answers granted preflights with 200 and refused ones with 400, and has no subdomain patterns: a closure compares the ends of names one by one.
* *tower-http* is measured over a tower service that does nothing; its numbers are over that, for reference.
* Time depends on what else the machine does: where it is busy it moves by more than the middlewares differ, and only instructions and allocations decide. The start is processor time of one thread, the least of rounds in turns.
* A preflight of a dynamic route walks actix's resource map, whose patterns keep what they allocate then; that is actix's, and told apart.
* The actual requests of a set of 1,000 or 100,000 origins come from all over it, in time from others in each round.

| command | |
|---|---|
| `cargo bench -p tests` | measures everything, and writes this page, the picture and `ratios.json` (needs valgrind) |
| `cargo bench -p tests -- --check` | compares allocations, memory and the main ratios with those that are kept; fails where one is worse by more than 2 %, and a ratio by more than 45 instructions |
| `cargo bench -p tests --bench cost -- --only TEXT` | the cases whose id holds the text |
| `cargo bench -p tests --bench cost -- --profile ID` | in which functions the instructions of one case are spent |
| `cargo bench -p tests --bench socket -- --run` | requests per second and latency over a socket, into [SOCKET.md](SOCKET.md) (needs wrk) |

[PROFILES.md](PROFILES.md) tells where the instructions of the dearest cases go, and what keeps targets from being met.
";
