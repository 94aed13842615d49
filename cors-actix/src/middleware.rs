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
    Error, HttpMessage,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{Method, StatusCode, Uri, header, uri::PathAndQuery},
};
use pin_project_lite::pin_project;

use crate::{
    check::{self, Probe},
    cors::Cors,
    mark::Ran,
    placement,
    reject::{self, RejectRule},
    respond::{self, Preflight, RequestOrigin},
    worker::{Target, Worker, decoded, policies},
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
                log::error!("{errors}");
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

    fn call(&self, req: ServiceRequest) -> Self::Future {
        self.worker.see(&req);
        if self.worker.is_left(req.match_info().as_str()) {
            return State::Untouched { fut: self.service.call(req) }.into();
        }
        let origin = RequestOrigin::of(req.headers());
        let is_cors = !matches!(origin, RequestOrigin::None);
        if is_cors && is_preflight(&req) {
            let response = self.preflight(req, &origin).map_into_right_body();
            return State::Done { response: Some(response) }.into();
        }
        if is_cors && let Some(rule) = reject::rule(&self.worker.cors) {
            return self.call_unless_refused(req, origin, &rule);
        }
        self.call_inner(req, origin)
    }
}

impl<S, B> CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn call_inner(&self, req: ServiceRequest, origin: RequestOrigin) -> CorsFuture<S::Future, B> {
        self.worker.placement.look(&req);
        let mut call = None;
        if !matches!(origin, RequestOrigin::None) {
            let target = req.uri().path_and_query().cloned();
            call = Some(Call { origin, method: req.method().clone(), target });
        }
        let worker = Some(Rc::clone(&self.worker));
        State::Actual { fut: self.service.call(req), worker, call }.into()
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
        let refused = |policy: &Arc<_>| rule.is_refused(&req, policy);
        if annotated || !policies(&decision).iter().all(refused) || decision.policies.is_empty() {
            return self.call_inner(req, origin);
        }
        let mut response = reject::refusal();
        respond::unknown(response.headers_mut());
        let response = req.into_response(response).map_into_right_body();
        State::Done { response: Some(response) }.into()
    }

    /// Answers a preflight.
    fn preflight(&self, req: ServiceRequest, origin: &RequestOrigin) -> ServiceResponse {
        if let Some(probe) = req.extensions().get::<Probe>() {
            probe.reached();
        }
        let worker = &self.worker;
        let config = &worker.cors.config;
        let (map, path) = (req.resource_map(), req.match_info().as_str());
        let normalized = worker.normalized(path);
        let path = normalized.as_deref().unwrap_or(path);
        let default = worker.default(path);
        let mut methods = req.headers().get_all(header::ACCESS_CONTROL_REQUEST_METHOD);
        let method = methods.next().filter(|_| methods.next().is_none());
        let preflight = Preflight { origin, method, headers: req.headers() };
        let parsed = method.and_then(|m| Method::from_bytes(m.as_bytes()).ok());
        // most refusals need no walk of the map
        let hopeless = !config.explain_refusals
            && !worker.any_allows(map, path, |policy| preflight.may_allow(policy));
        let response = match parsed {
            _ if worker.placement.is_wrong() => preflight.refuse_unknown(),
            Some(method) if !hopeless => {
                let target = Target { path, method: &method, request: Some(&req) };
                let decision = worker.decide(map, &target);
                match preflight.judge(&decision.policies) {
                    Ok(rights) => {
                        preflight.grant(&decision.policies, rights, config.preflight_status)
                    }
                    Err(refusal) => {
                        worker.log_needless(map, &target, &decision, |policies| {
                            preflight.judge(policies).is_ok()
                        });
                        if config.explain_refusals {
                            preflight.explain(&decision.policies, refusal)
                        } else {
                            preflight.refuse(&decision.policies)
                        }
                    }
                }
            }
            // an annotated route's policy may vary on the origin where the default does not
            _ if worker.has_routes() => preflight.refuse_unknown(),
            _ => preflight.refuse(&[(Arc::clone(default), cors_core::Methods::Listed)]),
        };
        req.into_response(response)
    }
}

/// OPTIONS with `Origin` and `Access-Control-Request-Method`.
fn is_preflight(req: &ServiceRequest) -> bool {
    req.method() == Method::OPTIONS
        && req.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What is kept of a request with `Origin` until its response is there.
#[derive(Debug)]
struct Call {
    origin: RequestOrigin,
    method: Method,
    target: Option<PathAndQuery>,
}

impl Worker {
    /// Puts the headers of the policy that decides on a response.
    fn finish<B>(&self, response: &mut ServiceResponse<B>, call: Option<&Call>) {
        if self.placement.is_wrong() {
            respond::unknown(response.headers_mut());
            return;
        }
        let origin = call.map_or(&RequestOrigin::None, |call| &call.origin);
        let policy = match response.request().app_data::<Ran>() {
            Some(ran) => Some(self.ran(ran, response.request().match_info().as_str())),
            None => {
                let extensions = response.response().extensions();
                let path = response.request().match_info().as_str();
                extensions.get::<Ran>().map(|ran| self.ran(ran, path))
            }
        };
        let foreign = match (policy, call) {
            (Some(policy), _) => respond::actual(response.headers_mut(), &[policy], origin),
            (None, Some(call)) => self.finish_without_mark(response, call),
            (None, None) => self.finish_without_origin(response),
        };
        if foreign {
            self.log_foreign(response.request().path());
        }
    }

    fn ran(&self, ran: &Ran, path: &str) -> Arc<crate::compiled::Compiled> {
        Arc::clone(ran.policy.at(|| self.plan().region(path)))
    }

    /// No annotated route was reached: a route without `#[cors]` answered, or something before it.
    fn finish_without_mark<B>(&self, response: &mut ServiceResponse<B>, call: &Call) -> bool {
        let policies = {
            let req = response.request();
            let (info, map) = (req.match_info(), req.resource_map());
            let default = self.default(info.as_str());
            // only declared host guards need it
            let request =
                self.depends_on_host(map).then(|| ServiceRequest::from_request(req.clone()));
            let target =
                Target { path: info.as_str(), method: &call.method, request: request.as_ref() };
            let decision = self.decide(map, &target);
            let plain = decision.policies.len() > 1 || decision.stop.is_some();
            let plain = plain && self.is_plain_answer(req);
            match decision.stop {
                Some(stop) if plain => {
                    self.trip(map, stop, &call.method, info.as_str());
                    vec![Arc::clone(default)]
                }
                _ if plain => vec![Arc::clone(default)],
                _ => policies(&decision),
            }
        };
        respond::actual(response.headers_mut(), &policies, &call.origin)
    }

    fn finish_without_origin<B>(&self, response: &mut ServiceResponse<B>) -> bool {
        let info = response.request().match_info();
        let default = Arc::clone(self.default(info.as_str()));
        // an error or a redirect may come from something around an annotated route, whose policy
        // is not looked up
        let status = response.status();
        let is_own = status.is_success() || status == StatusCode::NOT_MODIFIED;
        if self.has_routes() && !is_own {
            return respond::unknown(response.headers_mut());
        }
        respond::actual(response.headers_mut(), &[default], &RequestOrigin::None)
    }

    fn finish_error(self: &Rc<Self>, mut error: Error, call: Option<Call>) -> Error {
        let worker = Rc::clone(self);
        error.add_response_mapper(move |mut response| {
            let call = call.as_ref();
            let origin = call.map_or(&RequestOrigin::None, |call| &call.origin);
            let path = call.and_then(|call| call.target.clone()).map(|t| decoded(Uri::from(t)));
            let path = path.as_deref().unwrap_or_default();
            let ran = response.extensions().get::<Ran>().cloned();
            let headers = response.headers_mut();
            if worker.placement.is_wrong() {
                respond::unknown(headers);
                return response;
            }
            match (ran, call) {
                (Some(ran), _) => {
                    let policy = worker.ran(&ran, path);
                    respond::actual(headers, &[policy], origin);
                }
                (None, Some(call)) => match worker.decide_without_request(path, &call.method) {
                    Some(decision) => {
                        respond::actual(headers, &policies(&decision), origin);
                    }
                    None => {
                        respond::unknown(headers);
                    }
                },
                (None, None) => {
                    respond::unknown(headers);
                }
            }
            response
        });
        error
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
        /// The request went on.
        Actual { #[pin] fut: F, worker: Option<Rc<Worker>>, call: Option<Call> },
        /// All is left to what stands inside.
        Untouched { #[pin] fut: F },
        /// The middleware has answered.
        Done { response: Option<ServiceResponse<EitherBody<B>>> },
    }
}

impl<F, B> From<State<F, B>> for CorsFuture<F, B> {
    fn from(state: State<F, B>) -> Self {
        CorsFuture { state }
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
                let result = ready_or_pending!(fut.poll(cx));
                let Some(worker) = worker.take() else { return Poll::Pending };
                Poll::Ready(match result {
                    Ok(mut response) => {
                        worker.finish(&mut response, call.as_ref());
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
