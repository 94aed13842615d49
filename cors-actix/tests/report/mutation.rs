//! A changed policy of one route changes the lines about it, in every form, and no others.

use std::{collections::BTreeSet, sync::Arc};

use actix_web::{App, http::Method};
use cors_actix::{Cors, Policy, PolicyReport, policy};
use serde_json::{Value, json};

async fn report(change: &Change) -> Arc<PolicyReport> {
    let app = || {
        let mut policy = Policy::builder().origins([change.origin]).max_age(change.max_age);
        if change.credentials {
            policy = policy.credentials();
        }
        let changed = policy.build().expect("a legal policy");
        let other = policy! { origins = ["https://other.example"], credentials, max_age = 60 };
        App::new()
            .service((
                cors_actix::route("/before", Method::PUT, other.clone()).to(|| async { "" }),
                cors_actix::route("/changed", Method::PUT, changed).to(|| async { "" }),
                cors_actix::route("/behind", Method::PUT, other).to(|| async { "" }),
            ))
            .wrap(Cors::deny())
    };
    cors_actix::check(&app).await.expect("a legal configuration")
}

struct Change {
    origin: &'static str,
    max_age: u64,
    credentials: bool,
}

const BEFORE: Change = Change { origin: "https://a.example", max_age: 77, credentials: false };

#[actix_web::test]
async fn another_origin_changes_one_line_of_each_form() {
    let (old, new) = both(&Change { origin: "https://b.example", ..BEFORE }).await;
    for (form, old, new) in forms(&old, &new) {
        let (gone, come) = difference(&old, &new);
        assert_eq!((gone.len(), come.len()), (1, 1), "{form}: {gone:?} {come:?}");
        assert!(gone[0].contains("https://a.example"), "{form}: {gone:?}");
        assert_eq!(gone[0].replace("https://a.example", "https://b.example"), come[0], "{form}");
    }
}

#[actix_web::test]
async fn another_max_age_changes_one_line_of_each_form() {
    let (old, new) = both(&Change { max_age: 88, ..BEFORE }).await;
    for (form, old, new) in forms(&old, &new) {
        let (gone, come) = difference(&old, &new);
        assert_eq!((gone.len(), come.len()), (1, 1), "{form}: {gone:?} {come:?}");
        assert_eq!(gone[0].replace("77", "88"), come[0], "{form}");
    }
}

#[actix_web::test]
async fn credentials_change_the_lines_about_them() {
    let (old, new) = both(&Change { credentials: true, ..BEFORE }).await;
    for (form, gone, come) in [
        (
            "terminal",
            &["PUT /changed https://a.example max-age 77 /changed", PLACE][..],
            &["PUT /changed https://a.example credentials /changed", "max-age 77 {PLACE}"][..],
        ),
        (
            "markdown",
            &[
                "- 2 rows of low risk",
                "| `PUT` | `/changed` | `https://a.example` | max-age 77 | | `/changed`<br>`{PLACE}` |",
            ],
            &[
                "- 3 rows of low risk",
                "| `PUT` | `/changed` | `https://a.example`<br>↳ **credentials** | max-age 77 \
                 | credentials | `/changed`<br>`{PLACE}` |",
            ],
        ),
        (
            "lock",
            &["PUT /changed | origin https://a.example"],
            &["PUT /changed | origin https://a.example credentials"],
        ),
    ] {
        let forms = forms(&old, &new);
        let (_, old, new) = forms.iter().find(|(name, ..)| *name == form).expect("a form");
        let (got_gone, got_come) = difference(old, new);
        let squeezed =
            |lines: &[String]| lines.iter().map(|line| squeeze(line)).collect::<BTreeSet<_>>();
        let want = |lines: &[&str]| {
            lines.iter().map(|line| line.replace("{PLACE}", PLACE)).collect::<BTreeSet<_>>()
        };
        assert_eq!(squeezed(&got_gone), want(gone), "{form}");
        assert_eq!(squeezed(&got_come), want(come), "{form}");
    }
}

#[actix_web::test]
async fn credentials_change_no_other_values_of_the_data() {
    let (old, new) = both(&Change { credentials: true, ..BEFORE }).await;
    let change = |row: &mut Value| {
        row["policy"]["grants"][0]["credentials"] = json!(true);
        row["risks"] = json!([{ "risk": "credentials", "about": ["https://a.example"] }]);
    };

    let [mut value, want] =
        [&old, &new].map(|report| serde_json::to_value(&**report).expect("JSON"));
    change(&mut value["rows"][1]);
    assert_eq!(value, want, "JSON");

    let [(before, mut value, after), want] = [&old, &new].map(page);
    change(&mut value["rows"][1]);
    assert_eq!((before, value, after), want, "HTML");

    let [mut value, want] = [&old, &new].map(|report| openapi(report));
    change(&mut value["paths"]["/changed"]["put"]["x-cors"][0]);
    assert_eq!(value, want, "OpenAPI");
}

/// The page before its data, the data, and the page after them.
fn page(report: &Arc<PolicyReport>) -> (String, Value, String) {
    let page = report.to_html();
    let (before, rest) = page.split_once(r#"id="report">"#).expect("data");
    let (data, after) = rest.split_once("</script>").expect("an end of the data");
    (before.to_owned(), serde_json::from_str(data).expect("JSON"), after.to_owned())
}

/// Single spaces, none at the ends.
fn squeeze(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

const PLACE: &str = "cors-actix/tests/report/mutation.rs:11";

async fn both(change: &Change) -> (Arc<PolicyReport>, Arc<PolicyReport>) {
    (report(&BEFORE).await, report(change).await)
}

fn openapi(report: &PolicyReport) -> Value {
    let mut document = json!({ "paths": {
        "/before": { "put": {} }, "/changed": { "put": {} }, "/behind": { "put": {} },
    } });
    report.add_to_openapi(&mut document);
    document
}

fn forms(old: &PolicyReport, new: &PolicyReport) -> Vec<(&'static str, String, String)> {
    let openapi = |report: &PolicyReport| format!("{:#}", openapi(report));
    // one line for each value of the data
    let html = |report: &PolicyReport| report.to_html().replace(',', ",\n");
    vec![
        ("terminal", old.to_string(), new.to_string()),
        ("markdown", old.to_markdown(), new.to_markdown()),
        ("json", old.to_json(), new.to_json()),
        ("lock", old.to_lock(), new.to_lock()),
        ("openapi", openapi(old), openapi(new)),
        ("html", html(old), html(new)),
    ]
}

/// The lines that only one of two texts has.
fn difference(old: &str, new: &str) -> (Vec<String>, Vec<String>) {
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    let (old, new) = (lines(old), lines(new));
    (old.difference(&new).cloned().collect(), new.difference(&old).cloned().collect())
}
