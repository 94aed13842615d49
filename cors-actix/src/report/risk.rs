//! Risks: the closed list of what a reviewer should look at.

use std::fmt;

/// What a reviewer should look at. The list is closed: the documents know no other risks.
///
/// Origins that are decided at run time would be one more; no policy has such origins yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Risk {
    /// `.leave`: nothing below the path is checked.
    LeftUnchecked,
    /// A dangerous opt-in.
    DangerousOptIn,
    /// A `*` in the host beside credentials.
    WildcardWithCredentials,
    /// Origins with credentials where the region's path has parameters.
    CredentialsInEveryRegion,
    /// Any origin on a method that writes.
    AnyOriginOnWritingMethod,
    /// An origin of plain http.
    InsecureOrigin,
    /// An origin of the developer's own machine.
    LocalOrigin,
    /// A `*` over names that strangers can register.
    PublicSuffix,
    /// `expose_headers = any`.
    ExposeAny,
    /// A route that an earlier one hides.
    Shadowed,
    /// A route of which an earlier one may take the requests.
    Ambiguous,
    /// Credentials.
    Credentials,
    /// A `*` in the host, without credentials.
    Wildcard,
    /// More patterns than a reviewer reads.
    WideSet,
    /// A max-age over what browsers honour.
    LongMaxAge,
    /// A handler for OPTIONS.
    OwnOptionsHandler,
}

/// How much a [`Risk`] matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Somebody should have said yes to it.
    High,
    /// Worth a second look.
    Medium,
    /// Good to know.
    Low,
}

/// A risk of one row, and what it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The risk.
    pub risk: Risk,
    /// The origins, keys, methods or handlers that make it one; the first few of many.
    pub about: Vec<String>,
}

/// What the documents say about one risk.
struct Entry {
    risk: Risk,
    name: &'static str,
    level: Level,
    meaning: &'static str,
    help: &'static str,
}

impl Risk {
    /// Every risk, those that matter most first.
    pub const ALL: [Risk; TABLE.len()] = {
        let mut all = [Risk::LeftUnchecked; TABLE.len()];
        let mut index = 0;
        while index < TABLE.len() {
            all[index] = TABLE[index].risk;
            index += 1;
        }
        all
    };

    /// The name in all documents, such as `wildcard_with_credentials`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.entry().name
    }

    /// How much it matters.
    #[must_use]
    pub fn level(self) -> Level {
        self.entry().level
    }

    /// Why it is one.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        self.entry().meaning
    }

    /// What to do about it.
    #[must_use]
    pub fn help(self) -> &'static str {
        self.entry().help
    }

    /// The table is in the order of the variants, which a test asserts.
    fn entry(self) -> &'static Entry {
        &TABLE[self as usize]
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name().replace('_', " "))
    }
}

impl Level {
    /// The name in all documents.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Level::High => "high",
            Level::Medium => "medium",
            Level::Low => "low",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Finding {
    pub(super) fn new(risk: Risk, about: impl IntoIterator<Item = String>) -> Option<Self> {
        let mut rest = about.into_iter();
        let mut about: Vec<_> = rest.by_ref().take(MAX_ABOUT).collect();
        let more = rest.count();
        if more > 0 {
            about.push(format!("{more} more"));
        }
        (!about.is_empty()).then_some(Finding { risk, about })
    }
}

/// Most things that one finding names.
const MAX_ABOUT: usize = 8;

const TABLE: [Entry; 16] = [
    Entry {
        risk: Risk::LeftUnchecked,
        name: "left_unchecked",
        level: Level::High,
        meaning: "nothing below this path is checked: what stands inside sets its own CORS headers",
        help: "finish the move, then remove `.leave`",
    },
    Entry {
        risk: Risk::DangerousOptIn,
        name: "dangerous_opt_in",
        level: Level::High,
        meaning: "a flag lifts a protection against origins that strangers can take on",
        help: "name safe origins, then remove the flag",
    },
    Entry {
        risk: Risk::WildcardWithCredentials,
        name: "wildcard_with_credentials",
        level: Level::High,
        meaning: "every subdomain acts with its visitors' cookies, a forgotten one that somebody takes over too",
        help: "name the origins",
    },
    Entry {
        risk: Risk::CredentialsInEveryRegion,
        name: "credentials_in_every_region",
        level: Level::Medium,
        meaning: "the path has a parameter, and each of these origins acts with cookies for all of its values",
        help: "check in the handler that the visitor belongs there, or write one region for each value",
    },
    Entry {
        risk: Risk::AnyOriginOnWritingMethod,
        name: "any_origin_on_writing_method",
        level: Level::Medium,
        meaning: "every site can send this from its visitors' browsers and read the answer",
        help: "name the origins, unless the route is meant for the whole web",
    },
    Entry {
        risk: Risk::InsecureOrigin,
        name: "insecure_origin",
        level: Level::Medium,
        meaning: "anybody on the network can change a page that comes over plain http, and so act for it",
        help: "write `https://`",
    },
    Entry {
        risk: Risk::LocalOrigin,
        name: "local_origin",
        level: Level::Medium,
        meaning: "any program on a visitor's own machine can serve a page there",
        help: "keep it to development: put it into a set that production fills otherwise",
    },
    Entry {
        risk: Risk::PublicSuffix,
        name: "public_suffix",
        level: Level::Medium,
        meaning: "strangers can register names that the `*` stands for",
        help: "name the origins",
    },
    Entry {
        risk: Risk::ExposeAny,
        name: "expose_any",
        level: Level::Medium,
        meaning: "scripts read every response header, those that are added later too",
        help: "name the headers",
    },
    Entry {
        risk: Risk::Shadowed,
        name: "shadowed",
        level: Level::Medium,
        meaning: "an earlier route takes all of its requests, so it never runs and its policy never holds",
        help: "register it earlier, or remove it",
    },
    Entry {
        risk: Risk::Ambiguous,
        name: "ambiguous",
        level: Level::Low,
        meaning: "an earlier route with a guard or a regex may take its requests, so preflights need the leave of both",
        help: "give both the same policy, or patterns that never meet",
    },
    Entry {
        risk: Risk::Credentials,
        name: "credentials",
        level: Level::Low,
        meaning: "these origins act with their visitors' cookies and read the answers",
        help: "be as sure of these sites as of your own",
    },
    Entry {
        risk: Risk::Wildcard,
        name: "wildcard",
        level: Level::Low,
        meaning: "every name that the `*` stands for reads the answers",
        help: "name the origins, if they are few",
    },
    Entry {
        risk: Risk::WideSet,
        name: "wide_set",
        level: Level::Low,
        meaning: "nobody reads a list of this length line by line",
        help: "drop the origins that nobody needs any more",
    },
    Entry {
        risk: Risk::LongMaxAge,
        name: "long_max_age",
        level: Level::Low,
        meaning: "Chromium keeps a preflight for 7200 seconds and WebKit for 600; where more is honoured, a revoked origin stays trusted",
        help: "write at most 7200",
    },
    Entry {
        risk: Risk::OwnOptionsHandler,
        name: "own_options_handler",
        level: Level::Low,
        meaning: "preflights never reach this handler, only other OPTIONS requests do",
        help: "remove it, if it was meant for preflights",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_variants_and_levels() {
        for (index, entry) in TABLE.iter().enumerate() {
            assert_eq!(entry.risk as usize, index, "{}", entry.name);
        }
        assert!(TABLE.windows(2).all(|pair| pair[0].level <= pair[1].level));
        let names: std::collections::HashSet<_> = TABLE.iter().map(|entry| entry.name).collect();
        assert_eq!(names.len(), TABLE.len());
    }
}
