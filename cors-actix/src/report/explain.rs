//! Why a request is allowed or refused: the row that decides, and every rule of its policy.

use std::{borrow::Cow, fmt};

use actix_web::{dev::ResourceDef, http::Uri};
use cors_core::{Explanation, PreflightRequest, Source, Verdict, is_safelisted_method};
use serde::{Serialize, Serializer, ser::SerializeMap};

use super::{PolicyReport, Row, RowKind, json::Place, visible::Visible};
use crate::{
    normalize::{decoded, is_odd},
    pattern::{Match, Pattern, hole_names},
};

/// A request that a page could make.
///
/// ```
/// use cors_actix::report::Question;
///
/// let question = Question {
///     method: "PUT",
///     path: "/users/7",
///     origin: "https://app.example.com",
///     headers: &["content-type"],
///     credentials: true,
/// };
/// # let _ = question;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Question<'a> {
    /// The method.
    pub method: &'a str,
    /// The path, or an address; it is decoded, and a query is cut off.
    pub path: &'a str,
    /// The origin of the page, as browsers send it.
    pub origin: &'a str,
    /// Names of request headers that need permission: all but the
    /// [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-request-header) ones.
    pub headers: &'a [&'a str],
    /// Whether cookies go along.
    pub credentials: bool,
}

/// The answer to a [`Question`]: printed with `{}` as text, serialized as JSON.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct RouteExplanation {
    /// Whether the page may send the request and read the answer; `None` where that is left to
    /// what stands inside.
    pub allowed: Option<bool>,
    /// The place whose policy decides, such as `PUT /users/{id} at /api`.
    pub place: String,
    /// The handler's name; empty where no annotated route serves the request.
    pub handler: String,
    /// Where that policy is written.
    pub source: Source,
    /// Whether the browser asks by a preflight first.
    pub preflight: bool,
    /// Every rule, the one that decides first.
    pub rules: Vec<RuleVerdict>,
    /// What this cannot know.
    pub caveat: &'static str,
}

/// What one rule says.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleVerdict {
    /// The rule: `policy`, `origin`, `method`, `request headers`, `request header` or `credentials`.
    pub rule: String,
    /// Whether it lets the request pass.
    pub passes: bool,
    /// What the request asks for.
    pub asked: String,
    /// Why, in a few words.
    pub reason: String,
    /// The layers that say so.
    pub sources: Vec<Source>,
}

impl PolicyReport {
    /// Tells why a request is allowed or refused, rule by rule, with the line of code behind each.
    #[must_use]
    pub fn explain(&self, question: &Question<'_>) -> RouteExplanation {
        let method = normalized(question.method);
        let path = sent_path(question.path);
        let mut explanation = self.row_for(&path, &method).explain(question);
        if is_odd(&path) {
            explanation.caveat = "a `NormalizePath` may make another path of it";
        }
        explanation
    }

    /// The row whose policy holds for a path and a method.
    fn row_for(&self, path: &str, method: &str) -> &Row {
        let of_kind = |kind| self.rows().iter().filter(move |row| row.kind == kind);
        let region = of_kind(RowKind::Region)
            .rfind(|row| ResourceDef::root_prefix(&row.path).find_match(path).is_some());
        let pattern = region.map(|row| row.path.as_str());
        let route = of_kind(RowKind::Route)
            .filter(|row| row.region.as_deref() == pattern && row.serves(method))
            .find(|row| row.matches(path));
        route.or(region).unwrap_or(self.app())
    }

    fn app(&self) -> &Row {
        self.rows().last().expect("the app default is the last row of every report")
    }
}

impl Row {
    /// Decides a question about this row, whatever its path.
    pub(super) fn explain(&self, question: &Question<'_>) -> RouteExplanation {
        let method = normalized(question.method);
        let names = requested(question.headers);
        let preflight = !names.is_empty() || !is_safelisted_method(method.as_bytes());
        let answer = self.policy.as_ref().map(|policy| {
            let policy = &policy.policy;
            let (origin, line) = (question.origin.as_bytes(), names.join(","));
            let lines = (!line.is_empty()).then_some(line.as_bytes()).into_iter();
            if preflight {
                let request =
                    PreflightRequest { origin, method: method.as_bytes(), headers: lines };
                policy.explain_preflight(request, self.judged_by)
            } else {
                policy.explain_actual(origin)
            }
        });
        let mut rules: Vec<_> =
            answer.iter().flat_map(|answer| &answer.verdicts).map(RuleVerdict::new).collect();
        if !preflight && answer.is_some() {
            rules.push(RuleVerdict::new_method(method));
        }
        let allowed = answer.map(|answer| self.add_credentials(question, &answer, &mut rules));
        RouteExplanation {
            allowed,
            place: self.title(),
            handler: self.handler.clone(),
            source: self.source.clone(),
            preflight,
            rules,
            caveat: match self.kind {
                RowKind::Route if self.guarded => {
                    "it has a guard: where that fails, another route takes the request"
                }
                RowKind::Route => {
                    "a route without #[cors] that is registered earlier may take the request"
                }
                RowKind::Plain | RowKind::Region | RowKind::App => {
                    "no route with #[cors] serves this; whether another one does is not known"
                }
            },
        }
    }

    /// Adds the rule of credentials, where they are asked for, and tells whether all rules pass.
    fn add_credentials(
        &self,
        question: &Question<'_>,
        answer: &Explanation,
        rules: &mut Vec<RuleVerdict>,
    ) -> bool {
        let allowed = answer.outcome.is_ok();
        if !question.credentials {
            return allowed;
        }
        let policy = self.policy.as_ref().map(|policy| &policy.policy);
        let rights = policy.and_then(|policy| policy.rights(question.origin.as_bytes()));
        let grant = rights.and_then(|rights| self.policy()?.grants().get(rights.grant));
        let passes = grant.is_some_and(cors_core::Grant::credentials);
        let reason = match grant {
            _ if passes => "cookies may come along",
            None => "the origin has no rights",
            Some(_) => "the answer to a request with cookies cannot be read",
        };
        let verdict = RuleVerdict {
            rule: "credentials".to_owned(),
            passes,
            asked: "with credentials".to_owned(),
            reason: reason.to_owned(),
            sources: grant.map(|grant| grant.source().clone()).into_iter().collect(),
        };
        // of the rules that fail the first one decides
        let at = if allowed && !passes { 0 } else { rules.len() };
        rules.insert(at, verdict);
        allowed && passes
    }

    pub(super) fn serves(&self, method: &str) -> bool {
        self.served_methods().is_none() || self.methods.iter().any(|own| own == method)
    }

    fn matches(&self, path: &str) -> bool {
        match Pattern::new(&self.path).matches(path) {
            Match::Yes => true,
            Match::No => false,
            Match::Maybe => resource(&self.path).is_none_or(|resource| resource.is_match(path)),
        }
    }
}

impl RuleVerdict {
    fn new(verdict: &Verdict) -> Self {
        RuleVerdict {
            rule: verdict.rule.to_string(),
            passes: verdict.passes,
            asked: verdict.asked.clone(),
            reason: verdict.reason.clone(),
            sources: verdict.sources.clone(),
        }
    }

    fn new_method(method: String) -> Self {
        RuleVerdict {
            rule: "method".to_owned(),
            passes: true,
            asked: method,
            reason: "needs no permission".to_owned(),
            sources: Vec::new(),
        }
    }
}

impl fmt::Display for RouteExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let answer = self.allowed.map_or("left to what stands inside", yes_or_no);
        write!(f, "{answer}: {}", self.place)?;
        if !self.handler.is_empty() {
            write!(f, ", handler {}", Visible(&self.handler))?;
        }
        write!(f, "\n  {}", Visible(&self.source.to_string()))?;
        for rule in &self.rules {
            let word = yes_or_no(rule.passes);
            let (asked, reason) = (Visible(&rule.asked), Visible(&rule.reason));
            write!(f, "\n{word}: {} `{asked}`: {reason}", rule.rule)?;
            for source in &rule.sources {
                write!(f, "\n  {}", Visible(&source.to_string()))?;
            }
        }
        if self.preflight {
            write!(f, "\nnote: the browser asks by a preflight first")?;
        }
        write!(f, "\nnote: {}", self.caveat)
    }
}

impl Serialize for RouteExplanation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("allowed", &self.allowed)?;
        map.serialize_entry("place", &self.place)?;
        map.serialize_entry("handler", &self.handler)?;
        map.serialize_entry("source", &Place(&self.source))?;
        map.serialize_entry("preflight", &self.preflight)?;
        map.serialize_entry("rules", &self.rules)?;
        map.serialize_entry("caveat", self.caveat)?;
        map.end()
    }
}

impl Serialize for RuleVerdict {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("rule", &self.rule)?;
        map.serialize_entry("passes", &self.passes)?;
        map.serialize_entry("asked", &self.asked)?;
        map.serialize_entry("reason", &self.reason)?;
        map.serialize_entry("sources", &self.sources.iter().map(Place).collect::<Vec<_>>())?;
        map.end()
    }
}

fn yes_or_no(passes: bool) -> &'static str {
    if passes { "yes" } else { "no" }
}

/// A path as requests have it, from an address or a part of one, as in the page's simulator.
fn sent_path(text: &str) -> Cow<'_, str> {
    let rest = text
        .split_once("://")
        .map_or(text, |(_, rest)| rest.find(['/', '?', '#']).map_or("", |path| &rest[path..]));
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    let path = if path.starts_with('/') { path.into() } else { Cow::from(format!("/{path}")) };
    let encoded = path.contains('%').then(|| Uri::try_from(&*path).ok()).flatten();
    encoded.map_or(path, |uri| decoded(uri).into())
}

/// As browsers [normalize](https://fetch.spec.whatwg.org/#concept-method-normalize) a method.
fn normalized(method: &str) -> String {
    let upper = method.to_ascii_uppercase();
    if NORMALIZED_METHODS.contains(&upper.as_str()) { upper } else { method.to_owned() }
}

/// As browsers ask for them: in lower case, sorted, each once.
fn requested(headers: &[&str]) -> Vec<String> {
    let names = headers.iter().map(|name| name.trim().to_ascii_lowercase());
    let mut names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The router's own matcher of a full pattern. `None` where a scope's pattern and a route's make
/// none together, because both name the same parameter or there are too many.
fn resource(pattern: &str) -> Option<ResourceDef> {
    let mut names: Vec<_> = hole_names(pattern).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    (names.len() == count && count <= MAX_PARAMETERS).then(|| ResourceDef::new(pattern))
}

/// More of them make actix panic.
const MAX_PARAMETERS: usize = 16;
const NORMALIZED_METHODS: [&str; 6] = ["DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"];
