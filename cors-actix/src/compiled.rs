//! A policy that is ready to answer: decided by cors-core, with the header values built once.

use std::sync::Arc;

use actix_web::http::header::HeaderValue;
use cors_core::{AnswerShape, EffectivePolicy, Merged};

/// An effective policy and the header values of its answers. Shared by all workers.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) policy: EffectivePolicy,
    /// `Access-Control-Expose-Headers` of each grant
    expose: Box<[Option<HeaderValue>]>,
    pub(crate) max_age: Option<HeaderValue>,
}

impl Compiled {
    pub(crate) fn new(merged: Merged) -> Self {
        let expose = merged
            .grants()
            .iter()
            .map(|grant| {
                let names = &grant.expose().value;
                let text = if names.is_any() {
                    "*".to_owned()
                } else {
                    names.iter().collect::<Vec<_>>().join(", ")
                };
                // header names are tokens, so the text is a header value
                (!text.is_empty()).then(|| HeaderValue::try_from(text).ok()).flatten()
            })
            .collect();
        let policy = EffectivePolicy::new(merged);
        let max_age = policy.max_age().map(HeaderValue::from);
        Compiled { policy, expose, max_age }
    }

    /// Whether it allows requests of an origin that `other` does not, or may.
    pub(crate) fn grants_more(&self, other: &Compiled, origin: &HeaderValue) -> bool {
        let rights = |policy: &Compiled| policy.policy.rights(origin.as_bytes());
        let [own, others] = [self, other].map(|p| &p.policy.merged().allow_headers().value);
        match (rights(self), rights(other)) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(granted), Some(kept)) => {
                granted.credentials && !kept.credentials || own != others
            }
        }
    }

    pub(crate) fn shape(&self) -> AnswerShape {
        self.policy.shape()
    }

    pub(crate) fn expose(&self, grant: usize) -> Option<&HeaderValue> {
        self.expose.get(grant)?.as_ref()
    }
}

/// The policies that hold for one route: one, or one for each region that the route can meet.
#[derive(Debug, Clone)]
pub(crate) enum RoutePolicy {
    One(Arc<Compiled>),
    /// by index of the region; 0 is outside of all regions
    ByRegion(Arc<[Arc<Compiled>]>),
}

impl RoutePolicy {
    /// All of them.
    pub(crate) fn each(&self) -> &[Arc<Compiled>] {
        match self {
            RoutePolicy::One(one) => std::slice::from_ref(one),
            RoutePolicy::ByRegion(each) => each,
        }
    }

    /// The policy at a path; `region` tells the path's region.
    #[inline]
    pub(crate) fn at(&self, region: impl FnOnce() -> usize) -> &Arc<Compiled> {
        match self {
            RoutePolicy::One(policy) => policy,
            RoutePolicy::ByRegion(policies) => &policies[region()],
        }
    }
}
