//! One segment of a pattern: what stands between two slashes.

/// A segment, as far as it can be told without a regex.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Segment {
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

impl Segment {
    pub(super) fn new(text: &str) -> Self {
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

    pub(super) fn matches(&self, text: &str) -> Match {
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
    pub(super) fn meets(&self, other: &Segment) -> bool {
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
    pub(super) fn covers(&self, other: &Segment) -> bool {
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
