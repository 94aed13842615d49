//! The report as Markdown, for repositories and wikis.

use std::fmt::{self, Write};

use cors_core::{Grant, GrantedOrigins, Merged, Source};

use super::{PolicyReport, Row, RowKind, visible::Visible};

impl PolicyReport {
    /// The report as Markdown with tables (GitHub's flavour).
    ///
    /// Whatever the App's own names hold, they neither end a cell nor become markup.
    #[must_use]
    pub fn to_markdown(&self) -> String {
        let mut text = String::new();
        write(&mut text, self).expect("a string takes everything");
        text
    }
}

fn write(text: &mut String, report: &PolicyReport) -> fmt::Result {
    writeln!(
        text,
        "# Route policies\n\nWhich sites may call which route from a browser: {}.\n",
        report.coverage()
    )?;
    for (level, count) in report.count_risks() {
        let rows = if count == 1 { "row" } else { "rows" };
        writeln!(text, "- {count} {rows} of {level} risk")?;
    }
    writeln!(text, "\n{HEADINGS}")?;
    report.rows().iter().try_for_each(|row| write_row(text, row))?;
    write_risks(text, report)?;
    write_notes(text, report)?;
    write_sets(text, report)
}

fn write_row(text: &mut String, row: &Row) -> fmt::Result {
    let methods = if row.any_method { "any".to_owned() } else { row.methods.join(" ") };
    let mut path = match row.kind {
        RowKind::App => "app default".to_owned(),
        RowKind::Region => format!("at {}", Code(&row.path)),
        RowKind::Route => Code(&row.path).to_string(),
        RowKind::Plain => format!("{} (without `#[cors]`)", Code(&row.path)),
    };
    if let Some(region) = &row.region {
        path = format!("{path} at {}", Code(region));
    }
    let (origins, rights) = match row.policy() {
        Some(policy) => (origins(policy, row), rights(policy, row)),
        None => ("left to what stands inside".to_owned(), String::new()),
    };
    let risks: Vec<_> = row.risks.iter().map(|finding| finding.risk.to_string()).collect();
    let place = row.source.site.to_string();
    let mut handler = vec![Code(&row.handler).to_string(), Code(&place).to_string()];
    if row.handler.is_empty() {
        handler.remove(0);
    }
    let methods = if methods.is_empty() { methods } else { Code(&methods).to_string() };
    let cells = [methods, path, origins, rights, risks.join("<br>"), handler.join("<br>")];
    writeln!(text, "| {} |", cells.join(" | "))
}

fn origins(policy: &Merged, row: &Row) -> String {
    if policy.grants().is_empty() {
        return format!("off{}", from(policy.off().as_slice(), row));
    }
    policy.grants().iter().map(|grant| origins_of(grant, row)).collect::<Vec<_>>().join("<br>")
}

fn origins_of(grant: &Grant, row: &Row) -> String {
    let names = match grant.origins() {
        GrantedOrigins::Any => "any".to_owned(),
        GrantedOrigins::Set(name, _) => format!("set {}", Code(name)),
        other => {
            let patterns = other.set().map(|set| set.patterns()).unwrap_or_default();
            let patterns = patterns.iter().map(|pattern| Code(pattern.as_str()).to_string());
            patterns.collect::<Vec<_>>().join("<br>")
        }
    };
    let mut rights = Vec::new();
    if grant.credentials() {
        rights.push("**credentials**".to_owned());
    }
    let exposed = grant.expose().value.to_header();
    match &*exposed {
        "" => {}
        "*" => rights.push("exposes any".to_owned()),
        names => rights.push(format!("exposes {}", Code(names))),
    }
    let names = format!("{names}{}", from(&[grant.source()], row));
    if rights.is_empty() { names } else { format!("{names}<br>↳ {}", rights.join(", ")) }
}

fn rights(policy: &Merged, row: &Row) -> String {
    if policy.grants().is_empty() {
        return String::new();
    }
    let mut rights = Vec::new();
    let headers = &policy.allow_headers().value;
    let any = headers.is_any().then(|| "any".to_owned());
    let names: Vec<_> =
        any.into_iter().chain(headers.iter().map(|name| Code(name).to_string())).collect();
    if !names.is_empty() {
        let sources: Vec<_> = policy.allow_headers().sources.iter().collect();
        rights.push(format!("allow {}{}", names.join(", "), from(&sources, row)));
    }
    if let Some(seconds) = policy.max_age() {
        let sources: Vec<_> = seconds.sources.iter().collect();
        rights.push(format!("max-age {}{}", seconds.value, from(&sources, row)));
    }
    rights.join("<br>")
}

/// Where a value comes from, unless it stands at the row's own place.
fn from(sources: &[&Source], row: &Row) -> String {
    let others = sources.iter().filter(|source| ***source != row.source);
    let others: Vec<_> = others.map(|source| Code(&source.to_string()).to_string()).collect();
    if others.is_empty() { String::new() } else { format!(" from {}", others.join(", ")) }
}

fn write_risks(text: &mut String, report: &PolicyReport) -> fmt::Result {
    let mut risks: Vec<_> =
        report.rows().iter().flat_map(|row| &row.risks).map(|finding| finding.risk).collect();
    risks.sort_unstable();
    risks.dedup();
    if risks.is_empty() {
        return Ok(());
    }
    writeln!(text, "\n## Risks\n")?;
    for risk in risks {
        writeln!(
            text,
            "- **{risk}** ({}): {}. To do: {}.",
            risk.level(),
            risk.meaning(),
            risk.help()
        )?;
    }
    Ok(())
}

fn write_notes(text: &mut String, report: &PolicyReport) -> fmt::Result {
    let noted = || report.rows().iter().filter(|row| !row.notes.is_empty());
    if noted().next().is_none() {
        return Ok(());
    }
    writeln!(text, "\n## Notes\n")?;
    for row in noted() {
        for note in &row.notes {
            writeln!(text, "- {}: {}", Code(&row.title()), Entities(&note.to_string()))?;
        }
    }
    Ok(())
}

fn write_sets(text: &mut String, report: &PolicyReport) -> fmt::Result {
    if report.sets().is_empty() {
        return Ok(());
    }
    writeln!(text, "\n## Sets\n")?;
    for set in report.sets() {
        let place = set.source.site.to_string();
        writeln!(text, "- {}, filled in {}", Code(&set.name), Code(&place))?;
        set.origins.iter().try_for_each(|origin| writeln!(text, "  - {}", Code(origin)))?;
    }
    Ok(())
}

/// A value of the App: between backticks where it holds nothing that could end them or the cell,
/// as a `code` element otherwise.
struct Code<'a>(&'a str);

impl fmt::Display for Code<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Visible(self.0).to_string();
        let harmless = |c: char| !matches!(c, '`' | '|' | '\\' | '<');
        if !text.is_empty() && text.trim() == text && text.chars().all(harmless) {
            return write!(f, "`{text}`");
        }
        write!(f, "<code>{}</code>", Entities(&text))
    }
}

/// Spells out all ASCII punctuation that means something to Markdown or HTML.
struct Entities<'a>(&'a str);

impl fmt::Display for Entities<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            ',' | '.' | '(' | ')' | '-' | '\'' => f.write_char(c),
            _ if c.is_ascii_punctuation() => write!(f, "&#{};", u32::from(c)),
            _ => f.write_char(c),
        })
    }
}

const HEADINGS: &str = "\
| Methods | Path | Origins | Rights | Risks | Handler |
| --- | --- | --- | --- | --- | --- |";
