//! Which routes are hidden, or may be, by earlier ones.

use std::collections::HashMap;

use super::risk::{Finding, Risk};
use crate::shape;

/// The earlier routes, ready to be asked which of them match all paths of a later one.
#[derive(Default)]
struct Earlier {
    /// by the segments of patterns that are literals and plain `{x}`, `{}` for each of the latter
    plain: Node,
    /// those with regexes, or several parameters in a segment
    others: Vec<usize>,
}

#[derive(Default)]
struct Node {
    children: HashMap<String, Node>,
    routes: Vec<usize>,
}

/// One finding at most for each route, in their order.
pub(super) fn findings(routes: &[shape::Row]) -> Vec<Option<Finding>> {
    let mut earlier = Earlier::default();
    let mut findings = Vec::with_capacity(routes.len());
    for (index, route) in routes.iter().enumerate() {
        findings.push(finding(routes, &earlier, route));
        earlier.add(index, route);
    }
    findings
}

fn finding(routes: &[shape::Row], earlier: &Earlier, route: &shape::Row) -> Option<Finding> {
    let serves = |other: &usize, method: &str| routes[*other].info.serves(method);
    let own = route.info.methods();
    let methods = own.as_deref().unwrap_or(&["GET"]);
    let mut covering = earlier.covering(route);
    covering.extend(earlier.others.iter().filter(|other| routes[**other].full == route.full));
    let certain = covering.iter().filter(|other| !routes[**other].guarded);
    // an earlier resource for all methods hides this one by itself
    let hidden_by: Vec<_> = methods
        .iter()
        .map_while(|method| certain.clone().find(|other| serves(other, method)))
        .collect();
    let name = |other: &usize| {
        let other = &routes[*other];
        format!("{} ({})", other.info.handler_name(), other.info.policy().site())
    };
    let all_of_it = own.is_some() || certain.clone().any(|o| routes[*o].info.methods().is_none());
    if hidden_by.len() == methods.len() && all_of_it {
        return Finding::new(Risk::Shadowed, hidden_by.into_iter().take(1).map(name));
    }
    let others = earlier.others.iter().filter(|o| routes[**o].pattern.meets(&route.pattern));
    let uncertain = covering.iter().filter(|other| routes[**other].guarded).chain(others);
    let serving = uncertain.filter(|other| methods.iter().any(|m| serves(other, m)));
    // the first few: thousands of routes with a regex each may take one another's requests
    let mut first: Vec<_> = serving.take(MOST).collect();
    first.sort_unstable();
    Finding::new(Risk::Ambiguous, first.into_iter().map(name))
}

impl Earlier {
    fn add(&mut self, index: usize, route: &shape::Row) {
        let Some(segments) = plain_segments(&route.full) else {
            return self.others.push(index);
        };
        let leaf = segments.fold(&mut self.plain, |node, segment| {
            node.children.entry(segment.to_owned()).or_default()
        });
        leaf.routes.push(index);
    }

    /// The plain routes that match every path that `route` matches, in the order of routing.
    fn covering(&self, route: &shape::Row) -> Vec<usize> {
        let Some(segments) = plain_segments(&route.full) else { return Vec::new() };
        let mut nodes = vec![&self.plain];
        for segment in segments {
            let hole = (segment != HOLE).then_some(HOLE);
            let keys = [Some(segment), hole];
            nodes = nodes
                .into_iter()
                .flat_map(|node| keys.into_iter().flatten().filter_map(|k| node.children.get(k)))
                .collect();
        }
        let mut routes: Vec<_> = nodes.into_iter().flat_map(|node| node.routes.clone()).collect();
        routes.sort_unstable();
        routes
    }
}

/// The segments of a pattern of literals and plain `{x}` only.
fn plain_segments(pattern: &str) -> Option<impl Iterator<Item = &str>> {
    let is_hole = |segment: &str| segment.starts_with('{') && segment.ends_with('}');
    let is_plain = |segment: &str| {
        let inner = if is_hole(segment) { &segment[1..segment.len() - 1] } else { segment };
        !inner.contains(['{', '}', ':', '*'])
    };
    let segments = pattern.split('/');
    segments
        .clone()
        .all(is_plain)
        .then(|| segments.map(move |segment| if is_hole(segment) { HOLE } else { segment }))
}

const HOLE: &str = "{}";
/// Most routes that one finding names.
const MOST: usize = 8;
