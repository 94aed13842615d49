//! What can be wrong with the place of `#[cors]` and with the route attributes around it.

use std::fmt;

/// A fault of the handler, whatever its policy says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Misplaced {
    /// No route attribute below.
    NoRoute { name: String },
    /// On something else than a function.
    NoFunction,
    /// On a function that takes `self`.
    Method,
    /// A second `#[cors]`.
    Twice,
    /// A second route attribute without `#[routes]`.
    SecondRoute,
    /// A route attribute that actix-web's `#[routes]` passes over.
    UnreadByRoutes { name: String },
    /// A route for a method that browsers never send from scripts.
    ForbiddenMethod { method: String },
}

impl fmt::Display for Misplaced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Misplaced::*;
        match self {
            NoRoute { name } => write!(f, "no route attribute below the `#[cors]` of `{name}`"),
            NoFunction => f.write_str("`#[cors]` on something that is no function"),
            Method => f.write_str("`#[cors]` on a method"),
            Twice => f.write_str("second `#[cors]` on one handler"),
            SecondRoute => f.write_str("second route attribute without `#[routes]`"),
            UnreadByRoutes { name } => write!(f, "`{name}` in a form that `#[routes]` passes over"),
            ForbiddenMethod { method } => write!(f, "route for the forbidden method `{method}`"),
        }
    }
}

impl Misplaced {
    /// Why it is wrong.
    pub(crate) fn note(&self) -> &'static str {
        use Misplaced::*;
        match self {
            NoRoute { .. } => {
                "`#[cors]` reads the route below it; one that stands above has been expanded before, and an imported name such as `use get as g` isn't recognized"
            }
            NoFunction => "a policy belongs to one handler, or to a path",
            Method => "a handler of actix-web takes no `self`",
            Twice => "a handler has one policy",
            SecondRoute => "actix-web expands the first one alone",
            UnreadByRoutes { .. } => {
                "below it actix-web looks for the plain names of methods, such as `#[get(..)]`"
            }
            ForbiddenMethod { .. } => "browsers never send CONNECT, TRACE or TRACK from scripts",
        }
    }

    /// What to write instead.
    pub(crate) fn help(&self) -> String {
        use Misplaced::*;
        match self {
            NoRoute { name } => format!(
                "write them in this order, or register the function with `cors_actix::route`:\n\n            #[cors(..)]\n            #[get(\"/path\")]\n            async fn {name}"
            ),
            NoFunction => {
                "write it above the route attribute of a handler, or use `Cors::at(\"/path\", policy! { .. })`"
                    .to_owned()
            }
            Method => "write the handler outside of the `impl`".to_owned(),
            Twice => "remove one of them".to_owned(),
            SecondRoute => "write `#[routes]` above the first one".to_owned(),
            UnreadByRoutes { name } if name.starts_with("route") => {
                "write one attribute for each method, such as `#[get(..)]`".to_owned()
            }
            UnreadByRoutes { name } => format!("write `#[{name}(..)]`"),
            ForbiddenMethod { .. } => "remove `#[cors]`, or the method".to_owned(),
        }
    }
}
