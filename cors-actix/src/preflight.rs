//! CORS-preflight requests: recognises them, asks for the decision, writes the answer.

use std::{ops::Deref, sync::Arc};

use actix_web::{
    HttpMessage, HttpResponse,
    dev::ServiceRequest,
    http::{
        Method, StatusCode,
        header::{self, HeaderMap, HeaderValue},
    },
};
use cors_core::{AnswerShape, Methods, PreflightRequest, Refusal, Rights, is_safelisted_method};

use crate::{
    check::Probe,
    compiled::Compiled,
    events,
    pattern::Match,
    respond::{allow_origin, is_granted, origin_of, rights},
    worker::{Target, Worker},
};

/// A CORS-preflight request.
pub(crate) struct Preflight<'a> {
    pub(crate) origin: &'a HeaderValue,
    /// `None`: several lines
    pub(crate) method: Option<&'a HeaderValue>,
    /// the lines of `Access-Control-Request-Headers`
    headers: &'a [HeaderValue],
}

impl<'a> Preflight<'a> {
    /// OPTIONS with `Origin` and `Access-Control-Request-Method`.
    #[inline]
    pub(crate) fn of(req: &'a ServiceRequest, origin: &'a HeaderValue) -> Option<Self> {
        if *req.method() != Method::OPTIONS {
            return None;
        }
        let lines = |name| req.headers().get_all(name).as_slice();
        let method = match lines(&header::ACCESS_CONTROL_REQUEST_METHOD) {
            [] => return None,
            [method] => Some(method),
            _ => None,
        };
        let headers = lines(&header::ACCESS_CONTROL_REQUEST_HEADERS);
        Some(Preflight { origin, method, headers })
    }

    /// What all of `policies` grant.
    #[inline]
    pub(crate) fn judge(
        &self,
        policies: &[(impl Deref<Target = Compiled>, Methods)],
    ) -> Result<Rights, Refusal> {
        if let [(policy, methods)] = policies {
            return self.judge_one(policy, *methods);
        }
        let each = policies.iter().map(|(policy, methods)| self.judge_one(policy, *methods));
        each.reduce(|a, b| Ok(a?.meet(b?))).unwrap_or(Err(Refusal::Off))
    }

    /// Whether a policy would grant it, if it had the only say.
    pub(crate) fn may_allow(&self, policy: &Compiled) -> bool {
        self.judge_one(policy, Methods::Routed).is_ok()
    }

    #[inline]
    fn judge_one(&self, policy: &Compiled, methods: Methods) -> Result<Rights, Refusal> {
        let request = PreflightRequest {
            origin: self.origin.as_bytes(),
            method: self.method.map_or(b"", HeaderValue::as_bytes),
            headers: self.headers.iter().map(HeaderValue::as_bytes),
        };
        policy.policy.preflight(request, methods)
    }

    /// The answer that grants.
    pub(crate) fn grant(
        &self,
        policies: &[(impl Deref<Target = Compiled>, Methods)],
        rights: Rights,
        status: StatusCode,
    ) -> HttpResponse {
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        headers.append(header::VARY, vary_of(policies));
        self.allow_origin(headers, rights);
        if let Some(method) = self.method {
            headers.append(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
        }
        if let Some(names) = self.requested_headers() {
            headers.append(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
        }
        if let Some(seconds) = max_age(policies) {
            headers.append(header::ACCESS_CONTROL_MAX_AGE, seconds.clone());
        }
        response
    }

    /// The answer that refuses.
    pub(crate) fn refuse(
        &self,
        policies: &[(impl Deref<Target = Compiled>, Methods)],
    ) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
        response.headers_mut().append(header::VARY, vary_of(policies));
        response
    }

    /// The answer that refuses where it is not known which policy has a say.
    pub(crate) fn refuse_unknown(&self) -> HttpResponse {
        let mut response = HttpResponse::new(StatusCode::FORBIDDEN);
        response
            .headers_mut()
            .append(header::VARY, const { HeaderValue::from_static(VARY_PREFLIGHT) });
        response
    }

    /// The answer that refuses and lets the browser name the culprit: where only the method or a
    /// header name fails, all but the list that fails is granted.
    pub(crate) fn explain(
        &self,
        policies: &[(impl Deref<Target = Compiled>, Methods)],
        refusal: Refusal,
    ) -> HttpResponse {
        let list_fails = match refusal {
            Refusal::MethodDenied => true,
            // where no name is asked for, a browser lets the request pass without any list
            Refusal::HeaderDenied | Refusal::HeadersTooLong => self.asks_for_names(),
            _ => false,
        };
        let granted = list_fails
            .then(|| rights(policies.iter().map(|(policy, _)| &**policy), self.origin))
            .flatten();
        let reason = format!("preflight refused: {refusal}");
        let Some(rights) = granted else {
            return self.refuse(policies).set_body(reason).map_into_boxed_body();
        };
        let mut response = HttpResponse::new(StatusCode::OK);
        let headers = response.headers_mut();
        headers.append(header::VARY, vary_of(policies));
        self.allow_origin(headers, rights);
        match (refusal, self.method) {
            (Refusal::MethodDenied, _) => {
                if let Some(names) = self.requested_headers() {
                    headers.append(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
                }
            }
            (_, Some(method)) => {
                headers.append(header::ACCESS_CONTROL_ALLOW_METHODS, method.clone());
            }
            _ => {}
        }
        response.set_body(reason).map_into_boxed_body()
    }

    #[inline]
    fn allow_origin(&self, headers: &mut HeaderMap, rights: Rights) {
        let origin = (!rights.star).then(|| self.origin.clone());
        allow_origin(headers, rights, origin);
    }

    fn asks_for_names(&self) -> bool {
        let mut bytes = self.headers.iter().flat_map(HeaderValue::as_bytes);
        bytes.any(|byte| !b", \t".contains(byte))
    }

    /// What was asked for, joined.
    #[inline]
    fn requested_headers(&self) -> Option<HeaderValue> {
        match self.headers {
            _ if !self.asks_for_names() => None,
            [line] => Some(line.clone()),
            lines => joined(lines),
        }
    }
}

fn joined(lines: &[HeaderValue]) -> Option<HeaderValue> {
    let lines: Vec<_> = lines.iter().map(HeaderValue::as_bytes).collect();
    HeaderValue::from_bytes(&lines.join(&b',')).ok()
}

impl Worker {
    /// Answers a preflight of a check.
    #[cold]
    pub(crate) fn answer_probe(&self, req: &ServiceRequest) -> Option<HttpResponse> {
        let preflight = Preflight::of(req, origin_of(req.headers())?)?;
        req.extensions().get::<Probe>()?.reached(self.report());
        // whatever it grants, somebody else has added
        Some(preflight.refuse_unknown())
    }

    /// Answers a preflight.
    pub(crate) fn preflight(
        &self,
        req: &ServiceRequest,
        preflight: &Preflight<'_>,
    ) -> HttpResponse {
        if self.placement.is_wrong() {
            return preflight.refuse_unknown();
        }
        if let Some(policy) = self.only_policy() {
            return self.answer(preflight, &[(&**policy, Methods::Listed)], |result| {
                events::preflight(preflight, req.match_info().as_str(), None, result);
            });
        }
        let routed = self.routed(req.match_info().as_str());
        let path = &*routed;
        let method = preflight.method.map_or(&b""[..], HeaderValue::as_bytes);
        if let Some(route) = self.own_route(path, method) {
            let policy = &**route.policy.at(|| self.plan().region(path));
            return self.answer(preflight, &[(policy, route.info.judged_by())], |result| {
                let route = Some((&*route.full, route.info.handler_name()));
                events::preflight(preflight, path, route, result);
            });
        }
        let method = preflight.method.and_then(|method| method.to_str().ok());
        let Some(method) = method else { return self.refuse(preflight, path) };
        let target = Target { path: path.into(), method, request: Some(req) };
        // most refusals need no walk of the map
        let hopeless = || {
            !self.cors.config.explain_refusals
                && !self.any_allows(path, |policy| preflight.may_allow(policy))
        };
        let decision = match self.recall(&target) {
            Some(decision) => decision,
            None if hopeless() => return self.refuse(preflight, path),
            None => self.decide(&target),
        };
        if self.cors.config.explain_refusals
            && decision.undecided.or(decision.stop).is_none()
            && !is_safelisted_method(method.as_bytes())
            && preflight.judge(&decision.policies).is_err()
            && let Some(policy) = self.trusting_at(path, preflight.origin)
        {
            // the path has routes, but none for the method
            return preflight.explain(&[(&**policy, Methods::Routed)], Refusal::MethodDenied);
        }
        self.answer(preflight, &decision.policies, |result| {
            let route = decision.stop.map(|stop| self.names(stop));
            events::preflight(preflight, path, route, result);
            if result.is_err() {
                self.log_needless(&target, &decision, |policies| preflight.judge(policies).is_ok());
            }
        })
    }

    /// The policy of an annotated route at a path that trusts an origin, whatever its methods.
    #[cold]
    fn trusting_at(&self, path: &str, origin: &HeaderValue) -> Option<&Arc<Compiled>> {
        let region = self.plan().region(path);
        let routes = self.routes().table.routes().iter();
        let there = routes.filter(|route| route.pattern.matches(path) == Match::Yes);
        there.map(|route| route.policy.at(|| region)).find(|policy| is_granted(policy, origin))
    }

    fn answer(
        &self,
        preflight: &Preflight<'_>,
        policies: &[(impl Deref<Target = Compiled>, Methods)],
        tell: impl FnOnce(&Result<Rights, Refusal>),
    ) -> HttpResponse {
        let config = &self.cors.config;
        let result = preflight.judge(policies);
        tell(&result);
        match result {
            Ok(rights) => preflight.grant(policies, rights, config.preflight_status),
            Err(refusal) if config.explain_refusals => preflight.explain(policies, refusal),
            Err(_) => preflight.refuse(policies),
        }
    }

    /// Refuses what nothing can allow.
    fn refuse(&self, preflight: &Preflight<'_>, path: &str) -> HttpResponse {
        events::preflight(preflight, path, None, &Err(Refusal::OriginDenied));
        if self.has_routes() {
            // an annotated route's policy may vary on the origin where the default does not
            return preflight.refuse_unknown();
        }
        preflight.refuse(&[(&**self.default(path), Methods::Listed)])
    }
}

/// The shortest time of all policies; without a time browsers take 5 seconds.
#[inline]
fn max_age<P: Deref<Target = Compiled>>(policies: &[(P, Methods)]) -> Option<&HeaderValue> {
    let (shortest, _) = match policies {
        [only] => only,
        all => all.iter().min_by_key(|(policy, _)| policy.policy.max_age().unwrap_or(5))?,
    };
    shortest.max_age.as_ref()
}

fn vary_of(policies: &[(impl Deref<Target = Compiled>, Methods)]) -> HeaderValue {
    let is_always = policies.iter().all(|(policy, _)| policy.shape() == AnswerShape::Always);
    let text = if is_always { VARY_PREFLIGHT_ANY } else { VARY_PREFLIGHT };
    HeaderValue::from_static(text)
}

const VARY_PREFLIGHT: &str =
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
const VARY_PREFLIGHT_ANY: &str = "Access-Control-Request-Method, Access-Control-Request-Headers";
