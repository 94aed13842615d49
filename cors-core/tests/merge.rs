//! Merging, one case for each rule: what holds below, or the error with its place.

use cors_core::{Merged, Merger, Policy, PolicyBuilder, Role, Site};

type Build = fn(PolicyBuilder) -> PolicyBuilder;

fn policy(name: &str, build: Build) -> Policy {
    let policy = build(Policy::builder()).build().unwrap_or_else(|e| panic!("{name}: {e}"));
    policy.written_at(Site::Named(name.into()))
}

fn merger() -> Merger {
    let mut merger = Merger::new();
    let site = |name: &str| Site::Named(name.into());
    merger
        .set("spa", ["https://spa.example", "http://spa.example"], site("set spa"))
        .expect("legal");
    merger.set("none", [""; 0], site("set none")).expect("legal");
    merger.set("null", ["null", "https://*.com"], site("set null")).expect("legal");
    merger
}

/// App, then each layer below, in words.
fn merge(layers: &[Build]) -> Result<String, String> {
    let mut merger = merger();
    let mut merged = None::<Merged>;
    for (index, layer) in layers.iter().enumerate() {
        let next = match &merged {
            None => merger.app(&policy("0", *layer)),
            Some(parent) => merger.below(parent, Role::Route, &policy(&index.to_string(), *layer)),
        };
        let errors = |errors: Vec<cors_core::ConfigError>| {
            let errors = errors.iter().map(|error| {
                let other = error.other().map(|other| format!(" beside {other}"));
                format!("{}: {}{}", error.source(), error.fault(), other.unwrap_or_default())
            });
            errors.collect::<Vec<_>>().join("\n")
        };
        merged = Some(next.map_err(errors)?);
    }
    Ok(merged.map(|merged| words(&merged)).unwrap_or_default())
}

fn words(merged: &Merged) -> String {
    let mut words: Vec<String> = Vec::new();
    for grant in merged.grants() {
        let origins = match grant.origins().set() {
            None => "any".to_owned(),
            Some(set) => set.patterns().iter().map(|p| p.as_str()).collect::<Vec<_>>().join(" "),
        };
        let credentials = if grant.credentials() { " credentials" } else { "" };
        let expose = grant.expose().value.to_header();
        let expose = if expose.is_empty() { String::new() } else { format!(" expose {expose}") };
        words.push(format!("[{origins}{credentials}{expose} by {}]", grant.source().site));
    }
    if let Some(off) = merged.off() {
        words.push(format!("off by {}", off.site));
    }
    let lists = [("allow", merged.allow_headers()), ("methods", merged.methods())];
    for (name, setting) in lists.into_iter().filter(|(_, setting)| !setting.sources.is_empty()) {
        let by: Vec<_> = setting.sources.iter().map(|source| source.site.to_string()).collect();
        let names: Vec<_> = setting.value.iter().collect();
        let any = if setting.value.is_any() { "any " } else { "" };
        words.push(format!("{name} {any}{} by {}", names.join(" "), by.join(" ")));
    }
    if let Some(seconds) = merged.max_age() {
        words.push(format!("max_age {} by {}", seconds.value, seconds.sources[0].site));
    }
    words.join(", ")
}

const A: Build = |b| b.origins(["https://a.example"]);
const A_CREDENTIALS: Build = |b| b.origins(["https://a.example"]).credentials();
const ANY: Build = PolicyBuilder::any_origin;
const OFF: Build = PolicyBuilder::off;
const INHERIT: Build = PolicyBuilder::inherit;

#[test]
fn layers_that_merge() {
    let cases: [(&str, &[Build], &str); 21] = [
        ("one", &[A], "[https://a.example by 0]"),
        ("off", &[OFF], "off by 0"),
        (
            "a new trust replaces the whole trust",
            &[|b| A_CREDENTIALS(b).expose_headers(["x-a"]), |b| b.origins(["https://b.example"])],
            "[https://b.example by 1]",
        ),
        ("a new trust replaces off", &[OFF, A], "[https://a.example by 1]"),
        ("off replaces trust", &[A, OFF], "off by 1"),
        ("inherit alone", &[A, INHERIT], "[https://a.example by 0]"),
        ("inherit over off", &[OFF, INHERIT], "off by 0"),
        (
            "shape is inherited key by key",
            &[|b| A(b).max_age(5).allow_headers(["x-a"]).methods(["PUT"]), |b| ANY(b).max_age(6)],
            "[any by 1], allow x-a by 0, methods PUT by 0, max_age 6 by 1",
        ),
        (
            "shape below off",
            &[|b| OFF(b).max_age(5).methods(["PUT"]), A],
            "[https://a.example by 1], methods PUT by 0, max_age 5 by 0",
        ),
        (
            "lists are extended",
            &[
                |b| A(b).allow_headers(["x-a"]).methods(["PUT"]),
                |b| INHERIT(b).add_allow_headers(["X-B", "x-a"]).add_methods(["DELETE"]),
            ],
            "[https://a.example by 0], allow x-a x-b by 0 1, methods PUT DELETE by 0 1",
        ),
        (
            "lists are replaced",
            &[
                |b| A(b).allow_headers(["x-a"]),
                |b| INHERIT(b).add_allow_headers(["x-b"]),
                |b| INHERIT(b).allow_headers(["x-c"]),
            ],
            "[https://a.example by 0], allow x-c by 2",
        ),
        (
            "any takes in what it covers",
            &[
                |b| A(b).allow_headers(["x-a", "authorization"]),
                |b| INHERIT(b).any_header(),
                |b| INHERIT(b).add_allow_headers(["x-b", "authorization"]),
            ],
            "[https://a.example by 0], allow any authorization by 1 2",
        ),
        (
            "an addition is a grant of its own",
            &[
                |b| A_CREDENTIALS(b).expose_headers(["x-a"]),
                |b| INHERIT(b).add_origins(["https://b.example"]),
            ],
            "[https://a.example credentials expose x-a by 0], [https://b.example by 1]",
        ),
        (
            "an addition with the rights that were there",
            &[
                |b| A_CREDENTIALS(b).expose_headers(["x-a", "etag"]),
                |b| {
                    INHERIT(b)
                        .add_origins(["https://*.example"])
                        .dangerously_allow_public_suffix()
                        .credentials()
                        .expose_headers(["etag", "x-a"])
                },
            ],
            "[https://a.example credentials expose x-a, etag by 0], \
            [https://*.example credentials expose etag, x-a by 1]",
        ),
        (
            "safelisted names are exposed anyway",
            &[
                |b| A(b).expose_headers(["content-type"]),
                |b| INHERIT(b).add_origins(["https://*.example"]),
            ],
            "[https://a.example expose content-type by 0], [https://*.example by 1]",
        ),
        (
            "edits of what is exposed go to every grant",
            &[
                |b| A_CREDENTIALS(b).expose_headers(["x-a"]),
                |b| INHERIT(b).add_origins(["https://b.example"]),
                |b| INHERIT(b).add_expose_headers(["x-b"]),
            ],
            "[https://a.example credentials expose x-a, x-b by 0], [https://b.example expose x-b by 1]",
        ),
        (
            "any stays any",
            &[|b| A(b).expose_any_header(), |b| INHERIT(b).add_expose_headers(["x-b"])],
            "[https://a.example expose * by 0]",
        ),
        (
            "any is replaced",
            &[|b| A(b).expose_any_header(), |b| INHERIT(b).expose_headers(["x-b"])],
            "[https://a.example expose x-b by 0]",
        ),
        (
            "sets",
            &[|b| b.origin_set("spa"), |b| INHERIT(b).add_origin_set("none").credentials()],
            "[https://spa.example http://spa.example by 0], [ credentials by 1]",
        ),
        (
            "a named policy",
            &[
                |b| ANY(b).max_age(1).allow_headers(["x-a"]),
                |b| b.policy(policy("named", |b| A(b).max_age(2))).add_allow_headers(["x-b"]),
            ],
            "[https://a.example by named], allow x-a x-b by 0 1, max_age 2 by named",
        ),
        (
            "a named policy that inherits",
            &[A, |b| b.policy(policy("named", |b| INHERIT(b).add_origins(["https://b.example"])))],
            "[https://a.example by 0], [https://b.example by named]",
        ),
    ];
    for (name, layers, want) in cases {
        assert_eq!(merge(layers).as_deref(), Ok(want), "{name}");
    }
}

#[test]
fn layers_that_do_not_merge() {
    let cases: [(&str, &[Build], &str); 17] = [
        (
            "edit of deny",
            &[OFF, |b| INHERIT(b).max_age(5)],
            "route (1): edit of a policy that trusts nobody beside app (0)",
        ),
        (
            "addition to deny",
            &[OFF, |b| INHERIT(b).add_origins(["https://a.example"])],
            "route (1): edit of a policy that trusts nobody beside app (0)",
        ),
        (
            "edit of a named off",
            &[A, |b| b.policy(policy("named", OFF)).max_age(5)],
            "route (1): edit of a policy that trusts nobody beside route (named)",
        ),
        (
            "inherit in the app default",
            &[INHERIT],
            "app (0): inherit: `inherit` where nothing encloses",
        ),
        (
            "inherit in a policy that it names",
            &[|b| b.policy(policy("named", INHERIT))],
            "app (named): inherit: `inherit` where nothing encloses",
        ),
        (
            "shape beside off below the app default",
            &[A, |b| OFF(b).max_age(5)],
            "route (1): max_age: `max_age` beside `off`, outside of the app default",
        ),
        (
            "another shape beside off",
            &[A, |b| OFF(b).methods(["PUT"])],
            "route (1): methods: `methods` beside `off`, outside of the app default",
        ),
        (
            "a third shape beside off",
            &[A, |b| OFF(b).allow_headers(["x-a"])],
            "route (1): allow_headers: `allow_headers` beside `off`, outside of the app default",
        ),
        (
            "addition without the credentials",
            &[A_CREDENTIALS, |b| {
                INHERIT(b).add_origins(["https://c.example", "https://*.example"])
            }],
            "route (1): addition of `https://*.example` would take credentials away beside app (0)",
        ),
        (
            "addition without what is exposed",
            &[
                |b| A(b).expose_headers(["x-a"]),
                |b| INHERIT(b).add_origins(["https://a.example"]).expose_headers(["x-b"]),
            ],
            "route (1): addition of `https://a.example` would take the exposed header `x-a` away \
            beside app (0)",
        ),
        (
            "addition to any without what is exposed",
            &[
                |b| ANY(b).expose_any_header(),
                |b| INHERIT(b).add_origins(["https://a.example"]).expose_headers(["x-b"]),
            ],
            "route (1): addition of `https://a.example` would take `expose_headers = any` away \
            beside app (0)",
        ),
        (
            "addition over a set without its credentials",
            &[
                |b| b.origin_set("spa").credentials().dangerously_allow_insecure_origins(),
                |b| INHERIT(b).add_origins(["https://spa.example"]),
            ],
            "route (1): addition of `https://spa.example` would take credentials away beside app (0)",
        ),
        (
            "every header exposed with credentials",
            &[
                |b| b.origins(["https://b.example"]),
                |b| INHERIT(b).add_origins(["https://a.example"]).credentials(),
                |b| INHERIT(b).expose_any_header(),
            ],
            "route (2): expose_headers: `expose_headers = any` with credentials beside route (1)",
        ),
        ("unfilled set", &[|b| b.origin_set("sap")], "app (0): set `sap` is not filled"),
        (
            "set with credentials",
            &[|b| b.origin_set("spa").credentials()],
            "set spa (set spa): origins[1]: plain-http origin with credentials: \
             `http://spa.example` beside app (0)",
        ),
        (
            "set without the flag",
            &[|b| b.origin_set("null")],
            "set null (set null): origins[0]: the opaque origin without \
             `dangerously_allow_null_origin`: `null` beside app (0)",
        ),
        (
            "set that no flag lifts",
            &[|b| {
                b.origin_set("null")
                    .credentials()
                    .dangerously_allow_null_origin()
                    .dangerously_allow_public_suffix()
            }],
            "set null (set null): origins[0]: the opaque origin with credentials: `null` beside app (0)\n\
            set null (set null): origins[1]: `*` over public suffixes, below `com`, with \
            credentials: `https://*.com` beside app (0)",
        ),
    ];
    for (name, layers, want) in cases {
        assert_eq!(merge(layers), Err(want.to_owned()), "{name}");
    }
}

#[test]
fn sets_are_filled_once_with_origins_and_used() {
    let mut merger = merger();
    let site = Site::Named("again".into());
    let errors = merger.set("spa", ["https://a.example", "*", "x/"], site).expect_err("filled");
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        errors,
        [
            "set spa (again): set `spa` is filled twice\n  beside: set spa (set spa)\n  \
         note: one of the two would be lost\n  help: remove one of them",
            "set spa (again): origins[1]: `any` is a word of its own, not an origin: `*`\n  \
         note: `any` means every origin and stands alone; `*` is never written in a policy\n  \
         help: write `origins = any`: no list and no set holds it",
            "set spa (again): origins[2]: origin without a scheme: `x/`\n  \
         note: `http` and `https` pages of one host are different origins\n  \
         help: write `https://x`",
        ]
    );
    merger.app(&policy("app", |b| b.origin_set("spa"))).expect("legal");
    let unused: Vec<_> = merger.unused_sets().iter().map(|e| e.fault().to_string()).collect();
    assert_eq!(
        unused,
        ["set `none` is not named by any policy", "set `null` is not named by any policy",]
    );
}

#[test]
fn the_ceiling_binds_every_grant_with_its_rights() {
    let ceiling: [Build; 3] = [
        |b| ANY(b).max_age(60),
        |b| {
            b.origins(["https://*.a.example", "https://a.example"])
                .credentials()
                .expose_headers(["x-a"])
                .allow_headers(["x-b"])
                .methods(["PUT"])
        },
        |b| b.policy(policy("named", |b| b.origins(["https://b.example"]).credentials())),
    ];
    let over = |right: &str, origin: &str, top: &str| {
        format!("route (0): `{origin}`{right} exceeds the ceiling beside ceiling ({top})")
    };
    type Case<'a> = (&'a str, Build, Option<&'a [&'a str]>, Option<String>);
    let cases: [Case<'_>; 16] = [
        ("any", ANY, None, None),
        (
            "any for longer",
            |b| ANY(b).max_age(61),
            None,
            Some(over(" with `max_age = 61`", "any", "0")),
        ),
        ("any for as long", |b| ANY(b).max_age(60), None, None),
        (
            "keys that the ceiling does not write",
            |b| ANY(b).methods(["DELETE"]).any_header(),
            None,
            None,
        ),
        ("credentials", A_CREDENTIALS, None, None),
        (
            "below with credentials",
            |b| b.origins(["https://*.x.a.example", "https://x-*.a.example"]).credentials(),
            None,
            None,
        ),
        ("of a named policy", |b| b.origins(["https://b.example"]).credentials(), None, None),
        (
            "credentials elsewhere",
            |b| b.origins(["https://c.example"]).credentials(),
            None,
            Some(over(" with credentials", "https://c.example", "0")),
        ),
        (
            "credentials for the second",
            |b| b.origins(["https://a.example", "https://c.example"]).credentials(),
            None,
            Some(over(" with credentials", "https://c.example", "0")),
        ),
        (
            "exposed",
            |b| A_CREDENTIALS(b).expose_headers(["x-a", "etag"]),
            None,
            Some(over(" with the exposed header `etag`", "https://a.example", "1")),
        ),
        ("exposed, safelisted", |b| A_CREDENTIALS(b).expose_headers(["expires"]), None, None),
        (
            "request header",
            |b| A_CREDENTIALS(b).allow_headers(["x-b", "x-c"]),
            None,
            Some(over(" with the request header `x-c`", "https://a.example", "1")),
        ),
        (
            "method",
            |b| A_CREDENTIALS(b).methods(["DELETE"]),
            None,
            Some(over(" with the method `DELETE`", "https://a.example", "1")),
        ),
        (
            "method of a route",
            A_CREDENTIALS,
            Some(&["DELETE"]),
            Some(over(" with the method `DELETE`", "https://a.example", "1")),
        ),
        (
            "methods of a route",
            |b| A_CREDENTIALS(b).methods(["DELETE"]),
            Some(&["PUT", "GET"]),
            None,
        ),
        ("off", OFF, None, None),
    ];
    let mut merger = merger();
    for (index, top) in ceiling.into_iter().enumerate() {
        merger.ceiling(&policy(&index.to_string(), top)).expect("legal");
    }
    for (name, layer, methods, want) in cases {
        let route = merger.below(&Merged::nobody(), Role::Route, &policy("0", layer)).expect(name);
        for _ in 0..2 {
            let errors: Vec<_> = merger
                .exceeds(&route, methods)
                .iter()
                .map(|error| {
                    let other = error.other().expect("a ceiling");
                    format!("{}: {} beside {other}", error.source(), error.fault())
                })
                .collect();
            assert_eq!(errors, want.clone().into_iter().collect::<Vec<_>>(), "{name}");
        }
    }
    let errors = merger.ceiling(&policy("3", OFF)).expect_err("no origins");
    assert_eq!(errors[0].fault().to_string(), "origins: ceiling without `origins =`");
    assert!(merger.ceiling(&policy("4", INHERIT)).is_err());
}

#[test]
fn a_ceiling_without_any_names_the_right_that_exceeds() {
    let mut merger = merger();
    let top: Build = |b| {
        b.origins(["https://*.a.example"])
            .credentials()
            .max_age(0)
            .expose_headers(["x-a"])
            .any_header()
            .methods(["PUT"])
    };
    merger.ceiling(&policy("top", top)).expect("legal");
    let cases: [(&str, Build, &str); 10] = [
        ("origin", |b| A(b).max_age(0), "`https://a.example` exceeds the ceiling"),
        ("any", |b| ANY(b).max_age(0), "`any` exceeds the ceiling"),
        (
            "exposed",
            |b| b.origins(["https://x.a.example"]).max_age(0).expose_any_header(),
            "`https://x.a.example` with `expose_headers = any` exceeds the ceiling",
        ),
        (
            "authorization",
            |b| {
                b.origins(["https://x.a.example"])
                    .max_age(0)
                    .allow_headers(["x-a", "authorization"])
            },
            "`https://x.a.example` with the request header `authorization` exceeds the ceiling",
        ),
        (
            "method",
            |b| b.origins(["https://x.a.example"]).max_age(0).any_method(),
            "`https://x.a.example` with `methods = any` exceeds the ceiling",
        ),
        (
            "what browsers take for absent",
            |b| b.origins(["https://x.a.example"]),
            "`https://x.a.example` with `max_age = 5` exceeds the ceiling",
        ),
        (
            "set",
            |b| b.origin_set("spa").max_age(0),
            "`https://spa.example`, `http://spa.example` exceed the ceiling",
        ),
        (
            "several rights",
            |b| b.origins(["https://x.a.example"]).expose_headers(["x-b", "x-c"]).any_method(),
            "`https://x.a.example` with the exposed header `x-b`, the exposed header `x-c`, \
             `methods = any`, `max_age = 5` exceeds the ceiling",
        ),
        (
            "several origins, one of them without any right",
            |b| b.origins(["https://x.a.example", "https://y.a.example", "https://b.example"]),
            "`https://b.example` exceeds the ceiling\n\
             `https://x.a.example`, `https://y.a.example` with `max_age = 5` exceed the ceiling",
        ),
        ("legal", |b| b.origins(["https://x.a.example"]).max_age(0), ""),
    ];
    for (name, layer, want) in cases {
        let app = merger.app(&policy("app", layer)).expect(name);
        let errors: Vec<_> =
            merger.exceeds(&app, None).iter().map(|e| e.fault().to_string()).collect();
        assert_eq!(errors.join("\n"), want, "{name}");
    }
}

#[test]
fn large_sets_are_compared_in_no_time() {
    let mut merger = Merger::new();
    let many = |offset: usize| (0..50_000).map(move |i| format!("https://h{}.example", i + offset));
    let site = |name: &str| Site::Named(name.into());
    merger.set("one", many(0), site("one")).expect("legal");
    merger.set("two", many(49_999), site("two")).expect("legal");
    merger.ceiling(&policy("top", |b| b.origin_set("one").credentials())).expect("legal");
    let app = merger.app(&policy("app", |b| b.origin_set("one").credentials())).expect("legal");
    for _ in 0..200 {
        assert!(merger.exceeds(&app, None).is_empty());
        let route = policy("route", |b| INHERIT(b).add_origin_set("two"));
        let errors = merger.below(&app, Role::Route, &route).expect_err("one is in both");
        let want = "addition of `https://h49999.example` would take credentials away";
        assert_eq!(errors[0].fault().to_string(), want);
    }
}

#[test]
fn notes_tell_what_has_no_effect() {
    let mut merger = merger();
    let layer: Build = |b| {
        b.origins(["https://*.a.example", "https://x.a.example", "null", "null"])
            .dangerously_allow_null_origin()
            .expose_headers(["etag", "Expires"])
            .methods(["GET", "PUT", "patch", "PATCH"])
            .allow_headers(["accept"])
    };
    let app = merger.app(&policy("app", layer)).expect("legal");
    let route: Build = |b| INHERIT(b).add_origin_set("none");
    let route = merger.below(&app, Role::Route, &policy("route", route)).expect("legal");
    let first = &route.notes()[0];
    assert_eq!(first.key().to_string(), "origins");
    assert!(matches!(first.kind(), cors_core::NoteKind::Redundant { .. }));
    let notes: Vec<_> =
        route.notes().iter().map(|note| format!("{}: {note}", note.source())).collect();
    assert_eq!(
        notes,
        [
            "app (app): origins: `https://x.a.example` is covered by `https://*.a.example`",
            "app (app): origins: `null` is listed twice",
            "route (route): origins: set `none` is filled with nothing",
            "app (app): expose_headers: `expires` needs no permission",
            "app (app): methods: `GET` needs no permission",
            "app (app): methods: `patch` is not `PATCH`",
        ]
    );
}
