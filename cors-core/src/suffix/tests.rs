use std::collections::{BTreeMap, BTreeSet};
use std::iter::successors;
use std::sync::LazyLock;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use super::Suffix::{Icann, Private, Unlisted};
use super::{SECTIONS, Suffix, compare, public_suffix, public_suffix_below};

#[test]
fn tells_suffixes_from_their_neighbours() {
    let cases = [
        ("top label", "com", Some(Icann)),
        ("registered name", "example.com", None),
        ("suffix of two labels", "co.uk", Some(Icann)),
        ("registered name under two labels", "example.co.uk", None),
        ("suffix with a suffix of the same end", "uk", Some(Icann)),
        ("name that only ends like a suffix", "xco.uk", None),
        ("first of its line", "aaa", Some(Icann)),
        ("last of its line", "zw", Some(Icann)),
        ("private suffix", "github.io", Some(Private)),
        ("parent of a private suffix", "io", Some(Icann)),
        ("name below a private suffix", "octocat.github.io", None),
        ("another private suffix", "vercel.app", Some(Private)),
        ("owner of a private suffix", "vercel.com", None),
        ("private suffix of three labels", "s3.amazonaws.com", Some(Private)),
        ("parent of private suffixes", "amazonaws.com", None),
        ("below a wildcard", "foo.ck", Some(Icann)),
        ("two labels below a wildcard", "bar.foo.ck", None),
        ("exception to a wildcard", "www.ck", None),
        ("below an exception", "www.www.ck", None),
        ("end of an exception", "ww.ck", Some(Icann)),
        ("top label with a wildcard alone", "ck", Some(Icann)),
        ("wildcard below two labels", "foo.kawasaki.jp", Some(Icann)),
        ("exception below two labels", "city.kawasaki.jp", None),
        ("parent of a wildcard", "kawasaki.jp", None),
        ("private wildcard", "eu-west-1.compute.amazonaws.com", Some(Private)),
        ("parent of a private wildcard", "compute.amazonaws.com", None),
        ("punycode top label", "xn--p1ai", Some(Icann)),
        ("punycode label", "xn--55qx5d.cn", Some(Icann)),
        ("punycode neighbour", "xn--55qx5e.cn", None),
        ("unlisted top label", "internal", Some(Unlisted)),
        ("name below an unlisted top label", "corp.internal", None),
        ("unlisted in Unicode", "рф", Some(Unlisted)),
        ("loopback", "localhost", None),
        ("below loopback", "app.localhost", None),
        ("not the loopback", "localhosts", Some(Unlisted)),
        ("trailing dot", "com.", Some(Icann)),
        ("trailing dot on a registered name", "example.com.", None),
        ("trailing dot on the loopback", "localhost.", None),
    ];
    for (name, host, want) in cases {
        assert_eq!(public_suffix(host), want, "{name}: `{host}`");
    }
}

#[test]
fn finds_suffixes_below_a_name() {
    let cases = [
        ("private suffixes", "amazonaws.com", Some(Private)),
        ("none below its neighbour", "amazonaws.org", None),
        ("same end without a dot", "naws.com", None),
        ("private wildcard", "compute.amazonaws.com", Some(Private)),
        ("what the wildcard stands for", "x.compute.amazonaws.com", None),
        ("two labels above", "run.app", Some(Private)),
        ("ICANN wildcard", "kawasaki.jp", Some(Icann)),
        ("exception to it", "city.kawasaki.jp", None),
        ("ICANN rules", "nordland.no", Some(Icann)),
        ("private below ICANN", "com", Some(Private)),
        ("both sections", "uk", Some(Icann)),
        ("suffix without any", "github.io", None),
        ("registered name", "example.com", None),
        ("owner of a private suffix", "vercel.com", None),
        ("unlisted top label", "internal", None),
        ("loopback", "localhost", None),
        ("trailing dot", "amazonaws.com.", Some(Private)),
    ];
    for (name, host, want) in cases {
        assert_eq!(public_suffix_below(host), want, "{name}: `{host}`");
    }
}

#[test]
fn malformed_hosts_are_no_suffixes() {
    for host in ["", ".", "..", ".com", "example..com", ":", " ", "\n", "com\n", "ac com", "ac:com"]
    {
        let one_label = !host.is_empty() && !host.contains('.');
        assert_eq!(public_suffix(host), one_label.then_some(Unlisted), "{host:?}");
        // Above the top labels is the root.
        let root = host.is_empty() || host == ".";
        assert_eq!(public_suffix_below(host), root.then_some(Icann), "{host:?}");
    }
}

#[test]
fn table_is_sorted_ascii_in_lower_case() {
    for (section, text) in SECTIONS {
        let stray = text.find(
            |c| !matches!(c, 'a'..='z' | '0'..='9' | '-' | '.' | '*' | '!' | ':' | ' ' | '\n'),
        );
        assert_eq!(stray, None, "{section:?}");
        let lines: Vec<_> = lines(text).collect();
        assert!(lines.is_sorted_by(|(a, _), (b, _)| compare(a, b).is_lt()), "{section:?}");
        for (parent, labels) in lines {
            assert!(labels.is_sorted_by(|a, b| a < b), "below `{parent}`");
            let is_label = |label: &&str| !label.is_empty() && !label.contains(['.', ':']);
            assert!(labels.iter().all(is_label), "below `{parent}`");
        }
    }
}

#[test]
fn every_rule_and_its_neighbours_follow_the_lists_algorithm() {
    assert!(LIST.rules.len() > 10_000, "only {} rules", LIST.rules.len());
    for rule in LIST.rules.keys() {
        let name = name_of(rule);
        for above in with_all_above(&name) {
            LIST.check(above);
        }
        for host in [format!("x.{name}"), format!("x{name}"), format!("{name}x")] {
            LIST.check(&host);
        }
    }
}

proptest! {
    #[test]
    fn any_name_follows_the_lists_algorithm(hosts in vec(host(), 64)) {
        hosts.iter().for_each(|host| LIST.check(host));
    }
}

/// Labels of the list, and few others, in any order.
fn host() -> impl Strategy<Value = String> {
    let label = prop_oneof![
        3 => any::<Index>().prop_map(|at| at.get(&LIST.labels).clone()),
        1 => "[a-z0-9-]{1,3}",
    ];
    let end = any::<Index>().prop_map(|at| at.get(&LIST.names).clone());
    (vec(label, 0..3), end).prop_map(|(mut labels, end)| {
        labels.push(end);
        labels.join(".")
    })
}

static LIST: LazyLock<List> = LazyLock::new(List::read);

/// The table read back into the list's own form, to be judged rule by rule.
struct List {
    rules: BTreeMap<String, Suffix>,
    /// Names with a suffix below them.
    parents: BTreeMap<String, Suffix>,
    /// What generated hosts are made of: the names of all rules and of what stands above them, and
    /// the first labels of rules.
    names: Vec<String>,
    labels: Vec<String>,
}

impl List {
    fn read() -> Self {
        let (mut rules, mut parents) = (BTreeMap::new(), BTreeMap::new());
        for (suffix, text) in SECTIONS {
            for (parent, labels) in lines(text) {
                for label in labels {
                    if !label.starts_with('!') {
                        for name in with_all_above(parent) {
                            parents.entry(name.to_owned()).or_insert(suffix);
                        }
                    }
                    let rule = [label, parent].join(".").trim_end_matches('.').to_owned();
                    rules.insert(rule, suffix);
                }
            }
        }
        let names: BTreeSet<_> = rules.keys().map(|rule| name_of(rule)).collect();
        let labels: BTreeSet<_> = names.iter().filter_map(|name| name.split('.').next()).collect();
        Self {
            labels: labels.into_iter().map(str::to_owned).collect(),
            names: names.iter().chain(parents.keys()).cloned().collect(),
            rules,
            parents,
        }
    }

    fn check(&self, host: &str) {
        assert_eq!(public_suffix(host), self.public_suffix(host), "`{host}`");
        assert_eq!(public_suffix_below(host), self.parents.get(host).copied(), "below `{host}`");
    }

    /// <https://github.com/publicsuffix/list/wiki/Format#formal-algorithm>, step by step.
    fn public_suffix(&self, host: &str) -> Option<Suffix> {
        let labels: Vec<_> = host.split('.').collect();
        let mut matching = Vec::new();
        for at in 0..labels.len() {
            let name = labels[at..].join(".");
            if self.rules.contains_key(&format!("!{name}")) {
                return None;
            }
            let wildcard = [&["*"], &labels[at + 1..]].concat().join(".");
            let rule = self.rules.get(&name).or_else(|| self.rules.get(&wildcard));
            matching.extend(rule.map(|suffix| (labels.len() - at, *suffix)));
        }
        let unlisted = (1, Unlisted);
        let (length, suffix) =
            matching.into_iter().max_by_key(|(length, _)| *length).unwrap_or(unlisted);
        (length == labels.len() && host != "localhost").then_some(suffix)
    }
}

fn lines(text: &str) -> impl Iterator<Item = (&str, Vec<&str>)> {
    text.lines().map(|line| {
        let (parent, labels) = line.split_once(':').expect("a line names its parent");
        (parent, labels.split(' ').collect())
    })
}

/// A host that the rule is about.
fn name_of(rule: &str) -> String {
    rule.replace('!', "").replace('*', "x")
}

fn with_all_above(name: &str) -> impl Iterator<Item = &str> {
    successors(Some(name), |name| name.split_once('.').map(|(_, above)| above))
        .filter(|name| !name.is_empty())
}
