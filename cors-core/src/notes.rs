//! What is legal in a policy and yet worth a note in a report.

use std::fmt;

use crate::{Grant, GrantedOrigins, Key, Merged, Names, Setting, Source, name::is_unusual_patch};

/// Something legal that has no effect, or perhaps not the one that was meant.
///
/// ```
/// use cors_core::{Merger, Policy};
///
/// let policy = Policy::builder()
///     .origins(["https://*.example.com", "https://app.example.com"])
///     .methods(["GET", "patch"])
///     .build()?;
/// let merged = Merger::new().app(&policy).expect("nothing to merge with");
/// let notes: Vec<_> = merged.notes().iter().map(ToString::to_string).collect();
/// assert_eq!(notes, [
///     "origins: `https://app.example.com` is covered by `https://*.example.com`",
///     "methods: `GET` needs no permission",
///     "methods: `patch` is not `PATCH`",
/// ]);
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    key: Key,
    kind: NoteKind,
    source: Source,
}

/// The kinds of notes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// A [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-method) method or a
    /// [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name) response
    /// header: allowed anyway.
    Superfluous {
        /// the name
        name: Box<str>,
    },
    /// `patch`, which browsers do not take for
    /// [`PATCH`](https://fetch.spec.whatwg.org/#concept-method-normalize).
    LowerCasePatch {
        /// the method as written
        name: Box<str>,
    },
    /// An origin pattern that another one of the list covers.
    Redundant {
        /// the pattern
        pattern: Box<str>,
        /// the pattern that covers it
        by: Box<str>,
    },
    /// A set that is filled with nothing, so that it trusts nobody.
    EmptySet {
        /// its name
        name: Box<str>,
    },
}

impl Note {
    /// The key that it is about.
    #[must_use]
    pub fn key(&self) -> Key {
        self.key
    }

    /// What is worth a note.
    #[must_use]
    pub fn kind(&self) -> &NoteKind {
        &self.kind
    }

    /// The layer that says it.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.key)?;
        match &self.kind {
            NoteKind::Superfluous { name } => write!(f, "`{name}` needs no permission"),
            NoteKind::LowerCasePatch { name } => write!(f, "`{name}` is not `PATCH`"),
            NoteKind::Redundant { pattern, by } if pattern == by => {
                write!(f, "`{pattern}` is listed twice")
            }
            NoteKind::Redundant { pattern, by } => write!(f, "`{pattern}` is covered by `{by}`"),
            NoteKind::EmptySet { name } => {
                write!(f, "set `{}` is filled with nothing", name.escape_debug())
            }
        }
    }
}

impl Merged {
    /// What is legal here and yet worth a note, in the order of the keys.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes: Vec<_> = self.grants.iter().flat_map(Grant::origin_notes).collect();
        for grant in &self.grants {
            notes.extend(grant.expose.notes(Key::ExposeHeaders));
        }
        notes.extend(self.methods.notes(Key::Methods));
        notes
    }
}

impl Grant {
    fn origin_notes(&self) -> Vec<Note> {
        let note = |kind| Note { key: Key::Origins, kind, source: self.source.clone() };
        let Some(set) = self.origins.set() else { return Vec::new() };
        if let (GrantedOrigins::Set(name, _), []) = (&self.origins, set.patterns()) {
            return vec![note(NoteKind::EmptySet { name: name.clone() })];
        }
        let redundant = set.redundant().iter().map(|(index, by)| {
            let [pattern, by] = [index, by].map(|index| set.patterns()[*index].as_str().into());
            note(NoteKind::Redundant { pattern, by })
        });
        redundant.collect()
    }
}

impl Setting<Names> {
    fn notes(&self, key: Key) -> Vec<Note> {
        // who extends a list wrote the names that are noted as often as who set it
        let Some(source) = self.sources.last() else { return Vec::new() };
        let kind = |name: &str| {
            let superfluous = key.is_superfluous(name);
            let patch = key == Key::Methods && is_unusual_patch(name);
            superfluous
                .then(|| NoteKind::Superfluous { name: name.into() })
                .or_else(|| patch.then(|| NoteKind::LowerCasePatch { name: name.into() }))
        };
        let note = |kind| Note { key, kind, source: source.clone() };
        self.value.iter().filter_map(kind).map(note).collect()
    }
}
