//! Responses to actual requests: finds the policy that decides, and puts its headers on.

use std::{rc::Rc, sync::Arc};

use actix_web::{
    Error,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode, Uri,
        header::{HeaderMap, HeaderValue},
        uri::PathAndQuery,
    },
};

use crate::{
    events,
    mark::Ran,
    normalize::decoded,
    respond,
    watch::Way,
    worker::{Target, Worker},
};

/// What is kept of a request with `Origin` that may reach no annotated route.
#[derive(Debug)]
pub(crate) struct Sent {
    method: Method,
    /// for an error, which comes back without its request
    target: Option<PathAndQuery>,
}

impl Sent {
    #[inline]
    pub(crate) fn of(req: &ServiceRequest) -> Self {
        Sent { method: req.method().clone(), target: req.uri().path_and_query().cloned() }
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

    fn finish_by_route(&self, response: &mut ServiceResponse, call: &mut Call) -> bool {
        if let Way::Reached(reached) = call.way
            && let Some(table) = self.table()
            && let Some(row) = table.route(reached.route())
        {
            let policy = row.policy.at(|| reached.region());
            if let Some(origin) = &call.origin
                && table.is_contested(reached.route(), row)
            {
                self.look_at_rival(response.request(), reached.route(), policy, origin);
            }
            return respond::actual(response.headers_mut(), policy, call.origin.take());
        }
        if self.annotated().is_some_and(|app| app.watch.has_missed())
            && let Some(Ran { policy }) = left_word(response)
        {
            return respond::actual(response.headers_mut(), &policy, call.origin.take());
        }
        self.finish_unmarked(response, call)
    }

    fn finish_unmarked(&self, response: &mut ServiceResponse, call: &mut Call) -> bool {
        match (call.origin.take(), &call.sent) {
            (Some(origin), Some(sent)) => {
                self.finish_without_mark(response, origin, sent.method.as_str())
            }
            _ => self.finish_without_origin(response),
        }
    }

    /// No annotated route was reached: a route without `#[cors]` answered, or something before it.
    fn finish_without_mark(
        &self,
        response: &mut ServiceResponse,
        origin: HeaderValue,
        method: &str,
    ) -> bool {
        let origin = Some(origin);
        let req = response.request();
        let (info, map) = (req.match_info(), req.resource_map());
        // only declared host guards need it
        let request = self.depends_on_host(map).then(|| ServiceRequest::from_request(req.clone()));
        let target = Target { path: info.as_str(), method, request: request.as_ref() };
        let decision = self.decide(map, &target);
        let plain = decision.policies.len() > 1 || decision.stop.is_some();
        if !plain || !self.is_plain_answer(req, &decision) {
            return respond::actual_by_all(response.headers_mut(), &decision.policies, origin);
        }
        if let Some(stop) = decision.stop {
            self.trip(map, &target, stop, None);
        }
        let default = Arc::clone(self.default(info.as_str()));
        respond::actual(response.headers_mut(), &default, origin)
    }

    fn finish_without_origin(&self, response: &mut ServiceResponse) -> bool {
        // an error or a redirect may come from something around an annotated route, whose policy
        // is not looked up
        let status = response.status();
        let is_own = status.is_success() || status == StatusCode::NOT_MODIFIED;
        if self.has_routes() && !is_own {
            return respond::unknown(response.headers_mut());
        }
        let default = Arc::clone(self.default(response.request().match_info().as_str()));
        respond::actual(response.headers_mut(), &default, None)
    }

    #[cold]
    fn finish_error(self: &Rc<Self>, error: &mut Error, call: &mut Call) {
        let worker = Rc::clone(self);
        let call = Call { way: call.way, origin: call.origin.take(), sent: call.sent.take() };
        error.add_response_mapper(move |mut response| {
            let ran = worker.ran(call.way).or_else(|| response.extensions().get::<Ran>().cloned());
            worker.finish_error_response(response.headers_mut(), ran, &call);
            response
        });
    }

    fn ran(&self, way: Way) -> Option<Ran> {
        let Way::Reached(reached) = way else { return None };
        let policy = self.table()?.route(reached.route())?.policy.at(|| reached.region());
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
        let decide = |sent: &Sent| {
            let path = sent.target.clone().map(Uri::from).map(decoded).unwrap_or_default();
            self.decide_without_request(&path, sent.method.as_str())
        };
        match call.sent.as_ref().and_then(decide) {
            Some(decision) => respond::actual_by_all(headers, &decision.policies, origin),
            None => respond::unknown(headers),
        }
    }
}

/// What a mark that was reached unwatched has left in the request, or in the response to an error.
#[cold]
fn left_word(response: &ServiceResponse) -> Option<Ran> {
    let in_request = response.request().app_data::<Ran>().cloned();
    in_request.or_else(|| response.response().extensions().get::<Ran>().cloned())
}
