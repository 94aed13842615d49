//! What the benchmark of allocations and memory has left.

#![allow(dead_code, reason = "each benchmark needs its part of this file")]

use std::{collections::BTreeMap, fs, path::Path};

/// By what was measured.
pub(crate) type Figures = BTreeMap<String, f64>;

#[derive(Default)]
pub(crate) struct Kept {
    /// allocations of one request, by the case's id
    pub(crate) allocations: Figures,
    /// bytes and milliseconds
    pub(crate) memory: Figures,
}

impl Kept {
    /// What is not there has not been measured.
    pub(crate) fn read() -> Result<Self, String> {
        Ok(Kept { allocations: figures("allocations")?, memory: figures("memory")? })
    }
}

fn figures(name: &str) -> Result<Figures, String> {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    match fs::read_to_string(&file) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| format!("{name}: {error}")),
        Err(_) => Ok(Figures::new()),
    }
}

/// For [`Kept::read`].
pub(crate) fn leave(name: &str, figures: &Figures) -> Result<(), String> {
    let text = serde_json::to_string_pretty(figures).map_err(|error| error.to_string())?;
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
    fs::write(file, text).map_err(|error| format!("{name}: {error}"))
}
