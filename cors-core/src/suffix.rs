//! Public suffixes: the names below which strangers have names of their own.
//!
//! A wildcard below one (`https://*.github.io`) trusts whoever registers a name there. The rules
//! are those of the [Public Suffix List](https://publicsuffix.org/list/) in both its sections, kept
//! as text that is searched in place: a look-up neither allocates nor needs anything built before
//! it. To bring in a newer list:
//!
//! ```text
//! cargo run -p cors-core --example suffix_table -- public_suffix_list.dat
//! ```

mod table;

use std::cmp::Ordering;

/// Why a name is a public suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Suffix {
    /// A registry sells names below it: `com`, `co.uk`.
    Icann,
    /// A company gives names below it to its customers: `github.io`, `vercel.app`.
    Private,
    /// A top label that the list does not know, so nobody can say who has names below it.
    Unlisted,
}

/// Returns why `host` itself is a public suffix, if it is one.
///
/// `host` is a domain as origins carry it: lower case, punycode; one trailing dot is ignored.
/// `localhost` is no public suffix: names below it never leave the machine.
pub(crate) fn public_suffix(host: &str) -> Option<Suffix> {
    let host = without_root(host);
    let (label, parent) = host.split_once('.').unwrap_or((host, ""));
    SECTIONS
        .into_iter()
        .find_map(|(suffix, lines)| is_suffix(lines, label, parent).then_some(suffix))
        .or_else(|| is_unlisted(label, parent).then_some(Suffix::Unlisted))
}

/// Returns why some name below `host` is a public suffix, the strongest reason first.
///
/// `amazonaws.com` is no public suffix, but `s3.amazonaws.com` is, and a leading `*.` stands for
/// several labels: `https://*.amazonaws.com` trusts every stranger's bucket. A `*` inside a label
/// stands for that label alone, so for it [`public_suffix`] of its parent is the whole question.
pub(crate) fn public_suffix_below(host: &str) -> Option<Suffix> {
    let host = without_root(host);
    SECTIONS.into_iter().find_map(|(suffix, lines)| has_suffix_below(lines, host).then_some(suffix))
}

fn without_root(host: &str) -> &str {
    host.strip_suffix('.').unwrap_or(host)
}

/// The list's algorithm, asked about one whole name: only an exception and a wildcard can both
/// match it, and the exception wins.
fn is_suffix(lines: &str, label: &str, parent: &str) -> bool {
    let (found, labels) = line_from(lines, parent);
    found == parent
        && (has_label(labels, label) || has_label(labels, "*") && !has_exception(labels, label))
}

fn has_label(labels: &str, label: &str) -> bool {
    first(seek(labels, ' ', |found| found < label), ' ') == label
}

/// Exceptions stand first, since `!` sorts before all that labels are made of.
fn has_exception(labels: &str, label: &str) -> bool {
    labels.split(' ').map_while(|found| found.strip_prefix('!')).any(|found| found == label)
}

fn is_unlisted(label: &str, parent: &str) -> bool {
    parent.is_empty() && !label.is_empty() && label != "localhost"
}

/// Every line is about names below its parent, so one whose parent is `host` or below it will do;
/// such lines stand together, and none else stands before them from `host` on.
fn has_suffix_below(lines: &str, host: &str) -> bool {
    let (parent, _) = line_from(lines, host);
    parent.strip_suffix(host).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

/// Returns parent and labels of the first line whose parent does not sort before `host`.
fn line_from<'a>(lines: &'a str, host: &str) -> (&'a str, &'a str) {
    let is_before = |line: &str| compare(first(line, ':'), host).is_lt();
    first(seek(lines, '\n', is_before), '\n').split_once(':').unwrap_or_default()
}

/// Compares labels from the right, so that all that is below a name stands together.
fn compare(a: &str, b: &str) -> Ordering {
    a.rsplit('.').cmp(b.rsplit('.'))
}

fn first(text: &str, separator: char) -> &str {
    text.split(separator).next().unwrap_or_default()
}

/// Returns `sorted` from the first entry on that is not `before`: a binary search over bytes, each
/// probe widened to the entry around it. The table is ASCII, so it can be cut anywhere.
fn seek(sorted: &str, separator: char, before: impl Fn(&str) -> bool) -> &str {
    let (mut low, mut high) = (0, sorted.len());
    while low < high {
        let middle = low.midpoint(high);
        let (left, right) = (&sorted[low..middle], &sorted[middle..]);
        let start = left.rfind(separator).map_or(low, |at| low + at + 1);
        let end = right.find(separator).map_or(sorted.len(), |at| middle + at);
        if before(&sorted[start..end]) {
            low = end + 1;
        } else {
            high = start;
        }
    }
    sorted.get(low..).unwrap_or_default()
}

/// ICANN first: where both know a name, its reason is the stronger.
const SECTIONS: [(Suffix, &str); 2] =
    [(Suffix::Icann, table::ICANN), (Suffix::Private, table::PRIVATE)];

#[cfg(test)]
mod tests;
