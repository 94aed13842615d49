//! The shop's page in real browsers: every row must come out as it says.

use std::io::{self, Write};
use std::net::TcpListener;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use actix_web::{HttpServer, rt, web};
use examples::address::origin;
use examples::{Api, Page};
use serde::Deserialize;
use tests::browser::{self, Browser, Window};

#[actix_web::test]
async fn every_row_of_the_page_comes_out_as_expected() {
    let browsers = Browser::asked_for().unwrap_or_else(|error| panic!("{error}"));
    if browsers.is_empty() {
        // Past the test harness, which shows what a test prints only when it fails.
        let line =
            format!("browser part not asked for: set {}=chromium to run it\n", browser::VARIABLE);
        io::stdout().write_all(line.as_bytes()).expect("standard output is open");
        return;
    }
    for browser in browsers {
        let (page, reports) = open_shop();
        let window = browser
            .open(&format!("{page}/?report=/report"))
            .unwrap_or_else(|error| panic!("{error}"));
        let report =
            web::block(move || wait(window, &reports)).await.expect("the pool of threads is open");
        judge(browser, &report.unwrap_or_else(|error| panic!("{browser:?}: {error}")));
    }
}

/// What the page posts when all its rows have run.
#[derive(Deserialize)]
struct Report {
    trouble: Option<String>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    id: String,
    want: Vec<Vec<String>>,
    did: Vec<String>,
    ok: bool,
}

/// Serves the shop on free ports until the test ends.
fn open_shop() -> (String, Receiver<String>) {
    let listen =
        || TcpListener::bind("127.0.0.1:0").expect("a free port on the loopback interface");
    let (api_listener, page_listener) = (listen(), listen());
    let address =
        |listener: &TcpListener| listener.local_addr().expect("a bound listener has an address");
    let (api_address, page_address) = (address(&api_listener), address(&page_listener));
    let (sender, reports) = mpsc::channel();

    let api = Api::new(page_address);
    let page = Page::new(page_address, api_address).report_to(sender);
    let api = HttpServer::new(move || api.app()).workers(1).disable_signals().listen(api_listener);
    let page =
        HttpServer::new(move || page.app()).workers(1).disable_signals().listen(page_listener);
    rt::spawn(api.expect("the listener is open").run());
    rt::spawn(page.expect("the listener is open").run());
    (origin(page_address), reports)
}

/// Waits for the page's report, as long as the browser lives and no longer than two minutes.
fn wait(mut window: Window, reports: &Receiver<String>) -> Result<Report, String> {
    let deadline = Instant::now() + Duration::from_secs(120);
    while Instant::now() < deadline {
        match reports.recv_timeout(Duration::from_millis(200)) {
            Ok(text) => {
                return serde_json::from_str(&text)
                    .map_err(|error| format!("{error} in the report {text}"));
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err("the page's server has ended".to_owned());
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
        if let Some(status) = window.ended() {
            return Err(format!(
                "it ended with {status} before the page had reported\n{}",
                window.last_words()
            ));
        }
    }
    Err(format!("no report within two minutes\n{}", window.last_words()))
}

/// All rows are there, and each came out as the page says that it must.
fn judge(browser: Browser, report: &Report) {
    assert_eq!(report.trouble, None, "{browser:?}: the page could not run its rows");
    let ids: Vec<_> = report.rows.iter().map(|row| row.id.as_str()).collect();
    let excused = |row: &Row| match browser {
        Browser::Chromium => false,
        Browser::Firefox => row.did.last().is_some_and(|did| did == NO_WEBGL),
        Browser::WebKit => row.id == "font-refused" && row.did == FONT_WITHOUT_CORS,
    };
    let fails = |row: &&Row| !(excused(row) || row.ok && row.want.contains(&row.did));
    let other: Vec<_> = (report.rows.iter().filter(fails))
        .map(|row| format!("{}: wanted {}, got {:?}", row.id, either(&row.want), row.did))
        .collect();
    assert!(
        other.is_empty(),
        "{browser:?}: {} of {} rows are not as expected\n{}",
        other.len(),
        ids.len(),
        other.join("\n")
    );
    assert_eq!(ids, ROWS, "{browser:?}: the page's rows");
}

fn either(want: &[Vec<String>]) -> String {
    want.iter().map(|want| format!("{want:?}")).collect::<Vec<_>>().join(" or ")
}

/// Firefox has no WebGL where there is no display.
const NO_WEBGL: &str = "no WebGL here";

/// WebKitGTK draws a web font of another origin without a grant, as if fonts were fetched without CORS.
const FONT_WITHOUT_CORS: [&str; 2] = ["GET 200", "font is drawn"];

/// Every row of the page, in its order, so that none can be lost.
const ROWS: [&str; 68] = [
    "get",
    "head",
    "get-xhr",
    "post-urlencoded",
    "post-multipart",
    "post-text",
    "header-accept",
    "header-accept-language",
    "header-content-language",
    "header-content-type",
    "header-range",
    "header-range-parts",
    "hint-save-data",
    "hint-downlink",
    "hint-viewport-width",
    "hint-width",
    "put",
    "delete",
    "patch",
    "patch-lower",
    "options",
    "trace",
    "json",
    "custom-header",
    "accept-long",
    "upload-listener",
    "stream-body",
    "max-age",
    "max-age-zero",
    "unauthorized",
    "unauthorized-put",
    "set-cookie",
    "credentialed-fetch",
    "credentialed-xhr",
    "without-credentials",
    "credentialed-put",
    "star",
    "origin-without-credentials",
    "sign-out",
    "exposed",
    "unexposed",
    "safelisted-answer",
    "app-default",
    "not-found",
    "extractor-error",
    "denied-origin",
    "denied-method",
    "off-method",
    "off-get",
    "off-delete",
    "off-region",
    "unlisted-header",
    "unrouted-method",
    "app-default-put",
    "no-cors",
    "null-origin",
    "null-origin-public",
    "font",
    "font-refused",
    "image",
    "image-tainted",
    "image-refused",
    "video",
    "video-tainted",
    "texture",
    "texture-tainted",
    "shape",
    "shape-refused",
];
