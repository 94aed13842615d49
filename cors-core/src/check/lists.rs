//! The lists of a policy: each element, and what only shows beside the others or the rights.

use std::sync::Arc;

use super::Check;
use crate::{
    Fault, Item, Key, NameFault, Names, Op, OriginPattern, OriginSet, Place, PolicyError, Value,
    layer::{OptIns, Origins},
    suffix::Suffix,
};

impl Check<'_> {
    pub(super) fn names(
        &mut self,
        key: Key,
        value: Value<'_>,
        parse: fn(&str) -> Result<Box<str>, NameFault>,
    ) -> Names {
        let mut names = Names::default();
        // indices, for messages
        let (mut any, mut places) = (None, Vec::new());
        for (index, item) in value.items.iter().enumerate() {
            match item {
                Item::Any => match any {
                    Some(first) if self.place != Place::RunTime => {
                        self.error_at(key, Fault::Duplicate { first }, index, "any");
                    }
                    _ => any = Some(index),
                },
                Item::Set(set) => self.error_at(key, Fault::SetOutsideOrigins, index, set),
                Item::Text(text) => match parse(text) {
                    Ok(name) => match names.names.iter().position(|n| *n == name) {
                        Some(_) if self.place == Place::RunTime => {}
                        Some(first) => {
                            let first = places[first];
                            self.error_at(key, Fault::Duplicate { first }, index, text);
                        }
                        None => {
                            places.push(index);
                            names.names.push(name);
                        }
                    },
                    Err(fault) => self.error_at(key, fault, index, text),
                },
            }
        }
        names.any = any.is_some();
        if let Some(index) = any
            && !names.iter().all(|name| key.is_beside_any(name))
        {
            if self.place == Place::RunTime {
                names.names.retain(|name| key.is_beside_any(name));
            } else {
                self.error_at(key, Fault::NotAlone, index, "any");
            }
        }
        names
    }

    pub(super) fn origins(&mut self, value: Value<'_>, opt_ins: OptIns) -> Option<Origins> {
        match value.items {
            [] => {
                self.error(Key::Origins, Fault::NoOrigins);
                None
            }
            [Item::Any] if value.op == Op::Extend => {
                self.error(Key::Origins, Fault::ExtendByAny);
                None
            }
            [Item::Any] => {
                self.needless(opt_ins, |_| true);
                Some(Origins::Any)
            }
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
            match item {
                Item::Text(text) => match OriginPattern::parse(text) {
                    Ok(pattern) => patterns.push((index, pattern)),
                    Err(fault) => self.error_at(Key::Origins, fault, index, text),
                },
                Item::Any => self.error_at(Key::Origins, Fault::NotAlone, index, "any"),
                Item::Set(name) => {
                    let word = format!("set(\"{name}\")");
                    self.error_at(Key::Origins, Fault::NotAlone, index, &word);
                }
            }
        }
        let (places, patterns): (Vec<_>, Vec<_>) = patterns.into_iter().unzip();
        let set = OriginSet::new(patterns);
        for (index, fault) in faults(&set, self.keys.credentials, opt_ins) {
            let value = set.patterns()[index].to_string();
            self.error_at(Key::Origins, fault, places[index], &value);
        }
        if self.place != Place::RunTime {
            self.redundant(&set, &places);
        }
        if self.errors.len() == before {
            let credentials = self.keys.credentials;
            self.needless(opt_ins, |without| faults(&set, credentials, without).is_empty());
        }
        (self.errors.len() == before).then(|| Origins::List(Arc::new(set)))
    }

    /// Opt-ins without which nothing is refused: they would excuse the next origin unseen.
    fn needless(&mut self, opt_ins: OptIns, is_sound: impl Fn(OptIns) -> bool) {
        if self.place == Place::RunTime {
            return;
        }
        let flags = [
            (
                opt_ins.null_origin,
                OptIns { null_origin: false, ..opt_ins },
                Key::DangerouslyAllowNullOrigin,
            ),
            (
                opt_ins.insecure_origins,
                OptIns { insecure_origins: false, ..opt_ins },
                Key::DangerouslyAllowInsecureOrigins,
            ),
            (
                opt_ins.public_suffix,
                OptIns { public_suffix: false, ..opt_ins },
                Key::DangerouslyAllowPublicSuffix,
            ),
        ];
        for (_, without, key) in flags.into_iter().filter(|(is_set, ..)| *is_set) {
            if is_sound(without) {
                self.error(key, Fault::OptInUnneeded { key });
            }
        }
    }

    fn error_at(&mut self, key: Key, fault: impl Into<Fault>, index: usize, value: &str) {
        self.errors.push(PolicyError::new(key, fault).at(index, value));
    }

    fn redundant(&mut self, set: &OriginSet, places: &[usize]) {
        for &(index, by) in set.redundant() {
            let pattern = &set.patterns()[index];
            let fault = match &set.patterns()[by] {
                same if same == pattern => Fault::Duplicate { first: places[by] },
                other => Fault::Covered { by: other.to_string().into() },
            };
            let value = pattern.to_string();
            self.error_at(Key::Origins, fault, places[index], &value);
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
