//! Checking an App without a socket, before the server binds.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    future::{Future, poll_fn},
    ops::Range,
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
        Method, Uri,
        header::{self, HeaderMap},
    },
    test::TestRequest,
};

use crate::{
    errors::{ConfigErrors, Problem},
    pattern::filled,
    register,
    report::PolicyReport,
};

/// Builds the App that `factory` returns, without a socket, and returns the policies of all its
/// routes, or everything that is wrong with them.
///
/// Call it before the server binds, with the closure that `HttpServer::new` gets, or in a test. It
/// runs the App's `data_factory` futures and sends preflights through the App, which nothing inside of
/// `Cors` sees: to `/`, and to paths of its routes and regions.
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
    let listener = Rc::new(Listener::default());
    let app = listened(&listener, async {
        let factory = factory().into_factory();
        let begin = register::last_app() + 1;
        // it registers all routes before it is polled
        let app = factory.new_service(AppConfig::default());
        listener.apps.replace(begin..register::last_app() + 1);
        app.await
    })
    .await;
    let problem = match (app, listener.started.get()) {
        (Err(_), _) => listener.problems.borrow().is_empty().then_some(Problem::AppDoesNotStart),
        (Ok(_), 0) => Some(Problem::NoMiddleware),
        (Ok(app), 1) => probe(&app, &listener).await,
        (Ok(_), _) => Some(Problem::TwoMiddlewares),
    };
    let mut problems = listener.problems.take();
    problems.extend(problem.filter(|problem| !problems.contains(problem)));
    match listener.report.take() {
        Some(report) if problems.is_empty() => Ok(report),
        _ => Err(ConfigErrors(problems)),
    }
}

/// Sends preflights through the App, which `Cors` refuses; something may answer them before, or add
/// CORS headers to the answers.
async fn probe<A, B>(app: &A, listener: &Rc<Listener>) -> Option<Problem>
where
    A: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let first = probe_at("/", "GET", app, listener).await;
    // the report is that of the App that the preflight has come to
    let report = listener.report.borrow().clone();
    for (path, method) in report.iter().flat_map(|report| probed(report)) {
        if let Some(problem) = probe_at(&path, &method, app, listener).await.err() {
            return Some(problem);
        }
    }
    if let (Ok(response), Some(report)) = (&first, &mut *listener.report.borrow_mut()) {
        see_all_routes(response.request(), report);
    }
    first.err()
}

/// Paths below which something outside may stand, each with a method.
fn probed(report: &PolicyReport) -> impl Iterator<Item = (String, String)> {
    let mut paths = BTreeMap::new();
    for row in report.rows() {
        let path = filled(&row.path, "0");
        if path.starts_with('/') && path.parse::<Uri>().is_ok() {
            let method = row.methods.first().map_or("GET", String::as_str);
            paths.entry(path).or_insert_with(|| method.to_owned());
        }
    }
    paths.into_iter().take(MAX_PROBES)
}

async fn probe_at<A, B>(
    path: &str,
    method: &str,
    app: &A,
    listener: &Rc<Listener>,
) -> Result<ServiceResponse<B>, Problem>
where
    A: Service<Request, Response = ServiceResponse<B>, Error = Error>,
{
    let request = TestRequest::with_uri(path)
        .method(Method::OPTIONS)
        .insert_header((header::ORIGIN, "https://preflight.invalid"))
        .insert_header((header::ACCESS_CONTROL_REQUEST_METHOD, method))
        .to_request();
    // a typed extension, never a header: nobody outside can send one
    request.extensions_mut().insert(Probe(Rc::clone(listener)));
    listener.reached.set(false);
    let answer = app.call(request).await;
    let (status, names) = match &answer {
        Ok(response) => (response.status(), cors_headers(response.headers())),
        Err(error) => (error.as_response_error().status_code(), Vec::new()),
    };
    match answer {
        Ok(response) if listener.reached.get() && names.is_empty() => Ok(response),
        _ if listener.reached.get() => Err(Problem::AddedOutside { names }),
        _ => {
            let (path, status) = (path.to_owned(), status.as_u16());
            Err(Problem::AnsweredOutside { path, status })
        }
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

/// Marks the preflights of a check.
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
    /// the numbers of the Apps with annotated routes that were registered for the check
    apps: RefCell<Range<usize>>,
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
        let _listening = Listening(LISTENER.replace(Some(Rc::clone(listener))));
        future.as_mut().poll(context)
    })
    .await
}

/// While it is there, a listener hears; then another one, also after a panic.
struct Listening(Option<Rc<Listener>>);

impl Drop for Listening {
    fn drop(&mut self) {
        LISTENER.set(self.0.take());
    }
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

/// The numbers of the Apps that may be the one that is being checked, if one is; none has begun yet
/// where it has no annotated routes.
pub(crate) fn checked_apps() -> Option<Range<usize>> {
    LISTENER.with_borrow(|listener| Some(listener.as_ref()?.apps.borrow().clone()))
}

/// At most so many preflights are sent in a check, besides the first.
const MAX_PROBES: usize = 256;
