//! Policies and requests, made of few parts so that they meet often.

use cors_core::{Merged, Merger, Policy, PolicyBuilder, Role, Site};
use proptest::{collection::vec, prelude::*, sample::select};

use crate::model::Fetch;

/// An app default, and what stands below it.
#[derive(Debug, Clone)]
pub(crate) struct Layers {
    pub(crate) app: Keys,
    pub(crate) below: Vec<Keys>,
}

/// The keys of one policy, as somebody could write them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    pub(crate) origins: Option<Value>,
    pub(crate) credentials: bool,
    pub(crate) expose_headers: Option<Value>,
    pub(crate) allow_headers: Option<Value>,
    pub(crate) methods: Option<Value>,
    pub(crate) max_age: Option<u64>,
    pub(crate) policy: Option<Box<Keys>>,
    pub(crate) inherit: bool,
    pub(crate) off: bool,
    pub(crate) null_origin: bool,
    pub(crate) insecure_origins: bool,
    pub(crate) public_suffix: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) extend: bool,
    pub(crate) items: Items,
}

#[derive(Debug, Clone)]
pub(crate) enum Items {
    Any,
    List(Vec<&'static str>),
    Set,
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
        let mut merger = merger();
        let app = self.app.policy().and_then(|policy| merger.app(&policy).ok());
        let app = app.unwrap_or_else(Merged::nobody);
        self.below
            .iter()
            .fold(app, |parent, keys| keys.below(&mut merger, &parent).unwrap_or(parent))
    }

    /// What holds at the route, if every layer is legal where it stands.
    pub(crate) fn merge_all(&self) -> Option<Merged> {
        let mut merger = merger();
        let app = merger.app(&self.app.policy()?).ok()?;
        self.below.iter().try_fold(app, |parent, keys| keys.below(&mut merger, &parent))
    }
}

/// With the set that [`Items::Set`] names.
pub(crate) fn merger() -> Merger {
    let mut merger = Merger::new();
    merger.set(SET, SET_ORIGINS, Site::Named("set".into())).expect("the set is legal");
    merger
}

impl Keys {
    pub(crate) fn below(&self, merger: &mut Merger, parent: &Merged) -> Option<Merged> {
        merger.below(parent, Role::Route, &self.policy()?).ok()
    }

    /// The patterns that the layer names, `None` where it names `any`.
    pub(crate) fn patterns(&self) -> Option<&[&'static str]> {
        match self.origins.as_ref().map(|value| &value.items) {
            Some(Items::Any) => None,
            Some(Items::List(list)) => Some(list),
            Some(Items::Set) => Some(SET_ORIGINS),
            None => Some(&[]),
        }
    }

    pub(crate) fn policy(&self) -> Option<Policy> {
        let mut builder = Policy::builder();
        if let Some(value) = &self.origins {
            builder = value.set(builder, ORIGINS_KEY);
        }
        let flags: [(bool, Flag); 6] = [
            (self.credentials, PolicyBuilder::credentials),
            (self.inherit, PolicyBuilder::inherit),
            (self.off, PolicyBuilder::off),
            (self.null_origin, PolicyBuilder::dangerously_allow_null_origin),
            (self.insecure_origins, PolicyBuilder::dangerously_allow_insecure_origins),
            (self.public_suffix, PolicyBuilder::dangerously_allow_public_suffix),
        ];
        for (set, flag) in flags {
            builder = if set { flag(builder) } else { builder };
        }
        let lists = [
            (&self.expose_headers, EXPOSE_KEY),
            (&self.allow_headers, ALLOW_KEY),
            (&self.methods, METHODS_KEY),
        ];
        for (value, key) in lists {
            builder = value.iter().fold(builder, |builder, value| value.set(builder, key));
        }
        if let Some(seconds) = self.max_age {
            builder = builder.max_age(seconds);
        }
        if let Some(base) = &self.policy {
            builder = builder.policy(base.policy()?);
        }
        builder.build().ok()
    }
}

type Flag = fn(PolicyBuilder) -> PolicyBuilder;

/// How the builder spells `any`, `=`, `+=` and sets of one key.
#[derive(Clone, Copy)]
struct Spelling {
    any: [Flag; 2],
    list: [fn(PolicyBuilder, Vec<&'static str>) -> PolicyBuilder; 2],
    set: [fn(PolicyBuilder, &'static str) -> PolicyBuilder; 2],
}

impl Value {
    fn set(&self, builder: PolicyBuilder, key: Spelling) -> PolicyBuilder {
        let extend = usize::from(self.extend);
        match &self.items {
            Items::Any => key.any[extend](builder),
            Items::List(list) => key.list[extend](builder, list.clone()),
            Items::Set => key.set[extend](builder, SET),
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
    (top(), vec(below(), 0..3)).prop_map(|(app, below)| Layers { app, below })
}

/// A layer that needs none around it.
pub(crate) fn top() -> impl Strategy<Value = Keys> {
    let off = Just(Keys { off: true, ..Keys::default() });
    prop_oneof![1 => off, 9 => (trust(false), shape()).prop_map(|(trust, shape)| join(trust, shape))]
}

/// A layer below another one.
pub(crate) fn below() -> impl Strategy<Value = Keys> {
    let base =
        (edit(), top()).prop_map(|(edit, base)| Keys { policy: Some(Box::new(base)), ..edit });
    prop_oneof![
        2 => top(),
        4 => edit().prop_map(|edit| Keys { inherit: true, ..edit }),
        1 => base,
    ]
}

/// What may stand beside `inherit` and `policy`.
pub(crate) fn edit() -> impl Strategy<Value = Keys> {
    let expose = value(EXPOSED).prop_map(|v| Keys { expose_headers: v, ..Keys::default() });
    let trust = prop_oneof![3 => trust(true), 1 => expose, 1 => Just(Keys::default())];
    (trust, shape()).prop_map(|(trust, shape)| join(trust, shape))
}

fn trust(extend: bool) -> impl Strategy<Value = Keys> {
    let items = prop_oneof![
        1 => Just(Items::Any),
        1 => Just(Items::Set),
        6 => vec(select(PATTERNS), 1..4).prop_map(Items::List),
    ];
    let flags = (any::<bool>(), prop::bool::weighted(0.9), prop::bool::weighted(0.9));
    (items, value(EXPOSED), flags).prop_map(
        move |(items, expose, (credentials, insecure_origins, public_suffix))| Keys {
            null_origin: matches!(&items, Items::List(list) if list.contains(&"null")),
            // mostly legal, and yet sometimes not
            credentials: credentials && !matches!(items, Items::Any),
            origins: Some(Value { extend, items }),
            expose_headers: expose.map(|value| Value { extend: false, ..value }),
            insecure_origins,
            public_suffix,
            ..Keys::default()
        },
    )
}

fn shape() -> impl Strategy<Value = Keys> {
    let shape = (value(HEADERS), value(METHODS), prop::option::of(0..9_u64));
    let shape = shape.prop_map(|(allow_headers, methods, max_age)| Keys {
        allow_headers,
        methods,
        max_age,
        ..Keys::default()
    });
    prop_oneof![1 => Just(Keys::default()), 2 => shape]
}

fn join(trust: Keys, shape: Keys) -> Keys {
    let Keys { allow_headers, methods, max_age, .. } = shape;
    Keys { allow_headers, methods, max_age, ..trust }
}

fn value(of: &'static [&'static str]) -> impl Strategy<Value = Option<Value>> {
    let items =
        prop_oneof![1 => Just(Items::Any), 5 => vec(select(of), 0..5).prop_map(Items::List)];
    let value = (any::<bool>(), items).prop_map(|(extend, items)| Value { extend, items });
    prop_oneof![2 => Just(None), 3 => value.prop_map(Some)]
}

pub(crate) fn request() -> impl Strategy<Value = Request> {
    let origin = prop_oneof![1 => Just("https://a.example"), 3 => select(ORIGINS)];
    let headers = prop_oneof![1 => Just(Vec::new()), 2 => vec(select(HEADERS), 0..4)];
    let fetch = (origin, select(ASKED_METHODS), headers, any::<bool>());
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
    "http://a.example",
    "https://*.github.io",
    "null",
];

pub(crate) const ORIGINS: &[&str] = &[
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
    "https://octocat.github.io",
    "null",
];

const METHODS: &[&str] = &["GET", "PUT", "PATCH", "patch", "DELETE", "QUERY"];
const ASKED_METHODS: &[&str] =
    &["GET", "HEAD", "POST", "get", "put", "PUT", "PATCH", "patch", "DELETE", "QUERY"];
const HEADERS: &[&str] =
    &["content-type", "X-Token", "x-a", "x-ab", "Authorization", "accept", "range"];
const SET: &str = "set";
const SET_ORIGINS: &[&str] = &["https://a.example", "https://*.b.example"];

const ORIGINS_KEY: Spelling = Spelling {
    // there is no way to write `origins += any`
    any: [PolicyBuilder::any_origin, PolicyBuilder::any_origin],
    list: [PolicyBuilder::origins, PolicyBuilder::add_origins],
    set: [PolicyBuilder::origin_set, PolicyBuilder::add_origin_set],
};
const ALLOW_KEY: Spelling = Spelling {
    any: [PolicyBuilder::any_header, PolicyBuilder::any_header_and_authorization],
    list: [PolicyBuilder::allow_headers, PolicyBuilder::add_allow_headers],
    set: [|builder, _| builder, |builder, _| builder],
};
const EXPOSE_KEY: Spelling = Spelling {
    any: [PolicyBuilder::expose_any_header, PolicyBuilder::expose_any_header],
    list: [PolicyBuilder::expose_headers, PolicyBuilder::add_expose_headers],
    ..ALLOW_KEY
};
const METHODS_KEY: Spelling = Spelling {
    any: [PolicyBuilder::any_method, PolicyBuilder::any_method],
    list: [PolicyBuilder::methods, PolicyBuilder::add_methods],
    ..ALLOW_KEY
};

pub(crate) const EXPOSED: &[&str] = &["x-total", "x-page", "etag", "content-type"];
