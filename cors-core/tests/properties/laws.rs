//! The laws of merging.

use cors_core::{
    EffectivePolicy, Merged, Merger, Methods, OriginPattern, Policy, PreflightRequest,
};
use proptest::{collection::vec, prelude::*};

use crate::{
    cases, config,
    generate::{EXPOSED, Keys, Layers, ORIGINS, below, edit, layers, merger},
};

proptest! {
    #![proptest_config(config(cases(4_000)))]

    /// Two edits of a policy one after the other are one edit of it: a layer is a function, and
    /// `policy = PATH` with edits writes the composition of two.
    #[test]
    fn merging_is_associative(parent in layers(), base in below(), edits in vec(edit(), 2)) {
        let mut merger = merger();
        let parent = parent.merge();
        let [first, second] = &edits[..] else { unreachable!("there are two") };
        let inherit = |edit: &Keys| Keys { inherit: true, ..edit.clone() };
        let over = |base: &Keys, edit: &Keys| {
            Keys { policy: Some(Box::new(base.clone())), ..edit.clone() }
        };
        let mut one_by_one = |layers: &[Keys]| {
            layers.iter().try_fold(parent.clone(), |parent, keys| keys.below(&mut merger, &parent))
        };
        let left = one_by_one(&[base.clone(), inherit(first), inherit(second)]);
        let right = one_by_one(&[base.clone(), over(&inherit(first), second)]);
        let middle = one_by_one(&[over(&base, first), inherit(second)]);
        let whole = one_by_one(&[over(&over(&base, first), second)]);
        let answers = |merged: Option<Merged>| merged.map(|merged| Answers::of(&merged));
        let want = answers(left);
        for (name, got) in [("right", right), ("middle", middle), ("whole", whole)] {
            prop_assert_eq!(&answers(got), &want, "{}", name);
        }
    }

    #[test]
    fn the_order_of_registration_does_not_matter(
        parent in layers(), routes in vec(below(), 1..5), swaps in vec(any::<prop::sample::Index>(), 4),
    ) {
        let parent = parent.merge();
        let register = |order: &[usize]| {
            let mut merger = merger();
            let mut answers = vec![None; routes.len()];
            for index in order {
                let merged = routes[*index].below(&mut merger, &parent);
                answers[*index] = merged.map(|merged| Answers::of(&merged));
            }
            answers
        };
        let order: Vec<_> = (0..routes.len()).collect();
        let mut other = order.clone();
        for (at, swap) in swaps.iter().enumerate() {
            other.swap(at % order.len(), swap.index(order.len()));
        }
        prop_assert_eq!(register(&order), register(&other));
    }

    #[test]
    fn deleting_a_key_of_any_layer_trusts_nobody_more(layers in layers()) {
        let Some(before) = layers.merge_all() else { return Ok(()) };
        let before = Answers::of(&before);
        for (name, fewer) in layers_without_each_key(&layers) {
            let Some(after) = fewer.merge_all() else { continue };
            let after = Answers::of(&after);
            for (own, other) in before.actual.iter().zip(&after.actual) {
                prop_assert!(other.granted <= own.granted, "{name}: {}", own.origin);
                prop_assert!(other.credentials <= own.credentials, "{name}: {}", own.origin);
            }
        }
    }

    #[test]
    fn no_origin_has_credentials_unless_one_layer_names_both(layers in layers()) {
        let naming = |keys: &Keys, origin: &str| {
            let named = |text: &&str| OriginPattern::parse(text).is_ok_and(|p| p.is_match(origin));
            keys.credentials && keys.patterns().is_some_and(|list| list.iter().any(named))
        };
        let answers = Answers::of(&layers.merge());
        for answer in answers.actual.iter().filter(|answer| answer.credentials) {
            let mut all: Vec<&Keys> = std::iter::once(&layers.app).chain(&layers.below).collect();
            let bases: Vec<_> = all.iter().filter_map(|keys| keys.policy.as_deref()).collect();
            all.extend(bases);
            prop_assert!(all.iter().any(|keys| naming(keys, answer.origin)), "{}", answer.origin);
        }
    }

    #[test]
    fn an_addition_takes_nothing_away(parent in layers(), edit in edit()) {
        let (parent, mut merger) = (parent.merge(), merger());
        let addition = Keys { inherit: true, ..edit };
        let adds = addition.origins.as_ref().is_some_and(|origins| origins.extend);
        let Some(after) = addition.below(&mut merger, &parent).filter(|_| adds) else { return Ok(()) };
        let (before, after) = (Answers::of(&parent), Answers::of(&after));
        for (own, other) in before.actual.iter().zip(&after.actual) {
            prop_assert!(own.granted <= other.granted, "{}", own.origin);
            prop_assert!(own.credentials <= other.credentials, "{}", own.origin);
            let lost = own.exposed.iter().find(|name| !other.exposed.contains(name));
            prop_assert_eq!(lost, None, "{}", own.origin);
        }
    }

    #[test]
    fn each_grant_alone_is_legal(layers in layers()) {
        let merged = layers.merge();
        for grant in merged.grants() {
            let builder = match grant.origins().set() {
                None => Policy::builder().any_origin(),
                Some(set) => Policy::builder().origins(set.patterns().iter().map(|p| p.as_str())),
            };
            let builder = if grant.credentials() { builder.credentials() } else { builder };
            let builder = grant.opt_ins().fold(builder, |builder, key| match &*key.to_string() {
                "dangerously_allow_null_origin" => builder.dangerously_allow_null_origin(),
                "dangerously_allow_insecure_origins" => builder.dangerously_allow_insecure_origins(),
                _ => builder.dangerously_allow_public_suffix(),
            });
            let expose = &grant.expose().value;
            let builder = if expose.is_any() {
                builder.expose_any_header()
            } else {
                builder.expose_headers(expose.iter())
            };
            let alone = builder.build().map(|policy| Merger::new().app(&policy));
            prop_assert!(matches!(alone, Ok(Ok(_))), "{alone:?}");
        }
    }
}

/// All that can be asked of a policy, answered.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answers {
    actual: Vec<Actual>,
    preflight: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Actual {
    origin: &'static str,
    granted: bool,
    credentials: bool,
    exposed: Vec<&'static str>,
}

impl Answers {
    fn of(merged: &Merged) -> Self {
        let policy = EffectivePolicy::new(merged.clone());
        let preflight =
            [("PUT", "x-a"), ("patch", "authorization"), ("GET", "content-type,x-token")];
        let preflight = preflight.iter().map(|(method, headers)| {
            let headers = std::iter::once(headers.as_bytes());
            let origin = b"https://a.example";
            let request = PreflightRequest { origin, method: method.as_bytes(), headers };
            format!("{:?}", policy.answer_preflight(request, Methods::Listed))
        });
        Answers {
            preflight: preflight.collect(),
            actual: ORIGINS.iter().map(|origin| Actual::of(&policy, origin)).collect(),
        }
    }
}

impl Actual {
    fn of(policy: &EffectivePolicy, origin: &'static str) -> Self {
        let answer = policy.answer_actual(Some(origin.as_bytes()));
        let list: Vec<_> = answer.expose_headers.unwrap_or_default().split(", ").collect();
        // browsers take `*` for every name where there are no credentials
        let any = list.contains(&"*") && !answer.allow_credentials;
        let safelisted = |name: &str| cors_core::is_safelisted_response_header(name);
        let exposed = |name: &&&str| any || list.contains(name) || safelisted(name);
        Actual {
            origin,
            granted: answer.allow_origin.is_some(),
            credentials: answer.allow_credentials,
            exposed: EXPOSED.iter().filter(exposed).copied().collect(),
        }
    }
}

/// The layers without one key of one of them, with its name.
fn layers_without_each_key(layers: &Layers) -> Vec<(&'static str, Layers)> {
    let app = without_each_key(&layers.app).into_iter();
    let mut without: Vec<_> =
        app.map(|(name, app)| (name, Layers { app, below: layers.below.clone() })).collect();
    for (index, keys) in layers.below.iter().enumerate() {
        for (name, keys) in without_each_key(keys) {
            let mut fewer = layers.clone();
            fewer.below[index] = keys;
            without.push((name, fewer));
        }
    }
    without
}

/// The keys without one of them, with its name.
fn without_each_key(keys: &Keys) -> Vec<(&'static str, Keys)> {
    let all = || keys.clone();
    let mut without = vec![
        ("origins", Keys { origins: None, ..all() }),
        ("credentials", Keys { credentials: false, ..all() }),
        ("expose_headers", Keys { expose_headers: None, ..all() }),
        ("allow_headers", Keys { allow_headers: None, ..all() }),
        ("methods", Keys { methods: None, ..all() }),
        ("max_age", Keys { max_age: None, ..all() }),
        ("policy", Keys { policy: None, ..all() }),
        ("inherit", Keys { inherit: false, ..all() }),
        ("off", Keys { off: false, ..all() }),
        ("dangerously_allow_null_origin", Keys { null_origin: false, ..all() }),
        ("dangerously_allow_insecure_origins", Keys { insecure_origins: false, ..all() }),
        ("dangerously_allow_public_suffix", Keys { public_suffix: false, ..all() }),
    ];
    if let Some(base) = &keys.policy {
        for (name, base) in without_each_key(base) {
            without.push((name, Keys { policy: Some(Box::new(base)), ..all() }));
        }
    }
    without
}

/// The generator would show nothing if most layers were illegal.
#[test]
fn most_generated_layers_are_legal() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut legal = 0;
    for _ in 0..300 {
        let tree = below().new_tree(&mut runner).expect("nothing is filtered");
        legal += usize::from(proptest::strategy::ValueTree::current(&tree).policy().is_some());
    }
    assert!(legal > 150, "{legal} of 300");
}

#[test]
fn many_generated_layers_merge() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut merged = 0;
    for _ in 0..300 {
        let tree = layers().new_tree(&mut runner).expect("nothing is filtered");
        let layers = proptest::strategy::ValueTree::current(&tree);
        merged += usize::from(!layers.below.is_empty() && layers.merge_all().is_some());
    }
    assert!(merged > 75, "{merged} of 300");
}
