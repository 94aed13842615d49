//! Random Apps, random requests: a granted preflight is never followed by a request that the
//! policy of the handler which really serves it refuses.
//!
//! `CORS_APPS=1000000` asks for that many pairs of an App and a request, and `CORS_SEED` for other
//! Apps.

#[path = "../common/mod.rs"]
mod common;

mod build;
mod causes;
mod generate;
mod inside;

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
};

use actix_service::boxed;
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ResourceDef, Service, ServiceResponse},
    http::header,
    middleware::{NormalizePath, from_fn},
    test::init_service,
    web,
};

use cors_actix::{PolicyReport, report::Question};

use crate::{
    build::SERVED_BY,
    causes::Cause,
    common::{A, Answer, B, C, pass_on, plain, preflight, send},
    generate::{
        Around, INHERIT, LEFT, METHODS, Node, Normalize, Random, Route, Shape, around, children,
        encoded, expected, path, trusts,
    },
    inside::{DEEDS, Deed, Inside},
};

const D: Shape = Shape { strict: false, undeclared_guards: false, same_names: false };
const STRICT: Shape = Shape { strict: true, ..D };

#[actix_web::test]
async fn default_rule() {
    let mut figures = Figures::default();
    for seed in [1, 2, 3] {
        run(seed, pairs() / 6, D, &mut figures).await;
    }
    figures.report("default rule");
    assert_eq!(figures.wrong, Vec::<String>::new());
    assert_eq!(figures.open_after_trip, Vec::<String>::new());
}

#[actix_web::test]
async fn strict_rule() {
    let mut figures = Figures::default();
    for seed in [4, 5, 6] {
        run(seed, pairs() / 6, STRICT, &mut figures).await;
    }
    figures.report("strict rule");
    assert_eq!(figures.wrong, Vec::<String>::new());
    assert_eq!(figures.holes, 0);
    assert_eq!(figures.leaks, 0);
}

/// Where the hypotheses are broken there are more holes. Those of undeclared guards are closed all
/// the same; where routes of one pattern have the same name, the map shows the wrong one for good.
#[actix_web::test]
async fn broken_hypotheses() {
    let undeclared = Shape { undeclared_guards: true, ..D };
    let same_names = Shape { same_names: true, ..D };
    for (name, seed, shape) in
        [("undeclared scope guards", 7, undeclared), ("same names", 8, same_names)]
    {
        let mut figures = Figures::default();
        run(seed, pairs() / 20, shape, &mut figures).await;
        figures.report(name);
        assert_eq!(figures.wrong, Vec::<String>::new(), "{name}");
        if shape.undeclared_guards {
            assert_eq!(figures.open_after_trip, Vec::<String>::new(), "{name}");
        }
    }
}

fn pairs() -> usize {
    let pairs = std::env::var("CORS_APPS").ok();
    pairs.map_or(20_000, |pairs| pairs.parse().expect("CORS_APPS is a number"))
}

fn first_seed() -> u64 {
    let seed = std::env::var("CORS_SEED").ok();
    seed.map_or(0, |seed| seed.parse().expect("CORS_SEED is a number"))
}

/// Requests for each App.
const REQUESTS: usize = 40;

#[derive(Default)]
struct Figures {
    apps: usize,
    pairs: usize,
    granted: usize,
    /// granted although the policy of the handler refuses, and other faults
    wrong: Vec<String>,
    /// granted so, but where a route with `#[cors]` comes first and one without serves the request,
    /// or where a hypothesis is broken
    holes: usize,
    /// holes that the wire must not close: what answered may as well have been a scope's refusal
    left_open: usize,
    /// holes where nobody can know what an undeclared `NormalizePath` does
    unknown: usize,
    /// holes that the wire should have closed
    open_after_trip: Vec<String>,
    /// requests that an annotated handler serves and its policy grants
    grantable: usize,
    /// of those, refused as preflights
    needless: BTreeMap<Cause, usize>,
    /// answers of the handler that the report names for the request
    explained: usize,
    /// answers of routes without `#[cors]` that may be read although their policy refuses
    leaks: usize,
}

impl Figures {
    /// Says the figures aloud, also where the test passes.
    fn report(&self, name: &str) {
        let needless: usize = self.needless.values().sum();
        let percent = |count: usize, of: usize| 100.0 * count as f64 / of.max(1) as f64;
        let mut text = format!(
            "random Apps, {name}, first seed {}: {} Apps, {} pairs, {} granted, {} wrong, {} holes \
             ({} left open), {} of an undeclared NormalizePath, {} leaks, {} explained\n  {needless} refused needlessly: {:.2} % of the {} that a \
             handler with #[cors] would grant, {:.2} % of those that were granted\n",
            first_seed(),
            self.apps,
            self.pairs,
            self.granted,
            self.wrong.len(),
            self.holes,
            self.left_open,
            self.unknown,
            self.leaks,
            self.explained,
            percent(needless, self.grantable),
            self.grantable,
            percent(needless, self.granted),
        );
        for (cause, count) in &self.needless {
            let share = percent(*count, self.grantable);
            text.push_str(&format!("  {count:6} {share:5.2} % {cause}\n"));
        }
        let _ = std::io::stdout().write_all(text.as_bytes());
    }
}

/// One random App and what is known about it.
struct Case {
    nodes: Vec<Node>,
    around: Around,
    /// routes and scopes by id, with the policy of annotated ones
    policies: HashMap<usize, Option<usize>>,
    shape: Shape,
}

async fn run(seed: u64, pairs: usize, shape: Shape, figures: &mut Figures) {
    let mut random = Random(seed.wrapping_add(first_seed() << 8));
    for _ in 0..pairs.div_ceil(REQUESTS) {
        let nodes = children(&mut random, shape, 0, &mut 0);
        let around = around(&mut random);
        let mut policies = HashMap::from([(0, None)]);
        collect(&nodes, &mut policies);
        let case = Case { nodes, around, policies, shape };
        figures.apps += 1;
        // two workers, so that what one of them sees has to reach the other
        let cors = build::cors(&case.around, shape);
        let app = async || {
            let app = App::new().configure(|config| {
                case.nodes.iter().for_each(|node| build::add(config, node));
                if case.around.default_service {
                    config.default_service(web::to(|| async { build::served_by(0) }));
                }
            });
            // a type each, as a `NormalizePath` in sight is seen by its type
            match case.around.normalize {
                None => boxed::service(init_service(app.wrap(Inside).wrap(cors.clone())).await),
                Some(Normalize { mode, hidden: false, .. }) => {
                    let app = app.wrap(Inside).wrap(NormalizePath::new(mode));
                    boxed::service(init_service(app.wrap(cors.clone())).await)
                }
                Some(Normalize { mode, .. }) => {
                    let app = app.wrap(NormalizePath::new(mode)).wrap(from_fn(pass_on));
                    boxed::service(init_service(app.wrap(Inside).wrap(cors.clone())).await)
                }
            }
        };
        let workers = (app().await, app().await);
        let report = cors.report().expect("the App has started");
        for _ in 0..REQUESTS {
            case.request(&mut random, &workers.0, &workers.1, &report, figures).await;
        }
    }
}

/// A method and a path, from an origin, for a host.
struct Ask<'a> {
    method: &'static str,
    /// as it is sent
    target: &'a str,
    /// as it is routed
    path: &'a str,
    /// whether it could have been changed on the way to routing
    is_odd: bool,
    /// whether it is changed, which nobody can know
    is_unknown: bool,
    origin: &'static str,
    host: &'static str,
}

impl Ask<'_> {
    async fn preflight<S, T>(&self, app: &S) -> bool
    where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let request = preflight(self.method, self.target, self.origin);
        let answer = send(app, request.insert_header((header::HOST, self.host))).await;
        assert!(answer.allow_origin().is_none() || answer.status.is_success());
        answer.allow_origin().is_some()
    }

    async fn actual<S, T>(&self, app: &S, origin: Option<&str>, more: &[(&str, &str)]) -> Answer
    where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let request = plain(self.method, self.target).insert_header((header::HOST, self.host));
        let request = origin.into_iter().fold(request, |r, o| r.insert_header((header::ORIGIN, o)));
        send(app, more.iter().fold(request, |request, line| request.insert_header(*line))).await
    }
}

impl Case {
    async fn request<S, T>(
        &self,
        random: &mut Random,
        one: &S,
        two: &S,
        report: &PolicyReport,
        figures: &mut Figures,
    ) where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let path = path(random, self.around.normalize);
        let method = random.pick(&METHODS);
        let origin = random.pick(&[A, B, C]);
        let target = encoded(random, &path);
        let is_odd = path.contains("//") || path.len() > 1 && path.ends_with('/');
        let normalize = self.around.normalize;
        let routed = normalize.map_or(path.clone(), |normalize| normalize.path(&path));
        let is_unknown = routed != path && normalize.is_some_and(Normalize::is_unknown);
        let host = random.pick(&["one", "two"]);
        let ask = Ask { method, target: &target, path: &routed, is_odd, is_unknown, origin, host };
        figures.pairs += 1;
        let granted = ask.preflight(one).await;
        figures.granted += usize::from(granted);
        let mut served = Vec::new();
        for guard in [false, true] {
            let headers = [("cookie", "known=1"), ("x-guard", "1")];
            let headers = &headers[..1 + usize::from(guard)];
            let answer = ask.actual(two, Some(origin), headers).await;
            let Some(served_by) = answer.header(SERVED_BY) else { continue };
            let served_by: usize = served_by.parse().unwrap();
            self.judge(&ask, granted, served_by, &answer, figures);
            self.compare(&ask, report, served_by, &answer, figures);
            served.push(served_by);
            let wrong = granted && !self.trusts(served_by, &ask);
            // tripped by now, for the other worker too
            // an error has no request that would show how it was routed
            let is_shown = is_unknown && !self.is_broken() && !fails(&self.nodes, served_by);
            let adds_slash = routed.len() > path.len();
            let is_tripped = is_shown && !adds_slash || self.is_tripped_by(served_by);
            if wrong && is_tripped && ask.preflight(one).await {
                if self.looks_like_a_refusal(&ask, served_by) {
                    figures.left_open += 1;
                } else {
                    figures.open_after_trip.push(self.describe(&ask, served_by));
                }
            }
            let deed = random.pick(&DEEDS);
            self.interfere(&ask, two, headers, deed, served_by, figures).await;
        }
        if !granted {
            self.explain(&ask, &served, figures);
        }
        // who is refused by a scope must not be able to trip the wire
        let granted = ask.preflight(one).await;
        let refused = ask.actual(two, Some(origin), &[]).await;
        if refused.status == 401 && granted && !ask.preflight(one).await {
            figures.wrong.push(format!("tripped by a refusal: {}", self.describe(&ask, 0)));
        }
    }

    /// Has a middleware inside do something about a request that `server` serves.
    async fn interfere<S, T>(
        &self,
        ask: &Ask<'_>,
        app: &S,
        headers: &[(&str, &str)],
        deed: Deed,
        server: usize,
        figures: &mut Figures,
    ) where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let name = format!("{deed:?}");
        let headers = [headers, &[(inside::NAME, &name)]].concat();
        let granted = ask.preflight(app).await;
        for origin in [Some(ask.origin), None] {
            let answer = ask.actual(app, origin, &headers).await;
            let served_by = answer.header(SERVED_BY).map(|id| id.parse().unwrap());
            let server = served_by.unwrap_or(server);
            let policy = self.policy(server, ask.path);
            let is_annotated = self.policies[&server].is_some();
            let is_exact = answer.cors() == expected(policy, origin);
            let readable = answer.allow_origin().is_some();
            let is_trusted = origin.is_none_or(|origin| trusts(policy, origin));
            let is_right = match deed {
                // of routes without `#[cors]` nothing is said
                _ if !is_annotated => true,
                Deed::Task | Deed::FailAfter => is_exact,
                Deed::Again => is_exact || served_by.is_none(),
                // the route is only known by what is known of preflights
                _ if self.is_broken() || ask.is_unknown => true,
                // nobody knows which route it is, so all that may be have to grant
                Deed::Answer | Deed::FailBefore => {
                    is_exact || has_vary(&answer) && (is_trusted || !readable)
                }
            };
            if !is_right {
                let (got, what) = (answer.cors(), self.describe(ask, server));
                let expected = expected(policy, origin);
                let wrong =
                    format!("{deed:?} with {origin:?}: {got:?} instead of {expected:?}, {what}");
                figures.wrong.push(wrong);
            }
            let is_told = deed != Deed::Again && !ask.is_unknown;
            let is_leak = is_told && !is_annotated && readable && !is_trusted;
            figures.leaks += usize::from(is_leak);
        }
        let is_shown = matches!(deed, Deed::Task | Deed::FailAfter | Deed::Again);
        if granted && !is_shown && !ask.preflight(app).await {
            figures.wrong.push(format!("tripped by {deed:?}: {}", self.describe(ask, server)));
        }
    }

    fn judge(
        &self,
        ask: &Ask<'_>,
        granted: bool,
        served_by: usize,
        answer: &Answer,
        figures: &mut Figures,
    ) {
        let annotated = self.policies[&served_by].is_some();
        let (trusted, readable) = (self.trusts(served_by, ask), answer.allow_origin().is_some());
        let expected = expected(self.policy(served_by, ask.path), Some(ask.origin));
        if annotated && answer.cors() != expected {
            let (got, what) = (answer.cors(), self.describe(ask, served_by));
            figures.wrong.push(format!("actual request: {got:?} instead of {expected:?}, {what}"));
        }
        figures.leaks += usize::from(!annotated && readable && !trusted);
        let first = first_match(&self.nodes, ask.path).flatten();
        let first_annotated = first.as_ref().is_some_and(|route| route.policy.is_some());
        if granted && !trusted {
            let hole = self.is_broken() || !annotated && first_annotated && !self.shape.strict;
            if ask.is_unknown {
                figures.unknown += 1;
            } else if hole {
                figures.holes += 1;
            } else {
                figures.wrong.push(format!("preflight: {}", self.describe(ask, served_by)));
            }
        }
        figures.grantable += usize::from(annotated && trusted);
    }

    /// What the report says of the handler that has answered is what the answer shows.
    fn compare(
        &self,
        ask: &Ask<'_>,
        report: &PolicyReport,
        served_by: usize,
        answer: &Answer,
        figures: &mut Figures,
    ) {
        let Ask { method, path, origin, .. } = *ask;
        let question = Question { method, path, origin, headers: &[], credentials: false };
        let explanation = report.explain(&question);
        let is_same = explanation.handler == format!("n{served_by}");
        let readable = answer.allow_origin().is_some();
        let differs = explanation.allowed.is_some_and(|allowed| allowed != readable);
        if is_same && !self.shape.same_names && differs {
            let what = self.describe(ask, served_by);
            figures.wrong.push(format!("explained otherwise: {explanation}\n{what}"));
        }
        figures.explained += usize::from(is_same);
    }

    /// Counts the cause of a refusal for each handler that would have granted.
    fn explain(&self, ask: &Ask<'_>, served: &[usize], figures: &mut Figures) {
        let first = first_match(&self.nodes, ask.path).flatten();
        let others_refuse = served.iter().any(|id| !self.trusts(*id, ask));
        let annotated = served.iter().filter(|id| self.policies[id].is_some());
        for served_by in annotated.filter(|id| self.trusts(**id, ask)) {
            let first = first.as_ref();
            let cause = Cause::of(&self.nodes, ask.is_odd, first, *served_by, others_refuse);
            *figures.needless.entry(cause).or_default() += 1;
        }
    }

    /// Whether a hypothesis is broken on purpose.
    fn is_broken(&self) -> bool {
        self.shape.undeclared_guards || self.shape.same_names
    }

    fn trusts(&self, served_by: usize, ask: &Ask<'_>) -> bool {
        trusts(self.policy(served_by, ask.path), ask.origin)
    }

    /// The index of the policy of a route or scope at a path.
    fn policy(&self, served_by: usize, path: &str) -> usize {
        let region = self.around.regions.iter().rev();
        let mut region = region.filter(|(at, _)| ResourceDef::root_prefix(at).is_match(path));
        let default = region.next().map_or(self.around.default, |(_, policy)| *policy);
        if default == LEFT {
            return LEFT;
        }
        self.policies[&served_by].filter(|policy| *policy != INHERIT).unwrap_or(default)
    }

    /// Whether an answer of this route or scope shows that the rule was wrong: what a default
    /// service says looks like a scope's refusal.
    fn is_tripped_by(&self, served_by: usize) -> bool {
        is_route(&self.nodes, served_by)
    }

    /// Whether a scope with annotated routes takes all of the path, so that its middleware might
    /// have given the answer, and the route has the pattern of the first match.
    fn looks_like_a_refusal(&self, ask: &Ask<'_>, served_by: usize) -> bool {
        let first = first_match(&self.nodes, ask.path).flatten();
        let same = first.is_some_and(|first| {
            full_pattern(&self.nodes, first.id) == full_pattern(&self.nodes, served_by)
        });
        same && ends_at_a_scope(&self.nodes, ask.path)
    }

    fn describe(&self, ask: &Ask<'_>, served_by: usize) -> String {
        let Ask { method, target, path, origin, host, .. } = ask;
        format!(
            "{method} {target} for {path} from {origin} to {host} served by {served_by}, {:?}\n{}",
            self.around,
            self.nodes.iter().map(|node| format!("{node:?}\n")).collect::<String>()
        )
    }
}

fn collect(nodes: &[Node], policies: &mut HashMap<usize, Option<usize>>) {
    for node in nodes {
        match node {
            Node::Route(route) => {
                policies.insert(route.id, route.policy);
            }
            Node::Group(routes) => policies.extend(routes.iter().map(|r| (r.id, r.policy))),
            Node::Scope(scope) => {
                policies.insert(scope.id, None);
                collect(&scope.children, policies);
            }
        }
    }
}

fn is_route(nodes: &[Node], id: usize) -> bool {
    nodes.iter().any(|node| match node {
        Node::Route(route) => route.id == id,
        Node::Group(routes) => routes.iter().any(|route| route.id == id),
        Node::Scope(scope) => is_route(&scope.children, id),
    })
}

fn fails(nodes: &[Node], id: usize) -> bool {
    nodes.iter().any(|node| match node {
        Node::Route(route) => route.id == id && route.fails,
        Node::Group(routes) => routes.iter().any(|route| route.id == id && route.fails),
        Node::Scope(scope) => fails(&scope.children, id),
    })
}

/// The first route that matches a path, whatever its methods and guards; `Some(None)`: a scope
/// does, but no route in it.
fn first_match(nodes: &[Node], path: &str) -> Option<Option<Route>> {
    let matches = |route: &Route| ResourceDef::new(route.pattern).is_match(path);
    nodes.iter().find_map(|node| match node {
        Node::Route(route) => matches(route).then(|| Some(route.clone())),
        Node::Group(routes) => routes.iter().find(|r| matches(r)).map(|r| Some(r.clone())),
        Node::Scope(scope) => {
            let taken = ResourceDef::root_prefix(scope.prefix).find_match(path)?;
            Some(first_match(&scope.children, &path[taken..]).flatten())
        }
    })
}

fn full_pattern(nodes: &[Node], id: usize) -> Option<String> {
    nodes.iter().find_map(|node| match node {
        Node::Route(route) => (route.id == id).then(|| route.pattern.to_owned()),
        Node::Group(routes) => {
            routes.iter().find(|route| route.id == id).map(|route| route.pattern.to_owned())
        }
        Node::Scope(scope) => {
            full_pattern(&scope.children, id).map(|p| [scope.prefix, &p].concat())
        }
    })
}

/// Whether some scope with annotated routes takes all of the path.
fn ends_at_a_scope(nodes: &[Node], path: &str) -> bool {
    nodes.iter().any(|node| {
        let Node::Scope(scope) = node else { return false };
        let Some(taken) = ResourceDef::root_prefix(scope.prefix).find_match(path) else {
            return false;
        };
        let rest = &path[taken..];
        rest.is_empty() && holds_annotated(&scope.children)
            || ends_at_a_scope(&scope.children, rest)
    })
}

fn holds_annotated(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match node {
        Node::Route(route) => route.policy.is_some(),
        Node::Group(_) => true,
        Node::Scope(scope) => holds_annotated(&scope.children),
    })
}

fn has_vary(answer: &Answer) -> bool {
    answer.header("vary").is_some()
}
