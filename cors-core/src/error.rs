//! What can be wrong with a policy: where, what, why, and what to write instead.

use std::fmt;

use crate::{Fault, Key};

/// One fault of one policy, at one key or at one element of its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    pub(crate) key: Key,
    pub(crate) index: Option<usize>,
    pub(crate) value: Option<Box<str>>,
    pub(crate) fault: Fault,
}

impl PolicyError {
    pub(crate) fn new(key: Key, fault: impl Into<Fault>) -> Self {
        PolicyError { key, index: None, value: None, fault: fault.into() }
    }

    pub(crate) fn at(mut self, index: usize, value: &str) -> Self {
        self.index = Some(index);
        self.of(value)
    }

    pub(crate) fn of(mut self, value: &str) -> Self {
        self.value = Some(value.into());
        self
    }

    /// The key that it stands at.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key
    }

    /// The element of the key's list, counted from 0.
    #[must_use]
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The element, or the value of the key, as written.
    #[must_use]
    pub fn value(&self) -> Option<&str> {
        self.value.as_deref()
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// What is wrong, without the place: for readers who see the place.
    #[must_use]
    pub fn message(&self) -> String {
        match (&self.value, self.index) {
            (Some(value), Some(_)) => format!("{}: `{}`", self.fault, shown(value)),
            _ => self.fault.to_string(),
        }
    }

    /// Why it is wrong.
    #[must_use]
    pub fn note(&self) -> String {
        self.fault.note()
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        self.fault.help()
    }
}

/// One line: `origins[1]: origin in upper case: `https://A.example``.
impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if let Some(index) = self.index {
            write!(f, "[{index}]")?;
        }
        match &self.value {
            Some(value) => write!(f, ": {}: `{}`", self.fault, shown(value)),
            None => write!(f, ": {}", self.fault),
        }
    }
}

impl std::error::Error for PolicyError {}

/// Every fault of one policy; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyErrors(pub(crate) Vec<PolicyError>);

impl PolicyErrors {
    /// The faults, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = &PolicyError> {
        self.0.iter()
    }
}

/// Each fault with its note and help, on lines of their own.
impl fmt::Display for PolicyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, error) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{error}\n  note: {}\n  help: {}", error.note(), error.help())?;
        }
        Ok(())
    }
}

impl std::error::Error for PolicyErrors {}

/// The value as written, but for what would not show or break the line.
fn shown(value: &str) -> String {
    let shown = |c: char| match c {
        '"' | '\'' | '\\' => c.to_string(),
        c => c.escape_debug().to_string(),
    };
    value.chars().map(shown).collect()
}
