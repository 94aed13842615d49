//! What an App must not have for its preflights to be exact, found by actix's introspection.

use std::fmt;

use actix_web::introspection::IntrospectionReportItem;

use super::{PolicyReport, Row, RowKind};
use crate::pattern::Pattern;

/// A place where a preflight can be granted by another policy than that of the handler which then
/// serves the request, until the first such request shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// A route without `#[cors]` may serve a method of a path that one with `#[cors]` serves:
    /// annotate both.
    PlainRoute {
        /// the pattern of the route without `#[cors]`
        path: String,
        /// the methods of both; empty is any
        methods: Vec<String>,
        /// the pattern of the other one
        annotated: String,
        /// its handler
        handler: String,
    },
    /// A route with `#[cors]` lies in a scope with a guard that nobody declared: wrap the scope in
    /// [`guarded`](crate::guarded), or make it by [`on_host`](crate::on_host).
    GuardedScope {
        /// the pattern of the scope
        scope: String,
        /// its guards, as actix names them
        guards: Vec<String>,
        /// the handler of the route
        handler: String,
    },
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::PlainRoute { path, methods, annotated, handler } => write!(
                f,
                "`{}` {} without #[cors] and `{handler}` at `{}` can serve the same request: \
                 annotate both",
                path.escape_debug(),
                methods.join(","),
                annotated.escape_debug()
            ),
            Doubt::GuardedScope { scope, guards, handler } => write!(
                f,
                "`{handler}` lies in the scope `{}` with the guard {}: declare it by `guarded` or \
                 `on_host`",
                scope.escape_debug(),
                guards.join(", ").escape_debug()
            ),
        }
    }
}

impl PolicyReport {
    /// Compares all routes with each other; the rows of those without `#[cors]` must be there.
    pub(super) fn find_doubts(&mut self, items: &[IntrospectionReportItem]) {
        let annotated = self.distinct(RowKind::Route);
        let plain = self.distinct(RowKind::Plain);
        let pairs = plain.iter().flat_map(|plain| annotated.iter().map(move |row| (*plain, *row)));
        let mut doubts: Vec<_> = pairs.filter_map(|(plain, row)| plain_route(plain, row)).collect();
        let scopes = items.iter().filter(|item| item.resource_type == "scope");
        for scope in scopes.filter(|scope| !scope.guards.is_empty()) {
            let inside = |row: &&&Row| {
                let rest = row.path.strip_prefix(&*scope.full_path);
                !row.guarded && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            doubts.extend(annotated.iter().filter(inside).map(|row| Doubt::GuardedScope {
                scope: scope.full_path.clone(),
                guards: scope.guards.clone(),
                handler: row.handler.clone(),
            }));
        }
        self.doubts = doubts;
    }

    /// The rows of a kind, without those of further regions.
    fn distinct(&self, kind: RowKind) -> Vec<&Row> {
        let mut rows: Vec<&Row> = self.rows.iter().filter(|row| row.kind == kind).collect();
        rows.dedup_by(|a, b| (&a.path, &a.methods, &a.source) == (&b.path, &b.methods, &b.source));
        rows
    }
}

fn plain_route(plain: &Row, row: &Row) -> Option<Doubt> {
    let methods: Vec<_> = match (plain.any_method, row.any_method) {
        (true, _) => row.methods.clone(),
        (false, true) => plain.methods.clone(),
        (false, false) => {
            plain.methods.iter().filter(|m| row.methods.contains(m)).cloned().collect()
        }
    };
    let both = !methods.is_empty() || plain.any_method && row.any_method;
    let meet = Pattern::new(&plain.path).meets(&Pattern::new(&row.path));
    (both && meet).then(|| Doubt::PlainRoute {
        path: plain.path.clone(),
        methods,
        annotated: row.path.clone(),
        handler: row.handler.clone(),
    })
}
