//! Merging: from the app default over a region to a route, one layer at a time.

use std::{collections::HashMap, fmt, sync::Arc};

use crate::{
    Fault, Key, Op, OriginPattern, OriginSet, PatternFault, Policy, PolicyError, Site,
    layer::{Edit, GrantSpec, Names, OptIns, Origins, Shape, Trust, faults},
};

/// Merges policies; holds what they share: the named sets and the ceiling.
#[derive(Debug, Default)]
pub struct Merger {
    sets: HashMap<Box<str>, NamedSet>,
    ceiling: Vec<Merged>,
}

/// A `set("name")`, filled.
#[derive(Debug)]
struct NamedSet {
    origins: Arc<OriginSet>,
    source: Source,
    used: bool,
    /// the faults beside given rights: a large set is checked once for each, not once a route
    faults: HashMap<(bool, OptIns), Faults>,
}

/// Faults and the indices of the patterns that have them.
type Faults = Arc<[(usize, Fault)]>;

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

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.role {
            Role::App => f.write_str("app")?,
            Role::Region(pattern) => write!(f, "at {pattern}")?,
            Role::Route => f.write_str("route")?,
            Role::Ceiling => f.write_str("ceiling")?,
            Role::Set(name) => write!(f, "set {name}")?,
        }
        write!(f, " ({})", self.site)
    }
}

impl Merger {
    /// Without sets and without a ceiling.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Fills `set("name")`.
    ///
    /// # Errors
    /// Every element that is no origin pattern, and a name that is filled already.
    pub fn set(
        &mut self,
        name: &str,
        patterns: impl IntoIterator<Item = impl AsRef<str>>,
        site: Site,
    ) -> Result<(), Vec<ConfigError>> {
        let source = Source { role: Role::Set(name.into()), site };
        let mut errors = Vec::new();
        if let Some(first) = self.sets.get(name) {
            let fault = MergeFault::SetFilledTwice { name: name.into() };
            errors.push(ConfigError::new(&source, fault).beside(&first.source));
        }
        let mut list = Vec::new();
        for (index, text) in patterns.into_iter().enumerate() {
            match OriginPattern::parse(text.as_ref()) {
                Ok(pattern) => list.push(pattern),
                Err(fault) => {
                    errors.push(ConfigError::element(&source, index, text.as_ref(), fault));
                }
            }
        }
        // filled all the same, so that nobody complains about an unfilled set beside the real faults
        if !self.sets.contains_key(name) {
            let origins = Arc::new(OriginSet::new(list));
            let set = NamedSet { origins, source, used: false, faults: HashMap::new() };
            self.sets.insert(name.into(), set);
        }
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Adds a policy to the ceiling.
    ///
    /// # Errors
    /// Every fault of the policy, and that it names no origins.
    pub fn ceiling(&mut self, policy: &Policy) -> Result<(), Vec<ConfigError>> {
        let merged = self.apply(None, Role::Ceiling, policy)?;
        self.ceiling.push(merged);
        Ok(())
    }

    /// The app default: nothing encloses it.
    ///
    /// # Errors
    /// Every fault of the policy.
    pub fn app(&mut self, policy: &Policy) -> Result<Merged, Vec<ConfigError>> {
        self.apply(None, Role::App, policy)
    }

    /// A layer below `parent`.
    ///
    /// # Errors
    /// Every fault of the policy, by itself and over its parent.
    pub fn below(
        &mut self,
        parent: &Merged,
        role: Role,
        policy: &Policy,
    ) -> Result<Merged, Vec<ConfigError>> {
        self.apply(Some(parent), role, policy)
    }

    /// What `merged` gives and the ceiling does not; `methods` are those of a route attribute.
    #[must_use]
    pub fn exceeds(&self, merged: &Merged, methods: Option<&[&str]>) -> Vec<ConfigError> {
        if self.ceiling.is_empty() {
            return Vec::new();
        }
        merged.grants.iter().filter_map(|grant| self.over(merged, grant, methods)).collect()
    }

    /// The sets that no policy names.
    pub fn unused_sets(&self) -> Vec<ConfigError> {
        let mut unused: Vec<_> = self.sets.iter().filter(|(_, set)| !set.used).collect();
        unused.sort_by_key(|(name, _)| *name);
        unused
            .into_iter()
            .map(|(name, set)| {
                ConfigError::new(&set.source, MergeFault::UnknownSet { name: name.clone() })
            })
            .collect()
    }

    fn over(
        &self,
        merged: &Merged,
        grant: &Grant,
        methods: Option<&[&str]>,
    ) -> Option<ConfigError> {
        let within = |origins: &dyn Fn(&Merged, &Grant) -> bool| {
            self.ceiling.iter().any(|ceiling| {
                ceiling.grants.first().is_some_and(|top| {
                    origins(ceiling, top) && ceiling.admits(top, merged, grant, methods)
                })
            })
        };
        let origin: Box<str> = match grant.origins.set() {
            None => {
                let any = |_: &Merged, top: &Grant| matches!(top.origins, GrantedOrigins::Any);
                if within(&any) {
                    return None;
                }
                "any".into()
            }
            Some(set) => set
                .patterns()
                .iter()
                .find(|pattern| !within(&|_, top: &Grant| top.origins.covers(pattern)))?
                .to_string()
                .into(),
        };
        let ceiling = self.ceiling.first()?.grants.first()?;
        let fault = MergeFault::OverCeiling { origin, credentials: grant.credentials };
        Some(ConfigError::new(&grant.source, fault).beside(&ceiling.source))
    }

    fn apply(
        &mut self,
        parent: Option<&Merged>,
        role: Role,
        policy: &Policy,
    ) -> Result<Merged, Vec<ConfigError>> {
        let source = Source { role, site: policy.site().clone() };
        let layer = policy.layer().map_err(|errors| {
            errors.iter().map(|e| ConfigError::new(&source, e.clone())).collect::<Vec<_>>()
        })?;
        let mut step = Step { merger: self, source, errors: Vec::new() };
        let mut merged = parent.cloned().unwrap_or_else(Merged::nobody);
        step.trust(&mut merged, &layer.trust, &layer.shape);
        step.shape(&mut merged, &layer.shape);
        if step.errors.is_empty() { Ok(merged) } else { Err(step.errors) }
    }
}

/// One layer on its way onto another.
struct Step<'m> {
    merger: &'m mut Merger,
    source: Source,
    errors: Vec<ConfigError>,
}

impl Step<'_> {
    fn error(&mut self, fault: impl Into<MergeFault>) {
        self.errors.push(ConfigError::new(&self.source, fault));
    }

    fn trust(&mut self, merged: &mut Merged, trust: &Trust, shape: &Shape) {
        let top = matches!(self.source.role, Role::App | Role::Ceiling);
        match trust {
            Trust::Off if self.source.role == Role::Ceiling => {
                self.error(PolicyError::new(Key::Off, Fault::CeilingWithoutOrigins));
            }
            Trust::Off => {
                if !shape.is_empty() && self.source.role != Role::App {
                    self.error(PolicyError::new(shape.first_key(), Fault::ShapeBesideOff));
                }
                merged.grants.clear();
                merged.off = Some(self.source.clone());
            }
            Trust::Replace(spec) => {
                if let Some(grant) = self.grant(spec) {
                    merged.off = None;
                    merged.grants = vec![grant];
                }
            }
            Trust::Inherit(_) if top => {
                self.error(PolicyError::new(Key::Inherit, Fault::NothingEncloses));
            }
            Trust::Inherit(edit) => self.edit(merged, edit, shape),
            Trust::Base(base, edit) => {
                let Some(base) = base else { return };
                self.base(merged, base);
                if self.errors.is_empty() {
                    self.edit(merged, edit, shape);
                }
            }
        }
    }

    /// `policy = PATH` does what PATH's own layer does.
    fn base(&mut self, merged: &mut Merged, base: &Policy) {
        let source = Source { role: self.source.role.clone(), site: base.site().clone() };
        let layer = match base.layer() {
            Ok(layer) => layer,
            Err(errors) => {
                let errors = errors.iter().map(|e| ConfigError::new(&source, e.clone()));
                return self.errors.extend(errors);
            }
        };
        let mut step = Step { merger: self.merger, source, errors: Vec::new() };
        step.trust(merged, &layer.trust, &layer.shape);
        step.shape(merged, &layer.shape);
        self.errors.append(&mut step.errors);
    }

    fn edit(&mut self, merged: &mut Merged, edit: &Edit, shape: &Shape) {
        let edits = edit.add.is_some() || edit.expose.is_some() || !shape.is_empty();
        if let (true, Some(off)) = (edits, &merged.off) {
            let error = ConfigError::new(&self.source, MergeFault::EditOfOff).beside(off);
            return self.errors.push(error);
        }
        if let Some(expose) = &edit.expose {
            for grant in &mut merged.grants {
                // `any` over credentials would be read as the name `*`
                if grant.credentials && expose.1.any {
                    let error = ConfigError::new(
                        &self.source,
                        PolicyError::new(Key::ExposeHeaders, Fault::ExposeAnyWithCredentials),
                    );
                    self.errors.push(error.beside(&grant.source));
                } else if !(expose.0 == Op::Extend && grant.expose.value.any) {
                    grant.expose.apply(expose, &self.source);
                }
            }
        }
        if let Some(spec) = &edit.add
            && let Some(grant) = self.grant(spec)
        {
            for inherited in &merged.grants {
                if let Some(fault) = grant.takes_away(inherited) {
                    let error = ConfigError::new(&self.source, fault);
                    self.errors.push(error.beside(&inherited.source));
                }
            }
            merged.grants.push(grant);
        }
    }

    fn shape(&mut self, merged: &mut Merged, shape: &Shape) {
        if let Some(value) = &shape.allow_headers {
            merged.allow_headers.apply(value, &self.source);
        }
        if let Some(seconds) = shape.max_age {
            merged.max_age = Some(Setting { value: seconds, sources: vec![self.source.clone()] });
        }
        if let Some(value) = &shape.methods {
            merged.methods.apply(value, &self.source);
        }
    }

    fn grant(&mut self, spec: &GrantSpec) -> Option<Grant> {
        let origins = match &spec.origins {
            Origins::Any => GrantedOrigins::Any,
            Origins::List(set) => GrantedOrigins::List(Arc::clone(set)),
            Origins::Named(name) => self.named(name, spec)?,
        };
        let expose = match &spec.expose {
            Some(names) => Setting { value: names.clone(), sources: vec![self.source.clone()] },
            None => Setting::default(),
        };
        let (credentials, opt_ins) = (spec.credentials, spec.opt_ins);
        Some(Grant { origins, credentials, expose, opt_ins, source: self.source.clone() })
    }

    fn named(&mut self, name: &str, spec: &GrantSpec) -> Option<GrantedOrigins> {
        let Some(set) = self.merger.sets.get_mut(name) else {
            self.error(MergeFault::UnfilledSet { name: name.into() });
            return None;
        };
        set.used = true;
        let (rights, origins) = ((spec.credentials, spec.opt_ins), &set.origins);
        let faults = set
            .faults
            .entry(rights)
            .or_insert_with(|| faults(origins, rights.0, rights.1).into())
            .clone();
        let (origins, source) = (Arc::clone(origins), set.source.clone());
        for (index, fault) in &*faults {
            let value = origins.patterns()[*index].to_string();
            let error = PolicyError::new(Key::Origins, fault.clone()).at(*index, &value);
            self.errors.push(ConfigError::new(&source, error).beside(&self.source));
        }
        faults.is_empty().then(|| GrantedOrigins::Set(name.into(), origins))
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

    /// Reports whether the ceiling `self`, whose one grant is `top`, admits all but the origins.
    fn admits(
        &self,
        top: &Grant,
        merged: &Merged,
        grant: &Grant,
        methods: Option<&[&str]>,
    ) -> bool {
        let within = |limit: &Setting<Names>, value: &Names| {
            limit.sources.is_empty() || value.is_within(&limit.value)
        };
        let max_age = match (&self.max_age, &merged.max_age) {
            (Some(limit), Some(own)) => own.value <= limit.value,
            _ => true,
        };
        let methods = match methods {
            Some(methods) => {
                self.methods.sources.is_empty()
                    || self.methods.value.any
                    || methods.iter().all(|m| {
                        crate::is_safelisted_method(m.as_bytes()) || self.methods.value.contains(m)
                    })
            }
            None => within(&self.methods, &merged.methods.value),
        };
        (top.credentials || !grant.credentials)
            && within(&top.expose, &grant.expose.value)
            && within(&self.allow_headers, &merged.allow_headers.value)
            && max_age
            && methods
    }
}

impl Grant {
    /// The origins.
    #[must_use]
    pub fn origins(&self) -> &GrantedOrigins {
        &self.origins
    }

    /// Whether they may send credentials.
    #[must_use]
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

    /// What this later grant would take from an origin that `inherited` matches too.
    fn takes_away(&self, inherited: &Grant) -> Option<MergeFault> {
        let credentials = inherited.credentials && !self.credentials;
        let lost = inherited.expose.value.first_beyond(&self.expose.value);
        if !credentials && lost.is_none() {
            return None;
        }
        let origin = self.origins.meets(&inherited.origins)?;
        let right = match lost {
            _ if credentials => "credentials".into(),
            name => format!("the exposed header `{}`", name?).into(),
        };
        Some(MergeFault::TakesAway { origin, right })
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
    fn meets(&self, other: &GrantedOrigins) -> Option<Box<str>> {
        let (own, other) = match (self.set(), other.set()) {
            (None, None) => return Some("any".into()),
            (None, Some(set)) => return (!set.patterns().is_empty()).then(|| "any".into()),
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

impl Setting<Names> {
    fn apply(&mut self, value: &(Op, Names), source: &Source) {
        self.value.apply(value);
        if value.0 == Op::Set {
            self.sources.clear();
        }
        self.sources.push(source.clone());
    }
}

impl Names {
    fn is_within(&self, limit: &Names) -> bool {
        self.first_beyond(limit).is_none()
    }

    /// A name, or the word `any`, that `self` has and `limit` has not.
    fn first_beyond(&self, limit: &Names) -> Option<&str> {
        if self.any && !limit.any {
            return Some("any");
        }
        let named = |n: &&str| {
            limit.contains(n) || (limit.any && *n != crate::name::NON_WILDCARD_REQUEST_HEADER)
        };
        self.iter().find(|n| !named(n))
    }
}

impl Shape {
    fn is_empty(&self) -> bool {
        self.allow_headers.is_none() && self.max_age.is_none() && self.methods.is_none()
    }

    fn first_key(&self) -> Key {
        match self {
            Shape { allow_headers: Some(_), .. } => Key::AllowHeaders,
            Shape { max_age: Some(_), .. } => Key::MaxAge,
            _ => Key::Methods,
        }
    }
}

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

    fn element(source: &Source, index: usize, value: &str, fault: PatternFault) -> Self {
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
        /// the origin that no policy of the ceiling covers with its rights
        origin: Box<str>,
        /// whether it has credentials
        credentials: bool,
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
            OverCeiling { origin, credentials: false } => {
                write!(f, "`{origin}` exceeds the ceiling")
            }
            OverCeiling { origin, credentials: true } => {
                write!(f, "`{origin}` with credentials exceeds the ceiling")
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
