//! The ceiling: what no layer may exceed.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    ConfigError, Grant, GrantedOrigins, Key, MergeFault, Merged, Names, OriginPattern, OriginSet,
    Setting,
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
/// The set, and the index of its first pattern that none of the grants covers.
type Compared = (Arc<OriginSet>, Option<usize>);
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
        let over = |grant| self.over(merged, grant, methods);
        merged.grants().iter().filter_map(over).collect()
    }

    fn over(&self, merged: &Merged, grant: &Grant, methods: &Names) -> Option<ConfigError> {
        let first = self.grants().next()?.1;
        let admitting: Vec<Place> = self
            .grants()
            .filter(|((policy, _), top)| {
                self.policies[*policy].excess(top, merged, grant, methods).is_none()
            })
            .map(|(place, _)| place)
            .collect();
        let origin = self.first_uncovered(&grant.origins, admitting)?;
        // where the origin is covered, it is a right that exceeds
        let covering = self.grants().filter(|(_, top)| origin.is_covered_by(&top.origins));
        let rights = covering.filter_map(|(place, top)| {
            let right = self.policies[place.0].excess(top, merged, grant, methods)?;
            Some((top, right))
        });
        // of several policies, one that gives the origin credentials is the one that was meant
        let right = rights.min_by_key(|(_, right)| right == CREDENTIALS);
        let (top, right) = right.map_or((first, None), |(top, right)| (top, Some(right.into())));
        let fault = MergeFault::OverCeiling { origin: origin.as_str().into(), right };
        Some(ConfigError::new(&grant.source, fault).beside(&top.source))
    }

    /// The first element of `origins` that none of the `admitting` grants covers.
    fn first_uncovered<'o>(
        &self,
        origins: &'o GrantedOrigins,
        admitting: Vec<Place>,
    ) -> Option<Element<'o>> {
        let top = |place: &Place| &self.policies[place.0].grants[place.1].origins;
        let set = match origins {
            GrantedOrigins::List(set) | GrantedOrigins::Set(_, set) => set,
            GrantedOrigins::Any => {
                let covered = admitting.iter().any(|place| Element::Any.is_covered_by(top(place)));
                return (!covered).then_some(Element::Any);
            }
        };
        let key = (Arc::as_ptr(set).addr(), admitting);
        let mut compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, uncovered) = compared.entry(key).or_insert_with_key(|(_, admitting)| {
            let covered = |pattern| admitting.iter().any(|place| top(place).covers(pattern));
            let uncovered = set.patterns().iter().position(|pattern| !covered(pattern));
            (Arc::clone(set), uncovered)
        });
        uncovered.map(|index| Element::Pattern(&set.patterns()[index]))
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
    fn excess(
        &self,
        top: &Grant,
        merged: &Merged,
        grant: &Grant,
        methods: &Names,
    ) -> Option<String> {
        if grant.credentials && !top.credentials {
            return Some(CREDENTIALS.to_owned());
        }
        let limits = [
            (Key::ExposeHeaders, &top.expose, &grant.expose.value),
            (Key::AllowHeaders, &self.allow_headers, &merged.allow_headers.value),
            (Key::Methods, &self.methods, methods),
        ];
        let beyond = |(key, limit, own): (Key, &Setting<Names>, &Names)| {
            own.first_beyond(key, &limit.value).filter(|_| limit.is_set())
        };
        limits.into_iter().find_map(beyond).or_else(|| {
            let limit = self.max_age.as_ref()?.value;
            let own = merged.max_age.as_ref().map_or(DEFAULT_MAX_AGE, |seconds| seconds.value);
            (own > limit).then(|| format!("`max_age = {own}`"))
        })
    }
}

const CREDENTIALS: &str = "credentials";

/// Seconds for which browsers keep the answer to a preflight that says
/// [nothing](https://fetch.spec.whatwg.org/#cors-preflight-fetch) about it.
const DEFAULT_MAX_AGE: u32 = 5;
