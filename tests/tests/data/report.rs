//! One line for each level, and one for each failure.

use std::io::{Write, stdout};

/// The id of a case, and what is wrong where it fails.
pub(crate) type Outcome = (String, Result<(), String>);

/// Writes how many cases passed and failed at each level.
///
/// # Panics
/// If a case failed, or if there was none at any level.
pub(crate) fn run(levels: [(&str, Vec<Outcome>); 2]) {
    let (mut all, mut failed) = (0, 0);
    for (level, outcomes) in levels {
        all += outcomes.len();
        failed += write(level, &outcomes);
    }
    assert!(all > 0, "the file has no case");
    assert!(failed == 0, "{failed} of {all} failed");
}

/// Writes the lines of one level, and returns how many cases failed.
fn write(level: &str, outcomes: &[Outcome]) -> usize {
    // the harness leaves its line open, and swallows what `println!` writes
    let mut text = String::from("\n");
    let faults = outcomes.iter().filter_map(|(id, outcome)| Some((id, outcome.as_ref().err()?)));
    for (id, fault) in faults.clone() {
        text += &format!("{level}: {id}: {fault}\n");
    }
    let failed = faults.count();
    text += &format!("{level}: {} passed, {failed} failed\n", outcomes.len() - failed);
    stdout().write_all(text.as_bytes()).expect("stdout is open");
    failed
}
