//! The middleware's service: recognises requests, asks for the decision, writes the answer.

use std::{
    fmt,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready as ready_or_pending},
};

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{Method, StatusCode, Uri, header::HeaderMap, uri::PathAndQuery},
};
use cors_core::{Methods, Refusal, Rights};
use pin_project_lite::pin_project;

use crate::{
    check::{self, Probe},
    compiled::Compiled,
    cors::Cors,
    events,
    mark::Ran,
    placement,
    reject::{self, RejectRule},
    respond::{self, Preflight, RequestOrigin},
    worker::{Target, Worker, decoded},
};

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let worker = match placement::problem::<S>() {
            Some(problem) => Err(problem.into()),
            None => Worker::start(self),
        };
        let heard = check::started(worker.as_ref().map(|_| self.report()));
        ready(match worker {
            Ok(worker) => Ok(CorsMiddleware { service, worker: Rc::new(worker) }),
            Err(_) if heard => Err(()),
            Err(errors) => {
                // actix itself only says that the service can't start
                events::misconfigured(&errors);
                eprintln!("{errors}");
                Err(())
            }
        })
    }
}

/// The service that [`Cors`] makes.
pub struct CorsMiddleware<S> {
    service: S,
    worker: Rc<Worker>,
}

impl<S> fmt::Debug for CorsMiddleware<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsMiddleware").field("cors", &self.worker.cors).finish_non_exhaustive()
    }
}

impl<S, B> Service<ServiceRequest> for CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    type Response = ServiceResponse<EitherBody<B>>;
    type Error = Error;
    type Future = CorsFuture<S::Future, B>;

    forward_ready!(service);

    #[inline]
    fn call(&self, req: ServiceRequest) -> Self::Future {
        self.worker.see(&req);
        if self.worker.is_left(req.match_info().as_str()) {
            return CorsFuture { state: State::Untouched { fut: self.service.call(req) } };
        }
        let origin = RequestOrigin::of(req.headers());
        if let Some(preflight) = Preflight::of(&req, &origin) {
            let answer = self.worker.preflight(&req, &preflight);
            return CorsFuture::done(req, answer);
        }
        if let Some(rule) = &self.worker.reject
            && !matches!(origin, RequestOrigin::None)
        {
            return self.call_unless_refused(req, origin, rule);
        }
        self.call_inner(req, origin)
    }
}

impl<S, B> CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    #[inline]
    fn call_inner(&self, req: ServiceRequest, origin: RequestOrigin) -> CorsFuture<S::Future, B> {
        let worker = Rc::clone(&self.worker);
        worker.placement.look(&req);
        let call = match origin {
            RequestOrigin::None => None,
            origin => Some(worker.keep(&req, origin)),
        };
        CorsFuture { state: State::Actual { fut: self.service.call(req), worker, call } }
    }

    /// Decides for routes without `#[cors]`; the others decide at their mark.
    fn call_unless_refused(
        &self,
        req: ServiceRequest,
        origin: RequestOrigin,
        rule: &RejectRule,
    ) -> CorsFuture<S::Future, B> {
        let target =
            Target { path: req.match_info().as_str(), method: req.method(), request: Some(&req) };
        let decision = self.worker.decide(req.resource_map(), &target);
        let annotated = decision.stop.is_some();
        let refused = |(policy, _): &(Arc<_>, _)| rule.is_refused(&req, policy);
        if annotated || !decision.policies.iter().all(refused) || decision.policies.is_empty() {
            return self.call_inner(req, origin);
        }
        let mut response = reject::refusal();
        respond::unknown(response.headers_mut());
        CorsFuture::done(req, response)
    }
}

/// What is kept of a request with `Origin` until its response is there.
#[derive(Debug)]
struct Call {
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
    fn keep(&self, req: &ServiceRequest, origin: RequestOrigin) -> Call {
        let target = || (req.method().clone(), req.uri().path_and_query().cloned());
        Call { origin, target: self.only_policy().is_none().then(target) }
    }

    /// Answers a preflight.
    fn preflight(&self, req: &ServiceRequest, preflight: &Preflight<'_>) -> HttpResponse {
        if let Some(probe) = req.extensions().get::<Probe>() {
            probe.reached();
        }
        if self.placement.is_wrong() {
            return preflight.refuse_unknown();
        }
        if let Some(policy) = self.only_policy() {
            let path = req.match_info().as_str();
            let policies = [(Arc::clone(policy), Methods::Listed)];
            return self.answer(preflight, &policies, |result| {
                events::preflight(preflight, path, None, result);
            });
        }
        let (map, path) = (req.resource_map(), req.match_info().as_str());
        let normalized = self.normalized(path);
        let path = normalized.as_deref().unwrap_or(path);
        let method = preflight.method.and_then(|m| Method::from_bytes(m.as_bytes()).ok());
        let Some(method) = method else { return self.refuse(preflight, path) };
        let target = Target { path, method: &method, request: Some(req) };
        // most refusals need no walk of the map
        let hopeless = || {
            !self.cors.config.explain_refusals
                && !self.any_allows(map, path, |policy| preflight.may_allow(policy))
        };
        let decision = match self.recall(map, &target) {
            Some(decision) => decision,
            None if hopeless() => return self.refuse(preflight, path),
            None => self.decide(map, &target),
        };
        self.answer(preflight, &decision.policies, |result| {
            let route = decision.stop.map(|stop| self.names(map, stop));
            events::preflight(preflight, path, route, result);
            if result.is_err() {
                self.log_needless(map, &target, &decision, |policies| {
                    preflight.judge(policies).is_ok()
                });
            }
        })
    }

    fn answer(
        &self,
        preflight: &Preflight<'_>,
        policies: &[(Arc<Compiled>, Methods)],
        tell: impl FnOnce(&Result<Rights, Refusal>),
    ) -> HttpResponse {
        let config = &self.cors.config;
        let result = preflight.judge(policies);
        tell(&result);
        match result {
            Ok(rights) => preflight.grant(policies, rights, config.preflight_status),
            Err(refusal) if config.explain_refusals => preflight.explain(policies, refusal),
            Err(_) => preflight.refuse(policies),
        }
    }

    /// Refuses what nothing can allow.
    fn refuse(&self, preflight: &Preflight<'_>, path: &str) -> HttpResponse {
        events::preflight(preflight, path, None, &Err(Refusal::OriginDenied));
        if self.has_routes() {
            // an annotated route's policy may vary on the origin where the default does not
            return preflight.refuse_unknown();
        }
        preflight.refuse(&[(Arc::clone(self.default(path)), Methods::Listed)])
    }

    /// Puts the headers of the policy that decides on a response.
    fn finish<B>(&self, response: &mut ServiceResponse<B>, call: &mut Option<Call>) {
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

    fn finish_error(self: &Rc<Self>, mut error: Error, call: Option<Call>) -> Error {
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

pin_project! {
    /// The future of [`CorsMiddleware`].
    pub struct CorsFuture<F, B> {
        #[pin]
        state: State<F, B>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F, B> {
        /// The request went on; `call` is `None` without `Origin`.
        Actual { #[pin] fut: F, worker: Rc<Worker>, call: Option<Call> },
        /// All is left to what stands inside.
        Untouched { #[pin] fut: F },
        /// The middleware has answered.
        Done { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<F, B> CorsFuture<F, B> {
    fn done(req: ServiceRequest, answer: HttpResponse) -> Self {
        let response = req.into_response(answer).map_into_right_body();
        CorsFuture { state: State::Done { response: Some(response) } }
    }
}

impl<F, B> fmt::Debug for CorsFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsFuture").finish_non_exhaustive()
    }
}

impl<F, B> Future for CorsFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody,
{
    type Output = Result<ServiceResponse<EitherBody<B>>, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Actual { fut, worker, call } => {
                Poll::Ready(match ready_or_pending!(fut.poll(cx)) {
                    Ok(mut response) => {
                        worker.finish(&mut response, call);
                        Ok(response.map_into_left_body())
                    }
                    Err(error) => Err(worker.finish_error(error, call.take())),
                })
            }
            StateProjection::Untouched { fut } => {
                fut.poll(cx).map_ok(ServiceResponse::map_into_left_body)
            }
            StateProjection::Done { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
        }
    }
}
