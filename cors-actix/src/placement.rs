//! Where a `Cors` stands: around the App, or where it can't do its work.

use std::{any::type_name, cell::Cell, rc::Rc};

use actix_web::{HttpMessage, dev::ServiceRequest};

use crate::{errors::Problem, events};

/// What is wrong with a `Cors` around the service `S`, as far as the service's type tells.
///
/// A middleware that boxes what it stands around hides it; [`Placement`] looks at a request then.
pub(crate) fn problem<S>() -> Option<Problem> {
    let inner = type_name::<S>();
    if inner.contains("cors_actix::middleware::CorsMiddleware<") {
        return Some(Problem::TwoMiddlewares);
    }
    let inside = ["actix_web::scope::", "actix_web::resource::", "actix_web::route::"];
    let is_there = |part: &&str| {
        // not the end of another crate's name
        let mut before = inner.match_indices(*part).map(|(at, _)| inner[..at].chars().next_back());
        before.any(|c| c.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':'))
    };
    inside.iter().any(is_there).then_some(Problem::NotAroundTheApp)
}

/// Whether a `NormalizePath` stands inside, as far as the service's type tells.
pub(crate) fn normalizes<S>() -> bool {
    type_name::<S>().contains("actix_web::middleware::normalize::NormalizePathNormalization<")
}

/// What the first requests show about a `Cors`.
#[derive(Default)]
pub(crate) struct Placement {
    seen: Cell<bool>,
    misplaced: Rc<Cell<bool>>,
}

/// Left in a request by the `Cors` that stands around another one.
struct Outer(Rc<Cell<bool>>);

impl Placement {
    /// Whether this `Cors` must not grant anything.
    pub(crate) fn is_wrong(&self) -> bool {
        self.misplaced.get()
    }

    /// Grants nothing from now on.
    pub(crate) fn give_up(&self) {
        self.misplaced.set(true);
    }

    /// Looks at a request that is about to go on to the inner service; only the first one matters.
    #[inline]
    pub(crate) fn look(&self, req: &ServiceRequest) {
        if !self.seen.replace(true) {
            self.look_closely(req);
        }
    }

    #[cold]
    fn look_closely(&self, req: &ServiceRequest) {
        let outer = req.extensions().get::<Outer>().map(|outer| Rc::clone(&outer.0));
        let is_routed = req.match_info().unprocessed() != req.match_info().as_str();
        let problem = match &outer {
            Some(_) => Problem::TwoMiddlewares,
            None if is_routed => Problem::NotAroundTheApp,
            None => {
                req.extensions_mut().insert(Outer(Rc::clone(&self.misplaced)));
                return;
            }
        };
        events::misconfigured(&format_args!("nothing is granted any more: {problem}"));
        self.misplaced.set(true);
        if let Some(outer) = outer {
            outer.set(true);
        }
    }
}
