//! The report's page in real browsers: its simulator decides as the engine does, it works under its
//! own strict policy, and it filters 10,000 routes between two keystrokes.

mod large;
mod serve;
mod vectors;

use std::io::{self, Write};

use tests::browser::{self, Browser};

/// The browsers to test with; where there are none, a line says so.
fn browsers() -> Vec<Browser> {
    let browsers = Browser::asked_for().unwrap_or_else(|error| panic!("{error}"));
    if browsers.is_empty() {
        // past the test harness, which shows what a test prints only when it fails
        let line =
            format!("browser part not asked for: set {}=chromium to run it\n", browser::VARIABLE);
        io::stdout().write_all(line.as_bytes()).expect("standard output is open");
    }
    browsers
}

#[actix_web::test]
async fn the_simulator_decides_as_the_engine_does() {
    let vectors = vectors::vectors().await;
    assert!(vectors.count > 10_000, "{} cases are too few", vectors.count);
    for browser in browsers() {
        let files = [
            ("/", "text/html", vectors::PAGE.to_owned()),
            ("/simulate.js", "text/javascript", vectors::SIMULATE.to_owned()),
            ("/compare.js", "text/javascript", vectors::COMPARE.to_owned()),
            ("/vectors.json", "application/json", vectors.json.clone()),
        ];
        let answer = serve::ask(browser, &files).await;
        let differing = answer["differing"].as_array().expect("a list");
        assert!(differing.is_empty(), "{browser:?}: {differing:#?}");
        assert_eq!(answer["count"], vectors.count, "{browser:?}");
    }
}

#[actix_web::test]
async fn the_page_filters_ten_thousand_routes_between_two_keystrokes() {
    let page = large::page().await;
    for browser in browsers() {
        let files = [
            ("/", "text/html", page.clone()),
            ("/drive.js", "text/javascript", large::DRIVE.to_owned()),
        ];
        let answer = serve::ask(browser, &files).await;
        assert_eq!(answer["trouble"], serde_json::Value::Null, "{browser:?}");
        let keystrokes = answer["keystrokes"].as_array().expect("a list");
        let millis = keystrokes.iter().map(|keystroke| keystroke["millis"].as_f64());
        let mut millis: Vec<_> = millis.map(|millis| millis.expect("a number")).collect();
        millis.sort_by(f64::total_cmp);
        // the middle one: a busy machine takes the processor away from many
        let most = millis[millis.len() / 2];
        let limit = match browser {
            Browser::Chromium => 50.0,
            // their clocks tick in whole milliseconds, and WebKit shares the processor with its screen
            Browser::Firefox | Browser::WebKit => 200.0,
        };
        assert!(most < limit, "{browser:?}: {most} ms of {keystrokes:#?}");
    }
}
