//! The section on the policy in the handler's rustdoc.

use cors_core::{Key, Op};

use crate::grammar::{Element, Item, Value, Written};

/// The section that follows the user's own docs, if any; none where it is switched off or would lie.
pub(crate) fn section(written: &Written, follows_docs: bool) -> Option<String> {
    if !written.doc || !written.diagnostics.is_empty() {
        return None;
    }
    // rustdoc's index shows the first block of the docs, and the heading shall not stand there
    let start = if follows_docs { HEADING.to_owned() } else { format!("<!-- -->\n{HEADING}") };
    if written.setting(Key::Off).is_some() {
        return Some(format!("{start}Off: no other origin may read the answers."));
    }
    let rows = [
        ("origins", origins(written)),
        ("credentials", credentials(written)),
        ("request headers", request_headers(written)),
        ("exposed headers", exposed(written)),
        ("cache", cache(written)),
    ];
    let rows = rows.map(|(subject, text)| format!("| {subject} | {text} |\n"));
    Some(format!("{start}| setting | value |\n|---|---|\n{}", rows.concat()))
}

fn origins(written: &Written) -> String {
    match written.setting(Key::Origins) {
        Some(setting) if setting.op == Op::Set => list(setting.elements()),
        Some(setting) => format!("{}, and {}", base(written), list(setting.elements())),
        None => base(written),
    }
}

fn credentials(written: &Written) -> String {
    let flag = if written.setting(Key::Credentials).is_some() { "yes" } else { "no" };
    of_grant(written, flag)
}

fn exposed(written: &Written) -> String {
    let Some(setting) = written.setting(Key::ExposeHeaders) else {
        return of_grant(written, "none");
    };
    let names = list(setting.elements());
    match (written.setting(Key::Origins), setting.op) {
        (Some(_), _) => of_grant(written, &names),
        (None, Op::Set) => names,
        (None, Op::Extend) => format!("{}, and {names}", base(written)),
    }
}

/// What belongs to the origins that are named here, beside what holds for others.
fn of_grant(written: &Written, text: &str) -> String {
    match written.setting(Key::Origins) {
        Some(origins) if origins.op == Op::Set => text.to_owned(),
        Some(_) => format!("{}; for the added origins: {text}", base(written)),
        None => base(written),
    }
}

fn request_headers(written: &Written) -> String {
    let Some(setting) = written.setting(Key::AllowHeaders) else { return shape(written) };
    let names = match setting.elements() {
        [Element { item: Item::Any, .. }] => "any but `authorization`".to_owned(),
        elements => list(elements),
    };
    match setting.op {
        Op::Set => names,
        Op::Extend => format!("{}, and {names}", shape(written)),
    }
}

fn cache(written: &Written) -> String {
    match written.setting(Key::MaxAge).map(|setting| &setting.value) {
        Some(Value::Seconds(seconds)) => format!("{seconds} s"),
        _ => shape(written),
    }
}

/// Where the trust comes from that isn't written here.
fn base(written: &Written) -> String {
    match written.setting(Key::Policy).map(|setting| &setting.value) {
        Some(Value::Path(path)) => format!("from `{}`", path.to_string().replace(' ', "")),
        _ => ENCLOSING.to_owned(),
    }
}

/// Where the shape comes from that isn't written here: what a constant leaves out is inherited.
fn shape(written: &Written) -> String {
    match written.setting(Key::Policy) {
        Some(_) => format!("{}, or {ENCLOSING}", base(written)),
        None => ENCLOSING.to_owned(),
    }
}

fn list(elements: &[Element]) -> String {
    let elements: Vec<_> = elements
        .iter()
        .map(|element| match &element.item {
            Item::Any => "any".to_owned(),
            Item::Text(text, _) => code(text),
            Item::Set(name, _) => format!("the set {}", code(name)),
        })
        .collect();
    if elements.is_empty() { "none".to_owned() } else { elements.join(", ") }
}

/// Text as code in a cell of a table; header names may have `` ` `` and `|` in them.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

const HEADING: &str = "\n# CORS policy\n\n";
const ENCLOSING: &str = "from the enclosing policy";
