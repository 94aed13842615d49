//! What has been measured, by table, row and column.

use std::collections::HashMap;

use crate::cases::{Case, Table};

/// One number of each kind.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Figure {
    /// instructions of one request
    pub(crate) instructions: f64,
    /// the fastest round's nanoseconds for one request; 0 where the clock was not asked
    pub(crate) nanos: f64,
}

/// All figures.
#[derive(Default)]
pub(crate) struct Results {
    figures: HashMap<(Table, String, String), Figure>,
}

impl Results {
    pub(crate) fn insert(&mut self, case: &Case, figure: Figure) {
        self.figures.insert((case.table, case.row.clone(), case.column.clone()), figure);
    }

    pub(crate) fn get(&self, table: Table, row: &str, column: &str) -> Option<Figure> {
        self.figures.get(&(table, row.to_owned(), column.to_owned())).copied()
    }

    /// A column of the table of one route, over the bare handler; preflights never reach that, and
    /// count whole.
    pub(crate) fn extra(&self, row: &str, column: &str) -> Option<Figure> {
        let whole = self.get(Table::OneRoute, row, column)?;
        if row.starts_with("preflight") {
            return Some(whole);
        }
        let bare = if column.starts_with("Tower") { "TowerBare" } else { "Bare" };
        let bare = self.get(Table::OneRoute, row, bare)?;
        Some(Figure {
            instructions: whole.instructions - bare.instructions,
            nanos: whole.nanos - bare.nanos,
        })
    }
}
