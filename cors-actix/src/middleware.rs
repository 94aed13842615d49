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
    Error, HttpResponse,
    body::{EitherBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use pin_project_lite::pin_project;

use crate::{
    actual::Call,
    check,
    cors::Cors,
    events, placement,
    preflight::Preflight,
    reject::{self, RejectRule},
    respond::{self, RequestOrigin},
    worker::{Target, Worker},
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
