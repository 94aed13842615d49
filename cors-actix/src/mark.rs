//! The mark: tells the middleware which annotated route was reached.

use std::{
    fmt,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready as ready_or_pending},
};

use actix_web::{
    Error,
    dev::{Extensions, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use pin_project_lite::pin_project;

use crate::{
    compiled::RoutePolicy,
    register::{self, Marked},
    reject::RejectRule,
};

/// In a request's data containers once an annotated route has been reached.
#[derive(Clone)]
pub(crate) struct Ran {
    pub(crate) policy: Rc<RoutePolicy>,
    pub(crate) reject: Option<Rc<RejectRule>>,
}

/// The outermost middleware of each annotated route; `#[cors]` adds it to the route attribute.
#[derive(Clone)]
pub struct Mark(Option<Marked>);

impl Mark {
    /// The mark of the `index`-th route attribute of the handler that is being registered.
    #[must_use]
    pub fn at(index: usize) -> Self {
        Mark(register::current(index))
    }

    fn container(&self) -> Option<Rc<Extensions>> {
        let Marked { app, route } = self.0.as_ref()?;
        let mark = app.marks.borrow().get(*route).map(Rc::clone);
        if mark.is_none() && !app.missing_middleware_logged.replace(true) {
            log::error!(
                "a route with #[cors] was reached in an App without `Cors`: it grants nothing; \
                 add `.wrap(cors.clone())` as the App's last `wrap`"
            );
        }
        mark
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark")
    }
}

impl<S, B> Transform<S, ServiceRequest> for Mark
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Transform = MarkService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(MarkService { service, mark: self.clone() }))
    }
}

/// The service that [`Mark`] makes.
#[derive(Debug)]
pub struct MarkService<S> {
    service: S,
    mark: Mark,
}

impl<S, B> Service<ServiceRequest> for MarkService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = MarkFuture<S::Future>;

    forward_ready!(service);

    fn call(&self, mut req: ServiceRequest) -> Self::Future {
        let container = self.mark.container();
        let ran = container.as_ref().and_then(|container| container.get::<Ran>());
        let refusal = ran.and_then(|ran| ran.reject.as_ref()?.refuse(&req, &ran.policy));
        if refusal.is_some() {
            return MarkFuture { fut: None, container, refusal };
        }
        if let Some(container) = &container {
            req.add_data_container(Rc::clone(container));
        }
        MarkFuture { fut: Some(self.service.call(req)), container, refusal }
    }
}

pin_project! {
    /// The future of [`MarkService`].
    #[derive(Debug)]
    pub struct MarkFuture<F> {
        #[pin]
        fut: Option<F>,
        // who has been reached, for an error
        container: Option<Rc<Extensions>>,
        refusal: Option<Error>,
    }
}

impl<F, B> Future for MarkFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let result = match this.fut.as_pin_mut() {
            Some(fut) => ready_or_pending!(fut.poll(cx)),
            None => match this.refusal.take() {
                Some(refusal) => Err(refusal),
                None => return Poll::Pending,
            },
        };
        Poll::Ready(match (result, this.container) {
            (Err(error), Some(container)) => Err(mark_error(error, container)),
            (result, _) => result,
        })
    }
}

/// An error has no request that could tell who ran, so its response is told.
fn mark_error(mut error: Error, container: &Rc<Extensions>) -> Error {
    if let Some(ran) = container.get::<Ran>().cloned() {
        error.add_response_mapper(move |mut response| {
            response.extensions_mut().insert(ran.clone());
            response
        });
    }
    error
}
