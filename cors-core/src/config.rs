//! Policies in configuration files: the same keys and the same checks, through serde.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

use crate::{
    Key, Op, Policy, PolicyBuilder, Site,
    builder::{OwnedItem, OwnedValue},
};

/// # Syntax
/// A map of the keys of `policy!`, except `policy`. A list is `["https://a.example", ..]`, the word
/// `any` is `"any"` (alone or as an element), a set is `{"set": "name"}`, `+=` is
/// `{"extend": [..]}`, and a flag is `true`.
///
/// # Errors
/// Unknown keys and every fault of the policy, all at once, or the first value of another form; each
/// with the path of its key.
///
/// ```
/// use cors_core::Policy;
///
/// let text = r#"{"origins": {"set": "spa"}, "credentials": true, "max_age": 600}"#;
/// assert!(serde_json::from_str::<Policy>(text).is_ok());
///
/// let text = r#"{"origins": ["https://a.example", "https://b.example/"]}"#;
/// let error = serde_json::from_str::<Policy>(text).unwrap_err().to_string();
/// assert!(error.starts_with("origins[1]: origin with a path, query or fragment"));
/// ```
impl<'de> Deserialize<'de> for Policy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (builder, mut errors) = deserializer.deserialize_map(PolicyVisitor)?;
        match builder.build() {
            Ok(policy) if errors.is_empty() => return Ok(policy),
            Ok(_) => {}
            Err(faults) => errors.push(faults.to_string()),
        }
        // formats add the line and the column behind it
        Err(Error::custom(errors.join("\n") + "\n  in the policy"))
    }
}

struct PolicyVisitor;

impl<'de> Visitor<'de> for PolicyVisitor {
    /// and what is wrong with the keys themselves
    type Value = (PolicyBuilder, Vec<String>);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map of a policy's keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut builder = PolicyBuilder::new(Site::Named("configuration".into()));
        let (mut seen, mut errors) = (Vec::new(), Vec::new());
        while let Some(name) = map.next_key::<String>()? {
            let key = Key::ALL.into_iter().find(|key| key.to_string() == name);
            let Some((key, slot)) = key.and_then(|key| Some((key, builder.slot(key)?))) else {
                errors.push(unknown(&name));
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if seen.contains(&key) {
                errors.push(format!("{key}: the key is there twice"));
            }
            seen.push(key);
            let at_key = |error: A::Error| {
                let error = error.to_string();
                // of an element, whose index it starts with
                let gap = if error.starts_with('[') { "" } else { ": " };
                Error::custom(format_args!("{key}{gap}{error}"))
            };
            match slot {
                Slot::List(value) => *value = Some(map.next_value::<OwnedValue>().map_err(at_key)?),
                Slot::Seconds(value) => *value = Some(map.next_value().map_err(at_key)?),
                Slot::Flag(value) => {
                    *value = map.next_value().map_err(at_key)?;
                    if !*value {
                        errors.push(format!("{key}: a flag is `true` or not there"));
                    }
                }
            }
        }
        Ok((builder, errors))
    }
}

/// The place of a key's value.
pub(crate) enum Slot<'b> {
    List(&'b mut Option<OwnedValue>),
    Seconds(&'b mut Option<u64>),
    Flag(&'b mut bool),
}

/// `policy` names a constant, which no file can.
fn unknown(name: &str) -> String {
    let keys = Key::ALL.iter().filter(|key| **key != Key::Policy);
    let keys: Vec<_> = keys.map(|key| format!("`{key}`")).collect();
    format!("unknown key `{}`, expected one of {}", name.escape_debug(), keys.join(", "))
}

impl<'de> Deserialize<'de> for OwnedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor { op: Op::Set })
    }
}

/// The value behind `extend`, which cannot hold another one.
struct Extension(OwnedValue);

impl<'de> Deserialize<'de> for Extension {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor { op: Op::Extend }).map(Extension)
    }
}

struct ValueVisitor {
    op: Op,
}

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = OwnedValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("`any`, a list, a map with the key `set`")?;
        if self.op == Op::Set { f.write_str(", or one with the key `extend`") } else { Ok(()) }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OwnedValue, E> {
        match text {
            "any" => Ok(OwnedValue { op: self.op, items: vec![OwnedItem::Any] }),
            _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<OwnedValue, A::Error> {
        let mut items = Vec::new();
        loop {
            let at_index = |error| Error::custom(format_args!("[{}]: {error}", items.len()));
            let Some(text) = list.next_element::<String>().map_err(at_index)? else { break };
            items.push(if text == "any" { OwnedItem::Any } else { OwnedItem::Text(text) });
        }
        Ok(OwnedValue { op: self.op, items })
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<OwnedValue, A::Error> {
        let value = match map.next_key::<String>()?.as_deref() {
            Some("set") => {
                OwnedValue { op: self.op, items: vec![OwnedItem::Set(map.next_value()?)] }
            }
            Some("extend") if self.op == Op::Set => map.next_value::<Extension>()?.0,
            _ => return Err(Error::invalid_type(serde::de::Unexpected::Map, &self)),
        };
        match map.next_key::<String>()? {
            None => Ok(value),
            Some(key) => Err(Error::custom(format_args!("`{}` beside it", key.escape_debug()))),
        }
    }
}
