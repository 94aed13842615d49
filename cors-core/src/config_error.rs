//! Faults that only show where layers meet, at start-up.

use std::fmt;

use crate::{Key, PatternFault, PolicyError, Source};

/// A fault that shows at start-up, with the layer it stands in and, where two are needed to see
/// it, the other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    source: Source,
    other: Option<Source>,
    fault: MergeFault,
}

impl ConfigError {
    /// A fault of one layer.
    pub fn new(source: &Source, fault: impl Into<MergeFault>) -> Self {
        ConfigError { source: source.clone(), other: None, fault: fault.into() }
    }

    /// The other layer.
    #[must_use]
    pub fn beside(mut self, other: &Source) -> Self {
        self.other = Some(other.clone());
        self
    }

    pub(crate) fn element(source: &Source, index: usize, value: &str, fault: PatternFault) -> Self {
        ConfigError::new(source, PolicyError::new(Key::Origins, fault).at(index, value))
    }

    /// The layer that the fault stands in.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The other layer that is needed to see it.
    #[must_use]
    pub fn other(&self) -> Option<&Source> {
        self.other.as_ref()
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &MergeFault {
        &self.fault
    }
}

/// What is wrong, both places, why, and what to write.
impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.source, self.fault)?;
        if let Some(other) = &self.other {
            write!(f, "\n  beside: {other}")?;
        }
        write!(f, "\n  note: {}\n  help: {}", self.fault.note(), self.fault.help())
    }
}

// `source()` is the layer, not the cause of an error
impl std::error::Error for ConfigError {}

/// What only shows where layers meet.
///
/// ```
/// use cors_core::{ConfigError, MergeFault, Merger, Policy, Role, Site};
///
/// let fault = |errors: Vec<ConfigError>| errors[0].fault().to_string();
/// let mut merger = Merger::new();
/// let named = Policy::builder().origin_set("spa").build()?;
/// assert_eq!(fault(merger.app(&named).unwrap_err()), "set `spa` is not filled");
///
/// let site = || Site::Named("cors.toml".into());
/// merger.set("sap", ["https://spa.example"], site()).expect("legal origins");
/// assert_eq!(fault(merger.unused_sets()), "set `sap` is not named by any policy");
/// let errors = merger.set("sap", ["https://spa.example"], site()).unwrap_err();
/// assert_eq!(fault(errors), "set `sap` is filled twice");
/// let errors = merger.set("app", ["spa.example"], site()).unwrap_err();
/// assert_eq!(fault(errors), "origins[0]: origin without a scheme: `spa.example`");
///
/// let deny = merger.app(&Policy::deny()).expect("nothing to merge with");
/// let edit = Policy::builder().inherit().max_age(60).build()?;
/// let errors = merger.below(&deny, Role::Route, &edit).unwrap_err();
/// assert_eq!(fault(errors), "edit of a policy that trusts nobody");
///
/// let own = Policy::builder().origins(["https://a.example"]).credentials().build()?;
/// let own = merger.app(&own).expect("nothing to merge with");
/// let more = Policy::builder().inherit().add_origins(["https://*.example"]).build()?;
/// let errors = merger.below(&own, Role::Route, &more).unwrap_err();
/// assert_eq!(fault(errors), "addition of `https://*.example` would take credentials away");
///
/// merger.ceiling(&Policy::builder().any_origin().build()?).expect("names origins");
/// let errors = merger.exceeds(&own, None);
/// assert_eq!(fault(errors), "`https://a.example` with credentials exceeds the ceiling");
///
/// let inside = MergeFault::InsideOffRegion;
/// assert_eq!(inside.to_string(), "route with origins inside a region that is off");
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MergeFault {
    /// A layer's own fault.
    Policy(PolicyError),
    /// A set that a policy names and nobody fills.
    UnfilledSet {
        /// its name
        name: Box<str>,
    },
    /// A set that is filled and no policy names.
    UnknownSet {
        /// its name
        name: Box<str>,
    },
    /// A set that is filled twice.
    SetFilledTwice {
        /// its name
        name: Box<str>,
    },
    /// An edit of a policy that trusts nobody.
    EditOfOff,
    /// A route that names origins wholly inside a region that is `off`.
    InsideOffRegion,
    /// An addition that matches an origin which had more rights before.
    TakesAway {
        /// the added origin
        origin: Box<str>,
        /// what it would lose
        right: Box<str>,
    },
    /// More than the ceiling admits.
    OverCeiling {
        /// the origins that no policy of the ceiling covers with their rights
        origins: Vec<Box<str>>,
        /// what they have that the ceiling does not give them; empty where no policy covers them at
        /// all
        rights: Vec<Box<str>>,
    },
}

impl From<PolicyError> for MergeFault {
    fn from(error: PolicyError) -> Self {
        MergeFault::Policy(error)
    }
}

impl fmt::Display for MergeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use MergeFault::*;
        match self {
            Policy(error) => error.fmt(f),
            UnfilledSet { name } => write!(f, "set `{}` is not filled", name.escape_debug()),
            UnknownSet { name } => {
                write!(f, "set `{}` is not named by any policy", name.escape_debug())
            }
            SetFilledTwice { name } => write!(f, "set `{}` is filled twice", name.escape_debug()),
            EditOfOff => f.write_str("edit of a policy that trusts nobody"),
            InsideOffRegion => f.write_str("route with origins inside a region that is off"),
            TakesAway { origin, right } => {
                write!(f, "addition of `{origin}` would take {right} away")
            }
            OverCeiling { origins, rights } => {
                let quoted: Vec<_> = origins.iter().map(|origin| format!("`{origin}`")).collect();
                f.write_str(&listed(&quoted))?;
                if !rights.is_empty() {
                    write!(f, " with {}", listed(rights))?;
                }
                let verb = if origins.len() == 1 { "exceeds" } else { "exceed" };
                write!(f, " {verb} the ceiling")
            }
        }
    }
}

impl MergeFault {
    /// Why it is wrong.
    #[must_use]
    pub fn note(&self) -> String {
        use MergeFault::*;
        let text = match self {
            Policy(error) => return error.note(),
            UnfilledSet { .. } => "nobody says which origins it holds",
            UnknownSet { .. } => {
                "its origins would be trusted nowhere, which often is a misspelled name"
            }
            SetFilledTwice { .. } => "one of the two would be lost",
            EditOfOff => "where nobody is trusted there is nothing to edit",
            InsideOffRegion => "an `off` region is final: on its paths every route is off",
            TakesAway { .. } => {
                "an addition never takes away, and of the grants that match an origin the last one decides"
            }
            OverCeiling { .. } => {
                "every origin of every grant needs one policy of the ceiling that covers it with its rights"
            }
        };
        text.to_owned()
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        use MergeFault::*;
        match self {
            Policy(error) => error.help(),
            UnfilledSet { name } => {
                format!("add `.set(\"{}\", origins)` to `Cors`", name.escape_debug())
            }
            UnknownSet { name } => {
                format!(
                    "remove `.set(\"{0}\", ..)`, or write `origins = set(\"{0}\")`",
                    name.escape_debug()
                )
            }
            SetFilledTwice { .. } => "remove one of them".to_owned(),
            EditOfOff => "write `origins = [..]`, or `inherit` alone".to_owned(),
            InsideOffRegion => {
                "write `off` or `inherit` at the route, or move the region".to_owned()
            }
            TakesAway { right, .. } => {
                format!("give the addition {right}, or write `origins =` to start a new trust")
            }
            OverCeiling { .. } => "narrow the policy, or widen the ceiling".to_owned(),
        }
    }
}

/// Some words, and how many more there are.
fn listed(words: &[impl AsRef<str>]) -> String {
    let shown: Vec<_> = words.iter().take(MAX_LISTED).map(AsRef::as_ref).collect();
    match words.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// Most words that are listed.
const MAX_LISTED: usize = 16;
