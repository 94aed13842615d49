//! What one App instance on one thread knows: its routes, their policies, and how to decide.

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
    sync::{Arc, PoisonError},
};

use actix_web::{
    HttpRequest,
    dev::{Extensions, ResourceMap, ServiceRequest, Url},
    error::UrlGenerationError,
    http::Method,
    middleware::TrailingSlash,
    test::TestRequest,
};
use cors_core::Methods;

use crate::{
    compiled::{Compiled, RoutePolicy},
    cors::{Cors, StartedApp},
    errors::ConfigErrors,
    events,
    mark::{Marks, Ran},
    placement::Placement,
    plan::Plan,
    register::{self, AppRoutes},
    reject::{self, RejectRule},
    report::{PolicyReport, Risk},
    shape::Shape,
    table::{Decision, Place, Table},
};

/// The state of one middleware instance.
pub(crate) struct Worker {
    pub(crate) cors: Cors,
    pub(crate) reject: Option<Rc<RejectRule>>,
    /// the policy of every request, where there are neither routes with `#[cors]` nor regions
    only: Option<Arc<Compiled>>,
    /// some region is left to what stands inside
    leaves: bool,
    /// the routes of the App that has just been completed on this thread
    guess: Rc<Routes>,
    /// the routes of the App whose requests come here
    routes: OnceCell<Rc<Routes>>,
    /// for errors, which come back without a request
    map: OnceCell<ResourceMap>,
    foreign_logged: Cell<bool>,
    pub(crate) placement: Placement,
}

/// The annotated routes of one App.
struct Routes {
    app: Option<Rc<AppRoutes>>,
    /// as in [`AppRoutes::claim`]
    claim: usize,
    table: Table,
    taints_seen: Cell<usize>,
}

/// A path and a method, and where they are in the configuration.
pub(crate) struct Target<'a> {
    pub(crate) path: &'a str,
    pub(crate) method: &'a Method,
    pub(crate) request: Option<&'a ServiceRequest>,
}

impl Worker {
    /// Claims the routes of the App that has just been completed, merges and checks everything.
    pub(crate) fn start(cors: &Cors) -> Result<Worker, ConfigErrors> {
        let newest = register::apps().into_iter().find(|app| app.claim.get() == 0);
        let guess = Rc::new(Routes::claim(cors, newest)?);
        let regions = &cors.config.regions;
        let only = guess.app.is_none() && regions.is_empty();
        Ok(Worker {
            cors: cors.clone(),
            reject: reject::rule(cors),
            only: only.then(|| Arc::clone(plan(cors).default(0))),
            leaves: regions.iter().any(|region| region.policy.is_none()),
            guess,
            routes: OnceCell::new(),
            map: OnceCell::new(),
            foreign_logged: Cell::new(false),
            placement: Placement::default(),
        })
    }

    pub(crate) fn plan(&self) -> &Plan {
        plan(&self.cors)
    }

    /// Finds out at the first request which App this is, and keeps what an error will need.
    #[inline]
    pub(crate) fn see(&self, req: &ServiceRequest) {
        if self.only.is_none() && self.map.get().is_none() {
            let map = req.resource_map();
            self.map.get_or_init(|| map.clone());
            self.routes(map);
        }
    }

    /// The policy of every request, where there is only one.
    #[inline]
    pub(crate) fn only_policy(&self) -> Option<&Arc<Compiled>> {
        self.only.as_ref()
    }

    /// The policy of routes without `#[cors]` at a path.
    pub(crate) fn default(&self, path: &str) -> &Arc<Compiled> {
        let plan = self.plan();
        plan.default(plan.region(path))
    }

    /// Whether all below a path is left to what stands inside.
    #[inline]
    pub(crate) fn is_left(&self, path: &str) -> bool {
        self.leaves && self.plan().is_left(path)
    }

    /// Whether the App has annotated routes.
    pub(crate) fn has_routes(&self) -> bool {
        self.routes.get().unwrap_or(&self.guess).app.is_some()
    }

    /// The policies that have a say about a target, all of which have to allow it.
    pub(crate) fn decide(&self, map: &ResourceMap, target: &Target<'_>) -> Rc<Decision> {
        let decision = self.decide_one(map, target.path, target);
        let variants = variants(map, target.path);
        if variants.is_empty() {
            return decision;
        }
        // a middleware inside of this one may route another path
        let mut all = (*decision).clone();
        let mut policies = all.policies.into_vec();
        for path in variants {
            policies.extend(self.decide_one(map, &path, target).policies.iter().cloned());
        }
        all.policies = policies.into();
        all.stop = None;
        Rc::new(all)
    }

    /// What has been decided about a target before.
    pub(crate) fn recall(&self, map: &ResourceMap, target: &Target<'_>) -> Option<Rc<Decision>> {
        if is_odd(target.path) {
            return None;
        }
        self.with_place(map, target.path, target, Table::remembered)
    }

    /// The same for an error, which has no request any more.
    pub(crate) fn decide_without_request(
        &self,
        path: &str,
        method: &Method,
    ) -> Option<Rc<Decision>> {
        let target = Target { path, method, request: None };
        Some(self.decide(self.map.get()?, &target))
    }

    /// A policy that may have a say about a target, and `allows` it, if there is one: without one
    /// nothing needs to be decided.
    pub(crate) fn any_allows(
        &self,
        map: &ResourceMap,
        path: &str,
        allows: impl Fn(&Arc<Compiled>) -> bool,
    ) -> bool {
        allows(self.default(path)) || self.routes(map).table.shape.policies.iter().any(allows)
    }

    /// The path that the routes will see, where `NormalizePath` stands inside.
    pub(crate) fn normalized(&self, path: &str) -> Option<String> {
        let path = match self.cors.config.normalize? {
            TrailingSlash::Always => format!("{path}/"),
            TrailingSlash::MergeOnly => path.to_owned(),
            _ => path.trim_end_matches('/').to_owned(),
        };
        let merged = merge_slashes(&path);
        Some(if merged.is_empty() { "/".to_owned() } else { merged })
    }

    /// Full pattern and handler of a route.
    pub(crate) fn names(&self, map: &ResourceMap, route: usize) -> (&str, &str) {
        let route = &self.routes(map).table.routes()[route];
        (&route.full, route.info.handler_name())
    }

    /// An actual request showed that a route without `#[cors]` serves what `stop` should.
    pub(crate) fn trip(&self, map: &ResourceMap, stop: usize, method: &Method, path: &str) {
        let table = &self.routes(map).table;
        let route = &table.routes()[stop];
        let name = route.info.resource_name();
        table.taint(stop);
        if self.cors.shared.taints.add(&route.full, name) {
            events::misconfigured(&format_args!(
                "{method} {path:?} is served by a route without #[cors] although `{}` has one: \
                 annotate both",
                route.info.handler_name()
            ));
        }
    }

    /// Whether a route without `#[cors]` has answered a request that no annotated one has seen. The
    /// refusal of a scope's middleware must not look like it: anybody could cause one.
    pub(crate) fn is_plain_answer(&self, req: &HttpRequest, stop: Option<usize>) -> bool {
        let (map, info) = (req.resource_map(), req.match_info());
        let path = info.as_str();
        // where routing got to no resource, actix tells the first one that matches the path as it
        // was sent
        let known = req.path() == path;
        if known && req.match_pattern() != map.match_pattern(path) {
            return true;
        }
        let taken = &path[..path.len() - info.unprocessed().len()];
        !taken.is_empty() && !self.routes(map).table.has_scope_on_the_way(taken, stop)
    }

    pub(crate) fn depends_on_host(&self, map: &ResourceMap) -> bool {
        self.routes(map).table.depends_on_host()
    }

    /// Says once for each route that it would grant what was refused because a route without
    /// `#[cors]` may serve it.
    pub(crate) fn log_needless(
        &self,
        map: &ResourceMap,
        target: &Target<'_>,
        decision: &Decision,
        grant: impl FnOnce(&[(Arc<Compiled>, Methods)]) -> bool,
    ) {
        let (Some(undecided), [annotated @ .., _]) = (decision.undecided, &*decision.policies)
        else {
            return;
        };
        let table = &self.routes(map).table;
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

    fn routes(&self, map: &ResourceMap) -> &Rc<Routes> {
        self.routes.get_or_init(|| {
            let routes = self.own_routes(map);
            routes.table.prove(map);
            routes
        })
    }

    fn own_routes(&self, map: &ResourceMap) -> Rc<Routes> {
        if self.guess.app.as_ref().is_none_or(|app| belongs(app, map)) {
            return Rc::clone(&self.guess);
        }
        // another App of this thread has been completed at the same time, or without a `Cors`
        if let Some(app) = self.guess.app.as_ref().filter(|app| app.claim.get() == self.guess.claim)
        {
            app.claim.set(0);
            app.marks.take();
        }
        let own = register::apps().into_iter().find(|app| belongs(app, map));
        let routes = Routes::claim(&self.cors, own);
        routes.map_or_else(
            |errors| {
                events::misconfigured(&errors);
                Rc::new(Routes::none())
            },
            Rc::new,
        )
    }

    fn decide_one(&self, map: &ResourceMap, path: &str, target: &Target<'_>) -> Rc<Decision> {
        self.with_place(map, path, target, |table, place| table.decide(map, place))
    }

    fn with_place<T>(
        &self,
        map: &ResourceMap,
        path: &str,
        target: &Target<'_>,
        ask: impl FnOnce(&Table, &Place<'_>) -> T,
    ) -> T {
        let plan = self.plan();
        let region = plan.region(path);
        let routes = self.routes(map);
        routes.sync(&self.cors);
        let default = plan.default(region);
        let method = target.method.as_str();
        ask(&routes.table, &Place { path, method, request: target.request, region, default })
    }
}

impl Routes {
    fn claim(cors: &Cors, app: Option<Rc<AppRoutes>>) -> Result<Self, ConfigErrors> {
        let shape = shape(cors, app.as_deref())?;
        let Some(app) = app else { return Ok(Routes::none()) };
        let claim = register::next_claim();
        app.claim.set(claim);
        app.marks.replace(Some(marks(cors, &shape)));
        let table = Table::new(&app, shape, cors.config.strict);
        Ok(Routes { app: Some(app), claim, table, taints_seen: Cell::new(0) })
    }

    fn none() -> Self {
        Routes { app: None, claim: 0, table: Table::empty(), taints_seen: Cell::new(0) }
    }

    /// Takes over what other workers have seen.
    fn sync(&self, cors: &Cors) {
        let taints = &cors.shared.taints;
        if self.taints_seen.replace(taints.count()) == taints.count() {
            return;
        }
        for (index, route) in self.table.routes().iter().enumerate() {
            if taints.contains(&route.full, route.info.resource_name()) {
                self.table.taint(index);
            }
        }
    }
}

/// Says which annotated routes never get a request.
fn log_shadowed(report: &PolicyReport) {
    for row in report.rows() {
        for finding in row.risks.iter().filter(|finding| finding.risk == Risk::Shadowed) {
            log::warn!(
                "`{}` ({}) never gets a request: {} comes first",
                row.handler,
                row.source.site,
                finding.about.join(", ")
            );
        }
    }
}

fn plan(cors: &Cors) -> &Plan {
    cors.shared.plan.get_or_init(|| Plan::new(&cors.config))
}

/// The shape of an App, as another worker has found it or new, with its report.
fn shape(cors: &Cors, app: Option<&AppRoutes>) -> Result<Arc<Shape>, ConfigErrors> {
    let plan = plan(cors);
    // the others wait, and find it then
    let mut started = cors.shared.app.lock().unwrap_or_else(PoisonError::into_inner);
    let known = |started: &&StartedApp| match app {
        Some(app) => started.shape.is_of(app),
        None => started.shape.routes.is_empty(),
    };
    if let Some(known) = started.as_ref().filter(known) {
        return Ok(Arc::clone(&known.shape));
    }
    let mut problems = plan.problems.clone();
    let shape = app.map(|app| Shape::new(app, plan, &mut problems)).unwrap_or_default();
    plan.finish(&mut problems);
    if !problems.is_empty() {
        return Err(ConfigErrors(problems));
    }
    let shape = Arc::new(shape);
    let report = Arc::new(PolicyReport::new(&cors.config, plan, &shape.routes));
    if started
        .replace(StartedApp { shape: Arc::clone(&shape), report: Arc::clone(&report) })
        .is_none()
    {
        log_shadowed(&report);
    }
    Ok(shape)
}

/// What the mark of each route puts into requests; routes that answer alike share it.
fn marks(cors: &Cors, shape: &Shape) -> Marks {
    let make = |policy: &RoutePolicy| {
        let mut container = Extensions::new();
        container.insert(Ran { policy: policy.clone() });
        Rc::new(container)
    };
    let each: Vec<_> = shape.marks.iter().map(make).collect();
    let containers = shape.routes.iter().map(|route| Rc::clone(&each[route.mark])).collect();
    Marks { containers, reject: reject::rule(cors) }
}

/// Whether the App's resource map knows the routes' names.
fn belongs(app: &AppRoutes, map: &ResourceMap) -> bool {
    // never a real request: `url_for` would read its `Host` and `Forwarded`
    let req = TestRequest::default().to_http_request();
    let knows = |name: &str| {
        let url = map.url_for(&req, name, [""; 0]);
        !matches!(url, Err(UrlGenerationError::ResourceNotFound))
    };
    let scopes = app.scopes.borrow();
    match scopes.iter().find_map(|scope| scope.marker_name()) {
        Some(marker) => knows(marker),
        None => app.routes.borrow().iter().all(|route| knows(route.info.resource_name())),
    }
}

/// What `NormalizePath` could make of a path that only looks like a route's.
fn variants(map: &ResourceMap, path: &str) -> Vec<String> {
    if !is_odd(path) {
        return Vec::new();
    }
    let doubled = path.contains("//");
    let trailing = path.len() > 1
        && path.ends_with('/')
        && !map.match_pattern(path).is_some_and(|full| full.ends_with('/'));
    let trimmed = path.trim_end_matches('/');
    let mut variants = Vec::new();
    if doubled {
        variants.push(merge_slashes(path));
    }
    if trailing {
        variants.push(trimmed.to_owned());
        variants.push(merge_slashes(trimmed));
    }
    variants.retain(|variant| variant != path && !variant.is_empty());
    variants.dedup();
    variants
}

/// Whether `NormalizePath` could make something else of a path.
fn is_odd(path: &str) -> bool {
    let path = path.as_bytes();
    (path.len() > 1 && path.ends_with(b"/")) || path.windows(2).any(|pair| pair == b"//")
}

fn merge_slashes(path: &str) -> String {
    let mut merged = String::with_capacity(path.len());
    for c in path.chars() {
        if c != '/' || !merged.ends_with('/') {
            merged.push(c);
        }
    }
    merged
}

/// The path of a target as the router decodes it.
pub(crate) fn decoded(uri: actix_web::http::Uri) -> String {
    Url::new(uri).path().to_owned()
}
