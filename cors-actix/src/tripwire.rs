//! The wire that actual requests trip: a preflight has been granted by a route that does not serve
//! the request. From then on, on all workers, that route decides nothing alone.

use std::borrow::Cow;

use actix_web::{HttpRequest, http::header::HeaderValue};

use crate::{
    actual::Sent,
    compiled::Compiled,
    decision::Decision,
    events,
    normalize::Inside,
    worker::{Target, Worker},
};

impl Worker {
    /// Whether a route without `#[cors]` has answered a request that no annotated one has seen. The
    /// refusal of a scope's middleware must not look like it: anybody could cause one.
    pub(crate) fn is_plain_answer(
        &self,
        req: &HttpRequest,
        target: &Target<'_>,
        decision: &Decision,
    ) -> bool {
        let info = req.match_info();
        let path = info.as_str();
        if let Cow::Owned(routed) = &target.path
            && path != routed
        {
            // it has not come to the declared `NormalizePath`
            return false;
        }
        let table = &self.routes().table;
        // where routing got to no resource, actix tells the first one that matches the path as it
        // was sent
        let known = req.path() == path;
        if known && !table.is_first(req, path, decision.first) {
            return true;
        }
        let is_inside = info.unprocessed().len() < path.len();
        is_inside && !table.has_scope_on_the_way(info, decision.stop)
    }

    /// Whether routing has got to a route without `#[cors]`, as far as can be told without looking for
    /// the annotated ones: nothing is left of the path, and no scope of theirs ends there.
    pub(crate) fn has_come_to_a_route(&self, req: &HttpRequest) -> bool {
        let info = req.match_info();
        self.is_own(req)
            && info.unprocessed().is_empty()
            && !self.routes().table.has_scope_on_the_way(info, None)
    }

    /// A `NormalizePath` stands inside, whether declared or not.
    pub(crate) fn see_normalize_path(&self) {
        if self.cors.config.normalize.is_none() && self.cors.shared.seen.normalize_path() {
            log::warn!(
                "a `NormalizePath` stands inside of `Cors` and is not declared, so preflights of paths \
                 that it might change are granted only where the policies of all of them grant: \
                 declare it by `.normalize(..)`, or wrap the App in it after `Cors`"
            );
        }
    }

    /// A middleware inside has made another request of one: preflights are decided by what is sent.
    #[cold]
    pub(crate) fn look_at_rewriting(&self, req: &HttpRequest, sent: &Sent) {
        let (from, to) = (sent.path(), req.match_info().as_str());
        let (method, is_method) = (&sent.method, sent.method == *req.method());
        if is_method && self.routed(&from) == to {
            return;
        }
        if is_method && Inside::explains(&from, to) {
            if self.cors.shared.seen.normalize_path() {
                let help = match self.cors.config.normalize {
                    Some(_) => "`.normalize(..)` declares another `NormalizePath`",
                    None => {
                        "declare the `NormalizePath` there by `.normalize(..)`, or wrap the App in it \
                         after `Cors`"
                    }
                };
                events::misconfigured(&format_args!(
                    "{method} {from:?} has become {to:?} inside of `Cors`: {help}"
                ));
            }
        } else if !self.rewriting_logged.replace(true) {
            events::misconfigured(&format_args!(
                "{method} {from:?} has become {} {to:?} inside of `Cors`, where preflights are decided \
                 by what is sent: wrap the App in what rewrites requests after `Cors`",
                req.method()
            ));
        }
    }

    /// Looks whether preflights of a request that has reached an annotated route are decided by
    /// one of another scope, which grants more.
    #[cold]
    pub(crate) fn look_at_rival(
        &self,
        target: &Target<'_>,
        route: usize,
        policy: &Compiled,
        origin: &HeaderValue,
    ) {
        let decision = self.decide(target);
        if let Some(stop) = decision.stop.filter(|stop| *stop != route)
            && decision.policies.iter().all(|(decides, _)| decides.grants_more(policy, origin))
        {
            self.trip(target, stop, Some(route));
        }
    }

    /// An actual request showed that another route serves what `stop` should: one without
    /// `#[cors]`, or this one.
    pub(crate) fn trip(&self, target: &Target<'_>, stop: usize, by: Option<usize>) {
        let table = &self.routes().table;
        let route = &table.routes()[stop];
        let name = route.info.resource_name();
        table.taint(stop);
        if !self.cors.shared.seen.taint(&route.full, name) {
            return;
        }
        let Target { path, method, .. } = target;
        let stop = route.info.handler_name();
        match by.map(|by| table.routes()[by].info.handler_name()) {
            None => events::misconfigured(&format_args!(
                "{method} {path:?} is served by a route without #[cors] although `{stop}` has one: \
                 annotate both"
            )),
            Some(by) => events::misconfigured(&format_args!(
                "{method} {path:?} is served by `{by}` although `{stop}` comes first: declare the \
                 guard around it with `guarded` or `on_host`"
            )),
        }
    }
}
