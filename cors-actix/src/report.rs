//! The generated documents: who may call which route, with which rights, and why.

use std::fmt;

use cors_core::Merged;

use crate::{compiled::RoutePolicy, cors::Cors, table::Table};

/// The policies of an App's routes, from the very table that the middleware enforces.
#[derive(Debug, Clone)]
pub struct PolicyReport {
    rows: Vec<RouteReport>,
}

/// The policy of one route in one region.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RouteReport {
    /// The methods; empty is every method.
    pub methods: Vec<String>,
    /// The full pattern.
    pub pattern: String,
    /// The handler's name.
    pub handler: String,
    /// The policy, with the source of each value.
    pub policy: Merged,
}

impl PolicyReport {
    pub(crate) fn new(_cors: &Cors, table: &Table) -> Self {
        let mut rows = Vec::new();
        for route in table.routes() {
            let policies = match &*route.policy {
                RoutePolicy::One(one) => std::slice::from_ref(one),
                RoutePolicy::ByRegion(each) => each,
            };
            for policy in policies {
                rows.push(RouteReport {
                    methods: route
                        .info
                        .methods()
                        .unwrap_or_default()
                        .into_iter()
                        .map(str::to_owned)
                        .collect(),
                    pattern: route.full.to_string(),
                    handler: route.info.handler_name().to_owned(),
                    policy: policy.policy.merged().clone(),
                });
            }
        }
        PolicyReport { rows }
    }

    /// The routes, in the order of routing.
    #[must_use]
    pub fn routes(&self) -> &[RouteReport] {
        &self.rows
    }
}

/// One line a route: methods, pattern, handler, origins and rights.
impl fmt::Display for PolicyReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for row in &self.rows {
            let methods = row.methods.join(",");
            write!(f, "{methods:8} {} ({})", row.pattern.escape_debug(), row.handler)?;
            for grant in row.policy.grants() {
                match grant.origins().set() {
                    Some(set) => {
                        for pattern in set.patterns() {
                            write!(f, " {pattern}")?;
                        }
                    }
                    None => f.write_str(" any")?,
                }
                if grant.credentials() {
                    f.write_str(" credentials")?;
                }
            }
            writeln!(f)?;
        }
        Ok(())
    }
}
