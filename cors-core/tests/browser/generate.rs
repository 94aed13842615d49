//! Policies and requests, made of few parts so that they meet often.

use cors_core::{Merged, Merger, Policy, PolicyBuilder, Role};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::model::Fetch;

/// An app default, and what a region and a route add.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    app: Layer,
    below: Vec<Layer>,
}

#[derive(Debug, Clone)]
struct Layer {
    trust: Trust,
    credentials: bool,
    expose: Option<Names>,
    allow_headers: Option<Names>,
    methods: Option<Names>,
    max_age: Option<u64>,
}

#[derive(Debug, Clone)]
enum Trust {
    Off,
    Any,
    Origins(Vec<&'static str>),
    Inherit,
    Add(Vec<&'static str>),
}

#[derive(Debug, Clone)]
struct Names {
    extend: bool,
    /// `None` is `any`
    list: Option<Vec<&'static str>>,
}

/// A request, and how proxies change the list of names on its way.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) fetch: Fetch,
    separators: Vec<&'static str>,
    upper_case: bool,
}

impl Layers {
    /// What holds at the route; layers that are illegal where they stand are left out.
    pub(crate) fn merge(&self) -> Merged {
        let mut merger = Merger::new();
        let app = self.app.policy().and_then(|policy| merger.app(&policy).ok());
        let app = app.unwrap_or_else(|| merger.app(&Policy::deny()).expect("deny is legal"));
        self.below.iter().fold(app, |parent, layer| {
            let below = layer.policy().map(|policy| merger.below(&parent, Role::Route, &policy));
            below.and_then(Result::ok).unwrap_or(parent)
        })
    }
}

impl Layer {
    fn policy(&self) -> Option<Policy> {
        let builder = Policy::builder();
        let builder = match &self.trust {
            Trust::Off => return builder.off().build().ok(),
            Trust::Any => builder.any_origin(),
            Trust::Origins(list) => builder.origins(list.iter().copied()),
            Trust::Inherit => builder.inherit(),
            Trust::Add(list) => builder.inherit().add_origins(list.iter().copied()),
        };
        let null = |list: &[&str]| list.contains(&"null");
        let builder = match &self.trust {
            Trust::Origins(list) | Trust::Add(list) if null(list) => {
                builder.dangerously_allow_null_origin()
            }
            _ => builder,
        };
        let mut builder = match self.trust {
            Trust::Origins(_) | Trust::Add(_) if self.credentials => builder.credentials(),
            _ => builder,
        };
        if let Some(names) = &self.expose {
            builder = names.set(
                builder,
                [PolicyBuilder::expose_any_header, PolicyBuilder::expose_any_header],
                PolicyBuilder::expose_headers,
                PolicyBuilder::add_expose_headers,
            );
        }
        if let Some(names) = &self.allow_headers {
            builder = names.set(
                builder,
                [PolicyBuilder::any_header, PolicyBuilder::any_header_and_authorization],
                PolicyBuilder::allow_headers,
                PolicyBuilder::add_allow_headers,
            );
        }
        if let Some(names) = &self.methods {
            builder = names.set(
                builder,
                [PolicyBuilder::any_method, PolicyBuilder::any_method],
                PolicyBuilder::methods,
                PolicyBuilder::add_methods,
            );
        }
        if let Some(seconds) = self.max_age {
            builder = builder.max_age(seconds);
        }
        builder.build().ok()
    }
}

type SetList = fn(PolicyBuilder, Vec<&'static str>) -> PolicyBuilder;

impl Names {
    fn set(
        &self,
        builder: PolicyBuilder,
        any: [fn(PolicyBuilder) -> PolicyBuilder; 2],
        set: SetList,
        extend: SetList,
    ) -> PolicyBuilder {
        match &self.list {
            None => any[usize::from(self.extend)](builder),
            Some(list) if self.extend => extend(builder, list.clone()),
            Some(list) => set(builder, list.clone()),
        }
    }
}

impl Request {
    /// The lines of `Access-Control-Request-Headers` as they arrive.
    pub(crate) fn lines(&self) -> Vec<Vec<u8>> {
        let mut text = String::new();
        for (index, name) in self.fetch.unsafe_names().iter().enumerate() {
            if index > 0 {
                text += self.separators[index % self.separators.len()];
            }
            text += &if self.upper_case { name.to_uppercase() } else { name.clone() };
        }
        let lines = text.split('\n').filter(|_| !text.is_empty());
        lines.map(|line| line.as_bytes().to_vec()).collect()
    }
}

pub(crate) fn layers() -> impl Strategy<Value = Layers> {
    let top = prop_oneof![
        1 => Just(Trust::Off),
        2 => Just(Trust::Any),
        5 => patterns().prop_map(Trust::Origins),
    ];
    let below = prop_oneof![
        1 => Just(Trust::Off),
        1 => Just(Trust::Any),
        2 => patterns().prop_map(Trust::Origins),
        3 => Just(Trust::Inherit),
        4 => patterns().prop_map(Trust::Add),
    ];
    (layer(top.boxed()), vec(layer(below.boxed()), 0..3))
        .prop_map(|(app, below)| Layers { app, below })
}

fn layer(trust: BoxedStrategy<Trust>) -> impl Strategy<Value = Layer> {
    let expose = names(EXPOSED);
    let methods = names(METHODS);
    (trust, any::<bool>(), expose, names(HEADERS), methods, prop::option::of(0..9_u64)).prop_map(
        |(trust, credentials, expose, allow_headers, methods, max_age)| Layer {
            trust,
            credentials,
            expose,
            allow_headers,
            methods,
            max_age,
        },
    )
}

fn names(of: &'static [&'static str]) -> impl Strategy<Value = Option<Names>> {
    let list = prop_oneof![1 => Just(None), 5 => vec(select(of), 0..5).prop_map(Some)];
    let names = (any::<bool>(), list).prop_map(|(extend, list)| Names { extend, list });
    prop_oneof![2 => Just(None), 3 => names.prop_map(Some)]
}

fn patterns() -> impl Strategy<Value = Vec<&'static str>> {
    vec(select(PATTERNS), 1..4)
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let fetch = (select(ORIGINS), select(ASKED_METHODS), vec(select(HEADERS), 0..4), any::<bool>());
    let fetch = fetch.prop_map(|(origin, method, headers, include)| Fetch {
        origin: origin.to_owned(),
        method: method.to_owned(),
        headers: headers.into_iter().map(str::to_owned).collect(),
        include,
    });
    let separators = prop_oneof![
        4 => Just(vec![","]),
        1 => vec(select(&[",", ", ", " ,\t", ",,", "\n"][..]), 1..4),
    ];
    (fetch, separators, prop::bool::weighted(0.1))
        .prop_map(|(fetch, separators, upper_case)| Request { fetch, separators, upper_case })
}

const PATTERNS: &[&str] = &[
    "https://a.example",
    "https://b.example:8443",
    "https://*.a.example",
    "https://pr-*.a.example",
    "https://*.a.example:*",
    "http://localhost:*",
    "https://x.pr-1.a.example",
    "chrome-extension://abc",
    "http://[::1]:8080",
    "null",
];

const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://a.example:8443",
    "https://b.example:8443",
    "https://b.example",
    "https://x.a.example",
    "https://pr-1.a.example",
    "https://pr-.a.example",
    "https://x.pr-1.a.example",
    "https://x.a.example:8443",
    "https://evila.example",
    "http://a.example",
    "http://localhost",
    "http://localhost:3000",
    "chrome-extension://abc",
    "http://[::1]:8080",
    "https://a,b.a.example",
    "null",
];

const METHODS: &[&str] = &["GET", "PUT", "PATCH", "patch", "DELETE", "QUERY"];
const ASKED_METHODS: &[&str] =
    &["GET", "HEAD", "POST", "get", "put", "PUT", "PATCH", "patch", "DELETE", "QUERY"];
const HEADERS: &[&str] =
    &["content-type", "X-Token", "x-a", "x-ab", "Authorization", "accept", "range"];
pub(crate) const EXPOSED: &[&str] = &["x-total", "x-page", "etag", "content-type"];
