//! No request that is refused today and allowed tomorrow goes without a change that is told as wider.

use std::sync::Arc;

use actix_web::{App, HttpResponse, http::Method};
use proptest::{
    collection::vec,
    prelude::*,
    sample::{Index, subsequence},
};

use cors_actix::{
    Cors, Policy, PolicyReport, policy,
    report::{Change, Meaning, Question},
};

/// What one version of an App consists of, by the indices of policies.
#[derive(Debug, Clone)]
struct Plan {
    default: usize,
    regions: Vec<(usize, usize)>,
    routes: Vec<(usize, usize, usize)>,
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn nothing_gets_wider_untold((old, new) in (plan(), edits()).prop_map(|(old, edits)| (old.clone(), edited(old, edits)))) {
        let system = actix_web::rt::System::new();
        let [before, after] = [&old, &new].map(|plan| system.block_on(report(plan)));
        // what does not start enforces nothing
        let (Some(before), Some(after)) = (before, after) else { return Err(TestCaseError::reject("illegal")) };
        let changes = changes(&before, &after);
        if changes.iter().any(|change| change.meaning == Meaning::Wider) {
            return Ok(());
        }
        for question in questions() {
            let [was, is] = [&before, &after].map(|report| report.explain(&question).allowed == Some(true));
            prop_assert!(was || !is, "{question:?}: {changes:#?}\n{}\n{}", before.to_lock(), after.to_lock());
        }
    }
}

fn changes(before: &PolicyReport, after: &PolicyReport) -> Vec<Change> {
    let name = format!("cors-widenings-{}.lock", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, before.to_lock()).expect("a folder for temporary files");
    let checked = after.check_lock(&path);
    std::fs::remove_file(&path).expect("it has just been written");
    checked.err().map(|error| error.changes().to_vec()).unwrap_or_default()
}

async fn report(plan: &Plan) -> Option<Arc<PolicyReport>> {
    let policies = policies();
    let mut cors = Cors::new(policies[plan.default].clone());
    for (path, policy) in &plan.regions {
        cors = cors.at(REGIONS[*path], policies[*policy].clone());
    }
    let route = |(path, method, policy): &(usize, usize, usize)| {
        let method = Method::from_bytes(METHODS[*method].as_bytes()).expect("a token");
        cors_route(PATHS[*path], method, policies[*policy].clone())
    };
    let app =
        || plan.routes.iter().fold(App::new(), |app, r| app.service(route(r))).wrap(cors.clone());
    cors_actix::check(&app).await.ok()
}

fn cors_route(
    path: &str,
    method: Method,
    policy: Policy,
) -> impl actix_web::dev::HttpServiceFactory + use<> {
    cors_actix::route(path, method, policy).to(HttpResponse::Ok)
}

fn plan() -> impl Strategy<Value = Plan> {
    let regions = subsequence((0..REGIONS.len()).collect::<Vec<_>>(), 0..=2);
    let regions = (regions, vec(policy_index(), 2))
        .prop_map(|(paths, policies)| paths.into_iter().zip(policies).collect());
    let routes = vec((0..PATHS.len(), 0..METHODS.len(), policy_index()), 0..4);
    (policy_index(), regions, routes).prop_map(|(default, regions, routes)| Plan {
        default,
        regions,
        routes,
    })
}

fn policy_index() -> impl Strategy<Value = usize> {
    0..policies().len()
}

/// One to three small changes.
fn edits() -> impl Strategy<Value = Vec<(u8, Index, Plan)>> {
    vec((0..8_u8, any::<Index>(), plan()), 1..4)
}

fn edited(mut plan: Plan, edits: Vec<(u8, Index, Plan)>) -> Plan {
    for (kind, at, other) in edits {
        match kind {
            0 => plan.default = other.default,
            1 => plan.regions = other.regions,
            2 if !plan.regions.is_empty() => {
                let at = at.index(plan.regions.len());
                plan.regions.remove(at);
            }
            3 if !plan.regions.is_empty() => {
                let at = at.index(plan.regions.len());
                plan.regions[at].1 = other.default;
            }
            4 if !plan.routes.is_empty() => {
                let at = at.index(plan.routes.len());
                plan.routes.remove(at);
            }
            5 if !plan.routes.is_empty() => {
                let at = at.index(plan.routes.len());
                plan.routes[at].2 = other.default;
            }
            6 if !plan.routes.is_empty() => {
                let middle = at.index(plan.routes.len());
                plan.routes.rotate_left(middle);
            }
            _ => plan.routes.extend(other.routes.into_iter().take(1)),
        }
    }
    plan
}

fn questions() -> impl Iterator<Item = Question<'static>> {
    const HEADERS: [&[&str]; 3] = [&[], &["x-a"], &["authorization"]];
    let asked = ["/a", "/a/b", "/b/b", "/a/b/c"];
    let paths = asked.into_iter().flat_map(|path| METHODS.map(|method| (path, method)));
    let origins = ["https://a.example", "https://x.a.example", "https://b.example", "null"];
    paths.flat_map(move |(path, method)| {
        origins.into_iter().flat_map(move |origin| {
            HEADERS.into_iter().flat_map(move |headers| {
                [false, true].map(|credentials| Question {
                    method,
                    path,
                    origin,
                    headers,
                    credentials,
                })
            })
        })
    })
}

fn policies() -> Vec<Policy> {
    vec![
        policy! { off },
        policy! { inherit },
        policy! { origins = any },
        policy! { origins = any, methods = ["PUT"], allow_headers = any },
        policy! { origins = ["https://a.example"], methods = any },
        policy! { origins = ["https://a.example"], credentials, allow_headers = ["x-a"] },
        policy! { origins = ["https://*.a.example"], credentials },
        policy! { origins = ["https://x.a.example", "https://b.example"], allow_headers = [any, "authorization"] },
        policy! { inherit, origins += ["https://b.example"], credentials },
        policy! { origins = ["null"], dangerously_allow_null_origin },
    ]
}

fn config() -> ProptestConfig {
    let cases = std::env::var("CORS_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = cases.map_or(256, |cases: u32| cases.min(20_000));
    // plans that do not start
    ProptestConfig { cases, max_global_rejects: 1024 + 2 * cases, ..ProptestConfig::default() }
}

const REGIONS: [&str; 4] = ["/{x}", "/a", "/a/{y}", "/a/b"];
const PATHS: [&str; 6] = ["/a", "/a/b", "/a/{y}", "/b/b", "/{x}/{y}", "/a/{tail:.*}"];
const METHODS: [&str; 3] = ["GET", "PUT", "DELETE"];
