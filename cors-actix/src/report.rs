//! The generated documents: who may call which route, with which rights, and why.
//!
//! One model, [`PolicyReport`], comes from the very table that the middleware enforces, so the
//! documents cannot drift from it. [`check`](crate::check) returns it for a closure that builds
//! the App, without a socket or a database, in a test or a program of its own;
//! [`Cors::report`](crate::Cors::report) returns it in a running service.
//!
//! | form | from | for |
//! |---|---|---|
//! | terminal table | `println!("{report}")` | whoever starts the service |
//! | Markdown | [`to_markdown`](PolicyReport::to_markdown) | the repository, the wiki |
//! | HTML page | [`to_html`](PolicyReport::to_html), [`LivePage`] | reviewers: search, risks, curl lines, a simulator |
//! | JSON | [`to_json`](PolicyReport::to_json), [`JSON_SCHEMA`] | other programs |
//! | OpenAPI | [`add_to_openapi`](PolicyReport::add_to_openapi) | readers of the API's documents |
//! | `cors.lock` | [`assert_lock`](PolicyReport::assert_lock) | tests: no policy gets wider unseen |
//! | explanation | [`explain`](PolicyReport::explain) | why is this request refused |
//!
//! A test that keeps a committed page current:
//!
//! ```no_run
//! # use actix_web::App;
//! # use cors_actix::Cors;
//! # let app = || App::new().wrap(Cors::deny());
//! # actix_web::rt::System::new().block_on(async {
//! let report = cors_actix::check(&app).await?;
//! report.assert_lock("cors.lock");
//! assert_eq!(std::fs::read_to_string("policies.html")?, report.to_html());
//! # Ok::<_, Box<dyn std::error::Error>>(())
//! # }).unwrap();
//! ```

mod build;
#[cfg(feature = "unstable-introspection")]
mod doubt;
mod explain;
mod html;
mod json;
mod live;
mod lock;
mod markdown;
mod openapi;
#[cfg(feature = "unstable-introspection")]
mod plain;
mod review;
mod risk;
mod shadow;
mod text;
mod visible;

use std::sync::Arc;

use cors_core::{Merged, Methods};
pub use cors_core::{Note, Source};

#[cfg(feature = "unstable-introspection")]
pub use self::doubt::Doubt;
pub use self::{
    explain::{Question, RouteExplanation, RuleVerdict},
    json::JSON_SCHEMA,
    live::LivePage,
    lock::{Change, LockError, Meaning},
    risk::{Finding, Level, Risk},
};
use crate::{compiled::Compiled, pattern::Pattern};

/// The policies of an App's routes, from the very table that the middleware enforces.
///
/// Plain data: it can be sent to other threads and outlives the App. Printed with `{}` it is a
/// table for the terminal.
///
/// ```
/// use actix_web::{App, get};
/// use cors_actix::{Cors, cors};
///
/// #[cors(origins = any, max_age = 3600)]
/// #[get("/prices")]
/// async fn prices() -> &'static str {
///     "free"
/// }
///
/// # actix_web::rt::System::new().block_on(async {
/// let app = || App::new().service(prices).wrap(Cors::deny());
/// let report = cors_actix::check(&app).await?;
/// assert!(report.to_string().contains("/prices"));
/// # Ok::<_, cors_actix::ConfigErrors>(())
/// # }).unwrap();
/// ```
#[derive(Debug, Clone)]
pub struct PolicyReport {
    rows: Vec<Row>,
    sets: Vec<OriginSetReport>,
    covers_all_routes: bool,
    #[cfg(feature = "unstable-introspection")]
    doubts: Vec<Doubt>,
}

/// A named set and what it is filled with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct OriginSetReport {
    /// The name.
    pub name: String,
    /// The patterns, in declaration order.
    pub origins: Vec<String>,
    /// Where it is filled.
    pub source: Source,
}

/// The policy of one route in one region, of one region, or the app default.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Row {
    /// What the row is about.
    pub kind: RowKind,
    /// The methods that may be asked for, in upper case unless declared otherwise; with
    /// [`any_method`](Self::any_method) those that need no permission.
    pub methods: Vec<String>,
    /// Whether every method may be asked for.
    pub any_method: bool,
    /// The full pattern of the route, or the region's; empty for the app default.
    pub path: String,
    /// The pattern of the region whose policy encloses the route's.
    pub region: Option<String>,
    /// The handler's name; empty where the row is about no route.
    pub handler: String,
    /// Where the policy is written.
    pub source: Source,
    /// What a reviewer should look at, what matters most first.
    pub risks: Vec<Finding>,
    /// What is legal and has no effect.
    pub notes: Vec<Note>,
    policy: Option<Arc<Compiled>>,
    /// who has a say about the method
    judged_by: Methods,
    /// a guard besides its methods, its own or a declared one around it
    guarded: bool,
}

/// What a [`Row`] is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowKind {
    /// A route with `#[cors]`, or one written in code.
    Route,
    /// A route without `#[cors]`: its methods are those that it serves, and the policy's
    /// `methods` say which of them may be asked for. Only where the report
    /// [covers all routes](PolicyReport::covers_all_routes).
    Plain,
    /// Routes without `#[cors]` below a region's pattern.
    Region,
    /// Routes without `#[cors]` outside of all regions.
    App,
}

impl PolicyReport {
    /// All rows: the routes in the order of routing, each once for every region that it can meet,
    /// then the regions in the order of their declaration, then the app default.
    #[must_use]
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The named sets, in the order in which they are filled.
    #[must_use]
    pub fn sets(&self) -> &[OriginSetReport] {
        &self.sets
    }

    /// Reports whether routes without `#[cors]` have rows of their own, not only the regions and
    /// the app default that they get their policies from.
    ///
    /// That is so for the report of [`check`](crate::check) with the feature
    /// `unstable-introspection`, which rests on an experimental part of actix-web and is meant for
    /// tests.
    #[must_use]
    pub fn covers_all_routes(&self) -> bool {
        self.covers_all_routes
    }

    /// Where the App breaks what exact preflights rest on: if a route with `#[cors]` and one without
    /// can serve the same method of the same path, annotate both; and declare guards of scopes.
    ///
    /// Meant for a test of the App: `assert_eq!(report.doubts(), [])`. It errs on the careful side:
    /// it knows no order of registration, and takes a custom regex for one that matches anything.
    #[cfg(feature = "unstable-introspection")]
    #[must_use]
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }

    /// What the rows cover, in the words of all documents.
    fn coverage(&self) -> &'static str {
        if self.covers_all_routes {
            "all routes"
        } else {
            "routes with #[cors], and what holds for all others"
        }
    }

    /// The regions that hold for a pattern without `#[cors]`, and the app default unless one of
    /// them holds for all of its paths.
    fn defaults_of(&self, path: &str) -> Vec<&Row> {
        let pattern = Pattern::new(path);
        let of_kind = |kind| self.rows.iter().filter(move |row| row.kind == kind);
        let mut rows = Vec::new();
        for region in of_kind(RowKind::Region).collect::<Vec<_>>().into_iter().rev() {
            let held = Pattern::new(&region.path);
            if held.may_hold(&pattern) {
                rows.push(region);
            }
            if held.holds(&pattern) {
                return rows;
            }
        }
        rows.extend(of_kind(RowKind::App));
        rows
    }

    /// How many rows have this level as their highest, the gravest first.
    fn count_risks(&self) -> [(Level, usize); 3] {
        [Level::High, Level::Medium, Level::Low].map(|level| {
            let has = |row: &&Row| row.risks.first().is_some_and(|f| f.risk.level() == level);
            (level, self.rows.iter().filter(has).count())
        })
    }
}

impl Row {
    /// The effective policy, with the source of each value; `None` where all is left to what
    /// stands inside (`.leave`).
    #[must_use]
    pub fn policy(&self) -> Option<&Merged> {
        self.policy.as_ref().map(|policy| policy.policy.merged())
    }

    /// The methods that the route alone serves; `None` where the policy has a say about them.
    fn served_methods(&self) -> Option<String> {
        (self.judged_by == Methods::Routed).then(|| self.methods.join(","))
    }

    /// Where the row's policy holds, such as `GET /users/{id} at /api`.
    fn title(&self) -> String {
        let methods = self.served_methods().unwrap_or_else(|| "*".to_owned());
        let path = visible::Visible(&self.path);
        match (self.kind, &self.region) {
            (RowKind::App, _) => "app".to_owned(),
            (RowKind::Region, _) => format!("at {path}"),
            (RowKind::Route | RowKind::Plain, None) => format!("{methods} {path}"),
            (RowKind::Route | RowKind::Plain, Some(region)) => {
                format!("{methods} {path} at {}", visible::Visible(region))
            }
        }
    }
}

impl RowKind {
    /// The name in all documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            RowKind::Route => "route",
            RowKind::Plain => "plain",
            RowKind::Region => "region",
            RowKind::App => "app",
        }
    }
}
