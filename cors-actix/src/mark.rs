//! The mark: tells the middleware which annotated route was reached.

use std::{
    fmt,
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{
    Error,
    dev::{Extensions, Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
};
use pin_project_lite::pin_project;

use crate::{
    claim::plan,
    compiled::{Compiled, RoutePolicy},
    cors::Cors,
    events,
    register::{self, Marked},
    reject::{self, RejectRule},
    shape::Shape,
    watch::{Reached, RequestKey},
};

/// The outermost middleware of each annotated route; `#[cors]` adds it to the route attribute.
#[derive(Clone)]
pub struct Mark(Option<Marked>);

impl Mark {
    /// The mark of the `index`-th route attribute of the handler that is being registered.
    #[must_use]
    pub fn at(index: usize) -> Self {
        Mark(register::current(index))
    }
}

impl fmt::Debug for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mark")
    }
}

/// What the marks of one App say to requests that are not as usual.
pub(crate) struct Marks {
    cors: Cors,
    shape: Arc<Shape>,
    /// what goes into requests that nobody watches, for each of the shape's marks and regions
    containers: Box<[Box<[Rc<Extensions>]>]>,
    reject: Option<Rc<RejectRule>>,
}

/// In the data of a request that has reached an annotated route unwatched.
#[derive(Clone)]
pub(crate) struct Ran {
    pub(crate) policy: Arc<Compiled>,
}

impl Marks {
    pub(crate) fn new(cors: &Cors, shape: Arc<Shape>) -> Self {
        let container = |policy: &Arc<Compiled>| {
            let mut container = Extensions::new();
            container.insert(Ran { policy: Arc::clone(policy) });
            Rc::new(container)
        };
        let each = |policy: &RoutePolicy| policy.each().iter().map(container).collect();
        let containers = shape.marks.iter().map(each).collect();
        Marks { cors: cors.clone(), shape, containers, reject: reject::rule(cors) }
    }

    /// A route as `req` has reached it.
    fn in_region(&self, req: &ServiceRequest, here: Reached) -> Reached {
        match self.shape.routes.get(here.route()).map(|row| &row.policy) {
            Some(RoutePolicy::ByRegion(_)) => {
                here.in_region(plan(&self.cors).region(req.match_info().as_str()))
            }
            _ => here,
        }
    }

    fn container(&self, reached: Reached) -> Option<Rc<Extensions>> {
        let each = self.containers.get(self.shape.routes.get(reached.route())?.mark)?;
        each.get(reached.region()).map(Rc::clone)
    }

    fn refuse(&self, req: &ServiceRequest, here: Reached) -> Option<Error> {
        let reached = self.in_region(req, here);
        let policy = self.shape.routes.get(reached.route())?.policy.at(|| reached.region());
        self.reject.as_ref()?.refuse(req, policy)
    }
}

impl<S, B> Transform<S, ServiceRequest> for Mark
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    S::Future: 'static,
    B: 'static,
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
    S::Future: 'static,
    B: 'static,
{
    type Response = ServiceResponse<B>;
    type Error = Error;
    type Future = MarkFuture<S::Future, B>;

    forward_ready!(service);

    #[inline]
    fn call(&self, req: ServiceRequest) -> Self::Future {
        match &self.mark.0 {
            Some(mark) if !mark.is_usual(&req) => self.call_unusual(mark, req),
            _ => MarkFuture::Runs { fut: self.service.call(req) },
        }
    }
}

impl<S> MarkService<S> {
    /// Calls the handler for a request that nobody watches, that may be refused, or where one has been
    /// missed before.
    #[cold]
    fn call_unusual<B>(&self, mark: &Marked, mut req: ServiceRequest) -> MarkFuture<S::Future, B>
    where
        S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
        S::Future: 'static,
        B: 'static,
    {
        let (container, refusal) = mark.look(&mut req);
        let call = match refusal {
            Some(error) => Err(error),
            None => Ok(self.service.call(req)),
        };
        let fut = Box::pin(async move {
            let result = match call {
                Ok(fut) => fut.await,
                Err(refusal) => Err(refusal),
            };
            result.map_err(|error| mark_error(error, container.as_ref()))
        });
        MarkFuture::Unusual { fut }
    }
}

impl Marked {
    /// Tells whoever watches the request; whether somebody does, and nobody has to refuse it.
    #[inline]
    fn is_usual(&self, req: &ServiceRequest) -> bool {
        let watch = &self.app.watch;
        if self.app.is_plain.get() {
            return watch.reach(RequestKey::of(req), self.here);
        }
        let marks = self.app.marks.borrow();
        let marks = marks.as_ref();
        let reached = marks.map_or(self.here, |marks| marks.in_region(req, self.here));
        watch.reach(RequestKey::of(req), reached)
            && marks.is_none_or(|marks| marks.reject.is_none())
    }

    /// What a request that nobody watches carries from here on, and the error if it is refused.
    fn look(&self, req: &mut ServiceRequest) -> (Option<Rc<Extensions>>, Option<Error>) {
        let marks = self.app.marks.borrow();
        let marks = marks.as_ref();
        // the last handler has the last word
        let needs_word = !self.app.watch.is_watched(RequestKey::of(req)) || has_word(req);
        let container = if needs_word { self.leave_word(marks, req) } else { None };
        (container, marks.and_then(|marks| marks.refuse(req, self.here)))
    }

    /// Tells the request's data who has been reached.
    fn leave_word(
        &self,
        marks: Option<&Marks>,
        req: &mut ServiceRequest,
    ) -> Option<Rc<Extensions>> {
        let container = marks.and_then(|marks| marks.container(marks.in_region(req, self.here)));
        match &container {
            Some(container) => req.add_data_container(Rc::clone(container)),
            None if self.app.missing_middleware_logged.replace(true) => {}
            None => events::misconfigured(
                &"a route with #[cors] was reached in an App without `Cors`: it grants \
                 nothing; add `.wrap(cors.clone())` as the App's last `wrap`",
            ),
        }
        container
    }
}

type Boxed<B> = Pin<Box<dyn Future<Output = Result<ServiceResponse<B>, Error>>>>;

pin_project! {
    /// The future of [`MarkService`].
    #[project = MarkProjection]
    pub enum MarkFuture<F, B> {
        /// The handler runs.
        Runs {
            #[pin]
            fut: F,
        },
        /// Somebody has to be told who has been reached, or the handler does not run.
        Unusual { fut: Boxed<B> },
    }
}

impl<F, B> fmt::Debug for MarkFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MarkFuture").finish_non_exhaustive()
    }
}

impl<F, B> Future for MarkFuture<F, B>
where
    F: Future<Output = Result<ServiceResponse<B>, Error>>,
{
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            MarkProjection::Runs { fut } => fut.poll(cx),
            MarkProjection::Unusual { fut } => fut.as_mut().poll(cx),
        }
    }
}

/// Whether a mark that was reached unwatched has left word.
fn has_word(req: &ServiceRequest) -> bool {
    req.app_data::<Ran>().is_some()
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
