//! `Cors`: the configuration that users write, built once and shared by all workers.

use std::sync::{Arc, Mutex, OnceLock};

use actix_web::{http::StatusCode, middleware::TrailingSlash};
use cors_core::{Policy, Site};

pub(crate) use self::sealed::Layer;
use crate::{
    plan::Plan, register::AppRoutes, reject::OwnOrigins, report::PolicyReport, seen::Seen,
    shape::Shape,
};

/// The App middleware that enforces the policies of all routes, by the
/// [CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol).
///
/// Wrap the App in it *last*, so that it is outside of everything that can answer a request or
/// set CORS headers; `NormalizePath`, `Logger` and `Compress` may stand further out. It answers
/// every [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request) from the
/// policy of the route that would serve the requested method, before any other middleware runs,
/// and puts that policy's headers on every response.
///
/// Build it once, outside of the closure that builds the App, and clone it into the App of each worker:
/// the clones share their policies. A different App has a `Cors` of its own, as each set has to be named
/// in each App.
///
/// ```
/// use actix_web::{App, web};
/// use cors_actix::{Cors, policy};
///
/// let cors = Cors::deny().at("/docs", policy! { origins = any });
/// let app = move || {
///     App::new()
///         .route("/docs", web::get().to(|| async { "read me" }))
///         .wrap(cors.clone())
/// };
/// # let _ = app();
/// ```
///
/// # Security
/// It tells browsers who may read answers, and stops no other client. Requests that need no
/// preflight reach their handlers whatever the policy says, unless [`Cors::reject_disallowed`]
/// refuses them. A middleware further out can add headers that it does not see; [`check`](crate::check)
/// reports what answers preflights or adds CORS headers to them.
#[derive(Debug, Clone)]
#[must_use]
pub struct Cors {
    pub(crate) config: Arc<Config>,
    pub(crate) shared: Arc<Shared>,
}

/// What the workers share besides the configuration.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// made when the first App is complete
    pub(crate) plan: OnceLock<Plan>,
    /// of the Apps that run, the one that has started last at the end; that one also when it has
    /// stopped
    pub(crate) apps: Mutex<Vec<StartedApp>>,
    pub(crate) seen: Seen,
    /// standard error has them already
    pub(crate) errors_told: Mutex<bool>,
}

/// What has been worked out for one App.
#[derive(Debug, Clone)]
pub(crate) struct StartedApp {
    pub(crate) shape: Arc<Shape>,
    pub(crate) report: Arc<PolicyReport>,
}

impl StartedApp {
    /// Whether it is one with these annotated routes.
    pub(crate) fn is_of(&self, app: Option<&AppRoutes>) -> bool {
        match app {
            Some(app) => self.shape.is_of(app),
            None => self.shape.routes.is_empty(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) default: Layer,
    pub(crate) regions: Vec<RegionConfig>,
    pub(crate) sets: Vec<SetConfig>,
    pub(crate) ceiling: Vec<Layer>,
    /// where a ceiling without policies is
    pub(crate) empty_ceilings: Vec<Site>,
    pub(crate) strict: bool,
    pub(crate) normalize: Option<TrailingSlash>,
    pub(crate) preflight_status: StatusCode,
    /// `None`: the usual one
    pub(crate) preflight_status_site: Option<Site>,
    pub(crate) explain_refusals: bool,
    pub(crate) reject: Option<OwnOrigins>,
}

/// `.at(pattern, policy)`, or `.leave(pattern)` without a policy.
#[derive(Debug, Clone)]
pub(crate) struct RegionConfig {
    pub(crate) pattern: String,
    pub(crate) policy: Option<Layer>,
    pub(crate) site: Site,
}

#[derive(Debug, Clone)]
pub(crate) struct SetConfig {
    pub(crate) name: String,
    pub(crate) origins: Vec<String>,
    pub(crate) site: Site,
}

impl Cors {
    /// A middleware that trusts nobody except where routes or regions say so.
    #[track_caller]
    pub fn deny() -> Self {
        Cors::new(Policy::deny())
    }

    /// A middleware whose `default` holds for all routes that say nothing else.
    ///
    /// # Security
    /// Whoever `default` trusts may read every route without `#[cors]` outside of all regions, later
    /// ones too, and answers such as a 404. [`Cors::deny`] trusts nobody.
    #[track_caller]
    pub fn new(default: impl IntoPolicy) -> Self {
        Cors {
            config: Arc::new(Config {
                default: default.into_layer(),
                regions: Vec::new(),
                sets: Vec::new(),
                ceiling: Vec::new(),
                empty_ceilings: Vec::new(),
                strict: false,
                normalize: None,
                preflight_status: StatusCode::NO_CONTENT,
                preflight_status_site: None,
                explain_refusals: false,
                reject: None,
            }),
            shared: Arc::default(),
        }
    }

    /// A policy for every path below `pattern`, a scope pattern such as `/api/{tenant}`.
    ///
    /// It holds for routes without `#[cors]`, and encloses those with one. Of the regions that
    /// match a path the last one applies; its own parent is the app default. Two regions that can
    /// meet on one path must be nested, the inner one later. Patterns are compared with the path as
    /// the router sees it, percent-decoded.
    ///
    /// # Security
    /// A region that is `off` is final: routes wholly inside of it that name origins are an error. A
    /// region nested in it, with a policy of its own, opens its paths again. A custom regex in a pattern
    /// counts as meeting every other one.
    #[track_caller]
    pub fn at(self, pattern: impl Into<String>, policy: impl IntoPolicy) -> Self {
        let site = Site::caller();
        let region =
            RegionConfig { pattern: pattern.into(), policy: Some(policy.into_layer()), site };
        self.with(|config| config.regions.push(region))
    }

    /// Leaves preflights and CORS headers below `pattern` to what stands inside.
    ///
    /// # Security
    /// Nothing below that path is enforced; it is meant for Apps that move here step by step. A path
    /// that an undeclared `NormalizePath` might move out of it is not left.
    #[track_caller]
    pub fn leave(self, pattern: impl Into<String>) -> Self {
        let region = RegionConfig { pattern: pattern.into(), policy: None, site: Site::caller() };
        self.with(|config| config.regions.push(region))
    }

    /// Fills `set("name")` with [serialized origins](https://html.spec.whatwg.org/#ascii-serialisation-of-an-origin)
    /// or patterns of them.
    ///
    /// # Security
    /// A set that is not filled is an error at start-up, and so is `any`; one that is filled with
    /// nothing trusts nobody.
    #[track_caller]
    pub fn set(
        self,
        name: impl Into<String>,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        let origins = origins.into_iter().map(Into::into).collect();
        let set = SetConfig { name: name.into(), origins, site: Site::caller() };
        self.with(|config| config.sets.push(set))
    }

    /// What no policy may exceed: every origin of every policy needs one of `policies` that covers
    /// it with its rights.
    ///
    /// # Security
    /// Whatever exceeds it is an error at start-up, never clamped in silence, and so is a ceiling
    /// without policies.
    #[track_caller]
    pub fn ceiling(self, policies: impl IntoIterator<Item = impl IntoPolicy>) -> Self {
        let (site, mut layers) = (Site::caller(), Vec::new());
        // no closure, which would be the caller of the policies
        for policy in policies {
            layers.push(policy.into_layer());
        }
        self.with(|config| {
            if layers.is_empty() {
                config.empty_ceilings.push(site);
            }
            config.ceiling.extend(layers);
        })
    }

    /// Grants preflights only where it is certain that no route without `#[cors]` serves the
    /// request. Several handlers of one path then have to be registered by
    /// [`group`](crate::group).
    ///
    /// # Security
    /// The usual rule may grant a preflight by the wrong policy until the first such request shows
    /// it, where a route without `#[cors]` stands between two with one. This one never does, as long as
    /// no hidden middleware inside rewrites requests.
    pub fn strict(self) -> Self {
        self.with(|config| config.strict = true)
    }

    /// Says that a `NormalizePath` with this setting stands *inside* of this middleware.
    ///
    /// # Security
    /// If that is not so, preflights are judged for a path that is not routed. If the setting is
    /// another, the first request whose path it changes shows that, and nothing is believed any more.
    /// One outside of this middleware needs no declaration.
    pub fn normalize(self, trailing_slash: TrailingSlash) -> Self {
        self.with(|config| config.normalize = Some(trailing_slash))
    }

    /// The status of granted preflights, 204 by default. A status outside of 200 to 299 is an
    /// error at start-up: browsers take no other for a grant, as the
    /// [CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch-0) wants an
    /// [ok status](https://fetch.spec.whatwg.org/#ok-status).
    #[track_caller]
    pub fn preflight_status(self, status: StatusCode) -> Self {
        let site = Site::caller();
        self.with(|config| {
            config.preflight_status = status;
            config.preflight_status_site = Some(site);
        })
    }

    /// Answers refused preflights so that browsers name the culprit, and says the reason in the
    /// body.
    ///
    /// # Security
    /// Meant for development: it tells whoever asks why a preflight is refused.
    pub fn explain_refusals(self, on: bool) -> Self {
        self.with(|config| config.explain_refusals = on)
    }

    /// Answers cross-origin requests that the policy denies with 403, before the handler runs.
    ///
    /// Requests of the service's own origin pass: `Origin` is scheme and host of the request or
    /// one of `own`, or the browser says `Sec-Fetch-Site: same-origin`.
    ///
    /// # Security
    /// An annotated route is refused exactly. A route without `#[cors]` runs, unreadable, where an
    /// annotated one may serve the same request and grants it: before routing they can't be told
    /// apart. Annotate both.
    pub fn reject_disallowed(self, own: OwnOrigins) -> Self {
        self.with(|config| config.reject = Some(own))
    }

    /// The policies of all routes of the App that has started last, once one has. They are those of the
    /// start: a hole that a request has shown since, and that is closed, stands in the log.
    #[must_use]
    pub fn report(&self) -> Option<Arc<PolicyReport>> {
        let apps = self.shared.apps.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        apps.last().map(|app| Arc::clone(&app.report))
    }

    /// A changed configuration has nothing in common with Apps that run already.
    fn with(self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Arc::unwrap_or_clone(self.config);
        change(&mut config);
        Cors { config: Arc::new(config), shared: Arc::default() }
    }
}

/// What can stand where a policy is wanted: a [`Policy`], or a builder, whose faults are then
/// reported at start-up together with all others.
pub trait IntoPolicy: sealed::IntoLayer {}

impl<T: sealed::IntoLayer> IntoPolicy for T {}

pub(crate) mod sealed {
    use cors_core::{Policy, PolicyBuilder, PolicyErrors, Site};

    /// A policy, or why it is none.
    #[derive(Debug, Clone)]
    pub struct Layer {
        pub(crate) policy: Result<Policy, PolicyErrors>,
        pub(crate) site: Site,
    }

    pub trait IntoLayer {
        #[track_caller]
        fn into_layer(self) -> Layer;
    }

    impl IntoLayer for Policy {
        fn into_layer(self) -> Layer {
            Layer { site: self.site().clone(), policy: Ok(self) }
        }
    }

    impl IntoLayer for PolicyBuilder {
        fn into_layer(self) -> Layer {
            Layer { site: self.site().clone(), policy: self.build() }
        }
    }

    impl IntoLayer for Result<Policy, PolicyErrors> {
        #[track_caller]
        fn into_layer(self) -> Layer {
            let caller = Site::caller();
            let site = self.as_ref().map_or(caller, |policy| policy.site().clone());
            Layer { policy: self, site }
        }
    }
}
