use proptest::prelude::*;

use super::*;

#[test]
fn legal_patterns_are_kept_as_written() {
    let label = "a".repeat(63);
    let host = [&*label; 3].join(".");
    let (long_label, long_host) =
        (format!("https://{label}.example"), format!("https://{host}.{}", "a".repeat(61)));
    for text in [
        "https://example.com",
        "http://localhost:3000",
        "https://example.com:65535",
        "https://example.com:80",
        "http://example.com:443",
        "https://*.example.com",
        "https://*.com",
        "https://pr-*.example.com",
        "https://*-pr.example.com",
        "https://a-*-b.example.com",
        "https://a_*.example.com",
        "http://localhost:*",
        "https://*.example.com:*",
        "https://pr-*.example.com:8443",
        "http://127.0.0.1:8080",
        "http://[::1]",
        "http://[::1]:*",
        "https://r3---sn.example.com",
        "https://-a.example",
        "https://a_b.example",
        "https://shop-*.vercel.app",
        "https://shop-*.internal",
        "https://*-pr.localhost",
        "https://xn--bcher-kva.example",
        "https://example.com.",
        "https://localhost",
        "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
        "moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc",
        "capacitor://localhost",
        "x://1.2.3",
        "x://a,b",
        "x://a%20b",
        "null",
        &long_label,
        &long_host,
        &format!("{}://x", "s".repeat(64)),
        &format!("https://{}*.example", "a".repeat(62)),
        &format!("https://*.{}", &long_host["https://aa".len()..]),
    ] {
        let pattern =
            OriginPattern::parse(text).unwrap_or_else(|fault| panic!("`{text}`: {fault}"));
        assert_eq!(pattern.to_string(), text);
        assert_eq!(pattern.is_match(text), !text.contains('*'), "`{text}`");
    }
}

#[test]
fn faults_say_what_and_how_to_fix_it() {
    use PatternFaultKind::*;
    let scheme = |scheme: &str| Scheme { scheme: scheme.to_owned() };
    let opaque = |scheme: &str| OpaqueScheme { scheme: scheme.to_owned() };
    let port = |port: &str| Port { port: port.to_owned() };
    let host = |host: &str| Host { host: host.to_owned() };
    let suffix = |suffix: &str| PublicSuffix { suffix: suffix.to_owned() };
    let length = |host: &str| Length { host: host.to_owned() };
    let long_scheme = "s".repeat(65);
    let label = "a".repeat(64);
    let long_label = format!("https://{label}.example");
    let long_host = ["a"; 128].join(".");
    let long_star = format!("*.{}", ["a"; 127].join("."));
    let star_label = format!("{}*.example", "a".repeat(63));
    let [long_scheme_url, long_host_url, long_star_url, star_label_url] = [
        format!("{long_scheme}://x"),
        format!("https://{long_host}"),
        format!("https://{long_star}"),
        format!("https://{star_label}"),
    ];
    let cases: Vec<(&str, PatternFaultKind, Option<&str>)> = vec![
        ("", Empty, None),
        ("*", Any, None),
        ("any", Any, None),
        ("Any", Any, None),
        ("https://a.example,https://b.example", Several, None),
        ("https://a.example; https://b.example", Several, None),
        (" https://example.com", Whitespace, Some("https://example.com")),
        ("https://exa mple.com", Whitespace, None),
        ("https://example.com\r\nx: 1", Whitespace, None),
        ("https://example.com\0", Whitespace, None),
        ("example.com", MissingScheme, Some("https://example.com")),
        ("//example.com/", MissingScheme, Some("https://example.com")),
        ("localhost:3000", MissingScheme, Some("http://localhost:3000")),
        ("192.168.0.0/16", MissingScheme, None),
        ("192.168.0.1/a", MissingScheme, Some("https://192.168.0.1")),
        ("https:example.com", MissingScheme, Some("https://example.com")),
        ("http:/example.com", MissingScheme, Some("http://example.com")),
        ("*.example.com", MissingScheme, Some("https://*.example.com")),
        ("https//example.com", MissingScheme, Some("https://example.com")),
        ("127.0.0.1:3000", MissingScheme, Some("http://127.0.0.1:3000")),
        ("*.localhost", MissingScheme, Some("http://*.localhost")),
        ("localhost:80/", MissingScheme, Some("http://localhost")),
        ("localhost.example.com", MissingScheme, Some("https://localhost.example.com")),
        ("Null", UpperCase, Some("null")),
        ("://example.com", scheme(""), None),
        ("0http://example.com", scheme("0http"), None),
        ("*://example.com", scheme("*"), None),
        (&long_scheme_url, scheme(&long_scheme), None),
        ("HTTPS://Example.com", UpperCase, Some("https://example.com")),
        ("https://Example.com:8443", UpperCase, Some("https://example.com:8443")),
        ("https://*.Example.com:*", UpperCase, Some("https://*.example.com:*")),
        ("https://PR-*.example.com", UpperCase, Some("https://pr-*.example.com")),
        ("https://EXA<MPLE.com", UpperCase, None),
        ("file:///home/x.html", opaque("file"), None),
        ("File:x", opaque("File"), None),
        ("data:text/html", opaque("data"), None),
        ("wss://example.com", WebSocketScheme, Some("https://example.com")),
        ("ws://localhost:80", WebSocketScheme, Some("http://localhost")),
        ("https://example.com/", Path, Some("https://example.com")),
        ("https://example.com/*", Path, Some("https://example.com")),
        ("https://example.com?x#y", Path, Some("https://example.com")),
        ("https://example.com\\", Path, Some("https://example.com")),
        ("https:////example.com", Path, None),
        ("https://me:pw@example.com", Userinfo, Some("https://example.com")),
        ("https://example.com:", port(""), None),
        ("https://example.com:0", port("0"), None),
        ("https://example.com:0443", port("0443"), None),
        ("https://example.com:65536", port("65536"), None),
        ("http://localhost:3*", port("3*"), None),
        ("https://example.com:443", DefaultPort { port: 443 }, Some("https://example.com")),
        ("http://*.example.com:80", DefaultPort { port: 80 }, Some("http://*.example.com")),
        ("ftp://example.com:21", DefaultPort { port: 21 }, Some("ftp://example.com")),
        ("https://", EmptyHost, None),
        ("https://:8443", EmptyHost, None),
        ("https://Bücher.example:8443", NonAscii, Some("https://xn--bcher-kva.example:8443")),
        ("https://*.bücher.example", NonAscii, Some("https://*.xn--bcher-kva.example")),
        ("https://bü-*.example.com", NonAscii, None),
        ("https://\u{fffd}.example", NonAscii, None),
        ("http://127.1:8080", NotCanonical, Some("http://127.0.0.1:8080")),
        ("http://0x7f.0.0.1", NotCanonical, Some("http://127.0.0.1")),
        ("http://[0:0::1]", NotCanonical, Some("http://[::1]")),
        ("http://::1", NotCanonical, Some("http://[::1]")),
        ("http://::1:3000", NotCanonical, Some("http://[::1]:3000")),
        ("http://2001:db8::f", NotCanonical, Some("http://[2001:db8::f]")),
        ("https://ex%61mple.com", NotCanonical, Some("https://example.com")),
        ("https://exa^mple.com", host("exa^mple.com"), None),
        ("http://[::1", host("[::1"), None),
        ("https://a,b.example", host("a,b.example"), None),
        ("https://{tenant}.example.com", host("{tenant}.example.com"), None),
        ("https://*.$host", host("$host"), None),
        ("https://${HOST}", UpperCase, None),
        ("x://a|b", host("a|b"), None),
        ("https://a!*.example.com", host("a!*.example.com"), None),
        ("https://xn--*.example.com", host("xn--*.example.com"), None),
        ("https://a..example", length("a..example"), None),
        ("https://.", length("."), None),
        (&long_label, length(&format!("{label}.example")), None),
        (&long_host_url, length(&long_host), None),
        (&long_star_url, length(&long_star), None),
        (&star_label_url, length(&star_label), None),
        ("https://*", Wildcard, None),
        ("https://pr-*", Wildcard, None),
        ("https://a.*.example.com", Wildcard, None),
        ("https://*.*.example.com", Wildcard, None),
        ("https://**.example.com", Wildcard, None),
        ("https://*.example.com.", Wildcard, Some("https://*.example.com")),
        ("https://*.127.0.0.1", Wildcard, None),
        ("https://*.0.1", Wildcard, None),
        ("https://*.[::1]", Wildcard, None),
        ("https://*example.com", suffix("com"), Some("https://*.example.com")),
        ("https://*github.io:8443", suffix("io"), Some("https://*.github.io:8443")),
        ("https://*a.co.uk", suffix("co.uk"), Some("https://*.a.co.uk")),
        ("https://example-*.com", suffix("com"), None),
        ("https://example*.com", suffix("com"), None),
    ];
    for (text, kind, fix) in cases {
        let fault = OriginPattern::parse(text).expect_err(text);
        assert_eq!(*fault.kind(), kind, "`{text}`");
        assert_eq!(fault.fix(), fix, "`{text}`");
    }
}

#[test]
fn matches_and_neighbours() {
    let label = "a".repeat(63);
    let long = format!("https://{label}.{label}.{label}");
    let longest = format!("{long}.{}.example.com", "a".repeat(49));
    let too_long = format!("{long}.{}.example.com", "a".repeat(50));
    let (star, any_port) = ("https://*.example.com", "https://*.example.com:*");
    let in_label = "https://pr-*x.example.com";
    let cases = [
        ("one label", star, "https://a.example.com", true),
        ("two labels", star, "https://a.b.example.com", true),
        ("underscore", star, "https://a_b.example.com", true),
        ("no label", star, "https://example.com", false),
        ("empty label", star, "https://.example.com", false),
        ("empty first label", star, "https://.a.example.com", false),
        ("empty label between", star, "https://a..example.com", false),
        ("empty label behind another", star, "https://a..b.example.com", false),
        ("two empty labels", star, "https://a..b..c.example.com", false),
        ("byte after z", star, "https://a{.example.com", false),
        ("byte after 9", star, "https://a:bcdefghi.example.com", false),
        ("no dot before the parent", star, "https://evilexample.com", false),
        ("parent before another", star, "https://a.example.com.evil", false),
        ("trailing dot", star, "https://a.example.com.", false),
        ("other scheme", star, "http://a.example.com", false),
        ("port", star, "https://a.example.com:8443", false),
        ("upper case", star, "https://A.example.com", false),
        ("strange byte", star, "https://a,b.example.com", false),
        ("label of 63 bytes", star, &format!("https://{label}.example.com"), true),
        ("label of 64 bytes", star, &format!("https://{label}a.example.com"), false),
        ("long label behind short ones", star, &format!("https://a.{label}a.example.com"), false),
        ("host of 253 bytes", star, &longest, true),
        ("host of 254 bytes", star, &too_long, false),
        ("any port", any_port, "https://a.example.com:1", true),
        ("any port, none", any_port, "https://a.example.com", true),
        ("any port, default written out", any_port, "https://a.example.com:443", false),
        ("any port, but the parent", any_port, "https://example.com:1", false),
        ("in the label", in_label, "https://pr-1x.example.com", true),
        ("hyphen in the label", in_label, "https://pr--x.example.com", true),
        ("nothing in the label", in_label, "https://pr-x.example.com", false),
        ("ends that overlap", "https://ab*ba.example.com", "https://aba.example.com", false),
        ("underscore in the label", in_label, "https://pr-_x.example.com", false),
        ("two labels for one", in_label, "https://pr-1.x.example.com", false),
        ("label before the label", in_label, "https://a.pr-1x.example.com", false),
        ("in a label of 64 bytes", in_label, &format!("https://pr-{label}x.example.com"), false),
        ("exact", "https://example.com", "https://example.com", true),
        ("exact, below", "https://example.com", "https://a.example.com", false),
        ("exact host, any port", "http://localhost:*", "http://localhost:1", true),
        ("opaque origin", "null", "null", true),
        ("opaque origin, another", "null", "https://null", false),
    ];
    for (name, pattern, origin, want) in cases {
        let pattern = OriginPattern::parse(pattern).expect(name);
        assert_eq!(pattern.is_match(origin), want, "{name}: `{origin}`");
    }
}

#[test]
fn risks_and_neighbours() {
    // insecure, local, over a public suffix
    let cases = [
        ("https://example.com", (false, false, false)),
        ("http://example.com", (true, false, false)),
        ("http://localhost:3000", (false, true, false)),
        ("http://localhost.:3000", (false, true, false)),
        ("http://app.localhost", (false, true, false)),
        ("http://*.localhost", (false, true, false)),
        ("http://notlocalhost", (true, false, false)),
        ("http://127.9.9.9", (false, true, false)),
        ("http://128.0.0.1", (true, false, false)),
        ("http://[::1]:*", (false, true, false)),
        ("http://[::2]", (true, false, false)),
        ("http://*.example.com", (true, false, false)),
        ("https://*.com", (false, false, true)),
        ("https://a-*.github.io", (false, false, true)),
        ("https://a-*.internal", (false, false, true)),
        ("https://*.github.io", (false, false, true)),
        ("https://octocat.github.io", (false, false, false)),
        ("https://*.octocat.github.io", (false, false, false)),
        ("https://*.amazonaws.com", (false, false, true)),
        ("https://a-*.amazonaws.com", (false, false, false)),
        ("https://*.internal", (false, false, true)),
        ("https://*.corp.internal", (false, false, false)),
        ("null", (false, false, false)),
    ];
    for (text, want) in cases {
        let pattern = OriginPattern::parse(text).expect(text);
        let got = (pattern.is_insecure(), pattern.is_local(), pattern.is_over_public_suffix());
        assert_eq!(got, want, "`{text}`");
    }
}

#[test]
fn covers_and_neighbours() {
    let cases = [
        ("https://example.com", "https://example.com", true),
        ("https://example.com", "https://example.com:1", false),
        ("https://example.com:*", "https://example.com:1", true),
        ("https://example.com:1", "https://example.com:*", false),
        ("http://example.com:*", "https://example.com:1", false),
        ("https://*.example.com", "https://a.example.com", true),
        ("https://*.example.com", "https://example.com", false),
        ("https://*.example.com", "https://*.example.com", true),
        ("https://*.example.com", "https://*.a.example.com", true),
        ("https://*.a.example.com", "https://*.example.com", false),
        ("https://*.example.com", "https://pr-*.example.com", true),
        ("https://*.example.com", "https://pr-*.a.example.com", true),
        ("https://pr-*.example.com", "https://*.example.com", false),
        ("https://pr-*.example.com", "https://pr-1.example.com", true),
        ("https://pr-*.example.com", "https://pr-1-*.example.com", true),
        ("https://pr-*.example.com", "https://pr-_*.example.com", false),
        ("https://pr-*.example.com", "https://pr-*.example.org", false),
        ("https://*b.example.com", "https://*ab.example.com", true),
        ("https://*b.example.com", "https://*_b.example.com", false),
        ("null", "null", true),
        ("null", "https://example.com", false),
        ("https://example.com", "null", false),
    ];
    for (own, other, want) in cases {
        let [own, other] = [own, other].map(|text| OriginPattern::parse(text).expect(text));
        assert_eq!(own.covers(&other), want, "`{own}` over `{other}`");
    }
}

#[test]
fn meets_and_neighbours() {
    let cases = [
        ("https://a.example.com", "https://a.example.com", true),
        ("https://a.example.com", "https://b.example.com", false),
        ("https://a.example.com", "http://a.example.com", false),
        ("https://a.example.com:1", "https://a.example.com:2", false),
        ("https://a.example.com:1", "https://a.example.com:*", true),
        ("https://*.example.com", "https://a.example.com", true),
        ("https://*.example.com", "https://example.com", false),
        ("https://*.example.com", "https://*.a.example.com", true),
        ("https://*.example.com", "https://*.example.org", false),
        ("https://*.example.com", "https://pr-*.a.example.com", true),
        ("https://*.a.example.com", "https://pr-*.example.com", false),
        ("https://pr-*.example.com", "https://pr-1.example.com", true),
        ("https://pr-*.example.com", "https://qr-1.example.com", false),
        ("https://pr-*.example.com", "https://p*.example.com", true),
        ("https://pr-*.example.com", "https://pr-*.example.org", false),
        ("https://pr-*.example.com", "https://*-x.example.com", true),
        ("https://pr-*a.example.com", "https://pr-*b.example.com", false),
        ("https://pr-*a.example.com", "https://qr-*a.example.com", false),
        ("https://pr-*a.example.com", "https://pr-*ba.example.com", true),
        ("null", "null", true),
        ("null", "https://*.example.com", false),
    ];
    for (own, other, want) in cases {
        let [own, other] = [own, other].map(|text| text.parse::<OriginPattern>().expect(text));
        assert_eq!(own.meets(&other), want, "`{own}` and `{other}`");
        assert_eq!(other.meets(&own), want, "`{other}` and `{own}`");
    }
}

/// Patterns and origins made of few parts, so that they meet often.
pub(crate) fn text(stars: bool) -> impl Strategy<Value = String> {
    let label = prop_oneof![
        3 => prop::sample::select(vec!["a", "b", "ab", "a-b", "a_b", "foo", "barfoo", "x"]),
        1 => Just(""),
    ];
    let first = prop_oneof![
        2 => Just("*".to_owned()),
        2 => ("(a|ab|b-|_)?", "(a|b|ba|_b)?").prop_map(|(b, a)| format!("{b}*{a}")),
        3 => Just("a".to_owned()),
    ];
    let first = first.prop_map(move |f| if stars { f } else { f.replace('*', "ab") });
    let port =
        if stars { vec!["", "", ":1", ":2", ":*"] } else { vec!["", "", ":1", ":2", ":443"] };
    (
        prop::sample::select(vec!["https", "https", "http", "x"]),
        first,
        prop::collection::vec(label, 0..3),
        prop::sample::select(vec!["foo.com", "com", "bar.com", "localhost"]),
        prop::sample::select(port),
    )
        .prop_map(|(scheme, first, labels, end, port)| {
            let labels = labels.iter().map(|l| format!(".{l}")).collect::<String>();
            format!("{scheme}://{first}{labels}.{end}{port}")
        })
}

proptest! {
    #[test]
    fn parsing_never_panics_and_fixes_parse(text in "\\PC*|(https?://)?[a-zA-Z0-9*.:/@\\[\\]ü%-]{0,30}") {
        match OriginPattern::parse(&text) {
            Ok(pattern) => prop_assert_eq!(pattern.as_str(), text),
            Err(fault) => {
                if let Some(fix) = fault.fix() {
                    prop_assert!(OriginPattern::parse(fix).is_ok());
                }
                prop_assert!(!fault.to_string().is_empty() && !fault.note().is_empty());
                prop_assert!(!fault.help().is_empty());
            }
        }
    }

    #[test]
    fn an_origin_of_both_means_that_they_meet(
        a in text(true), b in text(true), origin in text(false),
    ) {
        let [Ok(a), Ok(b)] = [a, b].map(|text| OriginPattern::parse(&text)) else { return Ok(()) };
        if a.is_match(&origin) && b.is_match(&origin) {
            prop_assert!(a.meets(&b) && b.meets(&a));
        }
        if a.covers(&b) {
            prop_assert!(!b.is_match(&origin) || a.is_match(&origin));
            prop_assert!(a.meets(&b));
        }
    }
}
