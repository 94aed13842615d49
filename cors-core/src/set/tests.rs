use proptest::{collection::vec, prelude::*};

use super::*;
use crate::pattern::tests::text;

fn set(texts: &[impl AsRef<str>]) -> OriginSet {
    let patterns = texts.iter().filter_map(|text| OriginPattern::parse(text.as_ref()).ok());
    OriginSet::new(patterns.collect::<Vec<_>>())
}

#[test]
fn shared_suffixes_stay_apart() {
    let set = set(&["https://foo.com", "https://bar.com", "https://*.c.example.com", "null"]);
    let cases = [
        ("first", "https://foo.com", true),
        ("second", "https://bar.com", true),
        ("both joined", "https://barfoo.com", false),
        ("their common end", "https://com", false),
        ("below the pattern", "https://a.c.example.com", true),
        ("the pattern's parent", "https://c.example.com", false),
        ("above it", "https://example.com", false),
        ("opaque origin", "null", true),
        ("the pattern itself", "https://*.c.example.com", false),
    ];
    for (name, origin, want) in cases {
        assert_eq!(set.contains(origin.as_bytes()), want, "{name}");
    }
    assert!(!OriginSet::default().contains(b""));
    let (below, label) = (self::set(&["https://*.example.com"]), "a".repeat(63));
    let long = |last: usize| {
        format!("https://{}.{}.example.com", [&*label; 3].join("."), "a".repeat(last))
    };
    assert!(below.contains(long(49).as_bytes()) && !below.contains(long(50).as_bytes()));
}

#[test]
fn more_than_64_in_label_patterns_of_one_parent_are_too_many() {
    let texts = |n| (0..n).map(|i| format!("https://p{i}-*.example.com:{}", i + 1));
    let others = ["https://a-*.example.org".to_owned()];
    let legal: Vec<_> = texts(64).chain(others.clone()).collect();
    assert_eq!(set(&legal).crowded_parent(), None);
    let crowded: Vec<_> = others.into_iter().chain(texts(66)).collect();
    assert_eq!(set(&crowded).crowded_parent(), Some((65, "example.com")));
}

#[test]
fn each_of_many_patterns_inside_one_label_is_found() {
    let texts: Vec<_> = (0..64).map(|i| format!("https://p{i}-*.example.com")).collect();
    let set = set(&texts);
    for i in 0..64 {
        let origin = format!("https://p{i}-x.example.com");
        assert_eq!(set.find(origin.as_bytes()), Some(i), "{origin}");
        for neighbour in [
            format!("https://p{i}-.example.com"),
            format!("https://p{i}-x.example.org"),
            format!("https://xp{i}-x.example.com"),
            format!("https://x.p{i}-x.example.com"),
            format!("http://p{i}-x.example.com"),
        ] {
            assert_eq!(set.find(neighbour.as_bytes()), None, "{neighbour}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::cases(2_000)))]

    #[test]
    fn finds_what_comparing_one_by_one_finds(
        texts in vec(text(true), 0..12), origins in vec(text(false), 20),
    ) {
        let set = set(&texts);
        for origin in &origins {
            let naive = set.patterns().iter().any(|p| p.is_match(origin));
            prop_assert_eq!(set.contains(origin.as_bytes()), naive, "{}", origin);
            if let Some(index) = set.find(origin.as_bytes()) {
                prop_assert!(set.patterns()[index].is_match(origin));
            }
        }
    }

    #[test]
    fn the_last_dot_is_where_looking_byte_by_byte_finds_it(
        text in vec(proptest::sample::select(&b".a/-\x00\x2d\x2f\x80\xae\xff"[..]), 0..40),
    ) {
        prop_assert_eq!(last_dot(&text), text.iter().rposition(|b| *b == b'.'));
    }

    #[test]
    fn relates_as_comparing_one_by_one_does(texts in vec(text(true), 0..12), other in text(true)) {
        let set = set(&texts);
        let Ok(other) = OriginPattern::parse(&other) else { return Ok(()) };
        let own = set.patterns();
        prop_assert_eq!(set.covers(&other), own.iter().any(|p| p.covers(&other)));
        prop_assert_eq!(set.find_meeting(&other).is_some(), own.iter().any(|p| p.meets(&other)));
        for (index, pattern) in own.iter().enumerate() {
            let superfluous = own.iter().enumerate().any(|(i, p)| {
                i != index && p.covers(pattern) && (i < index || !pattern.covers(p))
            });
            prop_assert_eq!(set.find_covering(index).is_some(), superfluous);
        }
    }

    #[test]
    fn many_patterns_find_each_of_theirs(count in 1..400_usize) {
        let texts: Vec<_> = (0..count)
            .map(|i| match i % 3 {
                0 => format!("https://h{i}.example.com"),
                1 => format!("https://*.h{i}.example.com"),
                _ => format!("https://h{i}.example.com:*"),
            })
            .collect();
        let set = set(&texts);
        for (i, text) in texts.iter().enumerate() {
            let origin = text.replace("*.", "a.").replace(":*", ":9");
            prop_assert_eq!(set.find(origin.as_bytes()), Some(i));
            let neighbour = origin.replacen("https://", "https://x", 1);
            let found = set.find(neighbour.as_bytes());
            prop_assert_eq!(found, text.contains("*.").then_some(i));
        }
    }
}
