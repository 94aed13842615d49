//! Random trees of scopes and routes that overlap wildly, as plain data.

use actix_web::middleware::TrailingSlash;
use cors_actix::{Policy, policy};

use crate::common::{A, B, C};

/// A small generator of pseudo-random numbers (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub(crate) fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What the trees may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Shape {
    pub(crate) strict: bool,
    /// some scopes have a guard that nobody declared
    pub(crate) undeclared_guards: bool,
    /// routes with and without `#[cors]` may have the same name
    pub(crate) same_names: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Node {
    Route(Route),
    /// annotated routes, registered by `group`
    Group(Vec<Route>),
    Scope(Scope),
}

#[derive(Debug, Clone)]
pub(crate) struct Route {
    pub(crate) id: usize,
    pub(crate) pattern: &'static str,
    pub(crate) methods: Vec<&'static str>,
    /// index into [`POLICIES`]; `None` is a route without `#[cors]`
    pub(crate) policy: Option<usize>,
    pub(crate) name: String,
    /// needs the header `x-guard`
    pub(crate) guarded: bool,
    /// without `#[cors]`: takes every method, and answers those it does not know with 405
    pub(crate) takes_all: bool,
    /// with `#[cors]`: its own middleware fails, so that what comes back has no request
    pub(crate) fails: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Scope {
    pub(crate) id: usize,
    pub(crate) prefix: &'static str,
    pub(crate) children: Vec<Node>,
    /// refuses requests without a cookie
    pub(crate) auth: bool,
    pub(crate) guard: ScopeGuard,
    pub(crate) default_service: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ScopeGuard {
    None,
    Undeclared,
    /// declared by `guarded`
    Guarded,
    /// declared by `on_host`
    OnHost,
}

/// The policies of one App besides those of its routes.
#[derive(Debug, Clone)]
pub(crate) struct Around {
    /// index into [`POLICIES`]
    pub(crate) default: usize,
    /// the same, or [`LEFT`]
    pub(crate) regions: Vec<(&'static str, usize)>,
    pub(crate) default_service: bool,
    pub(crate) normalize: Option<Normalize>,
}

/// A `NormalizePath` inside of `Cors`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Normalize {
    pub(crate) mode: TrailingSlash,
    /// to `Cors`
    pub(crate) declared: bool,
    /// by another middleware around it
    pub(crate) hidden: bool,
}

impl Normalize {
    /// Whether preflights can't know all that it does before a request has shown it.
    pub(crate) fn is_unknown(self) -> bool {
        !self.declared && (self.hidden || matches!(self.mode, TrailingSlash::Always))
    }

    /// The path that is routed.
    pub(crate) fn path(self, path: &str) -> String {
        let path = match self.mode {
            TrailingSlash::Trim => path.trim_end_matches('/').to_owned(),
            TrailingSlash::Always => format!("{path}/"),
            _ => path.to_owned(),
        };
        let slash = if path.ends_with('/') { "/" } else { "" };
        let segments: Vec<_> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        match &*segments {
            [] => "/".to_owned(),
            segments => format!("/{}{slash}", segments.join("/")),
        }
    }
}

pub(crate) const POLICIES: [Policy; 7] = [
    policy! { off },
    policy! { origins = ["https://a.example"], methods = any },
    policy! { origins = ["https://b.example"], methods = any },
    policy! { origins = ["https://a.example", "https://b.example"], methods = any },
    policy! { origins = ["https://a.example", "https://c.example"], methods = any },
    policy! { origins = any, methods = any },
    policy! { inherit },
];

/// The index of the policy that is as what encloses it; for routes only.
pub(crate) const INHERIT: usize = POLICIES.len() - 1;

/// Stands for the policy of a region that is left to what stands inside, where nobody grants.
pub(crate) const LEFT: usize = POLICIES.len();

/// Whether a policy, by its index, trusts an origin.
pub(crate) fn trusts(policy: usize, origin: &str) -> bool {
    match policy {
        0 | LEFT => false,
        1 => origin == A,
        2 => origin == B,
        3 => origin == A || origin == B,
        4 => origin == A || origin == C,
        _ => true,
    }
}

/// All CORS headers, and `Vary`, of an answer to an actual request.
pub(crate) fn expected(policy: usize, origin: Option<&str>) -> Vec<String> {
    match policy {
        0 | LEFT => vec![],
        5 => vec!["access-control-allow-origin: *".to_owned()],
        _ => {
            let allowed = origin.filter(|origin| trusts(policy, origin));
            let allow = allowed.map(|origin| format!("access-control-allow-origin: {origin}"));
            allow.into_iter().chain(["vary: Origin".to_owned()]).collect()
        }
    }
}

pub(crate) const METHODS: [&str; 3] = ["GET", "PUT", "DELETE"];

const PREFIXES: [&str; 10] =
    ["", "/a", "/a", "/{s}", r"/{s:\d+}", "/a/b", "/{s}/b", "/v{s}", "/{s:[ab/]+}", "/{s:.+}"];
const PATTERNS: [&str; 12] = [
    "",
    "/",
    "/a",
    "/a/",
    "/{x}",
    "/{x}",
    "/a/b",
    "/{x}/b",
    "/a/{y}",
    r"/{x:\d+}",
    "/{x}/{y}",
    "/{t:.*}",
];
const GROUP_PATTERNS: [&str; 6] = ["", "/a", "/{x}", "/a/b", "/{x}/b", "/{x}/{y}"];
const REGIONS: [&[&str]; 8] =
    [&[], &[], &["/a"], &["/{s}"], &["/a/b"], &[r"/{s:\d+}"], &["/{s}", "/a"], &["/a", "/a/b"]];

pub(crate) fn around(random: &mut Random) -> Around {
    let regions = random.pick(&REGIONS).iter();
    let mut policy = || {
        let left = random.percent(15).then_some(LEFT);
        // an `off` region is final, so routes inside of it would be errors
        left.unwrap_or_else(|| 1 + random.below(INHERIT - 1))
    };
    let regions = regions.map(|at| (*at, policy())).collect();
    Around {
        default: random.below(INHERIT),
        regions,
        default_service: random.percent(30),
        normalize: random.percent(20).then(|| normalize(random)),
    }
}

fn normalize(random: &mut Random) -> Normalize {
    let mode = random.pick(&[
        TrailingSlash::Trim,
        TrailingSlash::Trim,
        TrailingSlash::MergeOnly,
        TrailingSlash::Always,
    ]);
    Normalize { mode, declared: random.percent(50), hidden: random.percent(50) }
}

/// The children of a scope `depth` deep; 0 is the App. Ids start at 1.
pub(crate) fn children(
    random: &mut Random,
    shape: Shape,
    depth: usize,
    last: &mut usize,
) -> Vec<Node> {
    let count = 1 + random.below(if depth == 0 { 7 } else { 5 });
    (0..count).map(|_| node(random, shape, depth, last)).collect()
}

fn node(random: &mut Random, shape: Shape, depth: usize, last: &mut usize) -> Node {
    if depth < 3 && random.percent(30) {
        return Node::Scope(scope(random, shape, depth, last));
    }
    if random.percent(12) {
        return Node::Group(group(random, last));
    }
    let annotated = random.percent(60);
    let mut methods: Vec<_> = METHODS.into_iter().filter(|_| random.percent(45)).collect();
    if methods.is_empty() {
        methods.push(random.pick(&METHODS));
    }
    *last += 1;
    Node::Route(Route {
        id: *last,
        pattern: random.pick(&PATTERNS),
        methods,
        policy: annotated.then(|| random.below(POLICIES.len())),
        name: if shape.same_names { format!("n{}", random.below(2)) } else { format!("n{last}") },
        guarded: random.percent(12),
        takes_all: !annotated && random.percent(50),
        fails: annotated && random.percent(15),
    })
}

fn scope(random: &mut Random, shape: Shape, depth: usize, last: &mut usize) -> Scope {
    *last += 1;
    let id = *last;
    let guard = match (random.percent(15), shape.undeclared_guards) {
        (false, _) => ScopeGuard::None,
        (true, true) => ScopeGuard::Undeclared,
        (true, false) => random.pick(&[ScopeGuard::Guarded, ScopeGuard::OnHost]),
    };
    Scope {
        id,
        prefix: random.pick(&PREFIXES),
        children: children(random, shape, depth + 1, last),
        auth: random.percent(30),
        guard,
        default_service: random.percent(25),
    }
}

fn group(random: &mut Random, last: &mut usize) -> Vec<Route> {
    let one_pattern = random.percent(70).then(|| random.pick(&GROUP_PATTERNS));
    let count = 2 + random.below(2);
    let mut route = |random: &mut Random| {
        *last += 1;
        Route {
            id: *last,
            pattern: one_pattern.unwrap_or_else(|| random.pick(&GROUP_PATTERNS)),
            methods: vec![random.pick(&METHODS)],
            policy: Some(random.below(POLICIES.len())),
            name: format!("n{last}"),
            guarded: random.percent(10),
            takes_all: false,
            fails: random.percent(15),
        }
    };
    (0..count).map(|_| route(random)).collect()
}

/// A path that the patterns above have something to do with, at times one that a `NormalizePath`
/// changes.
pub(crate) fn path(random: &mut Random, normalize: Option<Normalize>) -> String {
    let mut path: String = (0..random.below(5))
        .flat_map(|_| ["/", random.pick(&["a", "a", "b", "b", "1", "c", "v1"])])
        .collect();
    if path.is_empty() || random.percent(4) {
        path.push('/');
    }
    if random.percent(2) {
        path = path.replacen('/', "//", 1);
    }
    if random.percent(if normalize.is_some() { 40 } else { 4 }) {
        path.push('/');
    }
    path
}

/// A path as it may be sent: the router decodes what is encoded needlessly.
pub(crate) fn encoded(random: &mut Random, path: &str) -> String {
    let encode = |c: char| match c {
        '/' => c.to_string(),
        _ if random.percent(3) => format!("%{:02X}", u32::from(c)),
        _ => c.to_string(),
    };
    path.chars().map(encode).collect()
}
