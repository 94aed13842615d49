//! Merging: from the app default over a region to a route, one layer at a time.

mod step;

use std::{collections::HashMap, sync::Arc};

use step::Step;

use crate::{
    ConfigError, Fault, Key, MergeFault, Merged, OriginPattern, OriginSet, Policy, PolicyError,
    Role, Site, Source, ceiling::Ceiling, layer::OptIns,
};

/// Merges policies; holds what they share: the named sets and the ceiling.
#[derive(Debug, Clone, Default)]
pub struct Merger {
    sets: HashMap<Box<str>, NamedSet>,
    ceiling: Ceiling,
}

/// A `set("name")`, filled.
#[derive(Debug, Clone)]
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
