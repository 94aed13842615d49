//! Why a request is allowed or refused: every rule with its verdict and the layers behind it.

use std::fmt;

use crate::{
    AnswerShape, EffectivePolicy, Grant, GrantedOrigins, Methods, PreflightRequest, Refusal,
    Rights, Source, name, origin::is_origin, request_headers::elements,
};

/// A decision, with every rule that took part in it.
///
/// ```
/// use cors_core::{EffectivePolicy, Merger, Methods, Policy, PreflightRequest};
///
/// let policy = Policy::builder().origins(["https://*.example.com"]).build()?;
/// let merged = Merger::new().app(&policy).expect("nothing to merge with");
/// let policy = EffectivePolicy::new(merged);
/// let explanation = policy.explain_preflight(
///     PreflightRequest {
///         origin: b"https://app.example.com",
///         method: b"PUT",
///         headers: [&b"x-token"[..]].into_iter(),
///     },
///     Methods::Routed,
/// );
/// assert!(explanation.outcome.is_err());
/// let lines: Vec<_> = explanation.verdicts.iter().map(|verdict| verdict.line()).collect();
/// assert_eq!(lines, [
///     "no: request header `x-token`: not listed",
///     "yes: origin `https://app.example.com`: `https://*.example.com` stands for it",
///     "yes: method `PUT`: a route serves it",
/// ]);
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The decision.
    pub outcome: Result<Rights, Refusal>,
    /// The rule that decides, then the others in the order in which they are asked.
    pub verdicts: Vec<Verdict>,
}

/// What one rule says about a request.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verdict {
    /// The rule.
    pub rule: Rule,
    /// Whether it lets the request pass.
    pub passes: bool,
    /// What the request asks for, cut where it is long.
    pub asked: String,
    /// Why, in a few words.
    pub reason: String,
    /// The layers that say so; empty where none says anything.
    pub sources: Vec<Source>,
}

/// The rules of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, derive_more::Display)]
#[non_exhaustive]
pub enum Rule {
    /// Whether anybody is trusted here.
    #[display("policy")]
    Policy,
    /// Whether a grant is for the origin: one verdict for each grant, the one added last first.
    #[display("origin")]
    Origin,
    /// Whether the requested method may be used.
    #[display("method")]
    Method,
    /// Whether the list of requested headers is short enough to be looked at.
    #[display("request headers")]
    RequestHeaders,
    /// Whether one requested header may be sent.
    #[display("request header")]
    RequestHeader,
}

impl Verdict {
    /// The verdict without its sources, in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let word = if self.passes { "yes" } else { "no" };
        let asked = self.asked.escape_debug();
        format!("{word}: {} `{asked}`: {}", self.rule, self.reason)
    }
}

/// One line for each rule, with the layers behind it.
impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, verdict) in self.verdicts.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            f.write_str(&verdict.line())?;
            for source in &verdict.sources {
                write!(f, "\n  {source}")?;
            }
        }
        Ok(())
    }
}

impl EffectivePolicy {
    /// Every rule that takes part in the decision of [`preflight`](Self::preflight).
    #[must_use]
    pub fn explain_preflight<'a>(
        &self,
        request: PreflightRequest<'a, impl Iterator<Item = &'a [u8]> + Clone>,
        methods: Methods,
    ) -> Explanation {
        let mut verdicts = self.explain_origin(request.origin);
        verdicts.push(self.explain_method(request.method, methods));
        verdicts.extend(self.explain_headers(request.headers.clone()));
        Explanation::new(self.preflight(request, methods), verdicts)
    }

    /// Every rule that takes part in the decision of [`rights`](Self::rights).
    #[must_use]
    pub fn explain_actual(&self, origin: &[u8]) -> Explanation {
        Explanation::new(self.check_origin(origin), self.explain_origin(origin))
    }

    fn explain_origin(&self, origin: &[u8]) -> Vec<Verdict> {
        if self.shape() == AnswerShape::Never {
            return vec![Verdict {
                rule: Rule::Policy,
                passes: false,
                asked: text(origin),
                reason: "nobody is trusted here".to_owned(),
                sources: self.merged().off().cloned().into_iter().collect(),
            }];
        }
        let deciding = self.rights(origin).map(|rights| rights.grant);
        let grants = self.merged().grants().iter().enumerate().rev();
        let verdict = |(index, grant): (usize, &Grant)| {
            let (passes, reason) =
                self.explain_grant(grant, origin, deciding.is_some_and(|d| d > index));
            let sources = vec![grant.source().clone()];
            Verdict { rule: Rule::Origin, passes, asked: text(origin), reason, sources }
        };
        grants.map(verdict).collect()
    }

    fn explain_grant(&self, grant: &Grant, origin: &[u8], shadowed: bool) -> (bool, String) {
        let matched = match grant.origins() {
            GrantedOrigins::Any if self.shape() == AnswerShape::Always || is_origin(origin) => {
                Some("every origin is trusted".to_owned())
            }
            GrantedOrigins::Any => None,
            GrantedOrigins::List(set) | GrantedOrigins::Set(_, set) => {
                set.find(origin).map(|index| format!("`{}` stands for it", set.patterns()[index]))
            }
        };
        match matched {
            Some(reason) if shadowed => (true, format!("{reason}, but a later grant decides")),
            Some(reason) => (true, reason),
            None if is_origin(origin) => (false, "no pattern stands for it".to_owned()),
            None => (false, "not an origin that a browser sends".to_owned()),
        }
    }

    fn explain_method(&self, method: &[u8], methods: Methods) -> Verdict {
        let decision = self.check_method(method, methods);
        let listed = &self.merged().methods().value;
        let reason = match decision {
            Err(refusal) => refusal.to_string(),
            Ok(()) if methods == Methods::Routed => "a route serves it".to_owned(),
            Ok(()) if name::is_safelisted_method(method) => "needs no permission".to_owned(),
            Ok(()) if listed.is_any() => "every method is listed".to_owned(),
            Ok(()) => "listed".to_owned(),
        };
        let sources = match methods {
            Methods::Routed => Vec::new(),
            Methods::Listed => self.merged().methods().sources.clone(),
        };
        let (rule, passes) = (Rule::Method, decision.is_ok());
        Verdict { rule, passes, asked: text(method), reason, sources }
    }

    fn explain_headers<'a>(&self, lines: impl Iterator<Item = &'a [u8]> + Clone) -> Vec<Verdict> {
        let sources = &self.merged().allow_headers().sources;
        let too_long = self.headers.check(lines.clone()) == Err(Refusal::HeadersTooLong);
        let size = too_long.then(|| Verdict {
            rule: Rule::RequestHeaders,
            passes: false,
            asked: text(lines.clone().next().unwrap_or_default()),
            reason: Refusal::HeadersTooLong.to_string(),
            sources: sources.clone(),
        });
        // of a list that is too long, its start may tell more
        let most = if too_long { 1 } else { usize::MAX };
        let lines = lines.take(most).map(|line| if too_long { cut(line) } else { line });
        let verdict = |element: &[u8]| {
            let decision = self.headers.check_name(element);
            let reason = match decision {
                Ok(()) if self.merged().allow_headers().value.is_any() => "every header is listed",
                Ok(()) => "listed",
                Err(Refusal::HeaderInvalid) => "not a header name",
                Err(_) => "not listed",
            };
            Verdict {
                rule: Rule::RequestHeader,
                passes: decision.is_ok(),
                asked: text(element),
                reason: reason.to_owned(),
                sources: sources.clone(),
            }
        };
        size.into_iter().chain(elements(lines).map(verdict)).collect()
    }
}

impl Explanation {
    fn new(outcome: Result<Rights, Refusal>, mut verdicts: Vec<Verdict>) -> Self {
        let step = |rule| match rule {
            Rule::Policy | Rule::Origin => 0,
            Rule::Method => 1,
            Rule::RequestHeaders | Rule::RequestHeader => 2,
        };
        let failing = match outcome {
            Ok(_) => None,
            Err(Refusal::Off | Refusal::OriginDenied) => Some(0),
            Err(Refusal::MethodInvalid | Refusal::MethodDenied) => Some(1),
            Err(_) => Some(2),
        };
        let deciding = verdicts.iter().position(|verdict| match failing {
            Some(failing) => step(verdict.rule) == failing && !verdict.passes,
            None => verdict.rule == Rule::Origin && verdict.passes,
        });
        if let Some(deciding) = deciding {
            verdicts[..=deciding].rotate_right(1);
        }
        Explanation { outcome, verdicts }
    }
}

fn cut(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(MAX_ASKED)]
}

/// The start of what a request says.
fn text(bytes: &[u8]) -> String {
    let cut = cut(bytes);
    let more = if cut.len() < bytes.len() { "…" } else { "" };
    format!("{}{more}", String::from_utf8_lossy(cut))
}

/// Most bytes of a request that an explanation repeats.
const MAX_ASKED: usize = 256;
