//! The wording of every error, held against `faults.txt`: what is wrong, why, what to write.

use std::fmt::Write;

use cors_core::{
    Base, ConfigError, Fault, Item, Keys, Layer, Merged, Merger, Op, OriginPattern, Place, Policy,
    PolicyBuilder, PolicyForm, Role, Site, Value,
};

const fn list(items: &'static [Item<'static>]) -> Option<Value<'static>> {
    Some(Value { op: Op::Set, items })
}

const fn more(items: &'static [Item<'static>]) -> Option<Value<'static>> {
    Some(Value { op: Op::Extend, items })
}

const A: Item<'_> = Item::Text("https://a.example");
const NONE: Keys<'_> = Keys::NONE;
const LIST: Keys<'_> = Keys { origins: list(&[A]), ..NONE };
const ANY: Keys<'_> = Keys { origins: list(&[Item::Any]), ..NONE };
const COOKIES: Keys<'_> = Keys { credentials: true, ..NONE };
const INHERIT: Keys<'_> = Keys { inherit: true, ..NONE };
const BASE: Keys<'_> = Keys { policy: Some(Base::Unseen), ..NONE };
const OFF: Keys<'_> = Keys { off: true, ..NONE };
const HOST: [Item<'_>; 2] = [A, Item::Text("https://a.example:*")];

/// Every way to say what one policy cannot say.
const POLICIES: &[(Place, Keys<'_>)] = &[
    (Place::Constant, NONE),
    (Place::Constant, COOKIES),
    (Place::Constant, Keys { max_age: Some(60), ..NONE }),
    (Place::Constant, Keys { allow_headers: list(&[Item::Text("Cookie")]), ..NONE }),
    (Place::Constant, Keys { expose_headers: list(&[Item::Text("Set-Cookie")]), ..NONE }),
    (Place::Constant, Keys { methods: list(&[Item::Text("TRACE")]), ..NONE }),
    (Place::Constant, Keys { origins: more(&[A]), ..NONE }),
    (Place::Constant, Keys { origins: list(&[]), ..NONE }),
    (Place::Constant, Keys { origins: more(&[Item::Any]), ..INHERIT }),
    (Place::Constant, Keys { origins: list(&[A, Item::Any, Item::Set("spa")]), ..NONE }),
    (Place::Constant, Keys { origins: list(&[Item::Set("")]), ..NONE }),
    (Place::Constant, Keys { origins: list(&[A, A]), ..NONE }),
    (Place::Constant, Keys { origins: list(&HOST), ..NONE }),
    (Place::Constant, Keys { origins: list(&[Item::Text("null")]), ..NONE }),
    (Place::Constant, Keys { origins: list(&[Item::Text("null")]), ..COOKIES }),
    (Place::Constant, Keys { origins: list(&[Item::Text("http://a.example")]), ..COOKIES }),
    (Place::Constant, Keys { origins: list(&[Item::Text("https://*.com")]), ..COOKIES }),
    (Place::Constant, Keys { origins: list(&[Item::Text("https://a-*.vercel.app")]), ..COOKIES }),
    (Place::Constant, Keys { origins: list(&[Item::Text("https://*.internal")]), ..COOKIES }),
    (Place::Constant, Keys { credentials: true, ..ANY }),
    (Place::Constant, Keys { credentials: true, expose_headers: list(&[Item::Any]), ..LIST }),
    (Place::Constant, Keys { expose_headers: more(&[]), ..LIST }),
    (Place::Constant, Keys { methods: list(&[Item::Any, Item::Text("PUT")]), ..ANY }),
    (Place::Constant, Keys { methods: list(&[Item::Set("a")]), ..ANY }),
    (Place::Constant, Keys { methods: list(&[Item::Text("PUT"), Item::Text("PUT")]), ..ANY }),
    (Place::Constant, Keys { methods: list(&[Item::Text("put"), Item::Text("a b")]), ..ANY }),
    (Place::Constant, Keys { allow_headers: list(&[Item::Text("*"), Item::Text("ä")]), ..ANY }),
    (
        Place::Constant,
        Keys {
            expose_headers: list(&[Item::Text("Access-Control-Max-Age")]),
            allow_headers: list(&[
                Item::Text("Access-Control-Max-Age"),
                Item::Text("Sec-Fetch-Site"),
            ]),
            max_age: Some(u64::MAX),
            ..ANY
        },
    ),
    (Place::Constant, Keys { inherit: true, ..LIST }),
    (Place::Constant, Keys { policy: Some(Base::Unseen), inherit: true, ..LIST }),
    (Place::Constant, Keys { inherit: true, ..BASE }),
    (Place::Constant, Keys { credentials: true, ..INHERIT }),
    (
        Place::Constant,
        Keys {
            dangerously_allow_null_origin: true,
            dangerously_allow_insecure_origins: true,
            dangerously_allow_public_suffix: true,
            ..BASE
        },
    ),
    (Place::Constant, Keys { dangerously_allow_insecure_origins: true, credentials: true, ..LIST }),
    (Place::Constant, Keys { allow_headers: list(&[Item::Text("x-*")]), ..ANY }),
    (
        Place::Constant,
        Keys {
            origins: list(&[A]),
            credentials: true,
            expose_headers: list(&[]),
            policy: Some(Base::Unseen),
            inherit: true,
            ..OFF
        },
    ),
    (
        Place::Handler,
        Keys { allow_headers: list(&[]), max_age: Some(0), methods: list(&[]), ..OFF },
    ),
];

const PATTERNS: &[&str] = &[
    "",
    "*",
    "NULL",
    "https://a.example,https://b.example",
    " https://a.example",
    "https://a b",
    "a.example",
    "a_b://a.example",
    "file:///a",
    "wss://a.example",
    "https://a.example/b",
    "https://a@a.example",
    "https://A.example",
    "https://A<.example",
    "https://a.example:0443",
    "https://a.example:443",
    "https://",
    "https://bücher.example",
    "https://\u{fffd}.example",
    "http://127.1",
    "https://a^b",
    "https://a..example",
    "https://a.*.example",
    "https://*example.com",
    "https://pr-*.com",
];

fn merging() -> Vec<ConfigError> {
    let mut merger = Merger::new();
    let at = |policy: PolicyBuilder, name: &str| {
        policy.build().expect("legal by itself").written_at(Site::Named(name.into()))
    };
    let site = || Site::Named("sets".into());
    let mut errors = merger.app(&at(Policy::builder().origin_set("spa"), "app")).expect_err("set");
    errors.extend(merger.app(&at(Policy::builder().inherit(), "app")).expect_err("inherit"));
    merger.set("sap", ["https://a.example"], site()).expect("legal");
    errors.extend(merger.set("sap", ["a.example"], site()).expect_err("twice"));
    errors.extend(merger.unused_sets());
    let deny = at(Policy::builder().off(), "app");
    errors.extend(merger.ceiling(&deny).expect_err("no origins"));
    let deny = merger.app(&deny).expect("deny is legal");
    let mut below = |parent: &Merged, policy: PolicyBuilder| {
        merger.below(parent, Role::Region("/api".into()), &at(policy, "src/a.rs"))
    };
    errors.extend(below(&deny, Policy::builder().inherit().max_age(1)).expect_err("edit"));
    errors.extend(below(&deny, Policy::builder().off().max_age(1)).expect_err("shape"));
    let own = Policy::builder().origins(["https://a.example"]).credentials();
    let own = below(&deny, own).expect("a new trust");
    let addition = || Policy::builder().inherit().add_origins(["https://a.example"]);
    errors.extend(below(&own, addition()).expect_err("takes away"));
    merger.ceiling(&at(Policy::builder().any_origin(), "top")).expect("legal");
    errors.extend(merger.exceeds(&own, None));
    let mut narrow = Merger::new();
    let top = Policy::builder().origins(["https://b.example"]);
    narrow.ceiling(&at(top, "top")).expect("legal");
    errors.extend(narrow.exceeds(&own, None));
    let inside = cors_core::MergeFault::InsideOffRegion;
    errors.push(ConfigError::new(own.grants()[0].source(), inside));
    errors
}

fn rendered() -> String {
    let mut text = String::new();
    for (place, keys) in POLICIES {
        let errors = Layer::check(keys, *place).expect_err("a policy that is illegal");
        writeln!(text, "{errors}\n").expect("a string takes everything");
    }
    let crowd: Vec<_> = (0..65).map(|i| format!("https://p{i}-*.a.example")).collect();
    let errors = Policy::builder().origins(crowd).build().expect_err("too many");
    writeln!(text, "{errors}\n").expect("as above");
    for pattern in PATTERNS {
        let fault = OriginPattern::parse(pattern).expect_err(pattern);
        let (note, help) = (fault.note(), fault.help());
        writeln!(text, "`{pattern}`: {fault}\n  note: {note}\n  help: {help}\n").expect("as above");
    }
    for error in merging() {
        writeln!(text, "{error}\n").expect("as above");
    }
    text
}

#[test]
fn the_wording_is_that_of_the_file() {
    let (got, want) = (rendered(), include_str!("faults.txt"));
    let differs = got.lines().zip(want.lines()).find(|(got, want)| got != want);
    assert_eq!(differs, None, "\n{got}");
    assert_eq!(got.lines().count(), want.lines().count(), "\n{got}");
}

/// What the macros expand to.
fn unchecked(keys: &'static Keys<'static>, line: u32) -> Policy {
    Policy { form: PolicyForm::Static(keys), site: Site::Code { file: "src/a.rs", line } }
}

/// A macro has checked what it makes; whoever goes around it gets the same errors later.
#[test]
fn unchecked_policies_fail_where_they_are_merged() {
    let unchecked = unchecked(&COOKIES, 7);
    let want = ["app (src/a.rs:7): credentials: `credentials` without origins"];
    let texts = |errors: Vec<ConfigError>| -> Vec<_> {
        let texts = errors.iter().map(|error| format!("{}: {}", error.source(), error.fault()));
        texts.collect()
    };
    assert_eq!(texts(Merger::new().app(&unchecked).expect_err("illegal")), want);
    let named = Policy::builder().policy(unchecked.clone()).build().expect("legal by itself");
    assert_eq!(texts(Merger::new().app(&named).expect_err("illegal")), want);
    assert_eq!(unchecked.site().to_string(), "src/a.rs:7");
}

#[test]
fn clones_of_a_policy_have_one_address() {
    let policies = [
        unchecked(&LIST, 1),
        unchecked(&ANY, 2),
        Policy::builder().any_origin().build().expect("legal"),
        Policy::builder().any_origin().build().expect("legal"),
    ];
    for (i, policy) in policies.iter().enumerate() {
        for (j, other) in policies.iter().enumerate() {
            assert_eq!(policy.clone().address() == other.address(), i == j, "{i} {j}");
        }
    }
    let line = line!() + 1;
    let (deny, builder) = (Policy::deny(), Policy::builder());
    assert_eq!(deny.site().to_string(), format!("{}:{line}", file!()));
    assert_eq!(builder.site(), deny.site());
}

#[test]
fn texts_follow_the_form() {
    for line in rendered().lines().filter(|line| !line.is_empty()) {
        assert!(!line.ends_with(['.', '?', '!']), "{line}");
    }
}

#[test]
fn errors_tell_their_place() {
    let keys = Keys { origins: list(&[A, Item::Text("b.example")]), ..NONE };
    let errors = Layer::check(&keys, Place::Constant).expect_err("no scheme");
    let error = errors.iter().next().expect("one");
    assert_eq!((error.key().to_string(), error.index()), ("origins".to_owned(), Some(1)));
    assert_eq!(error.value(), Some("b.example"));
    assert!(matches!(error.fault(), Fault::Pattern(_)));
    assert_eq!(error.message(), "origin without a scheme: `b.example`");
    assert_eq!(error.help(), "write `https://b.example`");
    let keys = Keys { max_age: Some(86_401), ..ANY };
    let errors = Layer::check(&keys, Place::Handler).expect_err("too long");
    let error = errors.iter().next().expect("one");
    assert_eq!((error.index(), error.value()), (None, Some("86401")));
    assert_eq!(error.message(), "`max_age` over 86400 seconds");
    let any_twice = [Item::Any, Item::Text("authorization"), Item::Any];
    let allow_headers = Some(Value { op: Op::Set, items: &any_twice });
    let errors = Layer::check(&Keys { allow_headers, ..ANY }, Place::Handler).expect_err("twice");
    assert_eq!(
        errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["allow_headers[2]: already listed as element 0: `any`"]
    );
}

#[test]
fn the_place_decides_what_is_an_error() {
    let cases = [
        ("methods", Keys { methods: list(&[]), ..ANY }, [false, true, true]),
        ("off", Keys { max_age: Some(1), ..OFF }, [false, true, true]),
        (
            "repeated names",
            Keys { methods: list(&[Item::Text("A"), Item::Text("A")]), ..ANY },
            [false, false, true],
        ),
        (
            "names beside any",
            Keys { allow_headers: list(&[Item::Any, Item::Text("a")]), ..ANY },
            [false, false, true],
        ),
        (
            "any twice",
            Keys { allow_headers: list(&[Item::Any, Item::Any]), ..ANY },
            [false, false, true],
        ),
        ("redundant patterns", Keys { origins: list(&HOST), ..NONE }, [false, false, true]),
        (
            "authorization beside any",
            Keys { allow_headers: list(&[Item::Any, Item::Text("Authorization")]), ..ANY },
            [true, true, true],
        ),
        ("longest time", Keys { max_age: Some(86_400), ..ANY }, [true, true, true]),
        ("policy", BASE, [true, true, true]),
        ("edit of a policy", Keys { origins: more(&[A]), credentials: true, ..BASE }, [true; 3]),
        (
            "flags with their origins",
            Keys {
                origins: more(&[Item::Text("null")]),
                dangerously_allow_null_origin: true,
                ..INHERIT
            },
            [true; 3],
        ),
    ];
    for (name, keys, want) in cases {
        let got = [Place::Handler, Place::Constant, Place::RunTime]
            .map(|place| Layer::check(&keys, place).is_ok());
        // what is checked alone on a handler cannot stand in a constant more strictly
        assert_eq!(got, want, "{name}");
    }
}
