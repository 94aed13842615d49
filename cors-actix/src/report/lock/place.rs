//! The places of `cors.lock`: where a policy holds, as the file names it.

use std::fmt;

use super::word;
use crate::report::{Row, RowKind};

/// Where a policy holds, in the order of the file: the app default, the regions, the routes by path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PlaceName {
    App,
    Region(String),
    Route(RouteName),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RouteName {
    pub(super) path: String,
    /// separated by commas, or `*` where the policy has a say about them
    pub(super) methods: String,
    /// tells routes apart that are alike so far, such as those of two hosts: 1 is the first
    pub(super) number: usize,
    pub(super) region: Option<String>,
}

impl PlaceName {
    pub(super) fn of(row: &Row) -> Self {
        let path = word(&row.path);
        match row.kind {
            RowKind::App => PlaceName::App,
            RowKind::Region => PlaceName::Region(path),
            RowKind::Route | RowKind::Plain => PlaceName::Route(RouteName {
                path,
                methods: row.served_methods().map_or_else(|| EVERY.to_owned(), told_apart),
                number: 1,
                region: row.region.as_deref().map(word),
            }),
        }
    }

    /// Tells one of several alike from the others.
    pub(super) fn count(&mut self, number: usize) {
        if let PlaceName::Route(route) = self {
            route.number = number;
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        let words: Vec<_> = text.split(' ').collect();
        let (own, region) = match *words {
            ["app"] => return Some(PlaceName::App),
            [AT, path] => return Some(PlaceName::Region(path.to_owned())),
            [.., AT, region] => (&words[..words.len() - 2], Some(region.to_owned())),
            _ => (&*words, None),
        };
        let (methods, path, number) = match *own {
            [methods, path] => (methods, path, 1),
            [methods, path, number] => (methods, path, number.strip_prefix('#')?.parse().ok()?),
            _ => return None,
        };
        let (path, methods) = (path.to_owned(), methods.to_owned());
        Some(PlaceName::Route(RouteName { path, methods, number, region }))
    }
}

impl fmt::Display for PlaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PlaceName::App => f.write_str("app"),
            PlaceName::Region(path) => write!(f, "{AT} {path}"),
            PlaceName::Route(RouteName { path, methods, number, region }) => {
                write!(f, "{methods} {path}")?;
                if *number > 1 {
                    write!(f, " #{number}")?;
                }
                region.iter().try_for_each(|region| write!(f, " {AT} {region}"))
            }
        }
    }
}

/// A method may have any name: no backslash stands in one.
fn told_apart(methods: String) -> String {
    if [AT, EVERY].contains(&&*methods) { format!("\\{methods}") } else { methods }
}

/// What stands for the methods where the policy has a say about them.
pub(super) const EVERY: &str = "*";
const AT: &str = "at";
