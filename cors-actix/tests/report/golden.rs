//! Committed files that a test compares with; `UPDATE_GOLDEN=1` writes them anew.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Compares by value: whether the keys of an object keep their order depends on who else builds.
pub(crate) fn compare_json(name: &str, got: &Value) {
    let path = path(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, format!("{got:#}\n")).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let want = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let want: Value = serde_json::from_str(&want).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(*got, want, "{name}");
}

pub(crate) fn compare(name: &str, got: &str) {
    let path = path(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, got).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let want = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(got, want, "{name}");
}

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/report/golden").join(name)
}
