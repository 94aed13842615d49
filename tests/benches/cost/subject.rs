//! What is measured: one `call`, `poll` and `drop` of a service, in process.

use std::{
    collections::BTreeMap,
    future::Future,
    hint::black_box,
    pin::pin,
    task::{Context, Poll, Waker},
};

use actix_http::{Request, h1};
use actix_web::{
    Error,
    body::MessageBody,
    dev::{Service, ServiceResponse},
};

use crate::ask::{Ask, TowerRequest};

/// Status and headers of a response: each name with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, Vec<String>>,
}

/// A service under measurement.
pub(crate) trait Subject {
    fn answer(&self, ask: &Ask) -> Answer;

    /// Builds all requests, and runs them inside of `bracket`.
    fn run(&self, asks: &[Ask], bracket: &mut dyn FnMut(&mut dyn FnMut()));
}

/// At most so many requests are built ahead: actix pools 128 heads a thread.
pub(crate) const AHEAD: usize = 100;

pub(crate) struct Actix<S>(pub(crate) S);

impl<S, B> Subject for Actix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    fn answer(&self, ask: &Ask) -> Answer {
        let response = ready(self.0.call(ask.to_actix(&mut h1::Codec::default())));
        let response = match response {
            Ok(response) => response.map_into_boxed_body().into_parts().1,
            Err(error) => error.error_response(),
        };
        let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, value) in response.headers() {
            headers.entry(name.to_string()).or_default().push(text(value.as_bytes()));
        }
        Answer { status: response.status().as_u16(), headers }
    }

    fn run(&self, asks: &[Ask], bracket: &mut dyn FnMut(&mut dyn FnMut())) {
        let mut codec = h1::Codec::default();
        let requests: Vec<_> = asks.iter().map(|ask| ask.to_actix(&mut codec)).collect();
        let mut requests = requests.into_iter();
        bracket(&mut || {
            for request in requests.by_ref() {
                measured(&self.0, request);
            }
        });
    }
}

impl<S, B> Actix<S>
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    /// Has actix's resource map look for paths.
    #[allow(dead_code, reason = "not every benchmark measures memory")]
    pub(crate) fn walk(&self, paths: impl Iterator<Item = String>) {
        let request = Ask::get("/nothing").to_actix(&mut h1::Codec::default());
        let Ok(response) = ready(self.0.call(request)) else { panic!("the App cannot fail") };
        let map = response.request().resource_map();
        paths.for_each(|path| _ = black_box(map.match_name(&path)));
    }
}

pub(crate) struct Tower<S>(pub(crate) S);

impl<S> Subject for Tower<S>
where
    S: tower::Service<TowerRequest, Response = http::Response<()>> + Clone,
{
    fn answer(&self, ask: &Ask) -> Answer {
        let Ok(response) = ready(self.0.clone().call(ask.to_tower())) else {
            panic!("the service cannot fail")
        };
        let mut headers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (name, value) in response.headers() {
            headers.entry(name.to_string()).or_default().push(text(value.as_bytes()));
        }
        Answer { status: response.status().as_u16(), headers }
    }

    fn run(&self, asks: &[Ask], bracket: &mut dyn FnMut(&mut dyn FnMut())) {
        let requests: Vec<_> = asks.iter().map(Ask::to_tower).collect();
        let mut requests = requests.into_iter();
        let mut service = self.0.clone();
        bracket(&mut || {
            for request in requests.by_ref() {
                measured_tower(&mut service, request);
            }
        });
    }
}

/// A question without a request.
pub(crate) struct Engine<F>(pub(crate) F);

impl<F: Fn() -> bool> Subject for Engine<F> {
    fn answer(&self, _: &Ask) -> Answer {
        Answer { status: if (self.0)() { 200 } else { 403 }, headers: BTreeMap::new() }
    }

    fn run(&self, asks: &[Ask], bracket: &mut dyn FnMut(&mut dyn FnMut())) {
        bracket(&mut || {
            for _ in asks {
                measured_engine(&self.0);
            }
        });
    }
}

// callgrind collects inside of functions of this name alone

#[inline(never)]
fn measured<S, B>(service: &S, request: Request)
where
    S: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let mut response = pin!(service.call(request));
    black_box(&response.as_mut().poll(&mut Context::from_waker(Waker::noop())));
}

#[inline(never)]
fn measured_tower<S: tower::Service<TowerRequest>>(service: &mut S, request: TowerRequest) {
    let mut response = pin!(service.call(request));
    black_box(&response.as_mut().poll(&mut Context::from_waker(Waker::noop())));
}

#[inline(never)]
fn measured_engine(ask: &impl Fn() -> bool) {
    black_box(ask());
}

/// The output of a future that never waits.
pub(crate) fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("a handler waits"),
    }
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
