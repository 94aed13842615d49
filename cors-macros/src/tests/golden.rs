//! The expansions of the typical forms, as committed files. `UPDATE_GOLDEN=1` writes them anew.

use std::{env, fs, path::Path};

use proc_macro2::TokenStream;

use super::tokens;
use crate::{attribute, constant};

#[test]
fn origins_with_credentials() {
    attribute(
        "origins_with_credentials",
        r#"origins = ["https://app.example.com"], credentials"#,
        r#"
        /// One user.
        #[get("/users/{id}")]
        async fn user(id: web::Path<u64>) -> impl Responder { id.to_string() }
        "#,
    );
}

#[test]
fn any_origin_on_several_routes() {
    attribute(
        "any_origin_on_several_routes",
        "origins = any, max_age = 3600, doc = false",
        r#"
        #[routes]
        #[get("/prices", name = "prices")]
        #[post("/prices/search", guard = "is_small",)]
        pub(crate) async fn list() -> HttpResponse { HttpResponse::Ok().finish() }
        "#,
    );
}

#[test]
fn policy_of_a_constant() {
    attribute(
        "policy_of_a_constant",
        "policy = crate::policies::SPA",
        r#"
        #[put("/me")]
        async fn save(me: Session) -> impl Responder { me }
        "#,
    );
}

#[test]
fn inherit_with_additions() {
    attribute(
        "inherit_with_additions",
        r#"inherit, origins += ["https://partner.example"], allow_headers += ["x-trace"], crate = cors"#,
        r#"
        #[route("/audit", method = "GET", method = "PURGE")]
        async fn audit() -> impl Responder { "" }
        "#,
    );
}

#[test]
fn faulty_policy() {
    attribute(
        "faulty_policy",
        "origins = any, credentials",
        r#"
        #[get("/prices")]
        async fn prices() -> impl Responder { "1.20" }
        "#,
    );
}

#[test]
fn constant_policy() {
    let keys =
        r#"origins = set("spa"), credentials, allow_headers = ["content-type"], max_age = 600"#;
    let policy = constant::expand(tokens(keys));
    let item = quote::quote!(const SPA: Policy = #policy;);
    compare("constant_policy", item);
}

fn attribute(name: &str, keys: &str, item: &str) {
    compare(name, attribute::expand(tokens(keys), tokens(item)));
}

fn compare(name: &str, expansion: TokenStream) {
    let file = syn::parse2(expansion).unwrap_or_else(|error| panic!("{name}: {error}"));
    let got = prettyplease::unparse(&file);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name).with_extension("rs");
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, &got).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let want = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    assert_eq!(got, want, "{name}");
}
