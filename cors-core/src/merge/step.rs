//! One layer on its way onto another: each rule of merging once.

use std::sync::Arc;

use super::Merger;
use crate::{
    ConfigError, Fault, Grant, GrantedOrigins, Key, MergeFault, Merged, Op, Policy, PolicyError,
    Role, Setting, Source,
    check::faults,
    layer::{Edit, GrantSpec, Origins, Shape, Trust},
};

/// One layer on its way onto another.
pub(super) struct Step<'m> {
    pub(super) merger: &'m mut Merger,
    pub(super) source: Source,
    pub(super) errors: Vec<ConfigError>,
}

impl Step<'_> {
    fn error(&mut self, fault: impl Into<MergeFault>) {
        self.errors.push(ConfigError::new(&self.source, fault));
    }

    pub(super) fn trust(&mut self, merged: &mut Merged, trust: &Trust, shape: &Shape) {
        self.see_set(trust);
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

    /// A set is named also where nothing comes of it.
    fn see_set(&mut self, trust: &Trust) {
        let spec = match trust {
            Trust::Off => None,
            Trust::Replace(spec) => Some(spec),
            Trust::Inherit(edit) | Trust::Base(_, edit) => edit.add.as_ref(),
        };
        if let Some(Origins::Named(name)) = spec.map(|spec| &spec.origins)
            && let Some(set) = self.merger.sets.get_mut(name)
        {
            set.used = true;
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

    pub(super) fn shape(&mut self, merged: &mut Merged, shape: &Shape) {
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
            inherited_expose.beyond(Key::ExposeHeaders, own).next()?
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
