//! Route patterns as text: which paths they can match, segment by segment.
//!
//! actix's own matching decides which route serves a request. This is for the questions that it
//! can't be asked: whether two patterns can match one path, and whether a route behind the first
//! match can match too. A custom regex is never looked into: in a route's own part actix's matching
//! of that part is asked, in a scope's it may match anything.

mod segment;
mod text;

use std::{ops::Range, sync::OnceLock};

use actix_web::dev::ResourceDef;

use self::segment::Segment;
pub(crate) use self::{
    segment::Match,
    text::{filled, hole_names, nameless, split},
};

/// A route's or scope's pattern, cut at its slashes.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    segments: Box<[Segment]>,
    /// how many of them stand before a route's own part: those of its scopes, and the empty one
    /// before the first slash; of a scope or region all
    in_scope: usize,
    is_static: bool,
    tail: Option<Box<Tail>>,
    /// it ends in a `*` without a name, for which actix drops all text behind the last hole: nothing is
    /// known of it
    is_obscure: bool,
}

/// The end of a route's own part, from the first segment on that only a regex can tell about.
#[derive(Debug, Clone)]
struct Tail {
    /// index into [`Pattern::segments`]
    at: usize,
    text: String,
    /// compiled when a path gets there
    matcher: OnceLock<ResourceDef>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Pattern::of_route(text, "")
    }

    /// The pattern of a route in a scope; `own` is empty or begins with a slash.
    pub(crate) fn of_route(scope: &str, own: &str) -> Self {
        if is_obscure(scope) || is_obscure(own) {
            let segments = [Segment::Custom].into();
            return Pattern {
                segments,
                in_scope: 1,
                is_static: false,
                tail: None,
                is_obscure: true,
            };
        }
        let in_scope = split(scope).count();
        let texts: Vec<_> = split(scope).chain(split(own).skip(1)).collect();
        let segments: Box<[Segment]> = texts.iter().copied().map(Segment::new).collect();
        let needs_regex = |s: &Segment| matches!(s, Segment::Holes(_) | Segment::Custom);
        let tail = segments[in_scope..].iter().position(needs_regex).map(|at| {
            let at = in_scope + at;
            Box::new(Tail { at, text: texts[at..].join("/"), matcher: OnceLock::new() })
        });
        let is_static = segments.iter().all(|s| matches!(s, Segment::Literal(_)));
        Pattern { segments, in_scope, is_static, tail, is_obscure: false }
    }

    pub(crate) fn is_static(&self) -> bool {
        self.is_static
    }

    /// Whether nothing is known of it.
    pub(crate) fn is_obscure(&self) -> bool {
        self.is_obscure
    }

    /// Whether it has a part that may span several segments of a path.
    pub(crate) fn has_custom(&self) -> bool {
        self.segments.contains(&Segment::Custom)
    }

    /// Whether some path that it matches ends with a slash.
    pub(crate) fn may_end_with_slash(&self) -> bool {
        self.has_custom() || self.segments.last().is_some_and(|last| last.matches("") != Match::No)
    }

    /// Whether it matches the whole path.
    pub(crate) fn matches(&self, path: &str) -> Match {
        let mut result = Match::Yes;
        let mut texts = path.split('/');
        for segment in self.scopes() {
            let matches = texts.next().map_or(Match::No, |text| segment.matches(text));
            match matches {
                Match::No => return Match::No,
                Match::Maybe => result = Match::Maybe,
                Match::Yes => {}
            }
            if *segment == Segment::Custom {
                break;
            }
        }
        match self.left_by_scopes(path) {
            None => Match::Maybe,
            Some(rest) if self.matches_below(rest) => result,
            Some(_) => Match::No,
        }
    }

    /// What the scopes around the route leave of a path that the route matches; `None` if that
    /// can't be told.
    pub(crate) fn left_by_scopes<'p>(&self, path: &'p str) -> Option<&'p str> {
        if self.is_obscure {
            return None;
        }
        if !self.scopes().contains(&Segment::Custom) {
            let slash = path.match_indices('/').nth(self.in_scope - 1);
            return Some(slash.map_or("", |(at, _)| &path[at..]));
        }
        self.tail.is_none().then(|| last_segments(path, self.segments.len() - self.in_scope))
    }

    /// Whether the route's own part matches what its scopes leave of a path.
    pub(crate) fn matches_below(&self, rest: &str) -> bool {
        let mut rest = rest.strip_prefix('/');
        for (index, segment) in self.segments.iter().enumerate().skip(self.in_scope) {
            let Some(path) = rest else { return false };
            if let Some(tail) = self.tail.as_ref().filter(|tail| tail.at == index) {
                let matcher = tail.matcher.get_or_init(|| ResourceDef::new(tail.text.as_str()));
                return matcher.is_match(path);
            }
            let (text, further) = match path.split_once('/') {
                Some((text, further)) => (text, Some(further)),
                None => (path, None),
            };
            if segment.matches(text) != Match::Yes {
                return false;
            }
            rest = further;
        }
        rest.is_none()
    }

    /// Whether the route's own part may match an end of the path, after some scope's prefix.
    pub(crate) fn may_end(&self, path: &str) -> bool {
        let own = self.segments.len() - self.in_scope;
        self.is_obscure || self.tail.is_some() || self.matches_below(last_segments(path, own))
    }

    /// Whether it is certain to match the beginning of the path, as a scope does.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let mut rest = path.split('/');
        self.segments
            .iter()
            .all(|own| rest.next().is_some_and(|text| own.matches(text) == Match::Yes))
    }

    /// Whether it may match the beginning of the path, as a scope does. Never wrongly false.
    pub(crate) fn may_take(&self, path: &str) -> bool {
        let mut rest = path.split('/');
        for own in &self.segments {
            match rest.next().map_or(Match::No, |text| own.matches(text)) {
                Match::No => return false,
                // it may take any number of segments
                Match::Maybe => return true,
                Match::Yes => {}
            }
        }
        true
    }

    /// How many of this scope's segments, counted from the first, may match all of `path`; none
    /// where the range is empty.
    pub(crate) fn beginnings(&self, path: &str) -> Range<usize> {
        let mut own = self.segments.iter().zip(1..);
        let mut taken = 0;
        for text in path.split('/') {
            match own.next() {
                Some((Segment::Custom, number)) => return number..self.segments.len() + 1,
                Some((segment, number)) if segment.matches(text) != Match::No => taken = number,
                _ => return 0..0,
            }
        }
        taken..taken + 1
    }

    /// Whether some path below the region `self` is one that `route` matches.
    pub(crate) fn may_hold(&self, route: &Pattern) -> bool {
        if self.is_empty() {
            return true;
        }
        for (own, other) in self.segments.iter().zip(&route.segments) {
            if *own == Segment::Custom || *other == Segment::Custom {
                return true;
            }
            if !own.meets(other) {
                return false;
            }
        }
        self.segments.len() <= route.segments.len()
    }

    /// Whether every path that `route` matches is below the region `self`.
    pub(crate) fn holds(&self, route: &Pattern) -> bool {
        self.is_empty()
            || self.segments.len() <= route.segments.len()
                && self.segments.iter().zip(&route.segments).all(|(own, other)| own.covers(other))
    }

    /// Whether some path may be one that both routes match.
    pub(crate) fn meets(&self, other: &Pattern) -> bool {
        for (own, other) in self.segments.iter().zip(&other.segments) {
            if *own == Segment::Custom || *other == Segment::Custom {
                return true;
            }
            if !own.meets(other) {
                return false;
            }
        }
        self.segments.len() == other.segments.len()
    }

    fn scopes(&self) -> &[Segment] {
        &self.segments[..self.in_scope]
    }

    fn is_empty(&self) -> bool {
        matches!(&*self.segments, [Segment::Literal(only)] if only.is_empty())
    }
}

/// The last `count` segments of a path, each with its slash.
fn last_segments(path: &str, count: usize) -> &str {
    let slash = count.checked_sub(1).and_then(|further| path.rmatch_indices('/').nth(further));
    slash.map_or("", |(at, _)| &path[at..])
}

/// Whether some scope's pattern, or the route's, ends in a `*` without a name; one that follows a hole
/// belongs to that.
fn is_obscure(text: &str) -> bool {
    let is_tail = |segment: &str| segment.strip_suffix('*').is_some_and(|own| !own.ends_with('}'));
    split(text).any(is_tail)
}
