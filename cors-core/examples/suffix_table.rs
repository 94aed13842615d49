//! Makes `src/suffix/table.rs` from a copy of the [Public Suffix List].
//!
//! ```text
//! cargo run -p cors-core --example suffix_table -- public_suffix_list.dat
//! ```
//!
//! [Public Suffix List]: https://publicsuffix.org/list/

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::{env, fs};

use url::Host;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/suffix/table.rs");

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("the path of the list is missing")?;
    let list = List::parse(&fs::read_to_string(path)?)?;
    fs::write(TABLE, list.table())?;
    println!("{TABLE}: {} ICANN rules, {} private rules", list.icann.rules, list.private.rules);
    Ok(())
}

#[derive(Default)]
struct List {
    version: String,
    icann: Section,
    private: Section,
}

impl List {
    /// Reads the format of <https://github.com/publicsuffix/list/wiki/Format>.
    fn parse(text: &str) -> Result<Self, Box<dyn Error>> {
        let mut list = Self::default();
        let mut private = false;
        for line in text.lines() {
            if let Some(version) = line.strip_prefix("// VERSION: ") {
                version.trim().clone_into(&mut list.version);
            }
            private |= line.contains("===BEGIN PRIVATE DOMAINS===");
            // A rule ends at the first white space.
            let Some(rule) = line.split_whitespace().next() else {
                continue;
            };
            if rule.starts_with("//") {
                continue;
            }
            let section = if private { &mut list.private } else { &mut list.icann };
            section.add(rule)?;
        }
        list.check()?;
        list.icann.add_implied_top_labels();
        Ok(list)
    }

    /// Refuses a list that the look-up would read wrongly: it takes the first section that knows
    /// a name, and does not look for a wildcard in one section against an exception in the other.
    fn check(&self) -> Result<(), Box<dyn Error>> {
        if self.icann.rules == 0 || self.private.rules == 0 {
            return Err("the list lacks one of its two sections".into());
        }
        for (parent, labels) in &self.private.labels {
            if labels.iter().any(|label| label.starts_with('!')) {
                return Err(format!("exception below `{parent}` in the private section").into());
            }
            if parent.is_empty() {
                return Err("top label in the private section".into());
            }
            if let Some(icann) = self.icann.labels.get(parent)
                && (icann.contains("*") || icann.intersection(labels).next().is_some())
            {
                return Err(format!("names below `{parent}` in both sections").into());
            }
        }
        Ok(())
    }

    fn table(&self) -> String {
        let version = match self.version.as_str() {
            "" => "without a version",
            version => version,
        };
        format!(
            r#"// This Source Code Form is subject to the terms of the Mozilla Public
// License, v. 2.0. If a copy of the MPL was not distributed with this
// file, You can obtain one at https://mozilla.org/MPL/2.0/.

//! The rules of the Public Suffix List, one line for each parent: `parent:label label`.
//!
//! Written by `cargo run -p cors-core --example suffix_table`; not to be edited by hand.
//! List: <https://publicsuffix.org/list/public_suffix_list.dat>, {version}.

/// Rules of registries; the parent of the top labels is empty.
pub(super) const ICANN: &str = "\
{}";

/// Rules of companies that let strangers have names below their own.
pub(super) const PRIVATE: &str = "\
{}";
"#,
            self.icann.lines(),
            self.private.lines()
        )
    }
}

#[derive(Default)]
struct Section {
    rules: usize,
    labels: BTreeMap<String, BTreeSet<String>>,
}

impl Section {
    fn add(&mut self, rule: &str) -> Result<(), Box<dyn Error>> {
        let (mark, name) = if let Some(name) = rule.strip_prefix('!') {
            ("!", name)
        } else if let Some(name) = rule.strip_prefix("*.") {
            ("*.", name)
        } else {
            ("", rule)
        };
        // The list writes Unicode, origins carry punycode.
        let Host::Domain(name) = Host::parse(name)? else {
            return Err(format!("`{rule}` is an address").into());
        };
        let rule = format!("{mark}{name}");
        let (label, parent) = rule.split_once('.').unwrap_or((&rule, ""));
        let labels = self.labels.entry(parent.to_owned()).or_default();
        if !labels.insert(label.to_owned()) {
            return Err(format!("`{rule}` stands there twice").into());
        }
        self.rules += 1;
        Ok(())
    }

    /// Adds top labels that stand only at the end of longer rules (`ck` of `*.ck`): the list's
    /// default rule makes each a suffix, and a registry runs it.
    fn add_implied_top_labels(&mut self) {
        let implied: Vec<_> = self
            .labels
            .keys()
            .filter_map(|parent| parent.rsplit('.').next())
            .filter(|top| !top.is_empty())
            .map(str::to_owned)
            .collect();
        self.labels.entry(String::new()).or_default().extend(implied);
    }

    fn lines(&self) -> String {
        let mut lines: Vec<_> = self.labels.iter().collect();
        // By labels from the right, so that all that is below a name stands together.
        lines.sort_by(|(a, _), (b, _)| a.rsplit('.').cmp(b.rsplit('.')));
        lines
            .into_iter()
            .map(|(parent, labels)| {
                let labels: Vec<_> = labels.iter().map(String::as_str).collect();
                format!("{parent}:{}", labels.join(" "))
            })
            .collect::<Vec<_>>()
            .join("\n")
    }
}
