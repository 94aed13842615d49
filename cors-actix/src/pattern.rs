//! Route patterns as text: which paths they can match, segment by segment.
//!
//! actix's own matching decides which route serves a request. This is for the questions that it
//! can't be asked: whether two patterns can match one path, and whether a route behind the first
//! match can match too. A custom regex is never looked into; it may match anything.

/// A route's or scope's pattern, cut at its slashes.
#[derive(Debug, Clone)]
pub(crate) struct Pattern {
    segments: Box<[Segment]>,
    is_static: bool,
    has_custom: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Segment {
    Literal(Box<str>),
    /// `{name}` between literals; `{}` is one or more bytes without a slash
    Hole {
        before: Box<str>,
        after: Box<str>,
    },
    /// several holes in one segment
    Loose,
    /// `{name:regex}` or `{name}*`: this segment and any number of further ones
    Custom,
}

/// Whether a pattern matches a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    No,
    Maybe,
    Yes,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        let segments: Box<[Segment]> = split(text).map(Segment::new).collect();
        let is_static = segments.iter().all(|s| matches!(s, Segment::Literal(_)));
        let has_custom = segments.contains(&Segment::Custom);
        Pattern { segments, is_static, has_custom }
    }

    pub(crate) fn is_static(&self) -> bool {
        self.is_static
    }

    /// Whether it has a part that may span several segments of a path.
    pub(crate) fn has_custom(&self) -> bool {
        self.has_custom
    }

    /// Whether it matches the whole path.
    pub(crate) fn matches(&self, path: &str) -> Match {
        let mut result = Match::Yes;
        let mut rest = path.split('/');
        for segment in &self.segments {
            if *segment == Segment::Custom {
                return Match::Maybe;
            }
            match rest.next().map_or(Match::No, |text| segment.matches(text)) {
                Match::No => return Match::No,
                Match::Maybe => result = Match::Maybe,
                Match::Yes => {}
            }
        }
        if rest.next().is_some() { Match::No } else { result }
    }

    /// Whether it may match an end of the path, after some scope's prefix.
    pub(crate) fn may_end(&self, path: &str) -> bool {
        let own = self.segments[1..].iter().rev();
        self.has_custom
            || path.matches('/').count() >= own.len()
                && own.zip(path.rsplit('/')).all(|(s, text)| s.matches(text) != Match::No)
    }

    /// Whether it is certain to match the beginning of the path, as a scope does.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let mut rest = path.split('/');
        self.segments
            .iter()
            .all(|own| rest.next().is_some_and(|text| own.matches(text) == Match::Yes))
    }

    /// Whether `path` may be all that the beginning of this scope's pattern matches.
    pub(crate) fn may_begin_with(&self, path: &str) -> bool {
        let mut own = self.segments.iter();
        for text in path.split('/') {
            match own.next() {
                Some(Segment::Custom) => return true,
                Some(segment) if segment.matches(text) != Match::No => {}
                _ => return false,
            }
        }
        true
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

    fn is_empty(&self) -> bool {
        matches!(&*self.segments, [Segment::Literal(only)] if only.is_empty())
    }
}

impl Segment {
    fn new(text: &str) -> Self {
        let Some((before, rest)) = text.split_once('{') else {
            return match text.strip_suffix('*') {
                Some(_) => Segment::Custom,
                None => Segment::Literal(text.into()),
            };
        };
        let Some((name, after)) = rest.split_once('}') else { return Segment::Custom };
        if name.contains(':') || text.ends_with('*') || after.contains(':') {
            return Segment::Custom;
        }
        if after.contains('{') {
            return Segment::Loose;
        }
        Segment::Hole { before: before.into(), after: after.into() }
    }

    fn matches(&self, text: &str) -> Match {
        let matches = match self {
            Segment::Literal(own) => **own == *text,
            Segment::Hole { before, after } => {
                text.len() > before.len() + after.len()
                    && text.starts_with(&**before)
                    && text.ends_with(&**after)
            }
            Segment::Loose | Segment::Custom => return Match::Maybe,
        };
        if matches { Match::Yes } else { Match::No }
    }

    /// Whether one text can match both.
    fn meets(&self, other: &Segment) -> bool {
        match (self, other) {
            (Segment::Literal(text), other) | (other, Segment::Literal(text)) => {
                other.matches(text) != Match::No
            }
            (Segment::Hole { before: a, after: z }, Segment::Hole { before: b, after: y }) => {
                (a.starts_with(&**b) || b.starts_with(&**a))
                    && (z.ends_with(&**y) || y.ends_with(&**z))
            }
            _ => true,
        }
    }

    /// Whether every text that matches `other` matches `self`.
    fn covers(&self, other: &Segment) -> bool {
        match (self, other) {
            (own, Segment::Literal(text)) => own.matches(text) == Match::Yes,
            (Segment::Hole { before, after }, Segment::Hole { before: b, after: y }) => {
                b.starts_with(&**before) && y.ends_with(&**after)
            }
            (Segment::Hole { before, after }, Segment::Loose) => {
                before.is_empty() && after.is_empty()
            }
            _ => false,
        }
    }
}

/// A pattern with `value` in place of everything that is in braces: what `url_for` makes of it.
pub(crate) fn filled(pattern: &str, value: &str) -> String {
    let mut path = String::with_capacity(pattern.len());
    let mut depth = 0_usize;
    for c in pattern.chars() {
        match c {
            '{' => {
                if depth == 0 {
                    path.push_str(value);
                }
                depth += 1;
            }
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => path.push(c),
            _ => {}
        }
    }
    path
}

/// Cuts at slashes outside of braces.
fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    text.split(move |c| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == '/' && depth == 0
    })
}
