//! Where the data comes from.

use std::{env, fs, path::Path};

use serde::de::DeserializeOwned;

/// Reads the file that the variable names, or the workspace's own one.
pub(crate) fn read<T: DeserializeOwned>(variable: &str, own: &str) -> T {
    let path = env::var(variable).unwrap_or_else(|_| own.to_owned());
    // a test's own folder is its package's
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a member's parent");
    let path = workspace.join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}
