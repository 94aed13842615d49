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
