//! Vectors: a policy, a request, and what a browser makes of the answer; and policies that must be
//! refused or accepted.

use cors_core::Answer;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::{engine::Engine, report::Outcome, wire::Servers};

#[derive(Debug, Deserialize)]
pub(crate) struct Vectors {
    #[serde(default)]
    vectors: Vec<Vector>,
    #[serde(default)]
    invalid: Vec<Invalid>,
    #[serde(default)]
    valid: Vec<Valid>,
}

#[derive(Debug, Deserialize)]
struct Vector {
    id: Id,
    policy: Map<String, Value>,
    request: Request,
    expect: Expect,
}

#[derive(Debug, Deserialize)]
struct Request {
    method: String,
    headers: Vec<(String, String)>,
    credentials_mode: Mode,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    Include,
    Omit,
}

#[derive(Debug, Deserialize)]
struct Expect {
    kind: Kind,
    allowed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Preflight,
    Actual,
    NonCors,
}

#[derive(Debug, Deserialize)]
struct Invalid {
    id: Id,
    policy: Map<String, Value>,
    strength: Strength,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Strength {
    Must,
    UnlessOverridden,
    /// may be decided otherwise
    Choice,
}

#[derive(Debug, Deserialize)]
struct Valid {
    id: Id,
    policy: Map<String, Value>,
}

/// A text or a number.
type Id = Value;

/// Asks the engine, without a server.
pub(crate) fn engine(file: &Vectors) -> impl Iterator<Item = Outcome> {
    let vectors = file.vectors.iter().map(|vector| {
        let allowed = vector.engine_allows();
        (vector.id.to_string(), vector.judge(allowed))
    });
    let invalid = file.invalid.iter().map(|invalid| {
        let refused = Engine::new(&configuration(&invalid.policy)).is_none();
        let right = refused || invalid.strength == Strength::Choice;
        (invalid.id.to_string(), right.then_some(()).ok_or_else(|| "is accepted".to_owned()))
    });
    let valid = file.valid.iter().map(|valid| {
        let accepted = Engine::new(&configuration(&valid.policy)).is_some();
        (valid.id.to_string(), accepted.then_some(()).ok_or_else(|| "is refused".to_owned()))
    });
    vectors.chain(invalid).chain(valid)
}

/// Sends each vector to a server.
pub(crate) fn wire(file: &Vectors) -> impl Iterator<Item = Outcome> {
    let mut servers = Servers::default();
    file.vectors.iter().map(move |vector| {
        let allowed = vector.wire_allows(&mut servers);
        (vector.id.to_string(), vector.judge(allowed))
    })
}

impl Vector {
    fn judge(&self, allowed: bool) -> Result<(), String> {
        let word = if allowed { "allowed" } else { "refused" };
        (allowed == self.expect.allowed).then_some(()).ok_or_else(|| word.to_owned())
    }

    fn engine_allows(&self) -> bool {
        let origin = self.request.only("origin");
        if self.expect.kind == Kind::NonCors {
            return true;
        }
        let Some(engine) = Engine::new(&configuration(&self.policy)) else { return false };
        let origin = origin.unwrap_or_default().as_bytes();
        if self.expect.kind == Kind::Actual {
            return self.request.passes_cors_check(origin, &engine.actual(Some(origin)));
        }
        let method = self.request.only("access-control-request-method").unwrap_or_default();
        let lines = self.request.lines("access-control-request-headers");
        let (ok, answer) = engine.preflight(origin, method.as_bytes(), &lines);
        self.request.method == "OPTIONS"
            && ok
            && self.request.passes_cors_check(origin, &answer)
            && self.request.passes_preflight(method, &lines, &answer)
    }
}

impl Vector {
    fn wire_allows(&self, servers: &mut Servers) -> bool {
        let request = &self.request;
        let policy = configuration(&self.policy);
        let Some(wire) = servers.ask(&policy, &request.method, &request.headers) else {
            return self.expect.kind == Kind::NonCors;
        };
        if self.expect.kind == Kind::NonCors {
            return wire.joined("x-handler").is_some();
        }
        let origin = request.only("origin").unwrap_or_default().as_bytes();
        let header = |name: &str| wire.joined(name);
        let (allow_origin, methods) =
            (header("access-control-allow-origin"), header("access-control-allow-methods"));
        let mut answer = Answer::default();
        answer.allow_origin = allow_origin.as_deref().map(str::as_bytes);
        answer.allow_methods = methods.as_deref().map(str::as_bytes);
        answer.allow_headers =
            header("access-control-allow-headers").map(|names| names.into_bytes().into());
        answer.allow_credentials =
            header("access-control-allow-credentials").as_deref() == Some("true");
        let method = request.only("access-control-request-method").unwrap_or_default();
        let lines = request.lines("access-control-request-headers");
        let passes = request.passes_cors_check(origin, &answer);
        if self.expect.kind == Kind::Actual {
            return passes;
        }
        passes
            && wire.joined("x-handler").is_none()
            && (200..300).contains(&wire.status)
            && request.passes_preflight(method, &lines, &answer)
    }
}

/// What a browser does, as far as the answers of the engine go.
impl Request {
    /// <https://fetch.spec.whatwg.org/#concept-cors-check>
    fn passes_cors_check(&self, origin: &[u8], answer: &Answer<'_>) -> bool {
        let include = self.credentials_mode == Mode::Include;
        match answer.allow_origin {
            None => false,
            Some(b"*") if !include => true,
            Some(granted) => granted == origin && (!include || answer.allow_credentials),
        }
    }

    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>, steps 7.4 to 7.10
    fn passes_preflight(&self, method: &str, asked: &[&[u8]], answer: &Answer<'_>) -> bool {
        let list = |value: Option<&[u8]>| {
            let text = String::from_utf8_lossy(value.unwrap_or_default()).into_owned();
            text.split(',')
                .map(|e| e.trim().to_owned())
                .filter(|e| !e.is_empty())
                .collect::<Vec<_>>()
        };
        let star = |list: &[String]| {
            self.credentials_mode != Mode::Include && list.iter().any(|e| e == "*")
        };
        let methods = list(answer.allow_methods);
        let names = list(answer.allow_headers.as_deref());
        let has = |name: &String| names.iter().any(|n| n.eq_ignore_ascii_case(name));
        let asked = list(Some(&asked.join(&b","[..])));
        let method = ["GET", "HEAD", "POST"].contains(&method)
            || methods.iter().any(|m| m == method)
            || star(&methods);
        let name = |name| has(name) || star(&names) && !name.eq_ignore_ascii_case("authorization");
        method && asked.iter().all(name)
    }

    fn lines(&self, name: &str) -> Vec<&[u8]> {
        let own = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        own.map(|(_, value)| value.as_bytes()).collect()
    }

    /// The value of the one line of this name.
    fn only(&self, name: &str) -> Option<&str> {
        let mut own = self.headers.iter().filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let (first, second) = (own.next(), own.next());
        first.filter(|_| second.is_none()).map(|(_, value)| value.trim_matches([' ', '\t']))
    }
}

/// A data file's policy in the form of a configuration file.
pub(crate) fn configuration(policy: &Map<String, Value>) -> Value {
    let pairs =
        policy.iter().filter(|(_, value)| !matches!(value, Value::Null | Value::Bool(false)));
    let key = |key: &str| match key {
        "request_headers" => "allow_headers".to_owned(),
        "expose" => "expose_headers".to_owned(),
        key => key.to_owned(),
    };
    Value::Object(pairs.map(|(name, value)| (key(name), any(value))).collect())
}

/// `*` is the word `any`.
fn any(value: &Value) -> Value {
    match value {
        Value::String(text) if text == "*" => "any".into(),
        Value::Array(list) => list.iter().map(any).collect(),
        value => value.clone(),
    }
}
