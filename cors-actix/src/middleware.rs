//! The middleware's service: recognises requests, asks for the decision, writes the answer.

use std::{
    any::Any,
    fmt,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    sync::{Arc, PoisonError},
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{Method, header::HeaderValue},
};
use pin_project_lite::pin_project;

use crate::{
    actual::{Call, Sent},
    check,
    cors::Cors,
    errors::ConfigErrors,
    events, placement,
    preflight::Preflight,
    reject::{self, RejectRule},
    respond::{self, origin_of},
    watch::{RequestKey, Way},
    worker::{Target, Worker},
};

impl<S, B> Transform<S, ServiceRequest> for Cors
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = CorsMiddleware<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        let started = match (Worker::start(self), placement::problem::<S>()) {
            (Ok(worker), None) => Ok(worker),
            (Err(errors), None) => Err(errors),
            (started, Some(problem)) => {
                let mut errors = started.err().unwrap_or(ConfigErrors(Vec::new()));
                errors.0.push(problem);
                Err(errors)
            }
        };
        let is_checked = check::started(started.as_ref().err());
        let mut worker = match started {
            Ok(worker) => worker,
            // the rest of the App may have more to say
            Err(_) if is_checked => Worker::broken(self),
            Err(errors) => {
                events::misconfigured(&errors);
                // the other workers wait, as the process may end when one of them has failed
                let told = self.shared.errors_told.lock();
                let mut told = told.unwrap_or_else(PoisonError::into_inner);
                if !std::mem::replace(&mut *told, true) {
                    // actix itself only says that the service can't start
                    eprintln!("{errors}");
                }
                return ready(Err(()));
            }
        };
        if placement::normalizes::<S>() {
            worker.see_normalize_path();
        }
        worker.is_checked = is_checked;
        ready(Ok(CorsMiddleware { service, worker: Rc::new(worker) }))
    }
}

/// The service that [`Cors`] makes. Its responses have boxed bodies, as those of actix's own scopes have.
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
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = CorsFuture<S::Future>;

    forward_ready!(service);

    #[inline]
    fn call(&self, req: ServiceRequest) -> Self::Future {
        let app = self.worker.see(&req);
        if self.worker.is_checked
            && let Some(answer) = self.worker.answer_probe(&req)
        {
            return CorsFuture::done(req, answer);
        }
        if self.worker.is_left(&req) {
            return CorsFuture { state: State::Untouched { fut: self.service.call(req) } };
        }
        if app.is_always && *req.method() != Method::OPTIONS {
            return self.call_inner(req, None);
        }
        let Some(origin) = origin_of(req.headers()) else { return self.call_inner(req, None) };
        if let Some(preflight) = Preflight::of(&req, origin) {
            let answer = self.worker.preflight(&req, &preflight);
            return CorsFuture::done(req, answer);
        }
        if let Some(rule) = &self.worker.reject
            && self.is_refused(&req, rule)
        {
            let mut response = reject::refusal();
            respond::unknown(response.headers_mut());
            return CorsFuture::done(req, response);
        }
        let origin = origin.clone();
        self.call_inner(req, Some(origin))
    }
}

impl<S, B> CorsMiddleware<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    #[inline]
    fn call_inner(
        &self,
        req: ServiceRequest,
        origin: Option<HeaderValue>,
    ) -> CorsFuture<S::Future> {
        self.worker.placement.look(&req);
        let worker = Rc::clone(&self.worker);
        let Some(app) = worker.annotated() else {
            let sent = (origin.is_some() && worker.only_policy().is_none()).then(|| Sent::of(&req));
            let fut = self.service.call(req);
            let call = Call { way: Way::NoMarks, origin, sent };
            return CorsFuture { state: State::Actual { fut, worker, call } };
        };
        let sent = origin.is_some().then(|| Sent::of(&req));
        let request = RequestKey::of(&req);
        let watching = app.watch.watch(request);
        let fut = self.service.call(req);
        let call = match watching.end() {
            None => Call { way: Way::Open(request), origin, sent },
            Some(reached) if sent.is_some() && worker.keeps_sent() => {
                Call { way: Way::Reached(reached), origin, sent }
            }
            Some(reached) => Call { way: Way::Reached(reached), origin, sent: None },
        };
        CorsFuture { state: State::Actual { fut, worker, call } }
    }

    /// Decides for routes without `#[cors]`; the others decide at their mark.
    fn is_refused(&self, req: &ServiceRequest, rule: &RejectRule) -> bool {
        let target = Target {
            path: self.worker.routed(req.match_info().as_str()),
            method: req.method().as_str(),
            request: Some(req),
        };
        let decision = self.worker.decide(&target);
        let refused = |(policy, _): &(Arc<_>, _)| rule.is_refused(req, policy);
        (decision.stop.is_none() || decision.has_variants)
            && !decision.policies.is_empty()
            && decision.policies.iter().all(refused)
    }
}

pin_project! {
    /// The future of [`CorsMiddleware`].
    pub struct CorsFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        /// The request went on.
        Actual { #[pin] fut: F, worker: Rc<Worker>, call: Call },
        /// All is left to what stands inside.
        Untouched { #[pin] fut: F },
        /// The middleware has answered.
        Done { response: Option<ServiceResponse> },
    }
}

impl<F> CorsFuture<F> {
    fn done(req: ServiceRequest, answer: HttpResponse) -> Self {
        let response = req.into_response(answer);
        CorsFuture { state: State::Done { response: Some(response) } }
    }
}

impl<F> fmt::Debug for CorsFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CorsFuture").finish_non_exhaustive()
    }
}

impl<F, B> Future for CorsFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
    B: MessageBody + 'static,
{
    type Output = Result<ServiceResponse, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().state.project() {
            StateProjection::Actual { fut, worker, call } => {
                let mut polled = match call.way {
                    Way::Open(request) => {
                        worker.watch(request, &mut call.way, || boxed(fut.poll(cx)))
                    }
                    Way::NoMarks | Way::Reached(_) => boxed(fut.poll(cx)),
                };
                if let Poll::Ready(result) = &mut polled {
                    worker.finish(result, call);
                }
                polled
            }
            StateProjection::Untouched { fut } => boxed(fut.poll(cx)),
            StateProjection::Done { response } => match response.take() {
                Some(response) => Poll::Ready(Ok(response)),
                None => Poll::Pending,
            },
        }
    }
}

type Polled<B> = Poll<Result<ServiceResponse<B>, Error>>;

/// Boxes the body. Where it is boxed already, as an App's own is, nothing is moved.
#[inline]
fn boxed<B: MessageBody + 'static>(polled: Polled<B>) -> Polled<BoxBody> {
    let mut boxed: Polled<BoxBody> = Poll::Pending;
    match <dyn Any>::downcast_mut::<Polled<B>>(&mut boxed) {
        Some(same) => *same = polled,
        None => boxed = polled.map_ok(ServiceResponse::map_into_boxed_body),
    }
    boxed
}
