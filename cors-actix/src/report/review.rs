//! Reviewing policies and routes: which risks they have.

use cors_core::{Grant, GrantedOrigins, Merged, OriginPattern};

use super::{
    Row, RowKind,
    risk::{Finding, Risk},
    visible::Visible,
};

/// The risks that a policy has wherever it stands.
pub(super) fn risks_of_policy(policy: &Merged) -> Vec<Finding> {
    let grants = policy.grants();
    let patterns = |credentials: Option<bool>, is: fn(&OriginPattern) -> bool| {
        let grants =
            grants.iter().filter(move |g| credentials.is_none_or(|c| c == g.credentials()));
        let patterns = grants.filter_map(|grant| grant.origins().set()).flat_map(|s| s.patterns());
        patterns.filter(move |pattern| is(pattern)).map(ToString::to_string)
    };
    let over_suffix = OriginPattern::is_over_public_suffix;
    let opt_ins = grants.iter().flat_map(Grant::opt_ins).map(|key| key.to_string());
    let expose_any = grants.iter().filter(|grant| grant.expose().value.is_any());
    let max_age = policy.max_age().map(|age| age.value).filter(|age| *age > KEPT_BY_CHROMIUM);
    [
        Finding::new(Risk::DangerousOptIn, opt_ins),
        Finding::new(
            Risk::WildcardWithCredentials,
            patterns(Some(true), OriginPattern::is_wildcard),
        ),
        Finding::new(Risk::InsecureOrigin, patterns(None, OriginPattern::is_insecure)),
        Finding::new(Risk::LocalOrigin, patterns(None, OriginPattern::is_local)),
        Finding::new(Risk::PublicSuffix, patterns(None, over_suffix)),
        Finding::new(Risk::ExposeAny, expose_any.flat_map(summary)),
        Finding::new(
            Risk::Credentials,
            grants.iter().filter(|g| g.credentials()).flat_map(summary),
        ),
        Finding::new(Risk::Wildcard, patterns(Some(false), OriginPattern::is_wildcard)),
        Finding::new(Risk::WideSet, grants.iter().filter_map(wide)),
        Finding::new(Risk::LongMaxAge, max_age.map(|age| age.to_string())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The risks that come from where a policy stands, besides those of other routes.
pub(super) fn risks_of_place(row: &Row) -> Vec<Finding> {
    let Some(policy) = row.policy() else {
        return Finding::new(Risk::LeftUnchecked, [Visible(&row.path).to_string()])
            .into_iter()
            .collect();
    };
    let grants = policy.grants();
    let region = match row.kind {
        RowKind::Region => Some(&row.path),
        RowKind::Route | RowKind::Plain | RowKind::App => row.region.as_ref(),
    };
    let region = region.filter(|pattern| pattern.contains('{'));
    let tenants = grants.iter().filter(|grant| grant.credentials() && region.is_some());
    let any = grants.iter().any(|grant| matches!(grant.origins(), GrantedOrigins::Any));
    // a simple POST needs no permission, and of a plain route the policy says what may be asked for
    let listed = &policy.methods().value;
    let harmless = |method: &str| {
        READING.contains(&method)
            || (row.kind != RowKind::Route && method == "POST")
            || (row.kind == RowKind::Plain && !listed.is_any() && !listed.contains(method))
    };
    let mut writing: Vec<_> =
        row.methods.iter().filter(|method| !harmless(method)).cloned().collect();
    if row.any_method && (row.kind != RowKind::Plain || listed.is_any()) {
        writing = vec!["any".to_owned()];
    }
    let writing = writing.into_iter().filter(|_| any);
    let options =
        row.methods.iter().filter(|method| *method == "OPTIONS" && !row.handler.is_empty());
    [
        Finding::new(Risk::CredentialsInEveryRegion, tenants.flat_map(summary)),
        Finding::new(Risk::AnyOriginOnWritingMethod, writing),
        Finding::new(Risk::OwnOptionsHandler, options.map(|_| Visible(&row.handler).to_string())),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The origins of a grant; of a set its name.
fn summary(grant: &Grant) -> Vec<String> {
    match grant.origins() {
        GrantedOrigins::Any => vec!["any".to_owned()],
        GrantedOrigins::Set(name, _) => vec![format!("set {}", Visible(name))],
        other => other
            .set()
            .map(|set| set.patterns().iter().map(ToString::to_string).collect())
            .unwrap_or_default(),
    }
}

fn wide(grant: &Grant) -> Option<String> {
    let count = grant.origins().set()?.patterns().len();
    (count > READ_BY_PEOPLE).then(|| match grant.origins() {
        GrantedOrigins::Set(name, _) => format!("{count} origins in set {}", Visible(name)),
        _ => format!("{count} origins"),
    })
}

/// [Safe methods](https://httpwg.org/specs/rfc9110.html#safe.methods), registered ones.
const READING: [&str; 7] = ["GET", "HEAD", "OPTIONS", "PROPFIND", "QUERY", "REPORT", "SEARCH"];
/// The longest time, in seconds, that more than one engine honours.
const KEPT_BY_CHROMIUM: u32 = 7200;
/// Longest list that a reviewer can be expected to read.
const READ_BY_PEOPLE: usize = 100;
