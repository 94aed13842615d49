//! The ratios that must not get worse, and the file that keeps them.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    cases::{Case, Table},
    results::{Figure, Results},
};

/// How much worse a ratio may be than the file says.
const TOLERANCE: f64 = 0.02;

/// How many instructions more may be the compiler's choice: an unrelated change moves actix's
/// `map_body` into the future of an annotated route or out of it, which is 36.
const CHOICE: f64 = 45.0;

const ROWS: [&str; 10] = [
    "no Origin",
    "actual",
    "actual, credentials",
    "denied",
    "any",
    "401 of a scope",
    "preflight",
    "preflight, 5 headers",
    "preflight, 5 headers unsorted",
    "preflight, denied",
];
const LARGE: [&str; 4] = [
    "actual, 1,000 origins",
    "actual, 1 subdomain pattern",
    "actual, 1,000 subdomain patterns",
    "preflight, ACRH of 8 kB",
];
const ROUTING: [&str; 4] =
    ["100 static", "100 static, in a scope", "100 dynamic", "100 dynamic, in a scope"];
const PREFLIGHTS: [&str; 4] = ["1 static", "1,000 static", "1 dynamic", "100 dynamic"];

/// Whether the ratios need a case.
pub(crate) fn need(case: &Case) -> bool {
    let row = case.row.as_str();
    match case.table {
        Table::OneRoute if case.column.starts_with("Tower") => false,
        Table::OneRoute => ROWS.contains(&row) || LARGE.contains(&row),
        Table::Routing => ROUTING.contains(&row),
        Table::Preflights => PREFLIGHTS.contains(&row),
        Table::Engine => false,
    }
}

/// How one figure compares with another.
pub(crate) struct Ratio {
    value: f64,
    /// of [`CHOICE`] to the other figure
    choice: f64,
}

/// The ratios, by what is compared.
pub(crate) fn of(results: &Results) -> BTreeMap<String, Ratio> {
    let mut ratios = BTreeMap::new();
    let mut ratio = |name: String, own: Option<Figure>, other: Option<Figure>| {
        if let (Some(own), Some(other)) = (own, other) {
            let to_other = |instructions: f64| instructions / other.instructions;
            let ratio = Ratio { value: to_other(own.instructions), choice: to_other(CHOICE) };
            ratios.insert(name, ratio);
        }
    };
    for column in ["Default", "Annotated"] {
        for row in ROWS {
            let own = results.extra(row, column);
            let name = |other: &str| format!("{row}: {column} to {other}");
            ratio(name("actix-cors"), own, results.extra(row, "ActixCors"));
            ratio(name("floor"), own, results.extra(row, "Floor"));
            let whole = |column| results.get(Table::OneRoute, row, column);
            if !row.starts_with("preflight") {
                ratio(name("bare, whole"), whole(column), whole("Bare"));
            }
        }
        for row in LARGE {
            let kind = if row.starts_with("preflight") { "preflight, denied" } else { "actual" };
            let name = format!("{row}: {column} to {kind}");
            ratio(name, results.extra(row, column), results.extra(kind, column));
        }
    }
    for row in ROUTING {
        let column = |column| results.get(Table::Routing, row, column);
        ratio(format!("routing, {row}: annotated to plain"), column("Annotated"), column("Plain"));
    }
    for row in PREFLIGHTS {
        let column = |column| results.get(Table::Preflights, row, column);
        let one = results.get(Table::Preflights, "1 static", "again");
        ratio(format!("preflight, {row}: to 1 static"), column("again"), one);
        ratio(format!("preflight denied, {row}: to 1 static"), column("denied"), one);
        ratio(
            format!("preflight of a new path, {row}: to walk"),
            column("new path"),
            column("walk"),
        );
    }
    ratios
}

pub(crate) fn write(ratios: &BTreeMap<String, Ratio>, file: &Path) -> Result<(), String> {
    let rounded: BTreeMap<_, _> =
        ratios.iter().map(|(name, ratio)| (name, (ratio.value * 1e3).round() / 1e3)).collect();
    let text = serde_json::to_string_pretty(&rounded).map_err(|error| error.to_string())?;
    fs::write(file, text + "\n").map_err(|error| format!("{}: {error}", file.display()))
}

/// Compares with the file; what is much better is only told.
pub(crate) fn check(ratios: &BTreeMap<String, Ratio>, file: &Path) -> Result<(), String> {
    let text = fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let kept: BTreeMap<String, f64> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let mut worse = Vec::new();
    for (name, Ratio { value, choice }) in ratios {
        let Some(kept) = kept.get(name) else {
            worse.push(format!("{name}: {value:.3} is not in the file"));
            continue;
        };
        let change = value - kept;
        if change > choice.max(kept * TOLERANCE) {
            worse.push(format!("{name}: {value:.3}, was {kept:.3}"));
        } else if -change > kept * TOLERANCE {
            println!("better: {name}: {value:.3}, was {kept:.3}");
        }
    }
    let missing = kept.keys().filter(|name| !ratios.contains_key(*name));
    worse.extend(missing.map(|name| format!("{name}: no longer measured")));
    if worse.is_empty() { Ok(()) } else { Err(worse.join("\n")) }
}
