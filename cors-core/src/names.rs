//! Lists of header names or methods, as the values of keys.

use crate::{Key, Op};

/// A list of names in declaration order, without duplicates, and whether it has the word `any`.
///
/// Beside `any` there are only names that it leaves out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Names {
    pub(crate) any: bool,
    pub(crate) names: Vec<Box<str>>,
}

impl Names {
    /// Reports whether the list has the word `any`.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.any
    }

    /// The names, in declaration order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|n| &**n)
    }

    /// Reports whether `name` stands in the list, by name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.iter().any(|n| n == name)
    }

    /// As the value of a header: joined by `, `, or `*`.
    #[must_use]
    pub fn to_header(&self) -> Box<str> {
        if self.any { "*".into() } else { self.names.join(", ").into() }
    }

    /// Sets or extends the value of `key`.
    pub(crate) fn apply(&mut self, key: Key, (op, names): &(Op, Names)) {
        if *op == Op::Set {
            names.clone_into(self);
            return;
        }
        for name in &names.names {
            if !self.names.contains(name) {
                self.names.push(name.clone());
            }
        }
        self.any |= names.any;
        if self.any {
            self.names.retain(|name| key.is_beside_any(name));
        }
    }

    /// All that `self` has and `limit` has not, as values of `key`, in words. Names that need no
    /// permission are never beyond.
    pub(crate) fn beyond(&self, key: Key, limit: &Names) -> impl Iterator<Item = String> {
        let any = (self.any && !limit.any).then(|| format!("`{key} = any`"));
        let word = match key {
            Key::ExposeHeaders => "exposed header",
            Key::AllowHeaders => "request header",
            _ => "method",
        };
        // `any` says it all
        let names = self.iter().filter(move |_| !self.any || limit.any);
        let beyond = names.filter(move |name| {
            let covered = limit.any && !key.is_beside_any(name);
            !covered && !limit.contains(name) && !key.is_superfluous(name)
        });
        any.into_iter().chain(beyond.map(move |name| format!("the {word} `{name}`")))
    }
}
