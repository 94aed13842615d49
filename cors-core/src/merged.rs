//! The policy that holds at one place, with the source of each value.

use std::{fmt, sync::Arc};

use crate::{Key, Names, Op, OriginPattern, OriginSet, Site, layer::OptIns};

/// The policy that holds at one place, after all layers above it.
#[derive(Debug, Clone)]
pub struct Merged {
    /// the one added last decides
    pub(crate) grants: Vec<Grant>,
    /// who said `off`; then there are no grants
    pub(crate) off: Option<Source>,
    pub(crate) allow_headers: Setting<Names>,
    pub(crate) max_age: Option<Setting<u32>>,
    pub(crate) methods: Setting<Names>,
}

/// Origins, their rights, and who gave them.
#[derive(Debug, Clone)]
pub struct Grant {
    pub(crate) origins: GrantedOrigins,
    pub(crate) credentials: bool,
    pub(crate) expose: Setting<Names>,
    pub(crate) opt_ins: OptIns,
    pub(crate) source: Source,
}

/// The origins of a grant.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum GrantedOrigins {
    /// Every origin.
    Any,
    /// The origins of a list.
    List(Arc<OriginSet>),
    /// The origins of a named set.
    Set(Box<str>, Arc<OriginSet>),
}

/// A value and the layers that it comes from.
#[derive(Debug, Clone, Default)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// The layer that set it, then those that extended it; empty where nobody said anything.
    pub sources: Vec<Source>,
}

/// A layer: the part that it plays and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The part that it plays.
    pub role: Role,
    /// Where it is written.
    pub site: Site,
}

/// The part that a layer plays.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// The app default.
    App,
    /// `.at(pattern, ..)`.
    Region(Arc<str>),
    /// A route.
    Route,
    /// One of the ceiling's policies.
    Ceiling,
    /// A named set.
    Set(Arc<str>),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Role::App => f.write_str("app"),
            Role::Region(pattern) => write!(f, "at {pattern}"),
            Role::Route => f.write_str("route"),
            Role::Ceiling => f.write_str("ceiling"),
            Role::Set(name) => write!(f, "set {name}"),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.role, self.site)
    }
}

impl Merged {
    /// The policy that trusts nobody, said by nobody.
    #[must_use]
    pub fn nobody() -> Self {
        Merged {
            grants: Vec::new(),
            off: None,
            allow_headers: Setting::default(),
            max_age: None,
            methods: Setting::default(),
        }
    }

    /// The grants; of those that match an origin, the last one decides.
    #[must_use]
    #[inline]
    pub fn grants(&self) -> &[Grant] {
        &self.grants
    }

    /// The layer that said `off`, if that is what holds.
    #[must_use]
    pub fn off(&self) -> Option<&Source> {
        self.off.as_ref()
    }

    /// Request headers beyond the safelist.
    #[must_use]
    pub fn allow_headers(&self) -> &Setting<Names> {
        &self.allow_headers
    }

    /// How long a preflight may be kept, in seconds.
    #[must_use]
    pub fn max_age(&self) -> Option<&Setting<u32>> {
        self.max_age.as_ref()
    }

    /// Methods beyond GET, HEAD and POST of routes without `#[cors]`.
    #[must_use]
    pub fn methods(&self) -> &Setting<Names> {
        &self.methods
    }
}

impl Grant {
    /// The origins.
    #[must_use]
    #[inline]
    pub fn origins(&self) -> &GrantedOrigins {
        &self.origins
    }

    /// Whether they may send credentials.
    #[must_use]
    #[inline]
    pub fn credentials(&self) -> bool {
        self.credentials
    }

    /// Response headers that their scripts may read.
    #[must_use]
    pub fn expose(&self) -> &Setting<Names> {
        &self.expose
    }

    /// The layer that names the origins.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The dangerous opt-ins that it needs, by the names of their keys.
    pub fn opt_ins(&self) -> impl Iterator<Item = Key> + use<> {
        let OptIns { null_origin, insecure_origins, public_suffix } = self.opt_ins;
        [
            (null_origin, Key::DangerouslyAllowNullOrigin),
            (insecure_origins, Key::DangerouslyAllowInsecureOrigins),
            (public_suffix, Key::DangerouslyAllowPublicSuffix),
        ]
        .into_iter()
        .filter_map(|(set, key)| set.then_some(key))
    }
}

impl GrantedOrigins {
    /// The set, unless it is every origin.
    #[must_use]
    pub fn set(&self) -> Option<&OriginSet> {
        match self {
            GrantedOrigins::Any => None,
            GrantedOrigins::List(set) | GrantedOrigins::Set(_, set) => Some(set),
        }
    }

    pub(crate) fn covers(&self, pattern: &OriginPattern) -> bool {
        self.set().is_none_or(|set| set.covers(pattern))
    }

    /// An element of `self` that may have an origin in common with `other`.
    pub(crate) fn meets(&self, other: &GrantedOrigins) -> Option<Box<str>> {
        let (own, other) = match (self.set(), other.set()) {
            (None, _) => return Some("any".into()),
            (Some(set), None) => return set.patterns().first().map(|p| p.as_str().into()),
            (Some(own), Some(other)) => (own, other),
        };
        // the longer list is indexed, the shorter one gone through
        let index = if own.patterns().len() <= other.patterns().len() {
            own.patterns().iter().position(|pattern| other.find_meeting(pattern).is_some())
        } else {
            other.patterns().iter().find_map(|pattern| own.find_meeting(pattern))
        };
        Some(own.patterns()[index?].as_str().into())
    }
}

impl<T> Setting<T> {
    /// Reports whether some layer says something.
    pub(crate) fn is_set(&self) -> bool {
        !self.sources.is_empty()
    }
}

impl Setting<Names> {
    pub(crate) fn apply(&mut self, key: Key, value: &(Op, Names), source: &Source) {
        self.value.apply(key, value);
        if value.0 == Op::Set {
            self.sources.clear();
        }
        self.sources.push(source.clone());
    }
}
