//! The report inside of an OpenAPI 3.1 document.

use cors_core::Methods;
use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value, json};

use super::{
    PolicyReport, Row, RowKind,
    json::{Place, Policy},
};
use crate::pattern::filled;

impl PolicyReport {
    /// Adds `x-cors` to every operation of an [OpenAPI](https://spec.openapis.org/oas/v3.1.1.html)
    /// document: a list of the policies that hold for it, one for each region that it can meet. With
    /// `method_by_route` the policy's `methods` have no say.
    ///
    /// Paths are compared without the names of their parameters, and with the path of the document's
    /// first server in front of them if the App has annotated routes there. An operation without
    /// `#[cors]` gets the policy of its region, or the app default. An `x-cors` that is there is
    /// replaced; what is no operation stays as it is.
    ///
    /// ```
    /// # use actix_web::App;
    /// # use cors_actix::{Cors, policy};
    /// # actix_web::rt::System::new().block_on(async {
    /// # let app = || App::new().wrap(Cors::new(policy! { origins = any }));
    /// let report = cors_actix::check(&app).await?;
    /// let mut document = serde_json::json!({ "paths": { "/users/{id}": { "get": {} } } });
    /// report.add_to_openapi(&mut document);
    /// let policies = &document["paths"]["/users/{id}"]["get"]["x-cors"];
    /// assert_eq!(policies[0]["policy"]["grants"][0]["origins"]["any"], true);
    /// # Ok::<_, cors_actix::ConfigErrors>(())
    /// # }).unwrap();
    /// ```
    pub fn add_to_openapi(&self, document: &mut Value) {
        let base = self.base_of(document);
        for (path, item) in path_items(document) {
            let path = base.clone() + path;
            for (name, operation) in item.iter_mut() {
                let Some(method) = method(name) else { continue };
                let Value::Object(operation) = operation else { continue };
                let policies: Vec<_> =
                    self.rows_of(&path, &method).into_iter().map(Operation).collect();
                operation.insert("x-cors".to_owned(), json!(policies));
            }
        }
    }

    /// Adds an OPTIONS operation to every path of an OpenAPI document that some site may send more
    /// than a simple request to, and that has none: the
    /// [CORS-preflight request](https://fetch.spec.whatwg.org/#cors-preflight-request).
    ///
    /// They make a document longer and tell its readers little, so nothing else adds them.
    pub fn add_preflights_to_openapi(&self, document: &mut Value) {
        let base = self.base_of(document);
        for (path, item) in path_items(document) {
            let path = base.clone() + path;
            if item.contains_key("options") {
                continue;
            }
            let methods = item.keys().filter_map(|name| method(name));
            let asked: Vec<_> = methods
                .filter(|method| {
                    self.rows_of(&path, method).iter().any(|row| row.lets_pass(method))
                })
                .collect();
            if !asked.is_empty() {
                item.insert("options".to_owned(), preflight(&asked));
            }
        }
    }

    /// What the App's paths have in front of the document's.
    fn base_of(&self, document: &Value) -> String {
        let base = base(document);
        let below = shape(base) + "/";
        let annotated = self.rows().iter().filter(|row| row.kind == RowKind::Route);
        let is_known = annotated.map(|row| shape(&row.path)).any(|path| path.starts_with(&below));
        if is_known { base.to_owned() } else { String::new() }
    }

    /// The rows that hold for an operation.
    fn rows_of(&self, path: &str, method: &str) -> Vec<&Row> {
        let own = shape(path);
        let annotated = self.rows().iter().filter(|row| row.kind == RowKind::Route);
        let routes: Vec<_> =
            annotated.filter(|row| shape(&row.path) == own && row.serves(method)).collect();
        if !routes.is_empty() {
            return routes;
        }
        self.defaults_of(path)
    }
}

impl Row {
    /// Whether some origin may ask for a method.
    fn lets_pass(&self, method: &str) -> bool {
        let trusts = self.policy().is_some_and(|policy| !policy.grants().is_empty());
        trusts && (self.any_method || self.methods.iter().any(|own| own == method))
    }
}

struct Operation<'a>(&'a Row);

impl Serialize for Operation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Operation(row) = self;
        let region =
            if row.kind == RowKind::Region { Some(&row.path) } else { row.region.as_ref() };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("region", &region)?;
        map.serialize_entry("source", &Place(&row.source))?;
        map.serialize_entry("method_by_route", &(row.judged_by == Methods::Routed))?;
        map.serialize_entry("policy", &row.policy().map(Policy))?;
        map.serialize_entry("risks", &row.risks)?;
        map.end()
    }
}

fn path_items(document: &mut Value) -> impl Iterator<Item = (&String, &mut Map<String, Value>)> {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flatten();
    items.filter_map(|(path, item)| Some((path, item.as_object_mut()?)))
}

/// The method of a path item's field; other fields are no operations.
fn method(field: &str) -> Option<String> {
    OPERATIONS.contains(&field).then(|| field.to_ascii_uppercase())
}

/// A pattern without the names and regexes of its parameters.
fn shape(pattern: &str) -> String {
    filled(pattern, "{}")
}

/// The path of the first of a document's
/// [servers](https://spec.openapis.org/oas/v3.1.1.html#server-object), without its last slash.
fn base(document: &Value) -> &str {
    let url = document.pointer("/servers/0/url").and_then(Value::as_str).unwrap_or_default();
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url,
    };
    path.trim_end_matches('/')
}

fn preflight(methods: &[String]) -> Value {
    let header = |name: &str, required: bool, schema: Value| json!({ "name": name, "in": "header", "required": required, "schema": schema });
    let text = || json!({ "type": "string" });
    let answer = |name: &str| (name.to_owned(), json!({ "schema": { "type": "string" } }));
    let granted = [
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "Access-Control-Allow-Methods",
        "Access-Control-Allow-Headers",
        "Access-Control-Max-Age",
        "Vary",
    ];
    json!({
        "summary": "CORS-preflight request",
        "description": "Asked by browsers, and answered before any handler runs.",
        "security": [],
        "parameters": [
            header("Origin", true, text()),
            header("Access-Control-Request-Method", true, json!({ "type": "string", "enum": methods })),
            header("Access-Control-Request-Headers", false, text()),
        ],
        "responses": {
            "2XX": {
                "description": "The request may be sent.",
                "headers": granted.map(answer).into_iter().collect::<Map<_, _>>(),
            },
            "403": {
                "description": "The request may not be sent.",
                "headers": Map::from_iter([answer("Vary")]),
            },
        },
    })
}

/// The fields of a [path item](https://spec.openapis.org/oas/v3.1.1.html#path-item-object) that are
/// operations.
const OPERATIONS: [&str; 8] = ["delete", "get", "head", "options", "patch", "post", "put", "trace"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_leave_names_and_regexes_out() {
        for (pattern, want) in [
            ("/users", "/users"),
            ("/users/{id}", "/users/{}"),
            (r"/users/{id:\d{2,3}}/x", "/users/{}/x"),
            ("/a{x}b{y}", "/a{}b{}"),
        ] {
            assert_eq!(shape(pattern), want, "{pattern}");
        }
    }

    #[test]
    fn bases_are_paths_of_servers() {
        for (servers, want) in [
            (json!(null), ""),
            (json!([]), ""),
            (json!([{ "url": 1 }]), ""),
            (json!([{ "url": "/" }]), ""),
            (json!([{ "url": "https://shop.example" }]), ""),
            (json!([{ "url": "https://shop.example/api/v1/" }, { "url": "/x" }]), "/api/v1"),
            (json!([{ "url": "/{tenant}" }]), "/{tenant}"),
        ] {
            assert_eq!(base(&json!({ "servers": servers })), want, "{servers}");
        }
    }
}
