//! Which App the requests of a middleware come to: known when the first one has come.

use std::{cell::Cell, ptr, rc::Rc, sync::Arc};

use actix_web::{
    HttpRequest,
    dev::{ResourceMap, ServiceRequest},
};
use cors_core::AnswerShape;

use crate::{
    claim::{Routes, plan},
    compiled::Compiled,
    cors::Cors,
    errors::ConfigErrors,
    events,
    placement::Placement,
    report::PolicyReport,
};

/// The App whose requests come here, as the first one shows.
pub(crate) struct KnownApp {
    pub(crate) routes: Rc<Routes>,
    /// the policy of every request, where there are neither routes with `#[cors]` nor regions
    pub(crate) only: Option<Arc<Compiled>>,
    /// that policy answers actual requests without looking at their origin
    pub(crate) is_always: bool,
    /// of how many requests more that reach an annotated route is kept what was sent
    kept: Cell<usize>,
    /// the App's own, which decides
    pub(crate) map: ResourceMap,
    /// where the map of its requests is
    map_address: usize,
    /// what is wrong with it; nothing is granted then
    errors: Option<ConfigErrors>,
}

impl KnownApp {
    /// The App that a request has come to; `guess` are the routes that seemed to be its own.
    #[cold]
    pub(crate) fn of(
        req: &ServiceRequest,
        guess: &Rc<Routes>,
        cors: &Cors,
        placement: &Placement,
    ) -> Self {
        let map = req.resource_map();
        let (routes, errors) = match guess.of(req.request(), cors) {
            Ok(routes) => (routes, None),
            // it has been told what is wrong
            Err(_) if placement.is_wrong() => (Rc::new(Routes::none()), None),
            Err(errors) => {
                events::misconfigured(&errors);
                placement.give_up();
                (Rc::new(Routes::none()), Some(errors))
            }
        };
        routes.table.prove(map);
        let is_only = routes.app.is_none() && cors.config.regions.is_empty();
        let only = is_only.then(|| Arc::clone(plan(cors).default(0)));
        let is_always = only.as_ref().is_some_and(|only| only.shape() == AnswerShape::Always);
        let kept = if routes.table.shape.keeps_sent { usize::MAX } else { KEPT };
        KnownApp {
            is_always: is_always && errors.is_none(),
            kept: Cell::new(kept),
            only,
            routes,
            map: map.clone(),
            map_address: ptr::from_ref(map).addr(),
            errors,
        }
    }

    /// Whether a request is one of the App's, and not one that a middleware inside has made.
    pub(crate) fn is_own(&self, req: &HttpRequest) -> bool {
        self.map_address == ptr::from_ref(req.resource_map()).addr()
    }

    /// Whether what was sent is kept of a request that has reached an annotated route: of all where a
    /// changed path, or an error, may show something, otherwise of a few, to tell what is changed.
    #[inline]
    pub(crate) fn keeps_sent(&self) -> bool {
        match self.kept.get() {
            0 => false,
            usize::MAX => true,
            left => {
                self.kept.set(left - 1);
                true
            }
        }
    }

    /// The report of the App, or what is wrong with it.
    pub(crate) fn report(&self) -> Result<Option<Arc<PolicyReport>>, ConfigErrors> {
        match &self.errors {
            Some(errors) => Err(errors.clone()),
            None => Ok(self.routes.report.clone()),
        }
    }
}

/// Requests to annotated routes, of each worker, of which is kept what was sent.
const KEPT: usize = 8;
