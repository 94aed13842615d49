//! The report as JSON, in the form that [`JSON_SCHEMA`] describes.

use cors_core::{Grant, GrantedOrigins, Merged, Methods, Names, Setting, Site, Source};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{Finding, OriginSetReport, PolicyReport, Risk, Row};

/// The [JSON Schema](https://json-schema.org/draft/2020-12) of a serialized [`PolicyReport`].
pub const JSON_SCHEMA: &str = include_str!("../../policy-report.schema.json");

impl PolicyReport {
    /// The report as JSON text, indented, in the form that [`JSON_SCHEMA`] describes.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self)
            .expect("keys are strings, and nothing that is serialized here can fail");
        text.push('\n');
        text
    }
}

// Written by hand rather than derived: the order of the keys is the documents', and users need no
// macro crate more.

impl Serialize for PolicyReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("version", &VERSION)?;
        map.serialize_entry("coverage", self.coverage())?;
        map.serialize_entry("rows", self.rows())?;
        map.serialize_entry("sets", self.sets())?;
        map.serialize_entry("risks", &Risk::ALL.map(Meaning))?;
        map.end()
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.kind.name())?;
        map.serialize_entry("methods", &self.methods)?;
        map.serialize_entry("any_method", &self.any_method)?;
        map.serialize_entry("method_by_route", &(self.judged_by == Methods::Routed))?;
        map.serialize_entry("guarded", &self.guarded)?;
        map.serialize_entry("path", &self.path)?;
        map.serialize_entry("region", &self.region)?;
        map.serialize_entry("handler", &self.handler)?;
        map.serialize_entry("source", &Place(&self.source))?;
        map.serialize_entry("policy", &self.policy().map(Policy))?;
        map.serialize_entry("risks", &self.risks)?;
        map.serialize_entry("notes", &each(&self.notes, ToString::to_string))?;
        map.end()
    }
}

pub(super) struct Policy<'a>(pub(super) &'a Merged);

impl Serialize for Policy<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Policy(policy) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("off", &policy.off().map(Place))?;
        map.serialize_entry("grants", &each(policy.grants(), GrantEntry))?;
        map.serialize_entry("allow_headers", &NameSetting(policy.allow_headers()))?;
        map.serialize_entry("max_age", &policy.max_age().map(Seconds))?;
        map.serialize_entry("methods", &NameSetting(policy.methods()))?;
        map.end()
    }
}

struct GrantEntry<'a>(&'a Grant);

impl Serialize for GrantEntry<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let GrantEntry(grant) = self;
        let opt_ins: Vec<_> = grant.opt_ins().map(|key| key.to_string()).collect();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("origins", &Origins(grant.origins()))?;
        map.serialize_entry("credentials", &grant.credentials())?;
        map.serialize_entry("expose_headers", &NameSetting(grant.expose()))?;
        map.serialize_entry("opt_ins", &opt_ins)?;
        map.serialize_entry("source", &Place(grant.source()))?;
        map.end()
    }
}

/// A set is told by its name; what it holds stands once, in `sets`.
struct Origins<'a>(&'a GrantedOrigins);

impl Serialize for Origins<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (any, patterns, set) = match self.0 {
            GrantedOrigins::Any => (true, None, None),
            GrantedOrigins::Set(name, _) => (false, None, Some(name)),
            other => (false, other.set(), None),
        };
        let patterns = patterns.map(|set| each(set.patterns(), |pattern| pattern.as_str()));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("any", &any)?;
        map.serialize_entry("patterns", &patterns.unwrap_or_default())?;
        map.serialize_entry("set", &set)?;
        map.end()
    }
}

struct NameSetting<'a>(&'a Setting<Names>);

impl Serialize for NameSetting<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Setting { value, sources, .. } = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("any", &value.is_any())?;
        map.serialize_entry("names", &value.iter().collect::<Vec<_>>())?;
        map.serialize_entry("sources", &each(sources, Place))?;
        map.end()
    }
}

struct Seconds<'a>(&'a Setting<u32>);

impl Serialize for Seconds<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("seconds", &self.0.value)?;
        map.serialize_entry("sources", &each(&self.0.sources, Place))?;
        map.end()
    }
}

/// A layer's part, and where it is written.
pub(super) struct Place<'a>(pub(super) &'a Source);

impl Serialize for Place<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Source { role, site, .. } = self.0;
        let named;
        let (file, line) = match site {
            Site::Code { file, line } => (*file, Some(line)),
            other => {
                named = other.to_string();
                (named.as_str(), None)
            }
        };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("layer", &role.to_string())?;
        map.serialize_entry("file", file)?;
        map.serialize_entry("line", &line)?;
        map.end()
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("risk", self.risk.name())?;
        map.serialize_entry("about", &self.about)?;
        map.end()
    }
}

struct Meaning(Risk);

impl Serialize for Meaning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("risk", self.0.name())?;
        map.serialize_entry("level", self.0.level().name())?;
        map.serialize_entry("meaning", self.0.meaning())?;
        map.serialize_entry("help", self.0.help())?;
        map.end()
    }
}

impl Serialize for OriginSetReport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.name)?;
        map.serialize_entry("origins", &self.origins)?;
        map.serialize_entry("source", &Place(&self.source))?;
        map.end()
    }
}

fn each<'a, T, U>(items: &'a [T], entry: impl Fn(&'a T) -> U) -> Vec<U> {
    items.iter().map(entry).collect()
}

/// Changes when a reader of the JSON has to change.
const VERSION: u32 = 1;
