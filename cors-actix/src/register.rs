//! What an annotated handler does when an App registers it.
//!
//! actix calls [`enter`] depth first, in routing order, on each worker's thread. The full
//! pattern of a route is only known when the App is complete; to learn it we leave a *marker*
//! in each scope: a resource that serves nothing, whose node of the App's resource map we keep.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    future::{Ready, ready},
    rc::{Rc, Weak},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use actix_web::{
    Error, HttpResponse,
    dev::{AppService, ResourceDef, ResourceMap, ServiceRequest, fn_factory, fn_service},
    guard::{Guard, GuardContext},
};

use crate::{
    handler::{CodeRoute, Handler, RouteInfo},
    mark::Marks,
    watch::{Reached, Watch},
};

/// The annotated routes of one App instance. Lives as long as one of the App's services.
pub(crate) struct AppRoutes {
    /// the App's default service: one allocation per App instance, so its address tells Apps apart
    identity: Rc<dyn Any>,
    /// Apps of a thread are numbered from 1
    pub(crate) number: usize,
    pub(crate) routes: RefCell<Vec<Registration>>,
    pub(crate) scopes: RefCell<Vec<ScopeInstance>>,
    /// `None` until a middleware claims the App
    pub(crate) marks: RefCell<Option<Marks>>,
    /// whether no mark refuses requests, and no route's policy depends on the region
    pub(crate) is_plain: Cell<bool>,
    pub(crate) watch: Watch,
    /// the claim of the middleware that enforces these routes, 0 without one
    pub(crate) claim: Cell<usize>,
    pub(crate) missing_middleware_logged: Cell<bool>,
}

/// One annotated route in one scope of one App instance. Their order is the order of routing.
#[derive(Clone)]
pub(crate) struct Registration {
    pub(crate) info: RouteInfo,
    /// index into [`AppRoutes::scopes`]
    pub(crate) scope: usize,
    /// registered back to back with others by [`group`](crate::group)
    pub(crate) group: Option<usize>,
    /// the marker of its scope was registered together with it
    pub(crate) at_marker: bool,
}

/// One scope that holds annotated routes.
pub(crate) struct ScopeInstance {
    pub(crate) is_root: bool,
    /// our node of the resource map, and the path of the marker below its scope
    marker: Option<(Rc<ResourceMap>, String)>,
    /// guards around the scope that somebody declared
    pub(crate) guards: Rc<[DeclaredGuard]>,
    evidence: Evidence,
}

/// A guard of a scope that actix does not show.
#[derive(Clone)]
pub(crate) enum DeclaredGuard {
    /// may or may not pass
    Unknown,
    /// can be asked about a preflight: it depends on the host alone
    Host(Rc<dyn Guard>),
}

/// What is visible of an `AppService`. It is no proof: two scopes that are open one after the other
/// agree in address and buffer if the allocator gives the buffer out again, and in the count if the
/// second one has its own default service. So [`Table`](crate::table::Table) asks for proof that
/// later routes of a scope lie beside its marker, and does without where there is none.
#[derive(PartialEq, Eq, Clone, Copy)]
struct Evidence {
    address: usize,
    host_buffer: usize,
    default_count: usize,
}

/// The route that a [`Mark`](crate::mark::Mark) is made for.
#[derive(Clone)]
pub(crate) struct Marked {
    pub(crate) app: Rc<AppRoutes>,
    pub(crate) here: Reached,
}

thread_local! {
    /// Apps of this thread, oldest first
    static APPS: RefCell<Vec<Weak<AppRoutes>>> = const { RefCell::new(Vec::new()) };
    /// first routes of the handlers that are being registered, the innermost last
    static CURRENT: RefCell<Vec<(Rc<AppRoutes>, usize)>> = const { RefCell::new(Vec::new()) };
    static GUARDS: RefCell<Vec<DeclaredGuard>> = const { RefCell::new(Vec::new()) };
    /// 0 outside of a group
    static GROUP: Cell<usize> = const { Cell::new(0) };
    static LAST_GROUP: Cell<usize> = const { Cell::new(0) };
    static LAST_CLAIM: Cell<usize> = const { Cell::new(0) };
    static LAST_APP: Cell<usize> = const { Cell::new(0) };
}

/// Begins to register an annotated handler: the marks that are made until [`leave`] are those of
/// its routes. What `#[cors]` expands to; two plain calls, as a generic function would be compiled
/// for each handler anew.
pub fn enter(handler: &'static Handler, config: &mut AppService) {
    let routes = handler.routes.iter();
    enter_all(&mut routes.map(|route| RouteInfo::Attribute { handler, route }), config);
}

/// Ends what [`enter`] has begun.
pub fn leave() {
    CURRENT.with_borrow_mut(Vec::pop);
}

/// Registers a route that is written in code.
pub(crate) fn register_code(
    route: CodeRoute,
    config: &mut AppService,
    inner: impl FnOnce(&mut AppService),
) {
    enter_all(&mut std::iter::once(RouteInfo::Code(Arc::new(route))), config);
    inner(config);
    leave();
}

fn enter_all(routes: &mut dyn Iterator<Item = RouteInfo>, config: &mut AppService) {
    let app = AppRoutes::of(config);
    let (scope, at_marker) = app.scope(config);
    let group = Some(GROUP.get()).filter(|group| *group > 0);
    let first = app.routes.borrow().len();
    let routes = routes.map(|info| Registration { info, scope, group, at_marker });
    app.routes.borrow_mut().extend(routes);
    CURRENT.with_borrow_mut(|current| current.push((app, first)));
}

/// The `index`-th route of the handler that is being registered.
pub(crate) fn current(index: usize) -> Option<Marked> {
    CURRENT.with_borrow(|current| {
        let (app, first) = current.last()?;
        Some(Marked { app: Rc::clone(app), here: Reached::new(first + index) })
    })
}

/// The Apps of this thread with annotated routes, newest first.
pub(crate) fn apps() -> Vec<Rc<AppRoutes>> {
    APPS.with_borrow_mut(|apps| {
        apps.retain(|app| app.strong_count() > 0);
        apps.iter().rev().filter_map(Weak::upgrade).collect()
    })
}

/// The number of the last App of this thread with annotated routes.
pub(crate) fn last_app() -> usize {
    LAST_APP.get()
}

/// A number for a claim of an App's routes, different from all others of this thread.
pub(crate) fn next_claim() -> usize {
    LAST_CLAIM.set(LAST_CLAIM.get() + 1);
    LAST_CLAIM.get()
}

/// Runs `register` with one more declared guard around.
pub(crate) fn with_guard(guard: DeclaredGuard, register: impl FnOnce()) {
    GUARDS.with_borrow_mut(|guards| guards.push(guard));
    register();
    GUARDS.with_borrow_mut(|guards| guards.pop());
}

/// Runs `register` as a group of its own.
pub(crate) fn with_group(register: impl FnOnce()) {
    let group = LAST_GROUP.get() + 1;
    LAST_GROUP.set(group);
    let outer = GROUP.replace(group);
    register();
    GROUP.set(outer);
}

impl AppRoutes {
    fn of(config: &AppService) -> Rc<AppRoutes> {
        let identity: Rc<dyn Any> = config.default_service();
        let known = APPS.with_borrow(|apps| {
            let same = |app: &Rc<AppRoutes>| address(&app.identity) == address(&identity);
            apps.iter().rev().filter_map(Weak::upgrade).find(same)
        });
        known.unwrap_or_else(|| {
            let number = LAST_APP.get() + 1;
            LAST_APP.set(number);
            let app = Rc::new(AppRoutes {
                identity,
                number,
                routes: RefCell::default(),
                scopes: RefCell::default(),
                marks: RefCell::default(),
                is_plain: Cell::new(true),
                watch: Watch::default(),
                claim: Cell::new(0),
                missing_middleware_logged: Cell::new(false),
            });
            APPS.with_borrow_mut(|apps| {
                apps.retain(|app| app.strong_count() > 0);
                apps.push(Rc::downgrade(&app));
            });
            app
        })
    }

    /// The scope that `config` registers for: a known one, or a new one with a marker. Tells
    /// whether that is certain.
    fn scope(self: &Rc<Self>, config: &mut AppService) -> (usize, bool) {
        let evidence = Evidence::of(config);
        let is_root = config.is_root();
        let guards: Rc<[DeclaredGuard]> = GUARDS.with_borrow(|guards| guards.as_slice().into());
        let known = {
            let scopes = self.scopes.borrow();
            // an older one is closed unless it is the App's root
            match scopes.last() {
                Some(last) if !last.is_root && last.evidence == evidence => Some(scopes.len() - 1),
                _ if is_root => scopes.iter().position(|s| s.is_root && s.guards.is_empty()),
                _ => None,
            }
        };
        if let Some(known) = known.filter(|_| !is_root || guards.is_empty()) {
            return (known, is_root);
        }
        let index = self.scopes.borrow().len();
        let marker = (!is_root).then(|| self.mark_scope(config));
        // the marker changes what there is to see
        let evidence = Evidence::of(config);
        self.scopes.borrow_mut().push(ScopeInstance { is_root, marker, guards, evidence });
        (index, true)
    }

    fn mark_scope(self: &Rc<Self>, config: &mut AppService) -> (Rc<ResourceMap>, String) {
        static MARKERS: AtomicUsize = AtomicUsize::new(0);
        let path = format!("/~cors/{}", MARKERS.fetch_add(1, Ordering::Relaxed));
        let rdef = ResourceDef::new(path.as_str());
        let mut node = ResourceMap::new(rdef.clone());
        let mut leaf = ResourceDef::new("");
        leaf.set_name(&path);
        node.add(&mut leaf, None);
        let node = Rc::new(node);
        let app = Rc::clone(self);
        let factory = fn_factory(move || {
            // the service keeps the routes alive, not only its factory
            let app = Rc::clone(&app);
            ready(Ok::<_, ()>(fn_service(move |req: ServiceRequest| {
                let _ = &app;
                not_found(req)
            })))
        });
        config.register_service(rdef, Some(vec![Box::new(Never)]), factory, Some(Rc::clone(&node)));
        (node, path)
    }
}

impl ScopeInstance {
    /// The full pattern of the scope; the App must be complete.
    pub(crate) fn pattern(&self) -> String {
        let Some((node, path)) = &self.marker else { return String::new() };
        let full = node.match_pattern(path).unwrap_or_default();
        full.strip_suffix(path.as_str()).unwrap_or_default().to_owned()
    }

    /// What two markers of one scope have in common; other scopes may have had the same.
    pub(crate) fn place(&self) -> (usize, usize) {
        (self.evidence.address, self.evidence.host_buffer)
    }

    /// Whether this is the root of an App whose configuration's host is at an address, which is that of
    /// the configuration that its requests show.
    pub(crate) fn is_root_of(&self, host: usize) -> bool {
        self.is_root && self.evidence.host_buffer == host
    }

    /// The marker's name, which only this App's resource map knows.
    pub(crate) fn marker_name(&self) -> Option<&str> {
        self.marker.as_ref().map(|(_, path)| path.as_str())
    }
}

impl Evidence {
    fn of(config: &AppService) -> Self {
        Evidence {
            address: std::ptr::from_ref(config).addr(),
            host_buffer: config.config().host().as_ptr().addr(),
            default_count: Rc::strong_count(&config.default_service()),
        }
    }
}

struct Never;

impl Guard for Never {
    fn check(&self, _: &GuardContext<'_>) -> bool {
        false
    }
}

fn not_found(req: ServiceRequest) -> Ready<Result<actix_web::dev::ServiceResponse, Error>> {
    ready(Ok(req.into_response(HttpResponse::NotFound())))
}

fn address(app: &Rc<dyn Any>) -> usize {
    Rc::as_ptr(app).cast::<()>().addr()
}
