//! One line for each level, and one for each failure.

use std::io::{Write, stdout};

/// The id of a case, and what is wrong where it fails.
pub(crate) type Outcome = (String, Result<(), String>);

/// Writes how many cases passed and failed at a level.
///
/// # Panics
/// If a case failed, or if there was none.
pub(crate) fn run(level: &str, outcomes: impl IntoIterator<Item = Outcome>) {
    let (mut passed, mut failed) = (0, 0);
    // the harness leaves its line open, and swallows what `println!` writes
    let mut text = String::from("\n");
    for (id, outcome) in outcomes {
        match outcome {
            Ok(()) => passed += 1,
            Err(fault) => {
                failed += 1;
                text += &format!("{level}: {id}: {fault}\n");
            }
        }
    }
    text += &format!("{level}: {passed} passed, {failed} failed\n");
    stdout().write_all(text.as_bytes()).expect("stdout is open");
    assert!(failed == 0 && passed > 0, "{level}: {passed} passed, {failed} failed");
}
