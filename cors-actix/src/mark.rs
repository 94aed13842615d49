//! The mark: tells the middleware which annotated route was reached.

use std::{
    fmt,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    dev::{Extensions, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use pin_project_lite::pin_project;

use crate::{
    compiled::RoutePolicy,
    events,
    register::{self, Marked},
    reject::RejectRule,
};

/// In a request's data containers once an annotated route has been reached.
#[derive(Clone)]
pub(crate) struct Ran {
    pub(crate) policy: RoutePolicy,
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

    /// What the mark puts into a request, or the error that refuses it.
    #[inline]
    fn judge(&self, req: &ServiceRequest) -> (Option<Rc<Extensions>>, Option<Error>) {
        let Some(Marked { app, route }) = &self.0 else { return (None, None) };
        let marks = app.marks.borrow();
        let Some(container) = marks.as_ref().and_then(|marks| marks.containers.get(*route)) else {
            if !app.missing_middleware_logged.replace(true) {
                events::misconfigured(
                    &"a route with #[cors] was reached in an App without `Cors`: it grants \
                     nothing; add `.wrap(cors.clone())` as the App's last `wrap`",
                );
            }
            return (None, None);
        };
        let refusal = marks.as_ref().and_then(|marks| {
            let ran = || container.get::<Ran>();
            marks.reject.as_ref().and_then(|rule| rule.refuse(req, &ran()?.policy))
        });
        (Some(Rc::clone(container)), refusal)
    }
}

/// What the marks of one App put into requests.
pub(crate) struct Marks {
    /// one for each route; routes with the same policy share it
    pub(crate) containers: Box<[Rc<Extensions>]>,
    pub(crate) reject: Option<Rc<RejectRule>>,
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
        let (container, refusal) = self.mark.judge(&req);
        if refusal.is_some() {
            return MarkFuture::Refused { refusal, container };
        }
        if let Some(container) = &container {
            req.add_data_container(Rc::clone(container));
        }
        MarkFuture::Runs { fut: self.service.call(req), container }
    }
}

pin_project! {
    /// The future of [`MarkService`].
    #[derive(Debug)]
    #[project = MarkProjection]
    pub enum MarkFuture<F> {
        /// The handler runs.
        Runs {
            #[pin]
            fut: F,
            // who has been reached, for an error
            container: Option<Rc<Extensions>>,
        },
        /// The handler does not run.
        Refused { refusal: Option<Error>, container: Option<Rc<Extensions>> },
    }
}

impl<F, B> Future for MarkFuture<F>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            MarkProjection::Runs { fut, container } => match fut.poll(cx) {
                Poll::Ready(Err(error)) => Poll::Ready(Err(mark_error(error, container.as_ref()))),
                polled => polled,
            },
            MarkProjection::Refused { refusal, container } => match refusal.take() {
                Some(error) => Poll::Ready(Err(mark_error(error, container.as_ref()))),
                None => Poll::Pending,
            },
        }
    }
}

/// An error has no request that could tell who ran, so its response is told.
fn mark_error(mut error: Error, container: Option<&Rc<Extensions>>) -> Error {
    if let Some(ran) = container.and_then(|container| container.get::<Ran>()).cloned() {
        error.add_response_mapper(move |mut response| {
            response.extensions_mut().insert(ran.clone());
            response
        });
    }
    error
}
