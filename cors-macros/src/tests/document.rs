//! What the handler's docs say of its policy.

use cors_core::Place;

use super::written;
use crate::document::section;

/// Origins, credentials, request headers, exposed headers and cache.
type Rows = [&'static str; 5];

#[test]
fn sections_say_where_each_value_comes_from() {
    let around = "from the enclosing policy";
    let cases: [(&str, &str, Rows); 7] = [
        (
            "a new trust",
            r#"origins = ["https://a.example", "https://*.b.example"], credentials"#,
            ["`https://a.example`, `https://*.b.example`", "yes", around, "none", around],
        ),
        (
            "everything",
            "origins = any, allow_headers = any, expose_headers = any, max_age = 0",
            ["any", "no", "any but `authorization`", "any", "0 s"],
        ),
        (
            "sets and empty lists",
            r#"origins = set("spa"), allow_headers = [any, "authorization"], expose_headers = []"#,
            ["the set `spa`", "no", "any, `authorization`", "none", around],
        ),
        ("inherit", "inherit", [around; 5]),
        (
            "edits",
            r#"inherit, expose_headers += ["x-a"], allow_headers += ["x-b"]"#,
            [
                around,
                around,
                "from the enclosing policy, and `x-b`",
                "from the enclosing policy, and `x-a`",
                around,
            ],
        ),
        (
            "added origins",
            r#"policy = a::SPA, origins += ["https://a.example"], credentials, max_age = 5"#,
            [
                "from `a::SPA`, and `https://a.example`",
                "from `a::SPA`; for the added origins: yes",
                "from `a::SPA`, or from the enclosing policy",
                "from `a::SPA`; for the added origins: none",
                "5 s",
            ],
        ),
        (
            "names that Markdown reads",
            r#"inherit, allow_headers = ["x|y", "x`y"]"#,
            [around, around, "`x\\|y`, `` x`y ``", around, around],
        ),
    ];
    for (name, keys, rows) in cases {
        let [origins, credentials, request_headers, exposed_headers, cache] = rows;
        let want = format!(
            "\n# CORS policy\n\n| setting | value |\n|---|---|\n| origins | {origins} |\n\
             | credentials | {credentials} |\n| request headers | {request_headers} |\n\
             | exposed headers | {exposed_headers} |\n| cache | {cache} |\n"
        );
        assert_eq!(section(&written(keys, Place::Handler), true), Some(want), "{name}");
    }
}

#[test]
fn sections_stand_only_where_they_hold() {
    let of = |keys, follows_docs| section(&written(keys, Place::Handler), follows_docs);
    assert_eq!(of("inherit, doc = false", true), None, "switched off");
    assert_eq!(of("origins = any, credentials", true), None, "faulty");
    let off = "# CORS policy\n\nOff: no other origin may read the answers.";
    assert_eq!(of("off", true), Some(format!("\n{off}")), "off");
    assert_eq!(of("off", false), Some(format!("<!-- -->\n\n{off}")), "without other docs");
}
