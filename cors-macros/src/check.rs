//! From what is written to cors-core's check, and from its errors back to the place of each.

use cors_core::{
    Base, Fault, Item as CoreItem, Key, Keys, Layer, Place, PolicyError, Value as CoreValue,
};
use proc_macro2::Span;

use crate::{
    cursor::Spot,
    diagnostic::Diagnostic,
    grammar::{Item, Setting, Value, Written},
};

impl Written {
    /// Adds every error of cors-core to the diagnostics.
    pub(crate) fn check(&mut self, place: Place) {
        let incomplete = !self.diagnostics.is_empty();
        for error in self.errors(place) {
            if incomplete && may_follow(error.fault()) {
                continue;
            }
            let diagnostic = Diagnostic {
                at: self.spot(&error),
                message: error.message(),
                note: error.note(),
                help: error.help(),
            };
            self.diagnostics.push(diagnostic);
        }
    }

    /// What cors-core says of the keys that could be read.
    pub(crate) fn errors(&self, place: Place) -> Vec<PolicyError> {
        match Layer::check(&Lists::new(self).keys(self), place) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.iter().cloned().collect(),
        }
    }

    /// The element, value or key that an error is about.
    fn spot(&self, error: &PolicyError) -> Spot {
        let Some(setting) = self.setting(error.key()) else { return Span::call_site().into() };
        let element = error.index().and_then(|index| setting.elements().get(index));
        match element {
            Some(element) => element.at,
            None if is_about_value(error.fault()) => setting.value_at,
            None => setting.at,
        }
    }
}

/// The lists in the form that cors-core reads.
struct Lists<'w>(Vec<(Key, List<'w>)>);

struct List<'w> {
    setting: &'w Setting,
    items: Vec<CoreItem<'w>>,
}

impl<'w> Lists<'w> {
    fn new(written: &'w Written) -> Self {
        let list = |setting: &'w Setting| {
            let items = setting.elements().iter().map(|element| match &element.item {
                Item::Any => CoreItem::Any,
                Item::Text(text, _) => CoreItem::Text(text),
                Item::Set(name, _) => CoreItem::Set(name),
            });
            (setting.key, List { setting, items: items.collect() })
        };
        Lists(written.settings.iter().map(list).collect())
    }

    fn list(&self, key: Key) -> Option<CoreValue<'_>> {
        let (_, value) = self.0.iter().find(|(k, _)| *k == key)?;
        Some(CoreValue { op: value.setting.op, items: &value.items })
    }

    fn keys(&self, written: &Written) -> Keys<'_> {
        let flag = |key| written.setting(key).is_some();
        Keys {
            origins: self.list(Key::Origins),
            credentials: flag(Key::Credentials),
            allow_headers: self.list(Key::AllowHeaders),
            expose_headers: self.list(Key::ExposeHeaders),
            max_age: written.setting(Key::MaxAge).and_then(|setting| match setting.value {
                Value::Seconds(seconds) => Some(seconds),
                _ => None,
            }),
            methods: self.list(Key::Methods),
            policy: flag(Key::Policy).then_some(Base::Unseen),
            inherit: flag(Key::Inherit),
            off: flag(Key::Off),
            dangerously_allow_null_origin: flag(Key::DangerouslyAllowNullOrigin),
            dangerously_allow_insecure_origins: flag(Key::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffix: flag(Key::DangerouslyAllowPublicSuffix),
        }
    }
}

/// Reports whether the fault may be there only because something else could not be read.
fn may_follow(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::NoTrust
            | Fault::NoOrigins
            | Fault::CredentialsWithoutOrigins { .. }
            | Fault::OptInWithoutOrigins { .. }
            | Fault::NothingToExtend
            | Fault::Null
            | Fault::InsecureWithCredentials
            | Fault::PublicSuffixWithCredentials { liftable: true, .. }
    )
}

/// Reports whether the fault of a key lies in what stands after it.
fn is_about_value(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::MaxAge
            | Fault::NoOrigins
            | Fault::SetName
            | Fault::ExtendByAny
            | Fault::ExposeAnyWithCredentials
    )
}
