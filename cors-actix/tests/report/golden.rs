//! Committed files that a test compares with; `UPDATE_GOLDEN=1` writes them anew.

use std::{env, fs, path::Path};

pub(crate) fn compare(name: &str, got: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/golden").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, got).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let want = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(got, want, "{name}");
}
