//! Responses to actual requests: finds the policy that decides, and puts its headers on.

use std::{ptr, rc::Rc, sync::Arc};

use actix_web::{
    Error, HttpRequest,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode, Uri,
        header::{HeaderMap, HeaderValue},
        uri::PathAndQuery,
    },
};

use crate::{
    compiled::Compiled,
    events,
    mark::Ran,
    normalize::decoded,
    register::AppRoutes,
    respond,
    shape::Row,
    watch::{Reached, Way},
    worker::{Target, Worker},
};

/// What is kept of a request with `Origin`.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    /// for an error, which comes back without its request
    target: Option<PathAndQuery>,
}

impl Sent {
    #[inline]
    pub(crate) fn of(req: &ServiceRequest) -> Self {
        let uri = req.match_info().get_ref().uri();
        Sent { method: req.method().clone(), target: uri.path_and_query().cloned() }
    }

    /// Whether a request is still as it was sent.
    #[inline]
    pub(crate) fn is(&self, req: &HttpRequest) -> bool {
        let target = req.match_info().get_ref().uri().path_and_query();
        let is_same = match (&self.target, target) {
            // a copy, nearly always
            (Some(own), Some(other)) => ptr::eq(own.as_str(), other.as_str()) || own == other,
            (own, other) => own.as_ref() == other,
        };
        is_same && self.method == *req.method()
    }

    /// The path as it was sent, decoded.
    pub(crate) fn path(&self) -> String {
        self.target.clone().map(Uri::from).map(decoded).unwrap_or_default()
    }
}

/// A request that has been answered inside.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) way: Way,
    pub(crate) origin: Option<HeaderValue>,
    pub(crate) sent: Option<Sent>,
}

impl Worker {
    /// Puts the headers of the policy that decides on a response, or has them put on that which an
    /// error becomes.
    pub(crate) fn finish(
        self: &Rc<Self>,
        result: &mut Result<ServiceResponse, Error>,
        call: &mut Call,
    ) {
        match result {
            Ok(response) => self.finish_response(response, call),
            Err(error) => self.finish_error(error, call),
        }
    }

    #[inline]
    fn finish_response(&self, response: &mut ServiceResponse, call: &mut Call) {
        if self.placement.is_wrong() {
            respond::unknown(response.headers_mut());
            return;
        }
        let foreign = match self.only_policy() {
            Some(policy) => respond::actual(response.headers_mut(), policy, call.origin.take()),
            None => self.finish_by_route(response, call),
        };
        events::actual(response);
        if foreign {
            self.log_foreign(response.request().path());
        }
    }

    #[inline]
    fn finish_by_route(&self, response: &mut ServiceResponse, call: &mut Call) -> bool {
        match self.reached(call.way) {
            Some((app, reached, row)) if call.sent.is_none() && !app.watch.has_missed() => {
                self.finish_reached(response, call, reached, row)
            }
            _ => self.finish_less_usual(response, call),
        }
    }

    #[inline]
    fn finish_reached(
        &self,
        response: &mut ServiceResponse,
        call: &mut Call,
        reached: Reached,
        row: &Row,
    ) -> bool {
        let policy = row.policy.at(|| reached.region());
        if let (Some(origin), Some(table)) = (&call.origin, self.table())
            && table.is_contested(reached.route(), row)
        {
            self.look_at_rival_of(response.request(), reached.route(), policy, origin);
        }
        respond::actual(response.headers_mut(), policy, call.origin.take())
    }

    #[cold]
    fn look_at_rival_of(
        &self,
        req: &HttpRequest,
        route: usize,
        policy: &Compiled,
        origin: &HeaderValue,
    ) {
        if !self.is_own(req) {
            return;
        }
        let (path, method, host) = (req.match_info().as_str(), req.method(), self.host_of(req));
        let (path, method) = (self.routed(path), method.as_str());
        let target = Target { path, method, request: host.as_ref() };
        self.look_at_rival(&target, route, policy, origin);
    }

    /// The request, if some declared guard needs its host.
    fn host_of(&self, req: &HttpRequest) -> Option<ServiceRequest> {
        let needs = self.depends_on_host();
        needs.then(|| ServiceRequest::from_request(req.clone()))
    }

    /// The same where the request is compared with what was sent, or a mark may have left word.
    #[inline(never)]
    fn finish_less_usual(&self, response: &mut ServiceResponse, call: &mut Call) -> bool {
        let req = response.request();
        if let Some(sent) = call.sent.as_ref().filter(|sent| !sent.is(req))
            && self.is_own(req)
        {
            self.look_at_rewriting(req, sent);
        }
        if self.annotated().is_some_and(|app| app.watch.has_missed())
            && let Some(Ran { policy }) = left_word(response)
        {
            return respond::actual(response.headers_mut(), &policy, call.origin.take());
        }
        match self.reached(call.way) {
            Some((_, reached, row)) => self.finish_reached(response, call, reached, row),
            None => self.finish_unmarked(response, call),
        }
    }

    /// The annotated route that a request has reached last.
    #[inline]
    fn reached(&self, way: Way) -> Option<(&AppRoutes, Reached, &Row)> {
        let Way::Reached(reached) = way else { return None };
        let (app, table) = (self.annotated()?, self.table()?);
        Some((app, reached, table.route(reached.route())?))
    }

    /// No annotated route was reached: a route without `#[cors]` answered, or something before it.
    fn finish_unmarked(&self, response: &mut ServiceResponse, call: &mut Call) -> bool {
        match call.origin.take() {
            Some(origin) => self.finish_with_origin(response, origin, call.sent.as_ref()),
            None => self.finish_without_origin(response),
        }
    }

    fn finish_with_origin(
        &self,
        response: &mut ServiceResponse,
        origin: HeaderValue,
        sent: Option<&Sent>,
    ) -> bool {
        let origin = Some(origin);
        let req = response.request();
        if !self.is_own(req) {
            // a middleware inside has answered with a request of its own, which tells nothing
            let decide = |sent| self.with_target(sent, |target| self.decide(target));
            return match sent.map(decide) {
                Some(d) => respond::actual_by_all(response.headers_mut(), &d.policies, origin),
                None => respond::unknown(response.headers_mut()),
            };
        }
        let (path, host) = (self.routed(req.match_info().as_str()), self.host_of(req));
        let target = Target { path, method: req.method().as_str(), request: host.as_ref() };
        let decision = self.decide(&target);
        let may_be_annotated = decision.policies.len() > 1 || decision.stop.is_some();
        if !may_be_annotated || !self.is_plain_answer(req, &target, &decision) {
            return respond::actual_by_all(response.headers_mut(), &decision.policies, origin);
        }
        if let Some(stop) = decision.stop {
            self.trip(&target, stop, None);
        }
        let default = Arc::clone(self.default(&target.path));
        respond::actual(response.headers_mut(), &default, origin)
    }

    /// Nothing is looked up: where something around an annotated route may have answered, whoever
    /// asks with an origin may get another answer.
    fn finish_without_origin(&self, response: &mut ServiceResponse) -> bool {
        let status = response.status();
        let is_own_status = status.is_success() || status == StatusCode::NOT_MODIFIED;
        if self.has_routes() && !(is_own_status && self.has_come_to_a_route(response.request())) {
            return respond::unknown(response.headers_mut());
        }
        let path = self.routed(response.request().match_info().as_str());
        let default = Arc::clone(self.default(&path));
        respond::actual(response.headers_mut(), &default, None)
    }

    #[cold]
    fn finish_error(self: &Rc<Self>, error: &mut Error, call: &mut Call) {
        let worker = Rc::clone(self);
        let call = Call { way: call.way, origin: call.origin.take(), sent: call.sent.take() };
        error.add_response_mapper(move |mut response| {
            let left = response.extensions().get::<Ran>().cloned();
            let ran = left.or_else(|| worker.ran(&call));
            worker.finish_error_response(response.headers_mut(), ran, &call);
            response
        });
    }

    /// What the annotated route says that a failed request has reached.
    fn ran(&self, call: &Call) -> Option<Ran> {
        let (_, reached, row) = self.reached(call.way)?;
        let policy = row.policy.at(|| reached.region());
        if let (Some(origin), Some(sent)) = (&call.origin, &call.sent)
            && self.table()?.is_contested(reached.route(), row)
        {
            self.with_target(sent, |target| {
                self.look_at_rival(target, reached.route(), policy, origin);
            });
        }
        Some(Ran { policy: Arc::clone(policy) })
    }

    fn finish_error_response(
        &self,
        headers: &mut HeaderMap,
        ran: Option<Ran>,
        call: &Call,
    ) -> bool {
        if self.placement.is_wrong() {
            return respond::unknown(headers);
        }
        let origin = call.origin.clone();
        if let Some(policy) = ran.as_ref().map(|ran| &ran.policy).or(self.only_policy()) {
            return respond::actual(headers, policy, origin);
        }
        let decide = |sent| self.with_target(sent, |target| self.decide(target));
        match call.sent.as_ref().map(decide) {
            Some(decision) => respond::actual_by_all(headers, &decision.policies, origin),
            None => respond::unknown(headers),
        }
    }

    /// Asks about what was sent, where the request is gone.
    fn with_target<T>(&self, sent: &Sent, ask: impl FnOnce(&Target<'_>) -> T) -> T {
        let (path, method) = (sent.path(), sent.method.as_str());
        ask(&Target { path: self.routed(&path), method, request: None })
    }
}

/// What a mark that was reached unwatched has left in the request, or in the response to an error.
#[cold]
fn left_word(response: &ServiceResponse) -> Option<Ran> {
    let in_request = response.request().app_data::<Ran>().cloned();
    in_request.or_else(|| response.response().extensions().get::<Ran>().cloned())
}
