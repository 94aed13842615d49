//! Routes without `#[cors]`, as far as actix's experimental introspection shows them.

use actix_web::{
    HttpRequest,
    introspection::{IntrospectionReportItem, IntrospectionTree},
    web,
};
use cors_core::Methods;

use super::{PolicyReport, Row, RowKind, build};

impl PolicyReport {
    /// Adds the App's routes without `#[cors]`, behind those with one.
    pub(crate) fn add_plain_routes(&mut self, req: &HttpRequest) {
        let Some(tree) = req.app_data::<web::Data<IntrospectionTree>>() else { return };
        let items: Vec<IntrospectionReportItem> = (&tree.root).into();
        let mut plain: Vec<_> = items.iter().flat_map(|item| self.plain_rows(item)).collect();
        build::review(&mut plain);
        let behind = |row: &Row| row.kind == RowKind::Route;
        let at = self.rows.iter().rposition(behind).map_or(0, |last| last + 1);
        self.rows.splice(at..at, plain);
        self.covers_all_routes = true;
        self.find_doubts(&items);
    }

    /// The rows of what a path serves without `#[cors]`. actix tells all methods of one path
    /// together, so those that a route with `#[cors]` serves are taken for its own.
    fn plain_rows(&self, item: &IntrospectionReportItem) -> Vec<Row> {
        let marker = item.patterns.iter().any(|pattern| pattern.starts_with("/~cors/"));
        if item.resource_type != "resource" || marker {
            return Vec::new();
        }
        let annotated = || self.rows.iter().filter(|row| row.path == item.full_path);
        let own = |method: &&String| !annotated().any(|row| row.serves(method));
        let methods: Vec<_> = item.methods.iter().filter(own).cloned().collect();
        // without any guard for methods the path serves all of them
        let any_method = item.methods.is_empty() && annotated().next().is_none();
        if methods.is_empty() && !any_method {
            return Vec::new();
        }
        let row = |default: &Row| Row {
            kind: RowKind::Plain,
            methods: methods.clone(),
            any_method,
            path: item.full_path.clone(),
            region: (default.kind == RowKind::Region).then(|| default.path.clone()),
            handler: item.resource_name.clone().unwrap_or_default(),
            source: default.source.clone(),
            risks: Vec::new(),
            notes: Vec::new(),
            policy: default.policy.clone(),
            judged_by: Methods::Listed,
            guarded: false,
        };
        self.defaults_of(&item.full_path).into_iter().map(row).collect()
    }
}
