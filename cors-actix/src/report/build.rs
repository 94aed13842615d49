//! Building the report from the table and the plan that the middleware enforces.

use std::{collections::HashMap, sync::Arc};

use cors_core::{Methods, Note, Role, Source};

use super::{OriginSetReport, PolicyReport, Row, RowKind, review, risk::Finding, shadow};
use crate::{
    compiled::{Compiled, RoutePolicy},
    cors::{Config, SetConfig},
    plan::Plan,
    shape,
};

impl PolicyReport {
    pub(crate) fn new(config: &Config, plan: &Plan, routes: &[shape::Row]) -> Self {
        let hidden = shadow::findings(routes);
        let mut rows = Vec::new();
        for (route, hidden) in routes.iter().zip(hidden) {
            rows.extend(of_route(config, plan, route).map(|mut row| {
                row.risks.extend(hidden.clone());
                row
            }));
        }
        rows.extend((0..config.regions.len()).map(|index| of_region(config, plan, index)));
        rows.push(of_app(config, plan));
        review(&mut rows);
        let sets = config.sets.iter().map(of_set).collect();
        PolicyReport {
            rows,
            sets,
            covers_all_routes: false,
            #[cfg(feature = "unstable-introspection")]
            doubts: Vec::new(),
        }
    }
}

/// Adds the risks and notes of each row.
pub(super) fn review(rows: &mut [Row]) {
    let mut reviews = HashMap::new();
    rows.iter_mut().for_each(|row| review_row(row, &mut reviews));
}

/// What has been found about policies, by their addresses: many rows share one.
type Reviews = HashMap<*const Compiled, (Vec<Finding>, Vec<Note>)>;

fn review_row(row: &mut Row, reviews: &mut Reviews) {
    if let Some(policy) = &row.policy {
        let merged = policy.policy.merged();
        let (risks, notes) = reviews
            .entry(Arc::as_ptr(policy))
            .or_insert_with(|| (review::risks_of_policy(merged), merged.notes()));
        row.risks.extend_from_slice(risks);
        row.notes.extend_from_slice(notes);
    }
    row.risks.extend(review::risks_of_place(row));
    row.risks.sort_by_key(|finding| finding.risk);
}

fn of_set(set: &SetConfig) -> OriginSetReport {
    OriginSetReport {
        name: set.name.clone(),
        origins: set.origins.clone(),
        source: Source { role: Role::Set(set.name.as_str().into()), site: set.site.clone() },
    }
}

fn of_route<'a>(
    config: &'a Config,
    plan: &Plan,
    route: &'a shape::Row,
) -> impl Iterator<Item = Row> + use<'a> {
    let mut met = plan.met_by(&route.pattern);
    // by the order of declaration, what is outside of all regions last
    met.sort_by_key(|index| (*index == 0, *index));
    met.into_iter().map(move |index| {
        let policy = match &route.policy {
            RoutePolicy::One(one) => one,
            RoutePolicy::ByRegion(each) => &each[index],
        };
        let region = index.checked_sub(1).map(|region| &config.regions[region]);
        let left = region.is_some_and(|region| region.policy.is_none());
        let own = route.info.methods();
        let methods = own.map(|names| names.into_iter().map(str::to_owned).collect());
        let (methods, any_method) = methods.map_or_else(|| listed(policy), |own| (own, false));
        Row {
            kind: RowKind::Route,
            methods,
            any_method,
            path: route.full.to_string(),
            region: region.map(|region| region.pattern.clone()),
            handler: route.info.handler_name().to_owned(),
            source: Source { role: Role::Route, site: route.info.policy().site().clone() },
            risks: Vec::new(),
            notes: Vec::new(),
            policy: (!left).then(|| Arc::clone(policy)),
            judged_by: route.info.judged_by(),
            guarded: route.guarded,
        }
    })
}

fn of_region(config: &Config, plan: &Plan, index: usize) -> Row {
    let region = &config.regions[index];
    let role = Role::Region(region.pattern.as_str().into());
    let site = region.policy.as_ref().map_or(&region.site, |layer| &layer.site);
    let policy = region.policy.as_ref().map(|_| plan.default(index + 1));
    Row {
        kind: RowKind::Region,
        path: region.pattern.clone(),
        ..without_route(Source { role, site: site.clone() }, policy)
    }
}

fn of_app(config: &Config, plan: &Plan) -> Row {
    let source = Source { role: Role::App, site: config.default.site.clone() };
    without_route(source, Some(plan.default(0)))
}

fn without_route(source: Source, policy: Option<&Arc<Compiled>>) -> Row {
    let trusting = policy.filter(|policy| !policy.policy.merged().grants().is_empty());
    let (methods, any_method) = trusting.map(listed).unwrap_or_default();
    Row {
        kind: RowKind::App,
        methods,
        any_method,
        path: String::new(),
        region: None,
        handler: String::new(),
        source,
        risks: Vec::new(),
        notes: Vec::new(),
        policy: policy.map(Arc::clone),
        judged_by: Methods::Listed,
        guarded: false,
    }
}

/// The methods that a policy lets pass by itself.
fn listed(policy: &Arc<Compiled>) -> (Vec<String>, bool) {
    let methods = &policy.policy.merged().methods().value;
    let beyond = methods.iter().filter(|name| !SAFELISTED.contains(name));
    (SAFELISTED.into_iter().chain(beyond).map(str::to_owned).collect(), methods.is_any())
}

/// [CORS-safelisted methods](https://fetch.spec.whatwg.org/#cors-safelisted-method)
const SAFELISTED: [&str; 3] = ["GET", "HEAD", "POST"];
