//! What is wrong with a configuration, all of it at once.

use std::fmt;

use cors_core::{ConfigError, NameFault, Site};

/// Everything that is wrong with a configuration; never empty.
///
/// Each problem says what is wrong, where, why, and what to write instead.
#[derive(Clone, PartialEq, Eq)]
pub struct ConfigErrors(pub(crate) Vec<Problem>);

impl ConfigErrors {
    /// The problems: of the configuration first, then of the routes in the order of routing.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in the CORS configuration", Count(self.0.len()))?;
        for problem in &self.0 {
            write!(f, "\n{problem}")?;
        }
        Ok(())
    }
}

/// The same text: `main` functions that return an error print it so.
impl fmt::Debug for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ConfigErrors {}

struct Count(usize);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("1 error"),
            n => write!(f, "{n} errors"),
        }
    }
}

/// One thing that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// A fault of a policy, by itself or where two meet.
    Policy(ConfigError),
    /// A fault of one route's policy.
    Route {
        /// the route's full pattern
        pattern: String,
        /// the handler's name
        handler: String,
        /// the fault
        error: ConfigError,
    },
    /// A route in code for a method that no script can ask for.
    RouteMethod {
        /// the method
        method: String,
        /// the route's full pattern
        pattern: String,
        /// where the route is written
        site: Site,
        /// what is wrong with the method
        fault: NameFault,
    },
    /// An own origin that no request can have.
    OwnOrigin {
        /// as it is written
        origin: String,
        /// where [`OwnOrigins::and`](crate::OwnOrigins::and) is called
        site: Site,
        /// why
        reason: String,
        /// what to write
        fix: String,
    },
    /// A region's pattern that is not a slash and whole segments, or has a tail.
    RegionPattern {
        /// the pattern
        pattern: String,
        /// where it is written
        site: Site,
        /// what to write
        fix: String,
    },
    /// A region's pattern that actix-web can't read.
    RegionMalformed {
        /// the pattern
        pattern: String,
        /// where it is written
        site: Site,
        /// what actix-web says of it
        reason: String,
    },
    /// Two regions that can meet on one path and aren't nested, or the inner one comes first.
    RegionsMeet {
        /// the earlier one
        first: (String, Site),
        /// the later one
        second: (String, Site),
        /// what to do
        fix: String,
    },
    /// A ceiling without policies, which would limit nothing.
    EmptyCeiling {
        /// where it is written
        site: Site,
    },
    /// A status that browsers don't take for a grant.
    PreflightStatus {
        /// the status
        status: u16,
        /// where it is set
        site: Site,
    },
    /// Two `Cors` around one App.
    TwoMiddlewares,
    /// A `Cors` around a scope or a resource.
    NotAroundTheApp,
    /// Something outside of `Cors` answers preflights: a middleware, or the App's routing.
    AnsweredOutside {
        /// the path that was asked for
        path: String,
        /// the status of that answer
        status: u16,
    },
    /// Something outside of `Cors` adds CORS headers to its answers.
    AddedOutside {
        /// the headers' names, in lower case
        names: Vec<String>,
    },
    /// No `Cors` around the App.
    NoMiddleware,
    /// The App does not start, for a reason of its own.
    AppDoesNotStart,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Problem::*;
        match self {
            Policy(error) => return error.fmt(f),
            Route { pattern, handler, error } => {
                return write!(
                    f,
                    "{error}\n  route: `{}` in `{}`",
                    handler.escape_debug(),
                    pattern.escape_debug()
                );
            }
            RouteMethod { method, pattern, site, fault } => {
                write!(f, "{site}: route `{}`: {fault}: `{method}`", pattern.escape_debug())
            }
            OwnOrigin { origin, site, .. } => {
                write!(f, "{site}: own origin `{}` is none", origin.escape_debug())
            }
            RegionPattern { pattern, site, .. } => {
                write!(
                    f,
                    "{site}: region pattern `{}` is no scope's prefix",
                    pattern.escape_debug()
                )
            }
            RegionMalformed { pattern, site, .. } => {
                write!(f, "{site}: region pattern `{}` is malformed", pattern.escape_debug())
            }
            RegionsMeet { first: (a, at_a), second: (b, at_b), .. } => write!(
                f,
                "{at_b}: region `{}` can meet region `{}` ({at_a}) on one path",
                b.escape_debug(),
                a.escape_debug()
            ),
            EmptyCeiling { site } => write!(f, "{site}: ceiling without policies"),
            PreflightStatus { status, site } => write!(f, "{site}: preflight status {status}"),
            TwoMiddlewares => f.write_str("two `Cors` around one App"),
            NotAroundTheApp => f.write_str("`Cors` around a scope or a resource"),
            AnsweredOutside { path, status } => {
                let path = path.escape_debug();
                write!(
                    f,
                    "a preflight of `{path}` is answered with {status} before it comes to `Cors`"
                )
            }
            AddedOutside { names } => write!(
                f,
                "a middleware outside of `Cors` adds `{}` to answers to preflights",
                names.join("`, `")
            ),
            NoMiddleware => f.write_str("no `Cors` around the App"),
            AppDoesNotStart => f.write_str("the App does not start"),
        }?;
        write!(f, "\n  note: {}\n  help: {}", self.note(), self.help())
    }
}

impl Problem {
    /// Why it is wrong.
    #[must_use]
    pub fn note(&self) -> String {
        use Problem::*;
        let text = match self {
            Policy(error) | Route { error, .. } => return error.fault().note(),
            RouteMethod { fault, .. } => fault.note(),
            OwnOrigin { reason, .. } => return reason.clone(),
            RegionPattern { .. } => {
                "it starts with a slash and has whole segments; all below it is the region"
            }
            RegionMalformed { reason, .. } => return reason.clone(),
            RegionsMeet { .. } => {
                "exactly one region applies to a path, the last that matches; a regex counts as meeting"
            }
            EmptyCeiling { .. } => "it would limit nothing",
            PreflightStatus { .. } => "browsers take only a status from 200 to 299 for a grant",
            TwoMiddlewares => "each response is decided by exactly one policy",
            NotAroundTheApp => "preflights must be answered before routing, outside of all scopes",
            AnsweredOutside { .. } => {
                "a middleware outside of it answers, or `Cors` is around a scope or a resource"
            }
            AddedOutside { .. } => "each response is decided by exactly one policy",
            NoMiddleware => "without it no policy is enforced",
            AppDoesNotStart => "one of its services or data factories failed",
        };
        text.to_owned()
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        use Problem::*;
        match self {
            Policy(error) | Route { error, .. } => error.fault().help(),
            RouteMethod { fault: NameFault::ForbiddenMethod, .. } => {
                "register it without a policy".to_owned()
            }
            RouteMethod { fault, .. } => fault.help(),
            OwnOrigin { fix, .. } => fix.clone(),
            RegionPattern { fix, .. } => format!("write `{}`", fix.escape_debug()),
            RegionMalformed { .. } => {
                r"write it as for a scope, such as `/api/{tenant}` or `/{id:\d+}`".to_owned()
            }
            RegionsMeet { fix, .. } => fix.clone(),
            EmptyCeiling { .. } => {
                "remove it, or write what is the most that policies may give".to_owned()
            }
            PreflightStatus { .. } => "remove it, or write a status from 200 to 299".to_owned(),
            TwoMiddlewares => "keep the App's last `wrap`, remove the other".to_owned(),
            NotAroundTheApp => {
                "wrap the App; write `.at(\"/prefix\", policy)` for the scope's policy".to_owned()
            }
            AnsweredOutside { .. } => "make `.wrap(cors)` the App's last `wrap`".to_owned(),
            AddedOutside { .. } => {
                "remove it, or make `.wrap(cors)` the App's last `wrap`".to_owned()
            }
            NoMiddleware => "add `.wrap(cors.clone())` as the App's last `wrap`".to_owned(),
            AppDoesNotStart => {
                "read the log; build the App without what needs a database".to_owned()
            }
        }
    }
}

impl From<Problem> for ConfigErrors {
    fn from(problem: Problem) -> Self {
        ConfigErrors(vec![problem])
    }
}

impl From<ConfigError> for Problem {
    fn from(error: ConfigError) -> Self {
        Problem::Policy(error)
    }
}
