//! What each form has to be, whatever it is about.

use cors_actix::{
    PolicyReport,
    report::{JSON_SCHEMA, Question},
};
use pulldown_cmark::{Event, Options, Parser, Tag};
use scraper::{Html, Selector};
use serde_json::{Value, json};

use super::Names;

pub(super) fn terminal(report: &PolicyReport, _: &Names) {
    let text = report.to_string();
    all_visible(&text);
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}");
    }
}

/// As GitHub reads it: one table, a cell for each heading, and no markup but what this writes.
pub(super) fn markdown(report: &PolicyReport, names: &Names) {
    let text = report.to_markdown();
    all_visible(&text);
    let (mut tables, mut rows, mut cells, mut code) = (0, 0, 0, String::new());
    let mut in_code = false;
    for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Table(columns)) => {
                assert_eq!(columns.len(), 6, "{text}");
                tables += 1;
            }
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::Start(
                Tag::Heading { .. }
                | Tag::Paragraph
                | Tag::List(None)
                | Tag::Item
                | Tag::Strong
                | Tag::TableHead,
            )
            | Event::End(_)
            | Event::SoftBreak => {}
            Event::Code(span) => code.push_str(&span),
            Event::Text(span) if in_code => code.push_str(&span),
            Event::Text(_) => {}
            Event::InlineHtml(tag) => match &*tag {
                "<br>" => {}
                "<code>" | "</code>" => in_code = &*tag == "<code>",
                other => panic!("markup: {other} in {text}"),
            },
            other => panic!("{other:?} in {text}"),
        }
    }
    assert_eq!(
        (tables, rows, cells),
        (1, report.rows().len(), 6 * (report.rows().len() + 1)),
        "{text}"
    );
    for name in [&names.handler, &names.set, &names.path] {
        let visible: String = name.chars().filter(|c| c.is_ascii_graphic()).collect();
        let hidden = name.chars().any(|c| !c.is_ascii_graphic());
        assert!(hidden || code.contains(&visible), "{visible} is not in the code of {text}");
    }
}

pub(super) fn json(report: &PolicyReport, names: &Names) {
    let value: Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(value["rows"][0]["handler"], json!(names.handler));
    assert_eq!(value["rows"][0]["path"], json!(names.path));
    assert_eq!(value["sets"][0]["name"], json!(names.set));
    assert_eq!(value["sets"][0]["origins"], json!(names.origins));
    fits_the_schema(&value);
}

/// Each line names one place and one fact, and the check of the file reads all but a missing one.
pub(super) fn lock(report: &PolicyReport, _: &Names) {
    let text = report.to_lock();
    all_visible(&text);
    let facts: Vec<_> = text.lines().filter(|line| !line.starts_with("# ")).collect();
    let distinct: std::collections::BTreeSet<_> = facts.iter().collect();
    assert_eq!(distinct.len(), facts.len(), "{text}");
    for line in facts {
        assert_eq!(line.matches(" | ").count(), 1, "{line}");
        let (place, fact) = line.split_once(" | ").expect("it is there once");
        let words = place.split(' ').count();
        assert!(place == "app" || words == 2 || words == 4, "{line}");
        let kinds = ["off", "origin ", "header "];
        assert!(kinds.iter().any(|kind| fact.starts_with(kind)), "{line}");
    }
    let last = text.lines().last().expect("the app default at least");
    let name = format!("cors-hostile-{}.lock", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, text.trim_end().trim_end_matches(last)).expect("a temporary file");
    let error = report.check_lock(&path).expect_err("a line is missing");
    std::fs::remove_file(&path).expect("it has just been written");
    let [change] = error.changes() else { panic!("{error}") };
    assert_eq!((change.added, &*change.line), (true, last));
}

/// Whatever the report holds, the page around it has the same elements, and it can be read back.
pub(super) fn html(report: &PolicyReport, _: &Names) {
    let harmless = Names {
        path: "/x".to_owned(),
        region: "/r".to_owned(),
        handler: "x".to_owned(),
        set: "x".to_owned(),
        origins: Vec::new(),
    };
    let harmless = actix_web::rt::System::new().block_on(super::report(&harmless));
    let [page, other] = [report, &*harmless].map(|report| Html::parse_document(&report.to_html()));
    let elements = |page: &Html| {
        let all = Selector::parse("*").expect("a selector");
        let tag = |element: scraper::ElementRef<'_>| {
            let element = element.value();
            let attributes: Vec<_> =
                element.attrs().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
            (element.name().to_owned(), attributes)
        };
        page.select(&all).map(tag).collect::<Vec<_>>()
    };
    assert_eq!(elements(&page), elements(&other));
    let data = Selector::parse("script#report").expect("a selector");
    let data = page.select(&data).next().expect("the report's element").inner_html();
    let value: Value = serde_json::from_str(&data).expect("JSON");
    assert_eq!(value, serde_json::to_value(report).expect("JSON"));
}

pub(super) fn openapi(report: &PolicyReport, names: &Names) {
    let mut document = json!({ "paths": { names.path.as_str(): { "get": {} } } });
    report.add_to_openapi(&mut document);
    report.add_preflights_to_openapi(&mut document);
    let text = document.to_string();
    let back: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(back, document);
    let policies = &back["paths"][names.path.as_str()]["get"]["x-cors"];
    assert_eq!(policies[0]["policy"]["grants"][0]["origins"]["set"], json!(names.set));
}

pub(super) fn explanation(report: &PolicyReport, names: &Names) {
    let question = Question {
        method: "GET",
        path: &names.path,
        origin: &names.handler,
        headers: &[&names.set],
        credentials: true,
    };
    let answer = report.explain(&question);
    all_visible(&answer.to_string());
    let value = serde_json::to_value(&answer).expect("JSON");
    assert_eq!(value["handler"], json!(answer.handler));
    assert_eq!(value["rules"].as_array().map(Vec::len), Some(answer.rules.len()));
}

/// By a validator that is not this library's.
fn fits_the_schema(value: &Value) {
    let schema = serde_json::from_str(JSON_SCHEMA).expect("JSON");
    let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
    compiler.add_resource("report.json", schema).expect("a new name");
    let schema = compiler.compile("report.json", &mut schemas).expect("a schema");
    schemas.validate(value, schema).unwrap_or_else(|fault| panic!("{fault}"));
    let mut other = value.clone();
    other["rows"][0]["methods"] = json!("GET");
    schemas.validate(&other, schema).expect_err("a text is no list");
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
