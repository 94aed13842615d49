//! The floor: appends ready headers without any check.

use std::{
    future::{Future, Ready, ready},
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpResponse,
    dev::{Service, ServiceRequest, ServiceResponse, Transform, forward_ready},
    http::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue},
    },
};
use pin_project_lite::pin_project;

use crate::subject::Answer;

/// Ready headers for the handler's responses, or for a response of its own.
#[derive(Clone)]
pub(crate) struct Floor {
    /// `None`: the handler answers
    status: Option<StatusCode>,
    headers: Rc<[(HeaderName, HeaderValue)]>,
}

impl Floor {
    pub(crate) fn new(answer: &Answer, is_preflight: bool) -> Self {
        let lines = answer.headers.iter().flat_map(|(name, lines)| {
            let name = HeaderName::try_from(name.as_str()).expect("the name of a response header");
            lines.iter().map(move |line| {
                let value = HeaderValue::from_str(line).expect("the value of a response header");
                (name.clone(), value)
            })
        });
        let status = StatusCode::from_u16(answer.status).expect("a response's status");
        Floor { status: is_preflight.then_some(status), headers: lines.collect() }
    }

    fn append(&self, headers: &mut HeaderMap) {
        for (name, value) in &*self.headers {
            headers.append(name.clone(), value.clone());
        }
    }
}

impl<S> Transform<S, ServiceRequest> for Floor
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = FloorService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(FloorService { service, floor: Rc::new(self.clone()) }))
    }
}

pub(crate) struct FloorService<S> {
    service: S,
    floor: Rc<Floor>,
}

impl<S> Service<ServiceRequest> for FloorService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse, Error = Error>,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = FloorFuture<S::Future>;

    forward_ready!(service);

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let Some(status) = self.floor.status else {
            let fut = self.service.call(req);
            return FloorFuture::Inner { fut, floor: Rc::clone(&self.floor) };
        };
        let mut response = HttpResponse::new(status);
        self.floor.append(response.headers_mut());
        FloorFuture::Done { response: Some(req.into_response(response)) }
    }
}

pin_project! {
    #[project = FloorProjection]
    pub(crate) enum FloorFuture<F> {
        Inner { #[pin] fut: F, floor: Rc<Floor> },
        Done { response: Option<ServiceResponse> },
    }
}

impl<F: Future<Output = Result<ServiceResponse, Error>>> Future for FloorFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project() {
            FloorProjection::Inner { fut, floor } => fut.poll(cx).map_ok(|mut response| {
                floor.append(response.headers_mut());
                response
            }),
            FloorProjection::Done { response } => {
                response.take().map_or(Poll::Pending, |response| Poll::Ready(Ok(response)))
            }
        }
    }
}
