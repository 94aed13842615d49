//! Each form of the report, as a committed file.

use crate::{golden, shop};

#[actix_web::test]
async fn terminal() {
    let text = shop::report().await.to_string();
    for line in text.lines() {
        assert!(line.chars().count() <= 100, "too wide: {line}");
        assert_eq!(line, line.trim_end(), "white space at the end");
    }
    golden::compare("terminal.txt", &text);
}

#[actix_web::test]
async fn markdown() {
    golden::compare("report.md", &shop::report().await.to_markdown());
}

#[actix_web::test]
async fn json() {
    golden::compare("report.json", &shop::report().await.to_json());
}

#[actix_web::test]
async fn lock() {
    let text = shop::report().await.to_lock();
    assert!(!text.contains("shop.rs"), "a line number would change without any change of policy");
    assert!(!text.contains("spa.example.com"), "sets are told by name");
    golden::compare("cors.lock", &text);
}
