//! Before anything is measured: this library and actix-cors give the same answers.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cases::{Case, Table},
    subject::Answer,
};

/// Compares the whole header sets of all rows.
pub(crate) async fn check(cases: &[Case]) -> Result<(), String> {
    let mut faults = Vec::new();
    for case in cases.iter().filter(|case| case.table == Table::OneRoute) {
        let column = |column| cases.iter().find(|c| c.row == case.row && c.column == column);
        let Some(other) = column("ActixCors").filter(|_| case.column.as_str() == "Default") else {
            continue;
        };
        let (own, theirs) = (case.answer().await, other.answer().await);
        if let Some(annotated) = column("Annotated")
            && annotated.answer().await != own
        {
            faults.push(format!("{}: a route's policy answers otherwise", case.row));
        }
        if !are_alike(&own, &theirs) {
            faults.push(format!("{}: {own:?} is not like {theirs:?}", case.row));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Alike but for what actix-cors does in one way only: it answers granted preflights with 200 and
/// refused ones with 400 and without `Vary`, and all its other answers vary on the preflight's
/// headers too.
fn are_alike(own: &Answer, theirs: &Answer) -> bool {
    let status = match theirs.status {
        200 if own.status == 204 => 204,
        400 if own.status == 403 => 403,
        status => status,
    };
    let (mut own_lists, mut their_lists) = (lists(own), lists(theirs));
    let own_vary = own_lists.remove("vary").unwrap_or_default();
    let their_vary = their_lists.remove("vary").unwrap_or_default();
    if status == 403 {
        their_lists.remove("content-type");
    }
    let vary = status == 403 && their_vary.is_empty()
        || own_vary.is_subset(&their_vary) && own_vary.is_empty() == their_vary.is_empty();
    status == own.status && own_lists == their_lists && vary
}

/// Lists are alike whatever their order and white space.
fn lists(answer: &Answer) -> BTreeMap<&str, BTreeSet<String>> {
    let elements = |lines: &[String]| {
        let elements = lines.iter().flat_map(|line| line.split(','));
        elements.map(|element| element.trim().to_ascii_lowercase()).collect()
    };
    answer.headers.iter().map(|(name, lines)| (name.as_str(), elements(lines))).collect()
}
