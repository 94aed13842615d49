//! Hostile text in whatever an App names cannot break any form.

use std::sync::Arc;

use actix_web::{App, HttpResponse, http::Method};
use cors_actix::{Cors, Policy, PolicyReport, policy, report::Question};
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

/// What one App names, all of it hostile.
#[derive(Debug, Clone)]
struct Names {
    path: String,
    region: String,
    handler: String,
    set: String,
    origins: Vec<String>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn hostile_text_breaks_no_form(names in names()) {
        let report = actix_web::rt::System::new().block_on(report(&names));
        terminal(&report);
        markdown(&report);
        json_text(&report, &names);
        lock(&report);
        html(&report);
        openapi(&report, &names);
        explanation(&report, &names);
    }
}

async fn report(names: &Names) -> Arc<PolicyReport> {
    let cors = Cors::deny()
        .at(&names.region, policy! { origins = ["https://a.example"] })
        .set(&names.set, &names.origins);
    let of_set = Policy::builder().origin_set(&names.set).any_header().build();
    let of_set = of_set.expect("a legal policy");
    let app = || {
        let route = |path: &str, method| {
            cors_actix::route(path, method, of_set.clone())
                .name(&names.handler)
                .to(HttpResponse::Ok)
        };
        App::new()
            .service((
                route(&names.path, Method::GET),
                route(&format!("{}{}", names.region, names.path), Method::PUT),
            ))
            .wrap(cors.clone())
    };
    cors_actix::check(&app).await.unwrap_or_else(|errors| panic!("{names:?}: {errors}"))
}

fn terminal(report: &PolicyReport) {
    let text = report.to_string();
    all_visible(&text);
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}");
    }
}

fn markdown(report: &PolicyReport) {
    let text = report.to_markdown();
    all_visible(&text);
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| ")).collect();
    assert_eq!(rows.len(), report.rows().len() + 2, "rows and the heading's two lines: {text}");
    for line in &rows {
        assert_eq!(line.matches('|').count(), 7, "the bars of six cells: {line}");
    }
    for line in text.lines() {
        let known = line.replace("<br>", "").replace("<code>", "").replace("</code>", "");
        assert!(!known.contains('<'), "markup: {line}");
        assert!(line.matches('`').count() % 2 == 0, "a code span that does not end: {line}");
        assert!(!line.contains('\\') || line.contains("\\u{"), "an escape: {line}");
    }
}

fn json_text(report: &PolicyReport, names: &Names) {
    let value: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(value["rows"][0]["handler"], json!(names.handler));
    assert_eq!(value["sets"][0]["name"], json!(names.set));
    assert_eq!(value["sets"][0]["origins"], json!(names.origins));
}

fn lock(report: &PolicyReport) {
    let text = report.to_lock();
    all_visible(&text);
    let facts = text.lines().filter(|line| !line.starts_with("# "));
    for line in facts {
        assert_eq!(line.matches(" | ").count(), 1, "{line}");
        let (place, fact) = line.split_once(" | ").expect("it is there once");
        let words = place.split(' ').count();
        assert!(place == "app" || words == 2 || words == 4, "{line}");
        let kinds = ["off", "origin ", "header "];
        assert!(kinds.iter().any(|kind| fact.starts_with(kind)), "{line}");
    }
}

/// Whatever the report holds, the page around it stays the same, and the report can be read back.
fn html(report: &PolicyReport) {
    const START: &str = "<script type=\"application/json\" id=\"report\">";
    let page = report.to_html();
    let (before, rest) = page.split_once(START).expect("the report's element");
    let (data, after) = rest.split_once("</script>").expect("its end");
    let value: Value = serde_json::from_str(data).expect("JSON");
    assert_eq!(value, serde_json::to_value(report).expect("JSON"));
    assert!(data.bytes().all(|b| (b' '..=b'~').contains(&b)), "{data}");
    assert!(!data.contains(['<', '>', '&']), "{data}");
    assert_eq!(before.matches("<script").count(), 0, "scripts before the report");
    assert_eq!(after.matches("<script").count(), 1, "scripts behind the report");
    assert!(after.ends_with("</script>\n</body>\n</html>\n"), "the end of the page");
}

fn openapi(report: &PolicyReport, names: &Names) {
    let mut document = json!({ "paths": { names.path.as_str(): { "get": {} } } });
    report.add_to_openapi(&mut document);
    report.add_preflights_to_openapi(&mut document);
    let text = document.to_string();
    let back: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(back, document);
    let policies = &back["paths"][names.path.as_str()]["get"]["x-cors"];
    assert_eq!(policies[0]["policy"]["grants"][0]["origins"]["set"], json!(names.set));
}

fn explanation(report: &PolicyReport, names: &Names) {
    let question = Question {
        method: "GET",
        path: &names.path,
        origin: &names.handler,
        headers: &[&names.set],
        credentials: true,
    };
    let answer = report.explain(&question);
    all_visible(&answer.to_string());
    serde_json::to_string(&answer).expect("JSON");
}

/// Nothing but line breaks and what a reader sees.
fn all_visible(text: &str) {
    let hidden = |c: char| {
        (c.is_control() && c != '\n')
            || HIDDEN.contains(&c)
            || (c.is_whitespace() && !" \n".contains(c))
    };
    assert!(!text.chars().any(hidden), "{text:?}");
}

fn names() -> impl Strategy<Value = Names> {
    let text = || vec(select(PIECES), 1..6).prop_map(|pieces| pieces.concat());
    // an end that is no slash, whatever stands before it
    let path = || text().prop_map(|text| format!("/{text}~"));
    let origins = vec(select(ORIGINS), 0..3).prop_map(|list| {
        let mut list: Vec<_> = list.into_iter().map(str::to_owned).collect();
        list.sort_unstable();
        list.dedup();
        list
    });
    (path(), path(), text(), text(), origins).prop_map(|(path, region, handler, set, origins)| {
        Names { path, region: format!("/r{region}"), handler, set, origins }
    })
}

fn cases() -> u32 {
    let cases = std::env::var("CORS_CASES").ok().and_then(|cases| cases.parse().ok());
    cases.map_or(256, |cases: u32| cases.min(256))
}

const HIDDEN: [char; 9] = [
    '\u{200b}',
    '\u{200e}',
    '\u{202e}',
    '\u{2066}',
    '\u{2028}',
    '\u{feff}',
    '\u{ad}',
    '\u{61c}',
    '\u{e0041}',
];
const PIECES: &[&str] = &[
    "a",
    "é",
    " ",
    "  ",
    "<",
    ">",
    "&",
    "\"",
    "'",
    "`",
    "``",
    "|",
    " | ",
    "\\",
    "\\|",
    "\n",
    "\r\n",
    "\t",
    "\0",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "\u{2028}",
    "\u{feff}",
    "\u{ad}",
    "\u{61c}",
    "\u{200e}",
    "\u{e0041}",
    "</script>",
    "<!--",
    "<script>",
    "]]>",
    "<b>",
    "<code>",
    "</code>",
    "<br>",
    "&lt;",
    "# ",
    "**",
    "[x](javascript:alert(1))",
    "https://evil.example",
    "::error::",
    "%0A",
    "$(x)",
    "__proto__",
    "constructor",
    " at ",
    " credentials",
    "off",
    "app",
];
const ORIGINS: &[&str] = &[
    "https://a.example",
    "https://*.b.example",
    "http://[::1]:*",
    "https://a'b.example",
    "https://a`b.example",
    "https://a&b.example",
];
