//! Checking an App without a socket, before the server binds.

use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::pin,
    rc::Rc,
    sync::Arc,
};

use actix_http::Request;
use actix_service::{IntoServiceFactory, Service, ServiceFactory};
use actix_web::{
    Error, HttpMessage, HttpRequest,
    dev::{AppConfig, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderMap},
    },
    test::TestRequest,
};

use crate::{
    errors::{ConfigErrors, Problem},
    register,
    report::PolicyReport,
};

/// Builds the App that `factory` returns, without a socket, and returns the policies of all its
/// routes, or everything that is wrong with them.
///
/// Call it before the server binds, with the closure that `HttpServer::new` gets, or in a test. It
/// runs the App's `data_factory` futures and sends one preflight through the App.
///
/// # Errors
/// Every configuration error of all layers and all routes, at once.
///
/// ```
/// use actix_web::App;
/// use cors_actix::{Cors, policy};
///
/// # actix_web::rt::System::new().block_on(async {
/// let cors = Cors::new(policy! { origins = set("spa"), credentials });
/// let errors = cors_actix::check(&|| App::new().wrap(cors.clone())).await.unwrap_err();
/// assert!(errors.to_string().contains("set `spa` is not filled"));
/// # });
/// ```
pub async fn check<F, I, S, B>(factory: &F) -> Result<Arc<PolicyReport>, ConfigErrors>
where
    F: Fn() -> I,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error>,
{
    let apps_before = register::last_app();
    let listener = Rc::new(Listener { apps_before, ..Listener::default() });
    let app = listened(&listener, async {
        let factory = factory().into_factory();
        factory.new_service(AppConfig::default()).await
    })
    .await;
    let problem = match (app, listener.started.get()) {
        (Err(_), _) => listener.problems.borrow().is_empty().then_some(Problem::AppDoesNotStart),
        (Ok(_), 0) => Some(Problem::NoMiddleware),
        (Ok(app), 1) => probe(&app, &listener).await,
        (Ok(_), _) => Some(Problem::TwoMiddlewares),
    };
    let mut problems = listener.problems.take();
    problems.extend(problem);
    match listener.report.take() {
        Some(report) if problems.is_empty() => Ok(report),
        _ => Err(ConfigErrors(problems)),
    }
}

/// Sends a preflight through the App, which `Cors` refuses; something may answer it before, or add
/// CORS headers to the answer.
async fn probe<A, B>(app: &A, listener: &Rc<Listener>) -> Option<Problem>
where
    A: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let request = TestRequest::with_uri("/")
        .method(Method::OPTIONS)
        .insert_header((header::ORIGIN, "https://preflight.invalid"))
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, "GET"))
        .to_request();
    // a typed extension, never a header: nobody outside can send one
    request.extensions_mut().insert(Probe(Rc::clone(listener)));
    let answer = app.call(request).await;
    if let (Ok(response), Some(report)) = (&answer, &mut *listener.report.borrow_mut()) {
        see_all_routes(response.request(), report);
    }
    let (status, names) = match answer {
        Ok(response) => (response.status(), cors_headers(response.headers())),
        Err(error) => (error.as_response_error().status_code(), Vec::new()),
    };
    match status {
        _ if listener.reached.get() => {
            (!names.is_empty()).then_some(Problem::AddedOutside { names })
        }
        // routing, which a `Cors` around the App would have prevented
        StatusCode::NOT_FOUND => Some(Problem::NotAroundTheApp),
        status => Some(Problem::AnsweredOutside { status: status.as_u16() }),
    }
}

/// The names of the headers that only policies should set.
fn cors_headers(headers: &HeaderMap) -> Vec<String> {
    let names = headers.keys().map(|name| name.as_str());
    names.filter(|name| name.starts_with("access-control-")).map(str::to_owned).collect()
}

/// Adds what actix tells about the App's other routes.
fn see_all_routes(request: &HttpRequest, report: &mut Arc<PolicyReport>) {
    #[cfg(feature = "unstable-introspection")]
    Arc::make_mut(report).add_plain_routes(request);
    #[cfg(not(feature = "unstable-introspection"))]
    let _ = (request, report);
}

/// Marks the one preflight of a check.
pub(crate) struct Probe(Rc<Listener>);

impl Probe {
    /// It has come to the middleware, which knows by now whose routes it enforces.
    pub(crate) fn reached(&self, report: Result<Option<Arc<PolicyReport>>, ConfigErrors>) {
        self.0.reached.set(true);
        match report {
            Ok(report) => {
                self.0.report.replace(report);
            }
            Err(errors) => self.0.hear(&errors),
        }
    }
}

/// What the middlewares of the App that is being checked have to say.
#[derive(Default)]
struct Listener {
    started: Cell<usize>,
    reached: Cell<bool>,
    problems: RefCell<Vec<Problem>>,
    report: RefCell<Option<Arc<PolicyReport>>>,
    apps_before: usize,
}

impl Listener {
    fn hear(&self, errors: &ConfigErrors) {
        self.problems.borrow_mut().extend(errors.iter().cloned());
    }
}

thread_local! {
    static LISTENER: RefCell<Option<Rc<Listener>>> = const { RefCell::new(None) };
}

/// Runs a future; whatever starts while it is being polled is heard by `listener`.
async fn listened<F: Future>(listener: &Rc<Listener>, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|context| {
        let outer = LISTENER.replace(Some(Rc::clone(listener)));
        let poll = future.as_mut().poll(context);
        LISTENER.set(outer);
        poll
    })
    .await
}

/// A middleware has started, or has found what is wrong. Tells whether somebody listens.
pub(crate) fn started(errors: Option<&ConfigErrors>) -> bool {
    LISTENER.with_borrow(|listener| {
        let Some(listener) = listener else { return false };
        listener.started.set(listener.started.get() + 1);
        errors.into_iter().for_each(|errors| listener.hear(errors));
        true
    })
}

/// The number of the last App that had registered routes on this thread before the App that is being
/// checked began.
pub(crate) fn apps_before() -> usize {
    LISTENER.with_borrow(|listener| listener.as_ref().map_or(0, |listener| listener.apps_before))
}
