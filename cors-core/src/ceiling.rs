//! The ceiling: what no layer may exceed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    ConfigError, Grant, GrantedOrigins, Key, MergeFault, Merged, Names, OriginPattern, OriginSet,
};

/// The policies of a ceiling.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ceiling {
    policies: Vec<Merged>,
    /// a large set is compared once with the grants that admit it, not once a route
    compared: Arc<Mutex<HashMap<Comparison, Compared>>>,
}

/// The address of a set, which the value keeps alive, and the grants that admit its rights.
type Comparison = (usize, Vec<Place>);
/// The set, and the indices of its patterns that none of the grants covers.
type Compared = (Arc<OriginSet>, Vec<usize>);
/// The index of a policy and of its grant.
type Place = (usize, usize);

impl Ceiling {
    pub(crate) fn push(&mut self, policy: Merged) {
        self.policies.push(policy);
    }

    /// Every grant of `merged` that no policy covers with its rights; `methods` are those of a
    /// route attribute.
    pub(crate) fn exceeded(&self, merged: &Merged, methods: Option<&[&str]>) -> Vec<ConfigError> {
        let methods = methods.map(|methods| Names {
            any: false,
            names: methods.iter().map(|method| (*method).into()).collect(),
        });
        let methods = methods.as_ref().unwrap_or(&merged.methods().value);
        merged.grants().iter().flat_map(|grant| self.over(merged, grant, methods)).collect()
    }

    /// An error for all origins of a grant that have the same too much.
    fn over(&self, merged: &Merged, grant: &Grant, methods: &Names) -> Vec<ConfigError> {
        let tops: Vec<_> = self
            .grants()
            .map(|(place, top)| {
                let policy = &self.policies[place.0];
                (place, top, policy.excess(top, merged, grant, methods))
            })
            .collect();
        let admitting = tops.iter().filter(|(_, _, excess)| excess.is_empty());
        let admitting = admitting.map(|(place, _, _)| *place).collect();
        // by the grant that covers them but for their rights
        let mut origins: BTreeMap<Option<usize>, Vec<Box<str>>> = BTreeMap::new();
        for origin in self.uncovered(&grant.origins, admitting) {
            let covering =
                (0..tops.len()).filter(|top| origin.is_covered_by(&tops[*top].1.origins));
            // of several policies, one that gives the origin credentials is the one that was meant
            let meant = covering.min_by_key(|top| tops[*top].2.iter().any(|r| r == CREDENTIALS));
            origins.entry(meant).or_default().push(origin.as_str().into());
        }
        let error = |(meant, origins): (Option<usize>, _)| {
            let (_, top, excess) = tops.get(meant.unwrap_or_default())?;
            let rights = excess.iter().filter(|_| meant.is_some());
            let rights = rights.map(|right| right.as_str().into()).collect();
            let fault = MergeFault::OverCeiling { origins, rights };
            Some(ConfigError::new(&grant.source, fault).beside(&top.source))
        };
        origins.into_iter().filter_map(error).collect()
    }

    /// The elements of `origins` that none of the `admitting` grants covers.
    fn uncovered<'o>(
        &self,
        origins: &'o GrantedOrigins,
        admitting: Vec<Place>,
    ) -> Vec<Element<'o>> {
        let top = |place: &Place| &self.policies[place.0].grants[place.1].origins;
        let set = match origins {
            GrantedOrigins::List(set) | GrantedOrigins::Set(_, set) => set,
            GrantedOrigins::Any => {
                let covered = admitting.iter().any(|place| Element::Any.is_covered_by(top(place)));
                return (!covered).then_some(Element::Any).into_iter().collect();
            }
        };
        let key = (Arc::as_ptr(set).addr(), admitting);
        let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, uncovered) = compared.entry(key).or_insert_with_key(|(_, admitting)| {
            let covered = |pattern| admitting.iter().any(|place| top(place).covers(pattern));
            let patterns = set.patterns().iter().enumerate();
            let uncovered = patterns.filter(|(_, pattern)| !covered(pattern));
            (Arc::clone(set), uncovered.map(|(index, _)| index).collect())
        });
        uncovered.iter().map(|index| Element::Pattern(&set.patterns()[*index])).collect()
    }

    fn grants(&self) -> impl Iterator<Item = (Place, &Grant)> {
        self.policies.iter().enumerate().flat_map(|(policy, merged)| {
            merged.grants.iter().enumerate().map(move |(grant, top)| ((policy, grant), top))
        })
    }
}

/// An element of the value of `origins`.
#[derive(Clone, Copy)]
enum Element<'o> {
    Any,
    Pattern(&'o OriginPattern),
}

impl Element<'_> {
    fn is_covered_by(self, top: &GrantedOrigins) -> bool {
        match self {
            Element::Any => matches!(top, GrantedOrigins::Any),
            Element::Pattern(pattern) => top.covers(pattern),
        }
    }

    fn as_str(&self) -> &str {
        match self {
            Element::Any => "any",
            Element::Pattern(pattern) => pattern.as_str(),
        }
    }
}

impl Merged {
    /// What `grant` of `merged` has, but for its origins, and `top`, a grant of this ceiling, does
    /// not admit. Keys that the ceiling does not set bind nothing, but for those of the trust.
    fn excess(&self, top: &Grant, merged: &Merged, grant: &Grant, methods: &Names) -> Vec<String> {
        let credentials = grant.credentials && !top.credentials;
        let limits = [
            (Key::ExposeHeaders, &top.expose, &grant.expose.value),
            (Key::AllowHeaders, &self.allow_headers, &merged.allow_headers.value),
            (Key::Methods, &self.methods, methods),
        ];
        let limits = limits.into_iter().filter(|(_, limit, _)| limit.is_set());
        let names = limits.flat_map(|(key, limit, own)| own.beyond(key, &limit.value));
        let own_age = merged.max_age.as_ref().map_or(DEFAULT_MAX_AGE, |seconds| seconds.value);
        let limit = self.max_age.as_ref().map(|seconds| seconds.value);
        let is_longer = limit.is_some_and(|limit| own_age > limit);
        let credentials = credentials.then(|| CREDENTIALS.to_owned());
        let age = is_longer.then(|| format!("`max_age = {own_age}`"));
        credentials.into_iter().chain(names).chain(age).collect()
    }
}

const CREDENTIALS: &str = "credentials";

/// Seconds for which browsers keep the answer to a preflight that says
/// [nothing](https://fetch.spec.whatwg.org/#cors-preflight-fetch) about it.
const DEFAULT_MAX_AGE: u32 = 5;
