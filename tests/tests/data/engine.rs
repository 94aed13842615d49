//! The library without a server: bytes in, headers out.

use cors_core::{Answer, EffectivePolicy, Merger, Methods, Policy, PreflightRequest};
use serde::Deserialize;

pub(crate) struct Engine {
    policy: EffectivePolicy,
}

impl Engine {
    /// The app default of a policy in the form of a configuration file, if the library takes it.
    pub(crate) fn new(policy: &serde_json::Value) -> Option<Self> {
        let policy = Policy::deserialize(policy).ok()?;
        let merged = Merger::new().app(&policy).ok()?;
        Some(Engine { policy: EffectivePolicy::new(merged) })
    }

    /// Reports whether an actual request of `origin` may be read.
    pub(crate) fn is_granted(&self, origin: &[u8]) -> bool {
        let granted = self.actual(Some(origin)).allow_origin;
        granted.is_some_and(|granted| granted == b"*" || granted == origin)
    }

    pub(crate) fn actual<'a>(&'a self, origin: Option<&'a [u8]>) -> Answer<'a> {
        self.policy.answer_actual(origin)
    }

    /// The answer of a route that takes every method, and whether its status is that of a success.
    pub(crate) fn preflight<'a>(
        &'a self,
        origin: &'a [u8],
        method: &'a [u8],
        headers: &'a [&'a [u8]],
    ) -> (bool, Answer<'a>) {
        let request = PreflightRequest { origin, method, headers: headers.iter().copied() };
        match self.policy.answer_preflight(request, Methods::Listed) {
            Ok(answer) => (true, answer),
            Err((_, answer)) => (false, answer),
        }
    }
}
