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
    /// several holes in one segment: what stands before, between and after them
    Holes(Box<[Box<str>]>),
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
            let behind = rest.split('{').map(|text| text.split_once('}').map_or(text, |(_, t)| t));
            return Segment::Holes([before].into_iter().chain(behind).map(Box::from).collect());
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
            Segment::Holes(pieces) => fits(pieces, text),
            Segment::Custom => return Match::Maybe,
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
            (Segment::Hole { before, after }, Segment::Holes(_)) => {
                before.is_empty() && after.is_empty()
            }
            _ => false,
        }
    }
}

/// Whether a text has the `pieces` in their order, with at least one character between two of them.
fn fits(pieces: &[Box<str>], text: &str) -> bool {
    let [first, between @ .., last] = pieces else { return false };
    let Some(mut rest) = text.strip_prefix(&**first) else { return false };
    for piece in between {
        // the first place is as good as any: it leaves most for the others
        let hole = rest.chars().next().map_or(0, char::len_utf8);
        let Some(at) = rest.get(hole..).filter(|_| hole > 0).and_then(|rest| rest.find(&**piece))
        else {
            return false;
        };
        rest = &rest[hole + at + piece.len()..];
    }
    rest.len() > last.len() && rest.ends_with(&**last)
}

#[cfg(test)]
mod tests {
    use actix_web::dev::ResourceDef;

    use super::*;

    /// What is told without a regex is what actix says with one.
    #[test]
    fn as_actix_matches() {
        let texts =
            ["", "a", "-", "ab", "a-", "-b", "a-b", "a-b-c", "a--b", "v1", "v1-2", "v-", "é-ü"];
        let texts = texts.into_iter().chain(["a-b.c", "x.y.z", "..", "a.", "docs", "en-US", "vav"]);
        let patterns = ["a", "{x}", "v{x}", "{x}.c", "v{x}v", "{a}-{b}", "{a}{b}", "v{a}-{b}"];
        let patterns = patterns.into_iter().chain(["{a}-{b}-{c}", "{a}.{b}.z", "{a}-{b}.c"]);
        for pattern in patterns {
            let (segment, actix) = (Segment::new(pattern), ResourceDef::new(format!("/{pattern}")));
            for text in texts.clone() {
                let want = actix.is_match(&format!("/{text}"));
                assert_eq!(segment.matches(text) == Match::Yes, want, "{pattern} {text}");
                assert_eq!(segment.matches(text) == Match::No, !want, "{pattern} {text}");
            }
        }
    }
}
