//! A middleware inside of `Cors` that does what requests ask it for.

use std::{
    future::{Ready, ready},
    rc::Rc,
};

use actix_web::{
    Error, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{Service, ServiceRequest, ServiceResponse, Transform, always_ready},
    error::ErrorImATeapot,
    http::header::{HeaderName, HeaderValue},
    rt::{spawn, task::yield_now},
};
use futures_util::future::LocalBoxFuture;

/// What it does; the header [`NAME`] tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// answers by itself
    Answer,
    /// fails before anything has run
    FailBefore,
    /// fails when the handler has run
    FailAfter,
    /// calls on a second time, later, with the header `x-guard`
    Again,
    /// calls on in a task
    Task,
}

pub(crate) const DEEDS: [Deed; 5] =
    [Deed::Answer, Deed::FailBefore, Deed::FailAfter, Deed::Again, Deed::Task];

pub(crate) const NAME: &str = "x-inside";

#[derive(Clone, Copy)]
pub(crate) struct Inside;

pub(crate) struct InsideService<S>(Rc<S>);

impl<S, B> Transform<S, ServiceRequest> for Inside
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Transform = InsideService<S>;
    type InitError = ();
    type Future = Ready<Result<Self::Transform, ()>>;

    fn new_transform(&self, service: S) -> Self::Future {
        ready(Ok(InsideService(Rc::new(service))))
    }
}

impl<S, B> Service<ServiceRequest> for InsideService<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error> + 'static,
    B: MessageBody + 'static,
{
    type Response = ServiceResponse;
    type Error = Error;
    type Future = LocalBoxFuture<'static, Result<ServiceResponse<BoxBody>, Error>>;

    always_ready!();

    fn call(&self, req: ServiceRequest) -> Self::Future {
        let named = req.headers().get(NAME).and_then(|name| name.to_str().ok());
        let deed = DEEDS.into_iter().find(|deed| named == Some(&format!("{deed:?}")));
        let service = Rc::clone(&self.0);
        match deed {
            Some(Deed::Answer) => {
                return Box::pin(async { Ok(req.into_response(HttpResponse::Ok())) });
            }
            Some(Deed::FailBefore) => return Box::pin(async { Err(ErrorImATeapot("before")) }),
            Some(Deed::Task) => {
                let task = spawn(async move { service.call(req).await });
                return Box::pin(async { Ok(task.await.unwrap()?.map_into_boxed_body()) });
            }
            _ => {}
        }
        let call = service.call(req);
        Box::pin(async move {
            let answer = call.await?;
            match deed {
                Some(Deed::FailAfter) => Err(ErrorImATeapot("after")),
                Some(Deed::Again) => {
                    let mut req = ServiceRequest::from_request(answer.into_parts().0);
                    let same = req.match_info().get_ref().clone();
                    req.match_info_mut().set(same);
                    let name = HeaderName::from_static("x-guard");
                    req.headers_mut().insert(name, HeaderValue::from_static("1"));
                    yield_now().await;
                    Ok(service.call(req).await?.map_into_boxed_body())
                }
                _ => Ok(answer.map_into_boxed_body()),
            }
        })
    }
}
