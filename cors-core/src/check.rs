//! The check of one policy's keys, each rule once.

use std::{borrow::Cow, sync::Arc};

use crate::{
    Base, Fault, Item, Key, Keys, Layer, MAX_MAX_AGE, NameFault, Names, Op, OriginPattern,
    OriginSet, Place, PolicyError, PolicyErrors, Value,
    layer::{Edit, GrantSpec, OptIns, Origins, Shape, Trust},
    name,
    suffix::Suffix,
};

pub(crate) struct Check<'k> {
    keys: &'k Keys<'k>,
    place: Place,
    errors: Vec<PolicyError>,
}

impl<'k> Check<'k> {
    pub(crate) fn run(keys: &'k Keys<'k>, place: Place) -> Result<Layer, PolicyErrors> {
        let mut check = Check { keys, place, errors: Vec::new() };
        let layer = check.layer();
        check.errors.sort_by_key(|e| (e.key, e.index));
        match layer {
            Some(layer) if check.errors.is_empty() => Ok(layer),
            _ => Err(PolicyErrors(check.errors)),
        }
    }

    fn layer(&mut self) -> Option<Layer> {
        let keys = self.keys;
        let shape = self.shape();
        self.opt_ins();
        let trust = match (keys.off, keys.origins.map(|o| o.op), keys.inherit, keys.policy) {
            (true, ..) => self.off(),
            (_, Some(Op::Set), inherit, policy) => {
                if let Some(other) = policy.map(|_| Key::Policy).or(inherit.then_some(Key::Inherit))
                {
                    self.error(Key::Origins, Fault::OriginsBeside { other });
                }
                self.grant().map(Trust::Replace)
            }
            (_, _, true, Some(_)) => {
                self.error(Key::Policy, Fault::PolicyBesideInherit);
                self.edit();
                None
            }
            (_, _, true, None) => self.edit().map(Trust::Inherit),
            (_, _, false, Some(base)) => {
                let base = match base {
                    Base::Known(policy) => Some(policy.clone()),
                    Base::Unseen => None,
                };
                self.edit().map(|edit| Trust::Base(base, edit))
            }
            (_, origins, false, None) => {
                self.nothing_said(origins);
                None
            }
        };
        Some(Layer { trust: trust?, shape: shape? })
    }

    fn error(&mut self, key: Key, fault: Fault) {
        self.errors.push(PolicyError::new(key, fault));
    }

    /// None of `origins =`, `inherit`, `off`, `policy`.
    fn nothing_said(&mut self, origins: Option<Op>) {
        let keys = self.keys;
        if origins.is_some() {
            self.error(Key::Origins, Fault::NothingToExtend);
            self.grant();
            return;
        }
        let first = [
            (keys.credentials, Key::Credentials),
            (keys.allow_headers.is_some(), Key::AllowHeaders),
            (keys.expose_headers.is_some(), Key::ExposeHeaders),
            (keys.max_age.is_some(), Key::MaxAge),
            (keys.methods.is_some(), Key::Methods),
        ];
        let key = first.into_iter().find_map(|(set, key)| set.then_some(key));
        match key {
            Some(Key::Credentials) => {
                self.error(Key::Credentials, Fault::CredentialsWithoutOrigins);
            }
            key => self.error(key.unwrap_or(Key::Origins), Fault::NoTrust),
        }
        if let Some(value) = keys.expose_headers {
            self.names(Key::ExposeHeaders, value, name::response_header);
        }
    }

    fn off(&mut self) -> Option<Trust> {
        let keys = self.keys;
        let trust = [
            (keys.origins.is_some(), Key::Origins),
            (keys.credentials, Key::Credentials),
            (keys.expose_headers.is_some(), Key::ExposeHeaders),
            (keys.policy.is_some(), Key::Policy),
            (keys.inherit, Key::Inherit),
        ];
        let shape = [
            (keys.allow_headers.is_some(), Key::AllowHeaders),
            (keys.max_age.is_some(), Key::MaxAge),
            (keys.methods.is_some(), Key::Methods),
        ];
        for (_, key) in trust.into_iter().filter(|(set, _)| *set) {
            self.error(key, Fault::BesideOff { key });
        }
        if self.place == Place::Handler {
            for (_, key) in shape.into_iter().filter(|(set, _)| *set) {
                self.error(key, Fault::ShapeBesideOff { key });
            }
        }
        Some(Trust::Off)
    }

    /// The new grant of `origins =` or `origins +=`.
    fn grant(&mut self) -> Option<GrantSpec> {
        let keys = self.keys;
        let opt_ins = OptIns {
            null_origin: keys.dangerously_allow_null_origin,
            insecure_origins: keys.dangerously_allow_insecure_origins,
            public_suffix: keys.dangerously_allow_public_suffix,
        };
        let origins = keys.origins.and_then(|value| self.origins(value, opt_ins));
        if keys.credentials && matches!(origins, Some(Origins::Any)) {
            self.error(Key::Credentials, Fault::AnyWithCredentials);
        }
        let expose = keys.expose_headers.map(|value| {
            if value.op == Op::Extend {
                self.error(Key::ExposeHeaders, Fault::ExposeExtendBesideOrigins);
            }
            self.names(Key::ExposeHeaders, value, name::response_header)
        });
        if keys.credentials && expose.as_ref().is_some_and(Names::is_any) {
            self.error(Key::ExposeHeaders, Fault::ExposeAnyWithCredentials);
        }
        Some(GrantSpec { origins: origins?, credentials: keys.credentials, expose, opt_ins })
    }

    /// What stands beside `inherit` or `policy`.
    fn edit(&mut self) -> Option<Edit> {
        let keys = self.keys;
        if keys.origins.is_some() {
            let add = self.grant()?;
            return Some(Edit { add: Some(add), expose: None });
        }
        if keys.credentials {
            self.error(Key::Credentials, Fault::CredentialsWithoutOrigins);
        }
        let expose = keys
            .expose_headers
            .map(|v| (v.op, self.names(Key::ExposeHeaders, v, name::response_header)));
        Some(Edit { add: None, expose })
    }

    fn opt_ins(&mut self) {
        let keys = self.keys;
        let flags = [
            (keys.dangerously_allow_null_origin, Key::DangerouslyAllowNullOrigin),
            (keys.dangerously_allow_insecure_origins, Key::DangerouslyAllowInsecureOrigins),
            (keys.dangerously_allow_public_suffix, Key::DangerouslyAllowPublicSuffix),
        ];
        if keys.origins.is_none() {
            for (_, key) in flags.into_iter().filter(|(set, _)| *set) {
                self.error(key, Fault::OptInWithoutOrigins { key });
            }
        }
    }

    fn shape(&mut self) -> Option<Shape> {
        let keys = self.keys;
        let before = self.errors.len();
        let allow_headers = keys
            .allow_headers
            .map(|v| (v.op, self.names(Key::AllowHeaders, v, name::request_header)));
        let max_age = keys.max_age.map(|seconds| match u32::try_from(seconds) {
            Ok(seconds) if seconds <= MAX_MAX_AGE => seconds,
            _ => {
                let error = PolicyError::new(Key::MaxAge, Fault::MaxAge);
                self.errors.push(error.of(&seconds.to_string()));
                0
            }
        });
        if keys.methods.is_some() && self.place == Place::Handler {
            self.error(Key::Methods, Fault::MethodsOnHandler);
        }
        let methods = keys.methods.map(|v| (v.op, self.names(Key::Methods, v, name::method)));
        (self.errors.len() == before).then_some(Shape { allow_headers, max_age, methods })
    }

    fn names(
        &mut self,
        key: Key,
        value: Value<'_>,
        parse: fn(&str) -> Result<Box<str>, NameFault>,
    ) -> Names {
        let mut names = Names::default();
        // indices of the names, for messages
        let mut places = Vec::new();
        for (index, item) in value.items.iter().enumerate() {
            match item {
                Item::Any => names.any = true,
                Item::Set(set) => {
                    self.errors
                        .push(PolicyError::new(key, Fault::SetOutsideOrigins).at(index, set));
                }
                Item::Text(text) => match parse(text) {
                    Ok(name) => match names.names.iter().position(|n| *n == name) {
                        Some(_) if self.place == Place::RunTime => {}
                        Some(first) => {
                            let first = places[first];
                            self.errors.push(
                                PolicyError::new(key, Fault::Duplicate { first }).at(index, text),
                            );
                        }
                        None => {
                            places.push(index);
                            names.names.push(name);
                        }
                    },
                    Err(fault) => self.errors.push(PolicyError::new(key, fault).at(index, text)),
                },
            }
        }
        if names.any && !names.iter().all(|name| key.is_beside_any(name)) {
            if self.place == Place::RunTime {
                names.names.retain(|name| key.is_beside_any(name));
            } else {
                let any = value.items.iter().position(|item| *item == Item::Any);
                let error = PolicyError::new(key, Fault::NotAlone);
                self.errors.push(error.at(any.unwrap_or_default(), "any"));
            }
        }
        names
    }

    fn origins(&mut self, value: Value<'_>, opt_ins: OptIns) -> Option<Origins> {
        match value.items {
            [] => {
                self.error(Key::Origins, Fault::NoOrigins);
                None
            }
            [Item::Any] if value.op == Op::Extend => {
                self.error(Key::Origins, Fault::ExtendByAny);
                None
            }
            [Item::Any] => Some(Origins::Any),
            [Item::Set("")] => {
                self.error(Key::Origins, Fault::SetName);
                None
            }
            [Item::Set(name)] => Some(Origins::Named((*name).into())),
            items => self.origin_list(items, opt_ins),
        }
    }

    fn origin_list(&mut self, items: &[Item<'_>], opt_ins: OptIns) -> Option<Origins> {
        let before = self.errors.len();
        let mut patterns = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let word: Cow<'_, str> = match item {
                Item::Text(text) => {
                    match OriginPattern::parse(text) {
                        Ok(pattern) => patterns.push((index, pattern)),
                        Err(fault) => {
                            self.errors.push(PolicyError::new(Key::Origins, fault).at(index, text));
                        }
                    }
                    continue;
                }
                Item::Any => "any".into(),
                Item::Set(name) => format!("set(\"{name}\")").into(),
            };
            self.errors.push(PolicyError::new(Key::Origins, Fault::NotAlone).at(index, &word));
        }
        let (places, patterns): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let set = OriginSet::new(patterns);
        for (index, fault) in faults(&set, self.keys.credentials, opt_ins) {
            let value = set.patterns()[index].to_string();
            self.errors.push(PolicyError::new(Key::Origins, fault).at(places[index], &value));
        }
        if self.place != Place::RunTime {
            self.redundant(&set, &places);
        }
        (self.errors.len() == before).then(|| Origins::List(Arc::new(set)))
    }

    fn redundant(&mut self, set: &OriginSet, places: &[usize]) {
        for &(index, by) in set.redundant() {
            let pattern = &set.patterns()[index];
            let fault = match &set.patterns()[by] {
                same if same == pattern => Fault::Duplicate { first: places[by] },
                other => Fault::Covered { by: other.to_string().into() },
            };
            let value = pattern.to_string();
            self.errors.push(PolicyError::new(Key::Origins, fault).at(places[index], &value));
        }
    }
}

/// The faults of a list of origins that only show beside its rights, with the index of the pattern.
pub(crate) fn faults(set: &OriginSet, credentials: bool, opt_ins: OptIns) -> Vec<(usize, Fault)> {
    let mut faults: Vec<_> = set
        .patterns()
        .iter()
        .enumerate()
        .filter_map(|(index, pattern)| Some((index, fault(pattern, credentials, opt_ins)?)))
        .collect();
    if let Some((index, parent)) = set.crowded_parent() {
        faults.push((index, Fault::TooManyInLabel { parent: parent.into() }));
    }
    faults
}

fn fault(pattern: &OriginPattern, credentials: bool, opt_ins: OptIns) -> Option<Fault> {
    if pattern.is_null() {
        return match (credentials, opt_ins.null_origin) {
            (true, _) => Some(Fault::NullWithCredentials),
            (false, false) => Some(Fault::Null),
            (false, true) => None,
        };
    }
    if !credentials {
        return None;
    }
    if pattern.is_insecure() && !opt_ins.insecure_origins {
        return Some(Fault::InsecureWithCredentials);
    }
    let (parent, suffix) = (pattern.parent()?, pattern.public_suffix()?);
    let liftable = suffix != Suffix::Icann;
    (!liftable || !opt_ins.public_suffix)
        .then(|| Fault::PublicSuffixWithCredentials { parent: parent.into(), liftable })
}
