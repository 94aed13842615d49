//! Which faults are told, at which place, and that none follows from another.

use cors_core::Place;

use super::{errors, source, tokens, written};
use crate::{
    attribute, diagnostic::MAX_SHOWN, misplaced::Misplaced, syntax::SyntaxFault, word::Word,
};

/// Places and messages, in order.
type Want = &'static [(&'static str, &'static str)];

#[test]
fn policy_faults_stand_at_their_place() {
    let cases: &[(&str, &str, Want)] = &[
        (
            "element",
            r#"origins = ["https://a.example", "https://B.example"]"#,
            &[(r#""https://B.example""#, "origin in upper case: `https://B.example`")],
        ),
        ("value", "inherit, max_age = 90000", &[("90000", "`max_age` over 86400 seconds")]),
        ("empty list", "origins = []", &[("[]", "empty list of origins")]),
        ("key", "origins = any, credentials", &[("credentials", "any origin with credentials")]),
        (
            "word in a list",
            r#"inherit, allow_headers = ["x-a", any]"#,
            &[("any", "not alone in its list: `any`")],
        ),
        ("set", r#"origins = set("")"#, &[(r#"set("")"#, "`set(..)` with an empty name")]),
        (
            "raw string",
            r##"origins = [r#"a.example"#]"##,
            &[(r##"r#"a.example"#"##, "origin without a scheme: `a.example`")],
        ),
        (
            "all at once",
            r#"origins = ["a", "b"], expose_headers = ["c d"], max_age = 90000"#,
            &[
                (r#""a""#, "origin without a scheme: `a`"),
                (r#""b""#, "origin without a scheme: `b`"),
                (r#""c d""#, "invalid header name: `c d`"),
                ("90000", "`max_age` over 86400 seconds"),
            ],
        ),
    ];
    check(cases);
}

#[test]
fn faults_of_the_grammar_stand_at_their_place() {
    let cases: &[(&str, &str, Want)] = &[
        (
            "unknown key",
            "inherit, polcy = A",
            &[("polcy", "unknown key `polcy`"), ("polcy", "`policy` beside `inherit`")],
        ),
        ("hyphen", "inherit, max-age = 5", &[("max-age", "unknown key `max-age`")]),
        (
            "no key",
            "inherit, 5 = 6, \"x\"",
            &[("5", "`5` in the place of a key"), ("\"x\"", "`\"x\"` in the place of a key")],
        ),
        ("empty element", "inherit,, max_age = 5", &[(",", "`,` in the place of a key")]),
        ("twice", "inherit, max_age = 5, max_age = 6", &[("max_age", "`max_age` written twice")]),
        ("no comma", "inherit max_age = 5", &[("max_age", "no comma before `max_age`")]),
        (
            "no comma after a path",
            "policy = a::B max_age = 5",
            &[("max_age", "no comma before `max_age`")],
        ),
        ("text after a value", "inherit, max_age = 5 s", &[("s", "no comma before `s`")]),
        (
            "number after a value",
            "inherit, max_age = 5 6, off = true",
            &[
                ("6", "no comma before `6`"),
                ("true", "`off` with a value"),
                ("inherit", "`inherit` beside `off`"),
            ],
        ),
        ("no value", "inherit, max_age", &[("max_age", "`max_age` without a value")]),
        ("operator", "inherit, max_age: 5", &[(":", "`:` after `max_age`")]),
        ("set for a number", "inherit, max_age += 5", &[("+=", "`+=` after `max_age`")]),
        ("flag", "inherit = false, origins = any", &[("false", "`inherit` with a value")]),
        ("flag with parentheses", "inherit(true)", &[("(true)", "`inherit` with a value")]),
        ("value", "origins = -1", &[("-1", "`-1` as the value of `origins`")]),
        ("generic path", "policy = ::a::Tenant::<B>::C", &[]),
        ("call", "policy = spa()", &[("spa()", "`spa ()` as the value of `policy`")]),
        (
            "elements",
            "origins = [a, 1, b\"c\", 'd', \"e\"x, , \"https://f.example\"]",
            &[
                ("a", "`a` in the list of `origins`"),
                ("1", "`1` in the list of `origins`"),
                ("b\"c\"", "`b\"c\"` in the list of `origins`"),
                ("'d'", "`'d'` in the list of `origins`"),
                ("\"e\"x", "`\"e\"x` in the list of `origins`"),
                (",", "`,` in the list of `origins`"),
            ],
        ),
        (
            "no comma in a list",
            "origins = [\"https://a.example\" \"https://b.example\"]",
            &[("\"https://b.example\"", "no comma before `\"https://b.example\"`")],
        ),
        (
            "set in a list",
            "origins = [set(\"a\")]",
            &[("set(\"a\")", "`set(..)` inside of a list")],
        ),
        ("doc", "inherit, doc = false", &[("doc", "`doc` in `policy!`")]),
        (
            "crate",
            "inherit, crate = \"cors\"",
            &[("\"cors\"", "`\"cors\"` as the value of `crate`")],
        ),
    ];
    check(cases);
}

/// A key that could not be read may be what another one needs.
#[test]
fn no_fault_follows_from_another() {
    let cases: &[(&str, &str, Want)] = &[
        ("origins", "orignal, credentials", &[("orignal", "unknown key `orignal`")]),
        ("value", "origins = 5, credentials", &[("5", "`5` as the value of `origins`")]),
        ("element", "origins = [5]", &[("5", "`5` in the list of `origins`")]),
        (
            "opt-in",
            "origins = [\"null\"], allow_null",
            &[("allow_null", "unknown key `allow_null`")],
        ),
    ];
    check(cases);
}

fn check(cases: &[(&str, &str, Want)]) {
    for (name, keys, want) in cases {
        let written = written(keys, Place::Constant);
        let got: Vec<_> =
            written.diagnostics.iter().map(|d| (source(d.at), d.message.clone())).collect();
        let got: Vec<_> = got.iter().map(|(at, message)| (&**at, &**message)).collect();
        assert_eq!(got, *want, "{name}");
    }
}

#[test]
fn faults_past_the_cap_are_counted() {
    let origins = |count: usize| format!("origins = [{}]", "\"\",".repeat(count));
    let texts = |count| errors(crate::constant::expand(tokens(&origins(count))));
    assert_eq!(texts(MAX_SHOWN).len(), MAX_SHOWN);
    let over = texts(MAX_SHOWN + 3);
    assert_eq!(over.len(), MAX_SHOWN + 1);
    assert!(over[MAX_SHOWN].starts_with("`3` more faults\n"), "{}", over[MAX_SHOWN]);
}

#[test]
fn misplaced_attributes() {
    let cases = [
        ("no route", "async fn f() -> X {}", "no route attribute below the `#[cors]` of `f`"),
        ("struct", "struct F;", "`#[cors]` on something that is no function"),
        ("constant", "const F: fn() = f;", "`#[cors]` on something that is no function"),
        ("method", "#[get(\"/\")] async fn f(&self) -> X {}", "`#[cors]` on a method"),
        ("typed self", "async fn f(self: Rc<Self>) -> X {}", "`#[cors]` on a method"),
        (
            "twice",
            "#[cors(off)] #[get(\"/\")] async fn f() -> X {}",
            "second `#[cors]` on one handler",
        ),
        (
            "two routes",
            "#[get(\"/\")] #[put(\"/\")] async fn f() -> X {}",
            "second route attribute without `#[routes]`",
        ),
        (
            "qualified below routes",
            "#[routes] #[actix_web::get(\"/\")] async fn f() -> X {}",
            "`get` in a form that `#[routes]` passes over",
        ),
        (
            "forbidden method",
            "#[trace(\"/\")] async fn f() -> X {}",
            "route for the forbidden method `TRACE`",
        ),
    ];
    for (name, item, want) in cases {
        let texts = errors(attribute::expand(tokens("inherit"), tokens(item)));
        let got: Vec<_> = texts.iter().filter_map(|text| text.lines().next()).collect();
        assert_eq!(got, [want], "{name}");
    }
}

/// One line, lower case, no full stop, no question; and a help that says what to type.
#[test]
fn messages_keep_the_form() {
    let (found, word) = ("x".to_owned(), Word::parse("origins").expect("a key"));
    let syntax = [
        SyntaxFault::NoWord { found: found.clone(), fix: None },
        SyntaxFault::NoWord { found: found.clone(), fix: Some(word.to_string()) },
        SyntaxFault::UnknownWord { word: found.clone(), similar: None },
        SyntaxFault::UnknownWord { word: found.clone(), similar: Some(word) },
        SyntaxFault::Twice { word },
        SyntaxFault::NoComma { found: found.clone() },
        SyntaxFault::NoValue { word },
        SyntaxFault::FlagValue { word, off: false },
        SyntaxFault::FlagValue { word, off: true },
        SyntaxFault::NoOperator { word, found: found.clone(), fix: None },
        SyntaxFault::Extend { word },
        SyntaxFault::Value { word, found: found.clone(), fix: None },
        SyntaxFault::Element { word, found: found.clone(), fix: None },
        SyntaxFault::SetInList { fix: Some(found.clone()) },
        SyntaxFault::DocOnConstant,
    ];
    let misplaced = [
        Misplaced::NoRoute { name: found.clone() },
        Misplaced::NoFunction,
        Misplaced::Method,
        Misplaced::Twice,
        Misplaced::SecondRoute,
        Misplaced::UnreadByRoutes { name: found.clone() },
        Misplaced::ForbiddenMethod { method: found },
    ];
    let texts = syntax
        .iter()
        .map(|fault| (fault.to_string(), fault.note(), fault.help()))
        .chain(misplaced.iter().map(|f| (f.to_string(), f.note().to_owned(), f.help())));
    for (message, note, help) in texts {
        assert_eq!(message.lines().count(), 1, "{message}");
        for text in [&message, &note, &help] {
            assert!(!text.contains('?') && !text.ends_with('.'), "{text}");
            assert!(text.starts_with(|c: char| c.is_lowercase() || c == '`'), "{text}");
        }
        let types = ["write", "remove"];
        assert!(types.iter().any(|word| help.starts_with(word)), "{help}");
    }
}
