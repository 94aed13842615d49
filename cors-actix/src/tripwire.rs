//! The wire that actual requests trip: a preflight has been granted by a route that does not serve
//! the request. From then on, on all workers, that route decides nothing alone.

use actix_web::{
    HttpRequest,
    dev::{ResourceMap, ServiceRequest},
    http::header::HeaderValue,
};

use crate::{
    compiled::Compiled,
    decision::Decision,
    events,
    worker::{Target, Worker},
};

impl Worker {
    /// Whether a route without `#[cors]` has answered a request that no annotated one has seen. The
    /// refusal of a scope's middleware must not look like it: anybody could cause one.
    pub(crate) fn is_plain_answer(&self, req: &HttpRequest, decision: &Decision) -> bool {
        let info = req.match_info();
        let path = info.as_str();
        let table = &self.routes(req.resource_map()).table;
        // where routing got to no resource, actix tells the first one that matches the path as it
        // was sent
        let known = req.path() == path;
        if known && !table.is_first(req, path, decision.first) {
            return true;
        }
        let is_inside = info.unprocessed().len() < path.len();
        is_inside && !table.has_scope_on_the_way(info, decision.stop)
    }

    /// Looks whether preflights of a request that has reached an annotated route are decided by
    /// one of another scope, which grants more.
    #[cold]
    pub(crate) fn look_at_rival(
        &self,
        req: &HttpRequest,
        route: usize,
        policy: &Compiled,
        origin: &HeaderValue,
    ) {
        let map = req.resource_map();
        let request = self.depends_on_host(map).then(|| ServiceRequest::from_request(req.clone()));
        let (path, method) = (req.match_info().as_str(), req.method().as_str());
        let target = Target { path, method, request: request.as_ref() };
        let decision = self.decide(map, &target);
        if let Some(stop) = decision.stop.filter(|stop| *stop != route)
            && decision.policies.iter().all(|(decides, _)| decides.grants_more(policy, origin))
        {
            self.trip(map, &target, stop, Some(route));
        }
    }

    /// An actual request showed that another route serves what `stop` should: one without
    /// `#[cors]`, or this one.
    pub(crate) fn trip(
        &self,
        map: &ResourceMap,
        target: &Target<'_>,
        stop: usize,
        by: Option<usize>,
    ) {
        let table = &self.routes(map).table;
        let route = &table.routes()[stop];
        let name = route.info.resource_name();
        table.taint(stop);
        if !self.cors.shared.taints.add(&route.full, name) {
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
