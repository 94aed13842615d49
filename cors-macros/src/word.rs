//! The words that can stand at the start of an element: the keys, and two for the macros alone.

use std::fmt;

use cors_core::Key;

/// A word with a meaning in the place of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Word {
    /// A key of the policy.
    Key(Key),
    /// `doc = false`
    Doc,
    /// `crate = path`
    Crate,
}

/// What stands after a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    Flag,
    /// A list of origins.
    Origins,
    /// A list of header names.
    Headers,
    /// A list of methods.
    Methods,
    /// A whole number.
    Seconds,
    /// A path to a constant.
    Policy,
    /// `false`
    Doc,
    /// A path to a crate or module.
    Crate,
}

impl Word {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::all().find(|word| word.to_string() == text)
    }

    pub(crate) fn all() -> impl Iterator<Item = Word> {
        Key::ALL.into_iter().map(Word::Key).chain([Word::Doc, Word::Crate])
    }

    /// The word that was most likely meant: few letters away, or on the same subject, as in the
    /// names that other libraries use.
    pub(crate) fn similar(text: &str) -> Option<Self> {
        let text: String = text.to_ascii_lowercase().replace('-', "_");
        let near = Self::all()
            .map(|word| (distance(&text, &word.to_string()), word))
            .min_by_key(|(distance, _)| *distance)
            .filter(|(distance, _)| *distance <= (text.len() / 3).clamp(1, 4));
        let on_subject = || SUBJECTS.iter().find(|(stem, _)| text.contains(stem));
        near.map(|(_, word)| word).or_else(|| on_subject().map(|(_, key)| Word::Key(*key)))
    }

    /// What the word is about, as the rest of a sentence.
    pub(crate) fn subject(self) -> &'static str {
        match self {
            Word::Key(Key::Origins) => "says who may read the answers",
            Word::Key(Key::Credentials) => "allows cookies and HTTP authentication",
            Word::Key(Key::AllowHeaders) => "lists the request headers that scripts may send",
            Word::Key(Key::ExposeHeaders) => "lists the response headers that scripts may read",
            Word::Key(Key::MaxAge) => "says how many seconds a browser keeps a preflight's answer",
            Word::Key(Key::Methods) => "lists the methods of routes without `#[cors]`",
            Word::Key(Key::Policy) => "names a constant whose keys stand here too",
            Word::Key(Key::Inherit) => "takes over the enclosing policy",
            Word::Key(Key::Off) => "switches CORS off",
            Word::Key(_) => "opts in to a trust that is refused otherwise",
            Word::Doc => "keeps the policy out of the handler's docs",
            Word::Crate => "says where `cors_actix` lives",
        }
    }

    pub(crate) fn kind(self) -> Kind {
        match self {
            Word::Doc => Kind::Doc,
            Word::Crate => Kind::Crate,
            Word::Key(Key::Origins) => Kind::Origins,
            Word::Key(Key::AllowHeaders | Key::ExposeHeaders) => Kind::Headers,
            Word::Key(Key::Methods) => Kind::Methods,
            Word::Key(Key::MaxAge) => Kind::Seconds,
            Word::Key(Key::Policy) => Kind::Policy,
            Word::Key(_) => Kind::Flag,
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Word::Key(key) => key.fmt(f),
            Word::Doc => f.write_str("doc"),
            Word::Crate => f.write_str("crate"),
        }
    }
}

impl Kind {
    pub(crate) fn is_list(self) -> bool {
        matches!(self, Kind::Origins | Kind::Headers | Kind::Methods)
    }

    /// What can stand after the word, as the rest of a sentence.
    pub(crate) fn expected(self) -> &'static str {
        match self {
            Kind::Flag => "takes no value",
            Kind::Origins => "takes a list of string literals, `any` or `set(\"name\")`",
            Kind::Headers | Kind::Methods => "takes a list of string literals, or `any`",
            Kind::Seconds => "takes a whole number of seconds",
            Kind::Policy => "takes the path of a constant made by `policy!`",
            Kind::Doc => "takes `false` alone: without it the section is there",
            Kind::Crate => "takes the path under which `cors_actix` is known here",
        }
    }

    /// Where values go that are no literals, as the end of a sentence.
    pub(crate) fn computed(self) -> &'static str {
        match self {
            Kind::Origins => "; origins that are known at start-up only are a `set(\"name\")`",
            Kind::Headers | Kind::Methods => "; `Policy::builder()` takes values that are computed",
            _ => "",
        }
    }

    /// A value as an example.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Kind::Flag => "",
            Kind::Origins => "[\"https://app.example.com\"]",
            Kind::Headers => "[\"x-request-id\"]",
            Kind::Methods => "[\"PUT\"]",
            Kind::Seconds => "600",
            Kind::Policy => "SPA",
            Kind::Doc => "false",
            Kind::Crate => "::cors_actix",
        }
    }
}

/// Edits of one letter that lead from `a` to `b`; two neighbours changing places are one edit.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replace = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replace.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            row.push(least);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

/// Parts of names and the key on that subject; the first that is found decides.
const SUBJECTS: [(&str, Key); 10] = [
    ("null", Key::DangerouslyAllowNullOrigin),
    ("insecure", Key::DangerouslyAllowInsecureOrigins),
    ("suffix", Key::DangerouslyAllowPublicSuffix),
    ("origin", Key::Origins),
    ("credential", Key::Credentials),
    ("cookie", Key::Credentials),
    ("expose", Key::ExposeHeaders),
    ("header", Key::AllowHeaders),
    ("age", Key::MaxAge),
    ("method", Key::Methods),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn similar_words() {
        let cases = [
            ("orgins", "origins"),
            ("origin", "origins"),
            ("allowed_origins", "origins"),
            ("allow_origin", "origins"),
            ("credential", "credentials"),
            ("supports_credentials", "credentials"),
            ("allow_cookies", "credentials"),
            ("allowed_headers", "allow_headers"),
            ("headers", "allow_headers"),
            ("exposed_headers", "expose_headers"),
            ("expose", "expose_headers"),
            ("max-age", "max_age"),
            ("maxAge", "max_age"),
            ("allowed_methods", "methods"),
            ("polciy", "policy"),
            ("inherits", "inherit"),
            ("of", "off"),
            ("allow_null", "dangerously_allow_null_origin"),
            ("docs", "doc"),
        ];
        for (text, want) in cases {
            let word = Word::similar(text).map(|w| w.to_string());
            assert_eq!(word.as_deref(), Some(want), "{text}");
        }
        for text in ["x", "vary", "status", "private_network"] {
            assert_eq!(Word::similar(text), None, "{text}");
        }
    }
}
