//! CORS for actix-web, declared where the handler is.
//!
//! Write `#[cors(..)]` above a handler's route attribute, and wrap the App in [`Cors`], *last*.
//! Preflights are then answered from the policy of the very route that would serve the requested
//! method, before any other middleware runs, and every response carries what the policy of the
//! handler that ran grants: no more, also on errors, and no less.
//!
//! ```
//! use actix_web::{App, Responder, get, put, web};
//! use cors_actix::{Cors, Policy, cors, policy};
//!
//! const SPA: Policy = policy! {
//!     origins = ["https://app.example.com"], credentials, allow_headers = ["content-type"]
//! };
//!
//! #[cors(origins = any, max_age = 3600)]
//! #[get("/prices")]
//! async fn prices() -> impl Responder {
//!     "1.00"
//! }
//!
//! #[cors(policy = SPA)]
//! #[put("/me")]
//! async fn save() -> impl Responder {
//!     "saved"
//! }
//!
//! # actix_web::rt::System::new().block_on(async {
//! let cors = Cors::deny().at("/docs", policy! { origins = any });
//! let app = move || {
//!     App::new()
//!         .service(prices)
//!         .service(web::scope("/api").service(save))
//!         .wrap(cors.clone()) // outermost: wrapped last
//! };
//! // every mistake at once, before the server binds
//! let report = cors_actix::check(&app).await.unwrap();
//! # assert!(report.rows().iter().any(|row| row.path == "/api/me"));
//! # });
//! ```
//!
//! # Which policy holds
//! A route's own, merged into its region's ([`Cors::at`]), merged into the App's default. Routes
//! without `#[cors]` have their region's policy, or the App's. Functions that are registered by
//! hand get a policy by [`route`] and [`resource`].
//!
//! # What routing can't tell
//! **If a route with `#[cors]` and one without can serve the same method of the same path, annotate
//! both**; `#[cors(inherit)]` says that a route has the enclosing policy.
//!
//! A preflight comes before routing, and actix shows only the first resource that matches a path. So
//! where it is not certain which route would serve a request, all that might have to grant it:
//!
//! | the App has | a preflight |
//! |---|---|
//! | two annotated routes of one path and method, the first with a `guard = ".."` | is granted where the policies of both grant it |
//! | an annotated route with a `guard = ".."`, or in a scope that [`guarded`] declares, and none behind it | is granted where the policy of routes without `#[cors]` grants it too |
//! | a route without `#[cors]` before the annotated one, on the same path | the same |
//! | the annotated one in another scope than the first route that matches the path, or in a scope behind one that takes the path and has no route for it | the same |
//! | an annotated route with a custom regex in a scope with a custom regex that may span slashes | the same |
//! | a path that a `NormalizePath` inside of `Cors` might change: with `//` or a trailing slash | the same, unless [`Cors::normalize`] declares it |
//! | an undeclared `NormalizePath` inside of `Cors`, hidden by another middleware (`from_fn`) around it, and a path that it changes although the first route that matches has a slash at its end, or by adding a slash | is decided by the path that was sent, until the first such request shows it: from then on as above. One in sight is missed only where it adds a slash to a path that then is the default service's |
//! | another middleware inside of `Cors` that rewrites paths or methods | is decided by the path and the method that were sent: let it stand outside. The log says so |
//! | a route without `#[cors]` *between* two annotated ones of the same path | is granted, until the first such request shows it: from then on all workers refuse, and the log says which routes to annotate |
//! | a guard on a scope that nobody declared by [`guarded`] or [`on_host`] | the same, also where annotated routes stand on both sides of the guard |
//! | a route without `#[cors]` that has the method, the full pattern *and* the name of an annotated one | is decided as if it were that one: give it another name |
//!
//! An answer shows nothing where it may as well be the refusal of a scope's middleware, which anybody
//! could cause: the route without `#[cors]` has the very pattern of an annotated one, and a scope with
//! annotated routes may end at the path, having captured the same names. Nor does an `Err` that comes out
//! of a middleware inside, which has no request: where a route without `#[cors]` fails so, the preflight's
//! policies stand on the answer, and where only the host tells which ([`on_host`]), all of them have to
//! grant.
//!
//! But for the row about two custom regexes, none of these refusals can be spared: there is an App, or
//! a request, that looks the same to a preflight and whose handler refuses (`tests/routing/alike.rs`
//! holds the pairs).
//! Each needless refusal is logged once with the handler's name. [`Cors::strict`] grants nothing
//! that is not certain; handlers of one path are then registered by [`group`]. Actual responses
//! depend on none of this: they carry the policy of the annotated handler that ran, the last one
//! where a middleware inside of `Cors` calls on twice. (A handler without `#[cors]` that runs after one
//! with is not seen.)
//!
//! # Security
//! CORS tells browsers which sites may read answers. It is no protection against forged requests
//! that need no preflight, against WebSocket connections from other sites, or against clients that
//! are no browsers. See [`Cors::reject_disallowed`] for refusing requests.
//!
//! What the HTTP parser or a timeout answers never comes to the App, and so has no CORS headers.
//! A middleware outside of [`Cors`] that makes a new response loses them.
//!
//! # Features
//! - `unstable-introspection`: for tests of the App; `PolicyReport::doubts` then finds the routes that
//!   the table above is about. It rests on an experimental feature of actix-web.
//! - `serde`: [`Policy`] can be read from configuration files, with the same keys and checks.
//! - `tracing`: an event for each decision, with route, verdict and reason; refusals at debug
//!   level, grants at trace level, mistakes of the App at error level.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod actual;
mod attribute;
mod check;
mod claim;
mod code;
mod compiled;
mod cors;
mod decision;
mod declare;
mod errors;
mod events;
mod handler;
mod known_app;
mod mark;
mod middleware;
mod normalize;
mod pattern;
mod placement;
mod plan;
mod preflight;
mod register;
mod reject;
pub mod report;
mod respond;
mod seen;
mod shape;
mod table;
mod tripwire;
mod watch;
mod worker;

pub use attribute::{cors, policy};
pub use check::check;
pub use code::{ResourceBuilder, RouteBuilder, resource, route};
pub use cors::{Cors, IntoPolicy};
pub use cors_core::{Policy, PolicyBuilder, PolicyErrors, Site};
pub use declare::{Annotated, group, guarded, on_host};
pub use errors::{ConfigErrors, Problem};
pub use middleware::{CorsFuture, CorsMiddleware};
pub use reject::OwnOrigins;
pub use report::PolicyReport;

/// What the macros expand to. Not for use by hand.
#[doc(hidden)]
pub mod __private {
    pub use core::option::Option::Some;

    pub use actix_web::dev::{AppService, HttpServiceFactory};
    pub use cors_core::{Base, Item, Keys, Op, Policy, PolicyForm, Site, Value};
    pub use cors_macros::cors_in_place;

    pub use crate::{
        declare::Annotated,
        handler::{Handler, Route},
        mark::Mark,
        register::{enter, leave},
    };
}
