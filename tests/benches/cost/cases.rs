//! The cases: which requests go to which Apps.

use cors_core::{EffectivePolicy, Merger, Methods, PreflightRequest};

use crate::{
    apps::{self, Around, Routes, Who},
    ask::Ask,
    setup::{HEADERS, Origins, Setup},
    subject::{AHEAD, Answer, Engine, Subject},
};

/// One number of the tables: `row` and `column` name it.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) table: Table,
    pub(crate) row: String,
    pub(crate) column: String,
    spec: Spec,
    asks: Asks,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Table {
    OneRoute,
    Routing,
    Preflights,
    Engine,
}

#[derive(Clone)]
enum Spec {
    One { who: Who, setup: Setup, around: Around },
    Routes(Routes, Setup),
    Walk(Routes, Setup),
    Engine { setup: Setup, origin: String, headers: Vec<String> },
}

/// The `i`-th request.
type Asks = std::rc::Rc<dyn Fn(usize) -> Ask>;

impl Case {
    pub(crate) fn id(&self) -> String {
        format!("{:?} / {} / {}", self.table, self.row, self.column)
    }

    pub(crate) async fn subject(&self) -> Box<dyn Subject> {
        match &self.spec {
            Spec::One { who, setup, around } => {
                let floor = if *who == Who::Floor { Some(self.floor().await) } else { None };
                apps::one_route(*who, *setup, *around, floor).await
            }
            Spec::Routes(routes, setup) => routes.app(*setup).await,
            Spec::Walk(routes, setup) => routes.walk(*setup).await,
            Spec::Engine { setup, origin, headers } => {
                engine(*setup, origin.clone(), headers.clone())
            }
        }
    }

    /// The requests from number `start` on.
    pub(crate) fn asks(&self, start: usize, count: usize) -> Vec<Ask> {
        (start..start + count).map(|i| (self.asks)(i)).collect()
    }

    /// How many requests are measured: fewer where each is long.
    pub(crate) fn count(&self) -> usize {
        match &self.spec {
            Spec::Routes(routes, _) | Spec::Walk(routes, _) if routes.is_dynamic => 25,
            _ => AHEAD,
        }
    }

    #[allow(dead_code, reason = "not every benchmark compares answers")]
    pub(crate) async fn answer(&self) -> Answer {
        let subject = self.subject().await;
        subject.answer(&self.asks(0, 1)[0])
    }

    /// The headers of this library, to be appended unseen.
    async fn floor(&self) -> (Answer, bool) {
        let Spec::One { setup, around, .. } = self.spec else { unreachable!("only for one route") };
        let ask = &self.asks(0, 1)[0];
        let subject = apps::one_route(Who::Default, setup, around, None).await;
        (subject.answer(ask), self.row.starts_with("preflight"))
    }
}

/// All cases, in the order of the tables.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    one_route(&mut cases);
    routing(&mut cases);
    preflights(&mut cases);
    engines(&mut cases);
    cases
}

const EVERYBODY: &[Who] = &[
    Who::Bare,
    Who::Floor,
    Who::Default,
    Who::Annotated,
    Who::ActixCors,
    Who::TowerBare,
    Who::Tower,
];
/// Without the floor, which does not depend on the number of origins.
const CHECKERS: &[Who] =
    &[Who::Bare, Who::Default, Who::Annotated, Who::ActixCors, Who::TowerBare, Who::Tower];
/// Without those that look at one origin after the other.
const FAST: &[Who] = &[Who::Bare, Who::Default, Who::Annotated, Who::ActixCors];
const OURS: &[Who] = &[Who::Bare, Who::Default, Who::Annotated];

fn one_route(cases: &mut Vec<Case>) {
    use Origins::{Any, Below, Exact};
    let mut row = |name: &str, setup: Setup, around: Around, whos: &[Who], asks: Asks| {
        for who in whos {
            cases.push(Case {
                table: Table::OneRoute,
                row: name.to_owned(),
                column: format!("{who:?}"),
                spec: Spec::One { who: *who, setup, around },
                asks: asks.clone(),
            });
        }
    };
    let one = Setup::ONE;
    let with_credentials = Setup { credentials: true, ..one };
    let none = Around::Nothing;
    row("no Origin", one, none, EVERYBODY, asks(|_| Ask::get("/x")));
    row("actual", one, none, EVERYBODY, actual(one));
    row("actual, credentials", with_credentials, none, EVERYBODY, actual(with_credentials));
    row("denied", one, none, EVERYBODY, asks(|_| from("https://evil.example")));
    row("any", Setup::with(Any), none, EVERYBODY, actual(Setup::with(Any)));
    let many = Setup::with(Exact(1_000));
    row("actual, 1,000 origins", many, none, CHECKERS, actual(many));
    let many = Setup::with(Exact(100_000));
    row("actual, 100,000 origins", many, none, FAST, actual(many));
    row("denied, 100,000 origins", many, none, FAST, asks(|_| from("https://evil.example")));
    for (count, whos) in [(1, CHECKERS), (1_000, CHECKERS), (100_000, OURS)] {
        let below = Setup::with(Below(count));
        let name = format!("actual, {} subdomain pattern{}", thousands(count), plural(count));
        row(&name, below, none, whos, actual(below));
    }
    let refusal = Around::Refusal;
    row("401 of a scope, no Origin", one, refusal, FAST, asks(|_| Ask::get("/api/x")));
    row("401 of a scope", one, refusal, FAST, at("/api/x", one));
    row("Err of a scope", one, Around::Failure, FAST, at("/api/x", one));

    let none_asked = Setup { max_age: true, ..with_credentials };
    let five = Setup { headers: true, ..none_asked };
    let preflight = move || Ask::preflight("/x", &one.granted(0));
    let acrh = move |line: String| asks(move |_| preflight().header(ACRH, &line));
    row("preflight", none_asked, none, EVERYBODY, asks(move |_| preflight()));
    row("preflight, 5 headers", five, none, EVERYBODY, acrh(HEADERS.join(",")));
    let mut unsorted = HEADERS;
    unsorted.reverse();
    row("preflight, 5 headers unsorted", five, none, EVERYBODY, acrh(unsorted.join(", ")));
    let evil = || Ask::preflight("/x", "https://evil.example");
    row("preflight, denied", none_asked, none, EVERYBODY, asks(move |_| evil()));
    row("preflight, ACRH of 8 kB", five, none, CHECKERS, acrh("x-a,".repeat(2_048)));
    row("preflight, ACRH of 120 kB", five, none, OURS, acrh("x-aa,".repeat(24_000)));
    row("preflight, only commas", five, none, OURS, acrh(",".repeat(8_192)));
    let longest = "authorization,".repeat(5);
    row("preflight, ACRH at the cap", five, none, OURS, acrh(longest));
    let lines = |ask: Ask| (0..40).fold(ask, |ask, _| ask.header(ACRH, "x-trace"));
    row("preflight, 40 lines", five, none, OURS, asks(move |_| lines(preflight())));
    let below = Setup::with(Below(1_000));
    let labels = format!("https://{}", ["a"; 127].join("."));
    row("preflight, 127 labels", below, none, OURS, asks(move |_| Ask::preflight("/x", &labels)));
    let labels = || Ask::preflight("/x", "https://evil.example");
    row("preflight, denied by patterns", below, none, OURS, asks(move |_| labels()));
    let long = format!("https://{}.example.com", "a".repeat(60_000));
    row(
        "preflight, Origin of 60 kB",
        below,
        none,
        OURS,
        asks(move |_| Ask::preflight("/x", &long)),
    );
}

fn routing(cases: &mut Vec<Case>) {
    for (count, is_dynamic, in_scope) in shapes() {
        for is_annotated in [false, true] {
            let routes = Routes { count, is_dynamic, in_scope, is_annotated };
            let path = routes.path(count - 1, 5);
            cases.push(Case {
                table: Table::Routing,
                row: name(&routes),
                column: if is_annotated { "Annotated" } else { "Plain" }.to_owned(),
                spec: Spec::Routes(routes, Setup::ONE),
                asks: asks(move |_| Ask::get(&path)),
            });
        }
    }
}

fn preflights(cases: &mut Vec<Case>) {
    let setup = Setup::ONE;
    let origin = setup.granted(0);
    let mut row = |routes: Routes, column: &str, spec: Spec, asks: Asks| {
        let (table, row) = (Table::Preflights, name(&routes));
        cases.push(Case { table, row, column: column.to_owned(), spec, asks });
    };
    for (count, is_dynamic, in_scope) in shapes() {
        let routes = Routes { count, is_dynamic, in_scope, is_annotated: true };
        let app = || Spec::Routes(routes, setup);
        let ask =
            move |origin: &str, i: usize, id: usize| Ask::preflight(&routes.path(i, id), origin);
        let last = count - 1;
        let (o, denied) = (origin.clone(), "https://evil.example");
        row(routes, "again", app(), asks(move |_| ask(&o, last, 5)));
        row(routes, "denied", app(), asks(move |i| ask(denied, last, i)));
        if is_dynamic {
            let o = origin.clone();
            row(routes, "new path", app(), asks(move |i| ask(&o, last, i)));
            row(routes, "walk", Spec::Walk(routes, setup), asks(|_| Ask::get("/")));
            if count >= 100 {
                let o = origin.clone();
                row(routes, "new route", app(), asks(move |i| ask(&o, last - i, 5)));
            }
        }
    }
}

fn engines(cases: &mut Vec<Case>) {
    let five = Setup { headers: true, ..Setup::ONE };
    let below = Setup { headers: true, ..Setup::with(Origins::Below(1_000)) };
    let granted = five.granted(0);
    let evil = "https://evil.example".to_owned();
    let mega = 1 << 20;
    let long = format!("https://{}.example.com", "a".repeat(mega));
    let labels = "a.".repeat(mega / 2);
    let commas = ",".repeat(mega);
    let names = "x-a,".repeat(mega / 4);
    for (row, setup, origin, headers) in [
        ("granted", five, granted.clone(), vec![HEADERS.join(",")]),
        ("denied", five, evil.clone(), vec![HEADERS.join(",")]),
        ("denied by patterns", below, evil, vec![]),
        ("Origin of 1 MiB", five, long.clone(), vec![]),
        ("Origin of 1 MiB, patterns", below, long, vec![]),
        ("Origin of 1 MiB of labels", below, format!("https://{labels}example.com"), vec![]),
        ("ACRH of 1 MiB of commas", five, granted.clone(), vec![commas]),
        ("ACRH of 1 MiB of names", five, granted.clone(), vec![names]),
        ("ACRH of 10,000 lines", five, granted, vec!["x-trace".to_owned(); 10_000]),
    ] {
        cases.push(Case {
            table: Table::Engine,
            row: row.to_owned(),
            column: "Engine".to_owned(),
            spec: Spec::Engine { setup, origin, headers },
            asks: asks(|_| Ask::get("/")),
        });
    }
}

fn engine(setup: Setup, origin: String, headers: Vec<String>) -> Box<dyn Subject> {
    let merged = Merger::new().app(&setup.policy()).expect("a policy without faults");
    let policy = EffectivePolicy::new(merged);
    Box::new(Engine(move || {
        let headers = headers.iter().map(String::as_bytes);
        let request = PreflightRequest { origin: origin.as_bytes(), method: b"GET", headers };
        policy.preflight(request, Methods::Routed).is_ok()
    }))
}

fn shapes() -> impl Iterator<Item = (usize, bool, bool)> {
    let counts = [1, 10, 100, 1_000].into_iter();
    counts.flat_map(|count| {
        [(false, false), (false, true), (true, false), (true, true)]
            .map(|(is_dynamic, in_scope)| (count, is_dynamic, in_scope))
    })
}

fn name(routes: &Routes) -> String {
    let kind = if routes.is_dynamic { "dynamic" } else { "static" };
    let place = if routes.in_scope { ", in a scope" } else { "" };
    format!("{} {kind}{place}", thousands(routes.count))
}

fn asks(ask: impl Fn(usize) -> Ask + 'static) -> Asks {
    std::rc::Rc::new(ask)
}

/// Origins from all over the list.
fn actual(setup: Setup) -> Asks {
    at("/x", setup)
}

fn at(path: &'static str, setup: Setup) -> Asks {
    asks(move |i| Ask::get(path).header("origin", &setup.granted(i * 7919)))
}

fn from(origin: &str) -> Ask {
    Ask::get("/x").header("origin", origin)
}

fn thousands(n: usize) -> String {
    if n < 1_000 { n.to_string() } else { format!("{},{:03}", n / 1_000, n % 1_000) }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

const ACRH: &str = "access-control-request-headers";
