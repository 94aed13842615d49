//! Responses to actual requests: finds the policy that decides, and puts its headers on.

use std::{rc::Rc, sync::Arc};

use actix_web::{
    Error,
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, Uri, header::HeaderMap, uri::PathAndQuery},
};

use crate::{
    compiled::Compiled,
    events,
    mark::Ran,
    normalize::decoded,
    respond::{self, RequestOrigin},
    worker::{Target, Worker},
};

/// What is kept of a request with `Origin` until its response is there.
#[derive(Debug)]
pub(crate) struct Call {
    origin: RequestOrigin,
    /// `None` where every request has the same policy
    target: Option<(Method, Option<PathAndQuery>)>,
}

impl Call {
    fn take_origin(call: &mut Option<Call>) -> RequestOrigin {
        match call {
            Some(call) => std::mem::replace(&mut call.origin, RequestOrigin::None),
            None => RequestOrigin::None,
        }
    }
}

impl Worker {
    pub(crate) fn keep(&self, req: &ServiceRequest, origin: RequestOrigin) -> Call {
        let target = || (req.method().clone(), req.uri().path_and_query().cloned());
        Call { origin, target: self.only_policy().is_none().then(target) }
    }

    /// Puts the headers of the policy that decides on a response.
    pub(crate) fn finish<B>(&self, response: &mut ServiceResponse<B>, call: &mut Option<Call>) {
        if self.placement.is_wrong() {
            respond::unknown(response.headers_mut());
            return;
        }
        let foreign = match self.only_policy() {
            Some(policy) => {
                respond::actual(response.headers_mut(), policy, Call::take_origin(call))
            }
            None => self.finish_by_route(response, call),
        };
        events::actual(response);
        if foreign {
            self.log_foreign(response.request().path());
        }
    }

    fn finish_by_route<B>(
        &self,
        response: &mut ServiceResponse<B>,
        call: &mut Option<Call>,
    ) -> bool {
        let path = response.request().match_info().as_str();
        let marked = response.request().app_data::<Ran>().map(|ran| self.ran(ran, path));
        let marked = marked.or_else(|| {
            response.response().extensions().get::<Ran>().map(|ran| self.ran(ran, path))
        });
        match (marked, call) {
            (Some(policy), call) => {
                respond::actual(response.headers_mut(), &policy, Call::take_origin(call))
            }
            (None, Some(call)) => self.finish_without_mark(response, call),
            (None, None) => self.finish_without_origin(response),
        }
    }

    #[inline]
    fn ran(&self, ran: &Ran, path: &str) -> Arc<Compiled> {
        Arc::clone(ran.policy.at(|| self.plan().region(path)))
    }

    /// No annotated route was reached: a route without `#[cors]` answered, or something before it.
    fn finish_without_mark<B>(&self, response: &mut ServiceResponse<B>, call: &mut Call) -> bool {
        let origin = std::mem::replace(&mut call.origin, RequestOrigin::None);
        let req = response.request();
        let (info, map) = (req.match_info(), req.resource_map());
        let Some((method, _)) = &call.target else {
            return respond::unknown(response.headers_mut());
        };
        // only declared host guards need it
        let request = self.depends_on_host(map).then(|| ServiceRequest::from_request(req.clone()));
        let target = Target { path: info.as_str(), method, request: request.as_ref() };
        let decision = self.decide(map, &target);
        drop(request);
        let plain = decision.policies.len() > 1 || decision.stop.is_some();
        if !plain || !self.is_plain_answer(req, decision.stop) {
            return respond::actual_by_all(response.headers_mut(), &decision.policies, origin);
        }
        if let Some(stop) = decision.stop {
            self.trip(map, stop, method, info.as_str());
        }
        let default = Arc::clone(self.default(info.as_str()));
        respond::actual(response.headers_mut(), &default, origin)
    }

    fn finish_without_origin<B>(&self, response: &mut ServiceResponse<B>) -> bool {
        // an error or a redirect may come from something around an annotated route, whose policy
        // is not looked up
        let status = response.status();
        let is_own = status.is_success() || status == StatusCode::NOT_MODIFIED;
        if self.has_routes() && !is_own {
            return respond::unknown(response.headers_mut());
        }
        let default = Arc::clone(self.default(response.request().match_info().as_str()));
        respond::actual(response.headers_mut(), &default, RequestOrigin::None)
    }

    pub(crate) fn finish_error(self: &Rc<Self>, mut error: Error, call: Option<Call>) -> Error {
        let worker = Rc::clone(self);
        error.add_response_mapper(move |mut response| {
            let ran = response.extensions().get::<Ran>().cloned();
            worker.finish_error_response(response.headers_mut(), ran.as_ref(), call.as_ref());
            response
        });
        error
    }

    fn finish_error_response(
        &self,
        headers: &mut HeaderMap,
        ran: Option<&Ran>,
        call: Option<&Call>,
    ) -> bool {
        if self.placement.is_wrong() {
            return respond::unknown(headers);
        }
        let origin = call.map_or(RequestOrigin::None, |call| call.origin.clone());
        let target = call.and_then(|call| call.target.as_ref());
        let uri = target.and_then(|(_, target)| target.clone());
        let path = uri.map(|target| decoded(Uri::from(target))).unwrap_or_default();
        if let Some(ran) = ran {
            return respond::actual(headers, &self.ran(ran, &path), origin);
        }
        if let Some(policy) = self.only_policy().filter(|_| call.is_some()) {
            return respond::actual(headers, policy, origin);
        }
        match target.and_then(|(method, _)| self.decide_without_request(&path, method)) {
            Some(decision) => respond::actual_by_all(headers, &decision.policies, origin),
            None => respond::unknown(headers),
        }
    }
}
