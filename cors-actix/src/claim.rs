//! Which App's annotated routes a middleware enforces, and what it makes of them.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{Arc, PoisonError},
};

use actix_web::{dev::ResourceMap, error::UrlGenerationError};

use crate::{
    check,
    cors::{Cors, StartedApp},
    errors::ConfigErrors,
    handler::RouteInfo,
    mark::Marks,
    normalize::Inside,
    pattern::filled,
    plan::Plan,
    register::{self, AppRoutes},
    report::{Finding, PolicyReport, Risk, RowKind},
    seen::Seen,
    shape::Shape,
    table::{FILLED_HOLE, Table, filled_path},
};

/// The annotated routes of one App, as its middleware enforces them.
pub(crate) struct Routes {
    pub(crate) app: Option<Rc<AppRoutes>>,
    /// as in [`AppRoutes::claim`]
    claim: usize,
    pub(crate) table: Table,
    /// how much it has taken over of what all workers have seen
    seen: Cell<usize>,
    pub(crate) inside: Cell<Inside>,
}

impl Routes {
    /// Claims those of the App that has just been completed on this thread.
    pub(crate) fn newest(cors: &Cors) -> Result<Self, ConfigErrors> {
        let before = check::apps_before();
        let is_it = |app: &Rc<AppRoutes>| app.claim.get() == 0 && app.number > before;
        Routes::claim(cors, register::apps().into_iter().find(is_it))
    }

    /// Claims those of the App with this resource map, if they are not these already.
    pub(crate) fn of(
        self: &Rc<Self>,
        map: &ResourceMap,
        cors: &Cors,
    ) -> Result<Rc<Self>, ConfigErrors> {
        let own = match &self.app {
            Some(app) if belongs(app, map) => return Ok(Rc::clone(self)),
            Some(app) => {
                // another App of this thread has been completed at the same time, or without a `Cors`
                if app.claim.get() == self.claim {
                    app.claim.set(0);
                    app.marks.take();
                }
                register::apps().into_iter().find(|app| belongs(app, map))
            }
            None => match register::apps().into_iter().find(|app| is_surely_of(app, map)) {
                None => return Ok(Rc::clone(self)),
                own => own,
            },
        };
        Routes::claim(cors, own).map(Rc::new)
    }

    fn claim(cors: &Cors, app: Option<Rc<AppRoutes>>) -> Result<Self, ConfigErrors> {
        let shape = shape(cors, app.as_deref())?;
        let Some(app) = app else { return Ok(Routes::none()) };
        let claim = register::next_claim();
        app.claim.set(claim);
        app.marks.replace(Some(Marks::new(cors, Arc::clone(&shape))));
        let by_region = shape.marks.iter().any(|policy| policy.each().len() > 1);
        app.is_plain.set(!by_region && cors.config.reject.is_none());
        let table = Table::new(&app, shape, cors.config.strict);
        Ok(Routes { app: Some(app), claim, table, ..Routes::none() })
    }

    pub(crate) fn none() -> Self {
        let (seen, inside) = Default::default();
        Routes { app: None, claim: 0, table: Table::empty(), seen, inside }
    }

    /// Takes over what other workers have seen.
    #[inline]
    pub(crate) fn sync(&self, cors: &Cors) {
        let count = cors.shared.seen.count();
        if self.seen.replace(count) != count {
            self.take_over(&cors.shared.seen);
        }
    }

    #[cold]
    fn take_over(&self, seen: &Seen) {
        for (index, route) in self.table.routes().iter().enumerate() {
            if seen.is_tainted(&route.full, route.info.resource_name()) {
                self.table.taint(index);
            }
        }
        self.inside.set(seen.inside());
        self.table.forget();
    }
}

/// The merged configuration.
pub(crate) fn plan(cors: &Cors) -> &Plan {
    cors.shared.plan.get_or_init(|| Plan::new(&cors.config))
}

/// The shape of an App, as another worker has found it or new, with its report.
fn shape(cors: &Cors, app: Option<&AppRoutes>) -> Result<Arc<Shape>, ConfigErrors> {
    let plan = plan(cors);
    // the others wait, and find it then
    let mut started = cors.shared.apps.lock().unwrap_or_else(PoisonError::into_inner);
    let is_known = |started: &StartedApp| match app {
        Some(app) => started.shape.is_of(app),
        None => started.shape.routes.is_empty(),
    };
    if let Some(known) = started.iter().position(is_known) {
        let known = started.remove(known);
        let shape = Arc::clone(&known.shape);
        started.push(known);
        return Ok(shape);
    }
    let mut merger = plan.routes();
    let shape = app.map(|app| Shape::new(app, &mut merger)).unwrap_or_default();
    let problems = merger.finish();
    if !problems.is_empty() {
        return Err(ConfigErrors(problems));
    }
    let shape = Arc::new(shape);
    let report = Arc::new(PolicyReport::new(&cors.config, plan, &shape.routes));
    if started.is_empty() {
        log_unenforced(&report);
    }
    started.retain(|app| Arc::strong_count(&app.shape) > 1);
    started.push(StartedApp { shape: Arc::clone(&shape), report });
    Ok(shape)
}

/// Whether the App's resource map knows the routes' names.
fn belongs(app: &AppRoutes, map: &ResourceMap) -> bool {
    let knows =
        |name: &str| !matches!(filled_path(map, name), Err(UrlGenerationError::ResourceNotFound));
    match marker(app) {
        Some(marker) => knows(&marker),
        None => app.routes.borrow().iter().all(|route| knows(route.info.resource_name())),
    }
}

/// Whether the App's resource map knows them, and no other App could have them too.
fn is_surely_of(app: &AppRoutes, map: &ResourceMap) -> bool {
    if marker(app).is_some() {
        return belongs(app, map);
    }
    let is_here = |info: &RouteInfo| {
        let path = filled(&info.path_in_scope(), FILLED_HOLE);
        filled_path(map, info.resource_name()).is_ok_and(|known| known == path)
    };
    app.claim.get() == 0 && app.routes.borrow().iter().all(|route| is_here(&route.info))
}

fn marker(app: &AppRoutes) -> Option<String> {
    app.scopes.borrow().iter().find_map(|scope| scope.marker_name().map(str::to_owned))
}

/// Says which annotated routes never get a request, and which are left to what stands inside.
fn log_unenforced(report: &PolicyReport) {
    for row in report.rows().iter().filter(|row| row.kind == RowKind::Route) {
        for Finding { risk, about } in &row.risks {
            let (handler, site, about) = (&row.handler, &row.source.site, about.join(", "));
            match risk {
                Risk::Shadowed => {
                    log::warn!("`{handler}` ({site}) never gets a request: {about} comes first");
                }
                Risk::LeftUnchecked => {
                    log::warn!(
                        "`.leave` leaves {about} unchecked: `{handler}` ({site}) has a policy that is not enforced there"
                    );
                }
                _ => {}
            }
        }
    }
}
