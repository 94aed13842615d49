//! Which App's annotated routes a middleware enforces, and what it makes of them.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{Arc, PoisonError},
};

use actix_web::{HttpRequest, error::UrlGenerationError};

use crate::{
    check,
    cors::{Cors, StartedApp},
    errors::ConfigErrors,
    mark::Marks,
    normalize::Inside,
    plan::Plan,
    register::{self, AppRoutes},
    report::{Finding, PolicyReport, Risk, RowKind},
    seen::Seen,
    shape::Shape,
    table::{Table, filled_path},
};

/// The annotated routes of one App, as its middleware enforces them.
pub(crate) struct Routes {
    pub(crate) app: Option<Rc<AppRoutes>>,
    /// as in [`AppRoutes::claim`]
    claim: usize,
    pub(crate) table: Table,
    pub(crate) report: Option<Arc<PolicyReport>>,
    /// how much it has taken over of what all workers have seen
    seen: Cell<usize>,
    pub(crate) inside: Cell<Inside>,
}

impl Routes {
    /// Claims those of the App that has just been completed on this thread, as far as can be known
    /// before a request.
    pub(crate) fn newest(cors: &Cors) -> Result<Self, ConfigErrors> {
        let checked = check::checked_apps();
        let is_it = |app: &Rc<AppRoutes>| {
            app.claim.get() == 0 && checked.as_ref().is_none_or(|apps| apps.contains(&app.number))
        };
        Routes::claim(cors, register::apps().into_iter().find(is_it))
    }

    /// Claims those of the App that a request has come to, if they are not these already.
    pub(crate) fn of(
        self: &Rc<Self>,
        req: &HttpRequest,
        cors: &Cors,
    ) -> Result<Rc<Self>, ConfigErrors> {
        if self.app.as_ref().is_some_and(|app| belongs(app, req)) {
            return Ok(Rc::clone(self));
        }
        let own = register::apps().into_iter().find(|app| belongs(app, req));
        match &self.app {
            None if own.is_none() => return Ok(Rc::clone(self)),
            // another App of this thread has been completed at the same time, or without a `Cors`
            Some(other) if other.claim.get() == self.claim => {
                other.claim.set(0);
                other.marks.take();
            }
            _ => {}
        }
        Routes::claim(cors, own).map(Rc::new)
    }

    fn claim(cors: &Cors, app: Option<Rc<AppRoutes>>) -> Result<Self, ConfigErrors> {
        let StartedApp { shape, report } = started(cors, app.as_deref())?;
        let none = Routes { report: Some(report), ..Routes::none() };
        let Some(app) = app else { return Ok(none) };
        let claim = register::next_claim();
        app.claim.set(claim);
        app.marks.replace(Some(Marks::new(cors, Arc::clone(&shape))));
        let by_region = shape.marks.iter().any(|policy| policy.each().len() > 1);
        app.is_plain.set(!by_region && cors.config.reject.is_none());
        let table = Table::new(&app, shape, cors.config.strict);
        Ok(Routes { app: Some(app), claim, table, ..none })
    }

    pub(crate) fn none() -> Self {
        let (seen, inside) = Default::default();
        Routes { app: None, claim: 0, table: Table::empty(), report: None, seen, inside }
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

/// The shape of an App and its report, as another worker has found them or new.
fn started(cors: &Cors, app: Option<&AppRoutes>) -> Result<StartedApp, ConfigErrors> {
    let plan = plan(cors);
    // the others wait, and find it then
    let mut started = cors.shared.apps.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = started.iter().position(|started| started.is_of(app)) {
        let known = started.remove(known);
        started.push(known.clone());
        return Ok(known);
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
    let new = StartedApp { shape, report };
    started.push(new.clone());
    Ok(new)
}

/// The report of the App that a request has come to, if `cors` is around it.
pub(crate) fn report_of(cors: &Cors, req: &HttpRequest) -> Option<Arc<PolicyReport>> {
    let app = register::apps().into_iter().find(|app| belongs(app, req));
    let started = cors.shared.apps.lock().unwrap_or_else(PoisonError::into_inner);
    let known = started.iter().find(|started| started.is_of(app.as_deref()));
    known.map(|started| Arc::clone(&started.report))
}

/// Whether an App is the one that a request has come to.
fn belongs(app: &AppRoutes, req: &HttpRequest) -> bool {
    let scopes = app.scopes.borrow();
    if let Some(marker) = scopes.iter().find_map(|scope| scope.marker_name()) {
        return knows(req, marker);
    }
    let host = req.app_config().host().as_ptr().addr();
    let is_told = |app: &AppRoutes| app.scopes.borrow().iter().any(|s| s.is_root_of(host));
    // should actix copy the configuration of an App some day, nobody's is that of the request
    is_told(app)
        || !register::apps().iter().any(|app| is_told(app))
            && app.routes.borrow().iter().all(|route| knows(req, route.info.resource_name()))
}

/// Whether a resource of this name is in the App.
fn knows(req: &HttpRequest, name: &str) -> bool {
    let path = filled_path(req.resource_map(), name);
    !matches!(path, Err(UrlGenerationError::ResourceNotFound))
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
