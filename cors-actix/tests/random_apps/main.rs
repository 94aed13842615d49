//! Random Apps, random requests: a granted preflight is never followed by a request that the
//! policy of the handler which really serves it refuses.
//!
//! `CORS_APPS=1000000` asks for that many pairs of an App and a request, and `CORS_SEED` for other
//! Apps.

#[path = "../common/mod.rs"]
mod common;

mod build;
mod generate;

use std::{collections::HashMap, io::Write};

use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{ResourceDef, Service, ServiceResponse},
    http::header,
    test::init_service,
    web,
};

use crate::{
    build::SERVED_BY,
    common::{A, Answer, B, C, actual, preflight, send},
    generate::{Around, METHODS, Node, Random, Route, Shape, around, children, path, trusts},
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
    // where a scope of annotated routes stands at the very path
    assert!(figures.open_after_trip.len() * 10 <= figures.holes, "{:?}", figures.open_after_trip);
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

/// How much the hypotheses matter in such Apps; nothing is promised there but that routes behind
/// undeclared guards trip the wire.
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
    /// granted although the policy of the handler refuses
    wrong: Vec<String>,
    /// of those, where a route with `#[cors]` comes first and one without serves the request
    holes: usize,
    /// holes that the wire did not close: what answered may as well have been a scope's refusal
    open_after_trip: Vec<String>,
    /// requests that an annotated handler serves and its policy grants
    grantable: usize,
    /// of those, refused as preflights
    needless: usize,
    /// of those, by what is visible: who comes first
    needless_behind_plain: usize,
    needless_guarded: usize,
    /// answers of routes without `#[cors]` that may be read although their policy refuses
    leaks: usize,
}

impl Figures {
    /// Says the figures aloud, also where the test passes.
    fn report(&self, name: &str) {
        let share = 100.0 * self.needless as f64 / self.grantable.max(1) as f64;
        let _ = writeln!(
            std::io::stdout(),
            "random Apps, {name}, first seed {}: {} Apps, {} pairs, {} granted, {} wrong, {} holes \
             ({} left open), {} of {} refused needlessly ({share:.2} %; {} behind plain routes, \
             {} guarded), {} leaks",
            first_seed(),
            self.apps,
            self.pairs,
            self.granted,
            self.wrong.len(),
            self.holes,
            self.open_after_trip.len(),
            self.needless,
            self.grantable,
            self.needless_behind_plain,
            self.needless_guarded,
            self.leaks,
        );
    }
}

/// One random App and what is known about it.
struct Case {
    nodes: Vec<Node>,
    around: Around,
    /// routes and scopes by id, with the policy of annotated ones
    policies: HashMap<usize, Option<usize>>,
    guarded: Vec<usize>,
    shape: Shape,
}

async fn run(seed: u64, pairs: usize, shape: Shape, figures: &mut Figures) {
    let mut random = Random(seed.wrapping_add(first_seed() << 8));
    for _ in 0..pairs.div_ceil(REQUESTS) {
        let nodes = children(&mut random, shape, 0, &mut 0);
        let around = around(&mut random);
        let mut policies = HashMap::from([(0, None)]);
        let mut guarded = Vec::new();
        collect(&nodes, false, &mut policies, &mut guarded);
        let case = Case { nodes, around, policies, guarded, shape };
        figures.apps += 1;
        // two workers, so that what one of them sees has to reach the other
        let cors = build::cors(&case.around, shape);
        let app = || {
            let app = App::new().configure(|config| {
                case.nodes.iter().for_each(|node| build::add(config, node));
                if case.around.default_service {
                    config.default_service(web::to(|| async { build::served_by(0) }));
                }
            });
            init_service(app.wrap(cors.clone()))
        };
        let workers = (app().await, app().await);
        for _ in 0..REQUESTS {
            case.request(&mut random, &workers.0, &workers.1, figures).await;
        }
    }
}

/// A method and a path, from an origin, for a host.
struct Ask<'a> {
    method: &'static str,
    path: &'a str,
    origin: &'static str,
    host: &'static str,
}

impl Ask<'_> {
    async fn preflight<S, T>(&self, app: &S) -> bool
    where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let request = preflight(self.method, self.path, self.origin);
        let answer = send(app, request.insert_header((header::HOST, self.host))).await;
        assert_eq!(answer.allow_origin().is_some(), answer.status.is_success());
        answer.status.is_success()
    }

    async fn actual<S, T>(&self, app: &S, more: &[(&str, &str)]) -> Answer
    where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let request = actual(self.method, self.path, self.origin);
        let request = request.insert_header((header::HOST, self.host));
        send(app, more.iter().fold(request, |request, line| request.insert_header(*line))).await
    }
}

impl Case {
    async fn request<S, T>(&self, random: &mut Random, one: &S, two: &S, figures: &mut Figures)
    where
        S: Service<actix_http::Request, Response = ServiceResponse<T>, Error = Error>,
        T: MessageBody,
    {
        let path = path(random);
        let method = random.pick(&METHODS);
        let origin = random.pick(&[A, B, C]);
        let ask = Ask { method, path: &path, origin, host: random.pick(&["one", "two"]) };
        figures.pairs += 1;
        let granted = ask.preflight(one).await;
        figures.granted += usize::from(granted);
        for guard in [false, true] {
            let headers = [("cookie", "known=1"), ("x-guard", "1")];
            let answer = ask.actual(two, &headers[..1 + usize::from(guard)]).await;
            let Some(served_by) = answer.header(SERVED_BY) else { continue };
            let served_by: usize = served_by.parse().unwrap();
            self.judge(&ask, granted, served_by, &answer, figures);
            let wrong = granted && !self.trusts(served_by, &ask);
            // tripped by now, for the other worker too
            if wrong && self.is_tripped_by(served_by) && ask.preflight(one).await {
                figures.open_after_trip.push(self.describe(&ask, served_by));
            }
        }
        // who is refused by a scope must not be able to trip the wire
        let granted = ask.preflight(one).await;
        let refused = ask.actual(two, &[]).await;
        if refused.status == 401 && granted && !ask.preflight(one).await {
            figures.wrong.push(format!("tripped by a refusal: {}", self.describe(&ask, 0)));
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
        if annotated && readable != trusted {
            figures.wrong.push(format!("actual request: {}", self.describe(ask, served_by)));
        }
        figures.leaks += usize::from(!annotated && readable && !trusted);
        let first = first_match(&self.nodes, ask.path).flatten();
        let first_annotated = first.as_ref().is_some_and(|route| route.policy.is_some());
        if granted && !trusted {
            let hole = !annotated && first_annotated && !self.shape.strict;
            figures.holes += usize::from(hole);
            if !hole {
                figures.wrong.push(format!("preflight: {}", self.describe(ask, served_by)));
            }
        }
        if annotated && trusted {
            figures.grantable += 1;
            if !granted {
                figures.needless += 1;
                let guarded = self.guarded.contains(&served_by)
                    || first.as_ref().is_some_and(|first| self.guarded.contains(&first.id));
                figures.needless_guarded += usize::from(guarded);
                figures.needless_behind_plain += usize::from(!guarded && !first_annotated);
                if std::env::var("CORS_NEEDLESS").is_ok() && !guarded && first_annotated {
                    println!("{first:?} {}", self.describe(ask, served_by));
                }
            }
        }
    }

    fn trusts(&self, served_by: usize, ask: &Ask<'_>) -> bool {
        let region = self.around.regions.iter().rev();
        let mut region = region.filter(|(at, _)| ResourceDef::root_prefix(at).is_match(ask.path));
        let default = region.next().map_or(self.around.default, |(_, policy)| *policy);
        trusts(self.policies[&served_by].unwrap_or(default), ask.origin)
    }

    /// Whether an answer of this route or scope shows that the rule was wrong: what a default
    /// service says looks like a scope's refusal.
    fn is_tripped_by(&self, served_by: usize) -> bool {
        self.policies[&served_by].is_none() && is_route(&self.nodes, served_by)
    }

    fn describe(&self, ask: &Ask<'_>, served_by: usize) -> String {
        let Ask { method, path, origin, host } = ask;
        format!(
            "{method} {path} from {origin} to {host} served by {served_by}, {:?}\n{}",
            self.around,
            self.nodes.iter().map(|node| format!("{node:?}\n")).collect::<String>()
        )
    }
}

fn collect(
    nodes: &[Node],
    in_guarded: bool,
    policies: &mut HashMap<usize, Option<usize>>,
    guarded: &mut Vec<usize>,
) {
    for node in nodes {
        let mut route = |route: &Route| {
            policies.insert(route.id, route.policy);
            if in_guarded || route.guarded {
                guarded.push(route.id);
            }
        };
        match node {
            Node::Route(one) => route(one),
            Node::Group(routes) => routes.iter().for_each(route),
            Node::Scope(scope) => {
                policies.insert(scope.id, None);
                let in_guarded = in_guarded || scope.guard != generate::ScopeGuard::None;
                collect(&scope.children, in_guarded, policies, guarded);
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
