//! The JSON and its schema: each holds exactly what the other says.

use std::collections::BTreeSet;

use cors_actix::report::{JSON_SCHEMA, Level, Risk};
use serde_json::{Value, json};

use crate::shop;

#[actix_web::test]
async fn the_report_is_what_the_schema_describes() {
    let report = serde_json::from_str(&shop::report().await.to_json()).expect("JSON");
    let mut seen = BTreeSet::new();
    check(&schema(), &report, "#", &mut seen).unwrap_or_else(|fault| panic!("{fault}"));
    // a property that no report has would be untested
    let all = properties(&schema(), "#");
    let unseen: Vec<_> = all.difference(&seen).collect();
    assert_eq!(unseen, Vec::<&String>::new(), "described, but nowhere in the report");
}

#[test]
fn lists_of_words_are_those_of_the_library() {
    let schema = schema();
    let names: Vec<_> = Risk::ALL.iter().map(|risk| risk.name()).collect();
    assert_eq!(schema["$defs"]["risk"]["enum"], json!(names));
    let levels = [Level::High, Level::Medium, Level::Low].map(Level::name);
    assert_eq!(schema["$defs"]["meaning"]["properties"]["level"]["enum"], json!(levels));
}

#[test]
fn the_checker_refuses_what_the_schema_does_not_describe() {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["a"],
        "properties": { "a": { "type": ["integer", "null"] }, "b": { "anyOf": [{ "enum": ["x"] }] } },
    });
    for (name, value, accepted) in [
        ("all", json!({ "a": 1, "b": "x" }), true),
        ("null", json!({ "a": null }), true),
        ("missing", json!({ "b": "x" }), false),
        ("unknown", json!({ "a": 1, "c": 1 }), false),
        ("another type", json!({ "a": "1" }), false),
        ("another word", json!({ "a": 1, "b": "y" }), false),
        ("no object", json!([]), false),
    ] {
        let result = check(&schema, &value, "#", &mut BTreeSet::new());
        assert_eq!(result.is_ok(), accepted, "{name}: {result:?}");
    }
}

fn schema() -> Value {
    serde_json::from_str(JSON_SCHEMA).expect("JSON")
}

/// Checks a value against the keywords that the schema uses; any other keyword is a fault.
fn check(
    schema: &Value,
    value: &Value,
    place: &str,
    seen: &mut BTreeSet<String>,
) -> Result<(), String> {
    let Some(keywords) = schema.as_object() else { return Err(format!("{place}: no schema")) };
    for (keyword, operand) in keywords {
        let fits = match keyword.as_str() {
            "$schema" | "$defs" | "title" | "description" | "additionalProperties" => true,
            "$ref" => {
                let name = operand.as_str().unwrap_or_default();
                let root = self::schema();
                let definition = root.pointer(&name[1..]).ok_or(format!("{name} is missing"))?;
                check(definition, value, name, seen)?;
                true
            }
            "type" => types(operand).contains(&type_of(value)),
            "enum" => operand.as_array().is_some_and(|words| words.contains(value)),
            "anyOf" => operand.as_array().is_some_and(|schemas| {
                schemas.iter().any(|schema| check(schema, value, place, seen).is_ok())
            }),
            "required" => {
                let names = operand.as_array().into_iter().flatten().filter_map(Value::as_str);
                names.into_iter().all(|name| value.get(name).is_some())
            }
            "items" => {
                for item in value.as_array().into_iter().flatten() {
                    check(operand, item, place, seen)?;
                }
                true
            }
            "properties" => {
                for (name, part) in value.as_object().into_iter().flatten() {
                    let place = format!("{place}/{name}");
                    let known = operand.get(name).ok_or(format!("{place} is not described"))?;
                    check(known, part, &place, seen)?;
                    seen.insert(place);
                }
                true
            }
            other => return Err(format!("{place}: unknown keyword {other}")),
        };
        if !fits {
            return Err(format!("{place}: {value} against {keyword} {operand}"));
        }
    }
    Ok(())
}

/// Every property that the schema describes, by its place.
fn properties(schema: &Value, place: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (keyword, operand) in schema.as_object().into_iter().flatten() {
        match keyword.as_str() {
            "$defs" => {
                for (name, definition) in operand.as_object().into_iter().flatten() {
                    found.extend(properties(definition, &format!("#/$defs/{name}")));
                }
            }
            "properties" => {
                for (name, part) in operand.as_object().into_iter().flatten() {
                    let place = format!("{place}/{name}");
                    found.extend(properties(part, &place));
                    found.insert(place);
                }
            }
            "items" => found.extend(properties(operand, place)),
            "anyOf" => operand
                .as_array()
                .into_iter()
                .flatten()
                .for_each(|schema| found.extend(properties(schema, place))),
            _ => {}
        }
    }
    found
}

fn types(operand: &Value) -> Vec<&str> {
    match operand {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_u64() => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
