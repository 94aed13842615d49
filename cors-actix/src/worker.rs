//! What one App instance on one thread knows: its routes, their policies, and how to decide.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    rc::Rc,
    sync::Arc,
};

use actix_web::{HttpRequest, dev::ServiceRequest, middleware::TrailingSlash};
use cors_core::Methods;

use crate::{
    claim::{Routes, plan},
    compiled::Compiled,
    cors::Cors,
    decision::{Decision, Place},
    errors::ConfigErrors,
    known_app::KnownApp,
    normalize::{Inside, is_odd, normalized},
    placement::Placement,
    plan::Plan,
    register::AppRoutes,
    reject::{self, RejectRule},
    report::PolicyReport,
    shape::Row,
    table::Table,
    watch::{RequestKey, Watching, Way},
};

/// The state of one middleware instance.
pub(crate) struct Worker {
    pub(crate) cors: Cors,
    pub(crate) reject: Option<Rc<RejectRule>>,
    /// some region is left to what stands inside
    leaves: bool,
    /// somebody checks the App, and sends a preflight to find out whether it gets here
    pub(crate) is_checked: bool,
    /// the routes of the App that has just been completed on this thread
    guess: Rc<Routes>,
    app: OnceCell<KnownApp>,
    foreign_logged: Cell<bool>,
    pub(crate) rewriting_logged: Cell<bool>,
    pub(crate) placement: Placement,
}

/// A path, as it is routed, and a method.
pub(crate) struct Target<'a> {
    pub(crate) path: Cow<'a, str>,
    pub(crate) method: &'a str,
    /// for guards that depend on the host
    pub(crate) request: Option<&'a ServiceRequest>,
}

impl Worker {
    /// Claims the routes of the App that has just been completed, merges and checks everything.
    pub(crate) fn start(cors: &Cors) -> Result<Worker, ConfigErrors> {
        Ok(Worker::new(cors, Rc::new(Routes::newest(cors)?)))
    }

    /// Grants nothing, as something is wrong.
    pub(crate) fn broken(cors: &Cors) -> Worker {
        let worker = Worker::new(cors, Rc::new(Routes::none()));
        worker.placement.give_up();
        worker
    }

    fn new(cors: &Cors, guess: Rc<Routes>) -> Worker {
        Worker {
            cors: cors.clone(),
            reject: reject::rule(cors),
            is_checked: false,
            leaves: cors.config.regions.iter().any(|region| region.policy.is_none()),
            guess,
            app: OnceCell::new(),
            foreign_logged: Cell::new(false),
            rewriting_logged: Cell::new(false),
            placement: Placement::default(),
        }
    }

    pub(crate) fn plan(&self) -> &Plan {
        plan(&self.cors)
    }

    /// The App that a request comes to.
    #[inline]
    pub(crate) fn see(&self, req: &ServiceRequest) -> &KnownApp {
        self.app.get_or_init(|| KnownApp::of(req, &self.guess, &self.cors, &self.placement))
    }

    /// Whether what was sent is kept of a request that has reached an annotated route.
    #[inline]
    pub(crate) fn keeps_sent(&self) -> bool {
        self.app.get().is_some_and(KnownApp::keeps_sent)
    }

    /// The report of the App, or what is wrong with it.
    pub(crate) fn report(&self) -> Result<Option<Arc<PolicyReport>>, ConfigErrors> {
        self.app.get().map_or(Ok(None), KnownApp::report)
    }

    /// The policy of every request, where there is only one.
    #[inline]
    pub(crate) fn only_policy(&self) -> Option<&Arc<Compiled>> {
        self.app.get()?.only.as_ref()
    }

    /// The policy of routes without `#[cors]` at a path.
    pub(crate) fn default(&self, path: &str) -> &Arc<Compiled> {
        let plan = self.plan();
        plan.default(plan.region(path))
    }

    /// The path that the routes will see instead of one that comes in.
    #[inline]
    pub(crate) fn routed<'p>(&self, path: &'p str) -> Cow<'p, str> {
        match self.declared() {
            Some(mode) => normalized(path, mode).into(),
            None => path.into(),
        }
    }

    /// What has been declared of a `NormalizePath` inside, unless it has shown to be another.
    #[inline]
    fn declared(&self) -> Option<TrailingSlash> {
        let mode = self.cors.config.normalize?;
        (self.inside() == Inside::Unknown).then_some(mode)
    }

    fn inside(&self) -> Inside {
        let Some(app) = self.app.get() else { return Inside::Unknown };
        app.routes.sync(&self.cors);
        app.routes.inside.get()
    }

    /// The other paths that a middleware inside may route by.
    fn variants(&self, path: &str) -> Vec<String> {
        let (Some(app), inside) = (self.app.get(), self.inside()) else { return Vec::new() };
        if inside == Inside::Unknown && (self.cors.config.normalize.is_some() || !is_odd(path)) {
            return Vec::new();
        }
        inside.variants(&app.map, path)
    }

    /// Whether a request is left to what stands inside, whatever path it may be routed by.
    #[inline]
    pub(crate) fn is_left(&self, req: &ServiceRequest) -> bool {
        let is_left = || {
            let path = self.routed(req.match_info().as_str());
            let variants = || self.variants(&path);
            self.plan().is_left(&path) && variants().iter().all(|path| self.plan().is_left(path))
        };
        self.leaves && is_left()
    }

    /// The annotated routes that the App has registered; known once a request has been seen.
    #[inline]
    pub(crate) fn annotated(&self) -> Option<&AppRoutes> {
        self.app.get()?.routes.app.as_deref()
    }

    /// The annotated routes as they decide; known once a request has been seen.
    #[inline]
    pub(crate) fn table(&self) -> Option<&Table> {
        Some(&self.app.get()?.routes.table)
    }

    /// Watches a request whose way is open.
    #[inline]
    pub(crate) fn watch<T>(
        &self,
        request: RequestKey,
        way: &mut Way,
        run: impl FnOnce() -> T,
    ) -> T {
        let watching = self.annotated().map(|app| app.watch.watch(request));
        let result = run();
        if let Some(reached) = watching.and_then(Watching::end) {
            *way = Way::Reached(reached);
        }
        result
    }

    /// Whether the App has annotated routes.
    pub(crate) fn has_routes(&self) -> bool {
        self.annotated().is_some()
    }

    /// The policies that have a say about a target, all of which have to allow it.
    pub(crate) fn decide(&self, target: &Target<'_>) -> Decision {
        self.recall(target).unwrap_or_else(|| {
            // this takes over what others have seen, so it must not come between finding a decision
            // and remembering it
            let variants = self.variants(&target.path);
            let table = &self.routes().table;
            // of the App itself: a middleware inside may have made a request of its own
            let map = self.app.get().map(|app| &app.map);
            let place = self.place(&target.path, target);
            let mut decision = table.find(map, &place);
            if !variants.is_empty() {
                let mut policies = decision.policies.to_vec();
                for path in &variants {
                    let other = table.find(map, &self.place(path, target));
                    decision.depends_on_host |= other.depends_on_host;
                    policies.extend_from_slice(&other.policies);
                }
                decision = Decision { policies: policies.into(), has_variants: true, ..decision };
            }
            table.remember(&place, &decision);
            decision
        })
    }

    /// A route that is known to decide alone about its own, static path.
    #[inline]
    pub(crate) fn own_route(&self, path: &str, method: &[u8]) -> Option<&Row> {
        let routes = self.routes();
        routes.sync(&self.cors);
        let route = routes.table.own_route(path, method)?;
        routes.table.routes().get(route)
    }

    /// What has been decided about a target before.
    pub(crate) fn recall(&self, target: &Target<'_>) -> Option<Decision> {
        let routes = self.routes();
        routes.sync(&self.cors);
        routes.table.remembered(&self.place(&target.path, target))
    }

    /// Whether a request is one of the App's, and not one that a middleware inside has made.
    pub(crate) fn is_own(&self, req: &HttpRequest) -> bool {
        self.app.get().is_some_and(|app| app.is_own(req))
    }

    /// A policy that may have a say about a target, and `allows` it, if there is one: without one
    /// nothing needs to be decided.
    pub(crate) fn any_allows(&self, path: &str, allows: impl Fn(&Arc<Compiled>) -> bool) -> bool {
        allows(self.default(path)) || self.routes().table.shape.policies.iter().any(allows)
    }

    /// Full pattern and handler of a route.
    pub(crate) fn names(&self, route: usize) -> (&str, &str) {
        let route = &self.routes().table.routes()[route];
        (&route.full, route.info.handler_name())
    }

    pub(crate) fn depends_on_host(&self) -> bool {
        self.routes().table.depends_on_host()
    }

    /// Says once for each route that it would grant what was refused because a route without
    /// `#[cors]` may serve it.
    pub(crate) fn log_needless(
        &self,
        target: &Target<'_>,
        decision: &Decision,
        grant: impl FnOnce(&[(Arc<Compiled>, Methods)]) -> bool,
    ) {
        let (Some(undecided), [annotated @ .., _]) = (decision.undecided, &*decision.policies)
        else {
            return;
        };
        let table = &self.routes().table;
        let route = &table.routes()[undecided];
        if !table.needless_logged(undecided).get() && grant(annotated) {
            table.needless_logged(undecided).set(true);
            log::warn!(
                "preflights of `{}` {} are refused although `{}` ({}) would grant them: a route \
                 without #[cors] may serve them, or a guard decides; annotate both",
                target.method,
                route.full.escape_debug(),
                route.info.handler_name(),
                route.info.policy().site(),
            );
        }
    }

    /// Says once that somebody else's CORS headers were removed.
    pub(crate) fn log_foreign(&self, path: &str) {
        if !self.foreign_logged.replace(true) {
            log::warn!(
                "CORS headers of a handler or of another CORS middleware were removed from the \
                 answer to {path:?}: the policies of this App own them"
            );
        }
    }

    /// The annotated routes; those of another App perhaps, before a request has been seen.
    pub(crate) fn routes(&self) -> &Routes {
        self.app.get().map_or(&self.guess, |app| &app.routes)
    }

    fn place<'a>(&'a self, path: &'a str, target: &Target<'a>) -> Place<'a> {
        let region = self.plan().region(path);
        let default = self.plan().default(region);
        Place { path, method: target.method, request: target.request, region, default }
    }
}
