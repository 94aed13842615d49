//! What editors and other macros see of an expansion.

use cors_core::Key;
use proc_macro2::{Spacing, TokenStream, TokenTree};

use super::{errors, tokens, walk};
use crate::{attribute, constant, word::Word};

/// Hovering a token shows the docs of the item that a token of the same place resolves to: here a
/// documented field of `Keys`.
#[test]
fn every_key_is_named_again_at_its_place() {
    let lists = r#"
        origins = set("a"), credentials, allow_headers = [any],
        expose_headers = ["x-a"], max_age = 5, methods = ["PUT"],
        dangerously_allow_null_origin, dangerously_allow_insecure_origins,
        dangerously_allow_public_suffix
    "#;
    let faulty = format!("{lists}, off");
    let cases = [
        ("lists", lists, 0),
        ("inherit", "inherit, max_age = 5", 0),
        ("off", "off", 0),
        ("policy", "policy = SPA", 0),
        ("faulty", &faulty, 3),
        ("misspelt", "inherit, max_age = 5, alow_headers = any", 1),
    ];
    for (name, keys, faults) in cases {
        let input = tokens(keys);
        let expansion = constant::expand(input.clone());
        assert_eq!(errors(expansion.clone()).len(), faults, "{name}");
        let fields = fields(expansion);
        for token in input {
            if let TokenTree::Ident(ident) = token
                && let Some(Word::Key(key)) = Word::parse(&ident.to_string())
            {
                let at = ident.span().start();
                assert!(fields.contains(&(key, at)), "{name}: {key} at {at:?}");
            }
        }
    }
}

/// The fields of struct literals that are named as a key, with their places.
fn fields(expansion: TokenStream) -> Vec<(Key, proc_macro2::LineColumn)> {
    let mut fields = Vec::new();
    walk(expansion, &mut |window| {
        if let [TokenTree::Ident(ident), TokenTree::Punct(colon), _] = window
            && colon.as_char() == ':'
            && colon.spacing() == Spacing::Alone
            && let Some(Word::Key(key)) = Word::parse(&ident.to_string())
        {
            fields.push((key, ident.span().start()));
        }
    });
    fields
}

#[test]
fn the_handler_is_untouched() {
    let function = "pub(crate) async fn user<'a>(id: Path<u64>, (a, b): (A, B)) -> impl Responder + 'a \
                    where A: B { { if id } 1 + ; }";
    let cases = [
        ("sound", "origins = any"),
        ("faulty keys", "orgins = any"),
        ("faulty policy", "origins = any, credentials"),
    ];
    for (name, keys) in cases {
        let item = tokens(&format!("#[get(\"/\")] #[allow(unused)] {function}"));
        let expansion = attribute::expand(tokens(keys), item).to_string();
        let function = tokens(function).to_string();
        assert!(expansion.contains(&function), "{name}: {expansion}");
        assert!(expansion.contains("pub struct user"), "{name}: {expansion}");
        assert!(expansion.contains("# [allow (unused)] pub"), "{name}: {expansion}");
    }
}

#[test]
fn marks_follow_what_the_user_wraps() {
    let cases = [
        (
            "get",
            r#"#[get("/")]"#,
            r#"# [get ("/" , wrap = "::cors_actix::__private::Mark::at(0)")]"#,
        ),
        (
            "trailing comma",
            r#"#[actix_web::put("/", wrap = "Auth",)]"#,
            r#"# [actix_web :: put ("/" , wrap = "Auth" , wrap = "::cors_actix::__private::Mark::at(0)")]"#,
        ),
        (
            "routes",
            r#"#[routes] #[get("/")] #[doc = "x"] #[post("/p")]"#,
            r#"# [post ("/p" , wrap = "::cors_actix::__private::Mark::at(1)")]"#,
        ),
    ];
    for (name, attributes, want) in cases {
        let item = tokens(&format!("{attributes} async fn f() -> X {{}}"));
        let expansion = attribute::expand(tokens("inherit"), item).to_string();
        assert!(expansion.contains(want), "{name}: {expansion}");
    }
}

/// `#[utoipa::path]` defines items beside the handler, so it must see the handler first.
#[test]
fn other_attribute_macros_go_first() {
    let item = r#"
        #[doc = "A user."] #[utoipa::path(get)] #[allow(unused)] #[rustfmt::skip] #[get("/")]
        #[instrument] async fn f() -> X {}
    "#;
    let want = r#"
        #[utoipa::path(get)] #[::cors_actix::__private::cors_in_place(inherit)]
        #[doc = "A user."] #[allow(unused)] #[rustfmt::skip] #[get("/")]
        #[instrument] async fn f() -> X {}
    "#;
    let expansion = attribute::expand(tokens("inherit"), tokens(item));
    assert_eq!(expansion.to_string(), tokens(want).to_string());
}

/// What is not an argument of an attribute macro reaches it in an invisible group.
#[test]
fn fragments_of_macro_rules_are_read() {
    use proc_macro2::{Delimiter, Group};
    let fragment = |text| TokenTree::from(Group::new(Delimiter::None, tokens(text)));
    let (origin, any) = (fragment("\"https://a.example\""), fragment("any"));
    let keys = quote::quote!(origins = [#origin], allow_headers = #any);
    assert_eq!(errors(constant::expand(keys)), Vec::<String>::new());
}

#[test]
fn routes_that_actix_reports_are_left_to_it() {
    let cases = [
        ("no path", "#[get]", "-> X"),
        ("constant path", "#[get(PATH)]", "-> X"),
        ("unknown option", r#"#[get("/", id = "a")]"#, "-> X"),
        ("option without quotes", r#"#[get("/", name = a)]"#, "-> X"),
        ("method of get", r#"#[get("/", method = "PUT")]"#, "-> X"),
        ("route without methods", r#"#[route("/")]"#, "-> X"),
        ("method in lower case", r#"#[route("/", method = "put")]"#, "-> X"),
        ("method twice", r#"#[route("/", method = "PUT", method = "PUT")]"#, "-> X"),
        ("routes without a method", "#[routes]", "-> X"),
        ("no return type", r#"#[get("/")]"#, ""),
    ];
    for (name, attribute, output) in cases {
        let item = tokens(&format!("{attribute} async fn f() {output} {{}}"));
        let expansion = attribute::expand(tokens("inherit"), item);
        assert_eq!(errors(expansion.clone()), Vec::<String>::new(), "{name}");
        let text = expansion.to_string();
        assert!(text.contains("let _ = (f , __config)"), "{name}: {text}");
        assert!(!text.contains("__cors :: enter"), "{name}: {text}");
    }
    let item = tokens(r#"#[get("/", name = "a", guard = "g", wrap = "W")] async fn f() -> X {}"#);
    let text = attribute::expand(tokens("inherit"), item).to_string();
    assert!(text.contains("__cors :: enter"), "what actix-web accepts: {text}");
}
