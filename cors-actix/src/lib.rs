//! CORS for actix-web, declared per handler.

mod attribute;
mod check;
mod code;
mod compiled;
mod cors;
mod declare;
mod errors;
mod events;
mod handler;
mod mark;
mod middleware;
mod pattern;
mod placement;
mod plan;
mod register;
mod reject;
pub mod report;
mod respond;
mod table;
mod taint;
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
    pub use actix_web::dev::{AppService, HttpServiceFactory};
    pub use cors_core::{Base, Item, Keys, Op, Policy, Site, Value};

    pub use crate::{
        declare::Annotated,
        handler::{Handler, Route},
        mark::Mark,
        register::register,
    };
}
