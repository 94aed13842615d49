//! Sending requests to an App, and reading the CORS headers of its answers.
#![allow(dead_code, reason = "each test binary uses its own part")]

use actix_web::{
    Error,
    body::{MessageBody, to_bytes},
    dev::{Response, Service, ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    test::TestRequest,
};

pub(crate) const A: &str = "https://a.example";
pub(crate) const B: &str = "https://b.example";
pub(crate) const C: &str = "https://c.example";

/// What [`from_fn`](actix_web::middleware::from_fn) makes a middleware of that does nothing, but hides the
/// type of what it stands around.
pub(crate) async fn pass_on<B: MessageBody>(
    req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    next.call(req).await
}

/// A CORS-preflight request.
pub(crate) fn preflight(method: &str, path: &str, origin: &str) -> TestRequest {
    TestRequest::with_uri(path)
        .method(Method::OPTIONS)
        .insert_header((header::ORIGIN, origin))
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, method))
}

/// A CORS request that is no preflight.
pub(crate) fn actual(method: &str, path: &str, origin: &str) -> TestRequest {
    plain(method, path).insert_header((header::ORIGIN, origin))
}

/// A request without `Origin`.
pub(crate) fn plain(method: &str, path: &str) -> TestRequest {
    TestRequest::with_uri(path).method(Method::from_bytes(method.as_bytes()).unwrap())
}

/// An answer as it would be sent.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    /// The first line of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn allow_origin(&self) -> Option<&str> {
        self.header("access-control-allow-origin")
    }

    /// All lines of `Vary` and of all CORS headers, sorted.
    pub(crate) fn cors(&self) -> Vec<String> {
        let relevant = |name: &str| name == "vary" || name.starts_with("access-control-");
        let mut lines: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| relevant(name.as_str()))
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        lines.sort();
        lines
    }
}

/// Sends a request; an error becomes an answer as in the HTTP dispatcher.
pub(crate) async fn send<S, T>(app: &S, request: TestRequest) -> Answer
where
    S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
    T: MessageBody,
{
    let (status, headers, body) = match app.call(request.to_request()).await {
        Ok(response) => {
            let (status, headers) = (response.status(), response.headers().clone());
            (status, headers, to_bytes(response.into_body()).await.ok())
        }
        Err(error) => {
            let response: Response<_> = error.into();
            let (status, headers) = (response.status(), response.headers().clone());
            (status, headers, to_bytes(response.into_body()).await.ok())
        }
    };
    let body = String::from_utf8_lossy(&body.unwrap_or_default()).into_owned();
    Answer { status, headers, body }
}

/// Whether a preflight is granted; its status says the same as its headers.
pub(crate) async fn granted<S, T>(app: &S, method: &str, path: &str, origin: &str) -> bool
where
    S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
    T: MessageBody,
{
    let answer = send(app, preflight(method, path, origin)).await;
    assert_eq!(answer.status.is_success(), answer.allow_origin().is_some(), "{answer:?}");
    answer.status.is_success()
}

/// Whether the answer to an actual request may be read.
pub(crate) async fn readable<S, T>(app: &S, method: &str, path: &str, origin: &str) -> bool
where
    S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
    T: MessageBody,
{
    send(app, actual(method, path, origin)).await.allow_origin().is_some()
}
