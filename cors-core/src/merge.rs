//! Merging: from the app default over a region to a route, one layer at a time.

use std::{collections::HashMap, sync::Arc};

use crate::{
    ConfigError, Fault, Grant, GrantedOrigins, Key, MergeFault, Merged, Op, OriginPattern,
    OriginSet, Policy, PolicyError, Role, Setting, Site, Source,
    ceiling::Ceiling,
    check::faults,
    layer::{Edit, GrantSpec, OptIns, Origins, Shape, Trust},
};

/// Merges policies; holds what they share: the named sets and the ceiling.
#[derive(Debug, Default)]
pub struct Merger {
    sets: HashMap<Box<str>, NamedSet>,
    ceiling: Ceiling,
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
        if merged.grants.is_empty() {
            let error = PolicyError::new(Key::Origins, Fault::CeilingWithoutOrigins);
            let source = Source { role: Role::Ceiling, site: policy.site().clone() };
            return Err(vec![ConfigError::new(&source, error)]);
        }
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
        self.ceiling.exceeded(merged, methods)
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
            Trust::Off => {
                if !shape.is_empty() && self.source.role != Role::App {
                    let key = shape.first_key();
                    self.error(PolicyError::new(key, Fault::ShapeBesideOff { key }));
                }
                merged.turn_off(&self.source);
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
                // only a macro has not seen the policy, and a macro merges nothing
                let Some(base) = base else { return merged.turn_off(&self.source) };
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
                    grant.expose.apply(Key::ExposeHeaders, expose, &self.source);
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
            merged.allow_headers.apply(Key::AllowHeaders, value, &self.source);
        }
        if let Some(seconds) = shape.max_age {
            merged.max_age = Some(Setting { value: seconds, sources: vec![self.source.clone()] });
        }
        if let Some(value) = &shape.methods {
            merged.methods.apply(Key::Methods, value, &self.source);
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
    fn turn_off(&mut self, source: &Source) {
        self.grants.clear();
        self.off = Some(source.clone());
    }
}

impl Grant {
    /// What this later grant would take from an origin that `inherited` matches too.
    fn takes_away(&self, inherited: &Grant) -> Option<MergeFault> {
        let credentials = inherited.credentials && !self.credentials;
        let (own, inherited_expose) = (&self.expose.value, &inherited.expose.value);
        let right = if credentials {
            "credentials".to_owned()
        } else {
            inherited_expose.first_beyond(Key::ExposeHeaders, own)?
        };
        let origin = self.origins.meets(&inherited.origins)?;
        Some(MergeFault::TakesAway { origin, right: right.into() })
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
