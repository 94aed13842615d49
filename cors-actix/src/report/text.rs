//! The report for the terminal: a table of at most 100 columns.

use std::fmt;

use cors_core::{Grant, GrantedOrigins, Merged};

use super::{PolicyReport, Row, RowKind, visible::Visible};

/// A table: one row for each route and region, then the regions (`at /prefix`) and the app default
/// with what holds for routes without `#[cors]`.
impl fmt::Display for PolicyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = vec![HEADINGS.map(|heading| vec![heading.to_owned()])];
        table.extend(self.rows().iter().map(cells));
        let widths = widths(&table);
        for (index, row) in table.iter().enumerate() {
            if index > 1 {
                writeln!(f)?;
            }
            write_row(f, row, &widths)?;
        }
        Ok(())
    }
}

/// One cell holds the lines that belong together; a line past the column's width is broken.
type Cells = [Vec<String>; COLUMNS];

fn cells(row: &Row) -> Cells {
    let mut path = vec![match row.kind {
        RowKind::Route | RowKind::Plain => Visible(&row.path).to_string(),
        RowKind::Region => format!("at {}", Visible(&row.path)),
        RowKind::App => "app default".to_owned(),
    }];
    if let Some(region) = &row.region {
        path.push(format!("at {}", Visible(region)));
    }
    if row.kind == RowKind::Plain {
        path.push("without #[cors]".to_owned());
    }
    let methods = if row.any_method { "any".to_owned() } else { row.methods.join(" ") };
    let (origins, rights) = match row.policy() {
        Some(policy) => origins_and_rights(policy),
        None => (vec!["left to what stands inside".to_owned()], Vec::new()),
    };
    let place = Visible(&row.source.site.to_string()).to_string();
    let mut handler = vec![Visible(&row.handler).to_string(), place];
    handler.retain(|line| !line.is_empty());
    [vec![methods], path, origins, rights, handler]
}

fn origins_and_rights(policy: &Merged) -> (Vec<String>, Vec<String>) {
    if policy.grants().is_empty() {
        return (vec!["off".to_owned()], Vec::new());
    }
    let (mut origins, mut rights) = (Vec::new(), Vec::new());
    for grant in policy.grants() {
        // the rights of a grant stand beside its first origin
        rights.resize(rights.len().max(origins.len()), String::new());
        origins.resize(rights.len(), String::new());
        origins.extend(names_of_origins(grant));
        rights.extend(rights_of(grant));
    }
    if policy.grants().len() > 1 && (has_names(policy) || policy.max_age().is_some()) {
        rights.resize(rights.len().max(origins.len()), String::new());
        origins.resize(rights.len(), String::new());
        origins.push("each of them".to_owned());
    }
    let headers = &policy.allow_headers().value;
    if has_names(policy) {
        let any = headers.is_any().then_some("any");
        let names: Vec<_> = any.into_iter().chain(headers.iter()).collect();
        rights.push(format!("allow {}", names.join(", ")));
    }
    if let Some(seconds) = policy.max_age() {
        rights.push(format!("max-age {}", seconds.value));
    }
    (origins, rights)
}

/// Whether request headers beyond the safelist are allowed.
fn has_names(policy: &Merged) -> bool {
    let names = &policy.allow_headers().value;
    names.is_any() || names.iter().next().is_some()
}

fn names_of_origins(grant: &Grant) -> Vec<String> {
    match grant.origins() {
        GrantedOrigins::Any => vec!["any".to_owned()],
        GrantedOrigins::Set(name, set) => {
            vec![format!("set {} ({})", Visible(name), set.patterns().len())]
        }
        other => other
            .set()
            .map(|set| set.patterns().iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
}

fn rights_of(grant: &Grant) -> Vec<String> {
    let mut rights = Vec::new();
    if grant.credentials() {
        rights.push("credentials".to_owned());
    }
    let exposed = grant.expose().value.to_header();
    match &*exposed {
        "" => {}
        "*" => rights.push("expose any".to_owned()),
        names => rights.push(format!("expose {names}")),
    }
    rights
}

/// Each column gets what it needs up to its share; what is left over goes to those that need more.
fn widths(table: &[Cells]) -> [usize; COLUMNS] {
    let needs: [usize; COLUMNS] = std::array::from_fn(|column| {
        let lines = table.iter().flat_map(|row| &row[column]);
        lines.map(|line| line.chars().count()).max().unwrap_or_default()
    });
    let mut widths: [usize; COLUMNS] =
        std::array::from_fn(|column| needs[column].min(SHARES[column]));
    let mut left = WIDTH - GAP * (COLUMNS - 1) - widths.iter().sum::<usize>();
    for column in NEEDIEST {
        let more = (needs[column] - widths[column]).min(left);
        widths[column] += more;
        left -= more;
    }
    widths
}

fn write_row(f: &mut fmt::Formatter<'_>, row: &Cells, widths: &[usize; COLUMNS]) -> fmt::Result {
    let broken: [Vec<String>; COLUMNS] = std::array::from_fn(|column| {
        row[column].iter().flat_map(|line| broken(line, widths[column])).collect()
    });
    let height = broken.iter().map(Vec::len).max().unwrap_or_default();
    for number in 0..height {
        let mut line = String::new();
        for (cell, width) in broken.iter().zip(widths) {
            let text = cell.get(number).map_or("", String::as_str);
            line.push_str(&format!("{text:width$}{:GAP$}", ""));
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}

/// Breaks a line behind spaces and slashes, and anywhere where there is none; what follows is
/// indented.
fn broken(line: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest: Vec<char> = line.chars().collect();
    while rest.len() > width {
        let indent = if lines.is_empty() { 0 } else { INDENT };
        let breaks = |at: &usize| matches!(rest[*at - 1], ' ' | '/' | ',');
        let least = indent + 1;
        let at = (least + 1..=width).rev().find(breaks).unwrap_or(width);
        let tail = rest.split_off(at);
        lines.push(rest.into_iter().collect::<String>().trim_end().to_owned());
        rest = std::iter::repeat_n(' ', INDENT).chain(tail).collect();
    }
    lines.push(rest.into_iter().collect());
    lines
}

const COLUMNS: usize = 5;
const HEADINGS: [&str; COLUMNS] = ["METHODS", "PATH", "ORIGINS", "RIGHTS", "HANDLER"];
/// All columns and the gaps between them.
const WIDTH: usize = 100;
const GAP: usize = 2;
const INDENT: usize = 1;
const SHARES: [usize; COLUMNS] = [7, 23, 26, 18, 18];
/// Columns in the order in which they get more than their share.
const NEEDIEST: [usize; COLUMNS] = [2, 1, 4, 3, 0];
