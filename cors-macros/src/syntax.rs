//! What can be wrong with the words themselves, before any of them has a meaning.

use std::fmt;

use cors_core::Key;

use crate::word::{Kind, Word};

/// A fault of the grammar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SyntaxFault {
    /// Something else than a word.
    NoWord { found: String, fix: Option<String> },
    /// A word without a meaning.
    UnknownWord { word: String, similar: Option<Word> },
    /// A word that stood there before.
    Twice { word: Word },
    /// Two elements without a comma between them.
    NoComma { found: String },
    /// Nothing after a word that needs a value.
    NoValue { word: Word },
    /// Something after a flag.
    FlagValue { word: Word, off: bool },
    /// Something else than `=` or `+=` after a word.
    NoOperator { word: Word, found: String, fix: Option<String> },
    /// `+=` after a word that has no list.
    Extend { word: Word },
    /// A value of the wrong kind.
    Value { word: Word, found: String, fix: Option<String> },
    /// An element of a list that is no string literal.
    Element { word: Word, found: String, fix: Option<String> },
    /// `set(..)` as one element of several.
    SetInList { fix: Option<String> },
    /// `doc` where no handler is documented.
    DocOnConstant,
}

impl fmt::Display for SyntaxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use SyntaxFault::*;
        match self {
            NoWord { found, .. } => write!(f, "`{found}` in the place of a key"),
            UnknownWord { word, .. } => write!(f, "unknown key `{word}`"),
            Twice { word } => write!(f, "`{word}` written twice"),
            NoComma { found } => write!(f, "no comma before `{found}`"),
            NoValue { word } => write!(f, "`{word}` without a value"),
            FlagValue { word, .. } => write!(f, "`{word}` with a value"),
            NoOperator { word, found, .. } => write!(f, "`{found}` after `{word}`"),
            Extend { word } => write!(f, "`+=` after `{word}`"),
            Value { word, found, .. } => write!(f, "`{found}` as the value of `{word}`"),
            Element { word, found, .. } => write!(f, "`{found}` in the list of `{word}`"),
            SetInList { .. } => f.write_str("`set(..)` inside of a list"),
            DocOnConstant => f.write_str("`doc` in `policy!`"),
        }
    }
}

impl SyntaxFault {
    /// Why it is wrong.
    pub(crate) fn note(&self) -> String {
        use SyntaxFault::*;
        match self {
            NoWord { .. } => "a policy is a list of keys, separated by commas".to_owned(),
            UnknownWord { similar: Some(word), .. } => format!("`{word}` {}", word.subject()),
            UnknownWord { similar: None, .. } => {
                let words: Vec<_> = Word::all().map(|word| format!("`{word}`")).collect();
                format!("the keys are {}", words.join(", "))
            }
            Twice { .. } => "one key says everything on its subject".to_owned(),
            NoComma { .. } => "elements are separated by commas".to_owned(),
            NoValue { word } | Value { word, .. } => {
                format!("`{word}` {}", word.kind().expected())
            }
            FlagValue { .. } => "a flag is on where it stands, and off where it doesn't".to_owned(),
            NoOperator { .. } => "`=` sets a key, and `+=` extends the list of one".to_owned(),
            Extend { .. } => "only lists can be extended".to_owned(),
            Element { .. } => "the elements are string literals".to_owned(),
            SetInList { .. } => "a set stands for the whole list".to_owned(),
            DocOnConstant => "only handlers have a documented policy".to_owned(),
        }
    }

    /// What to write instead.
    pub(crate) fn help(&self) -> String {
        use SyntaxFault::*;
        match self {
            NoWord { fix: None, .. } => {
                format!("write a key such as `origins = {}`", Kind::Origins.example())
            }
            UnknownWord { similar: Some(word), .. } => format!("write `{word}`"),
            UnknownWord { similar: None, .. } | DocOnConstant => "remove it".to_owned(),
            Twice { word: word @ Word::Key(Key::Origins) } => format!(
                "write one list after `{word} =`, or `policy = NAME, {word} += [..]` over a constant"
            ),
            Twice { word } if word.kind().is_list() => {
                format!("write one list after `{word} =`")
            }
            Twice { .. } => "remove one of them".to_owned(),
            NoComma { .. } => "write `,` between them".to_owned(),
            FlagValue { off: true, .. } => "remove the flag".to_owned(),
            FlagValue { word, .. } => format!("write `{word}` alone"),
            Extend { word } => format!("write `{word} =`"),
            NoWord { fix: Some(fix), .. }
            | NoOperator { fix: Some(fix), .. }
            | Value { fix: Some(fix), .. }
            | Element { fix: Some(fix), .. }
            | SetInList { fix: Some(fix) } => format!("write `{fix}`"),
            SetInList { fix: None } => {
                "put all of them into the set, or write `policy = NAME, origins += [..]` over a constant with the set".to_owned()
            }
            NoValue { word } | NoOperator { word, .. } => {
                format!("write `{word} = {}`", word.kind().example())
            }
            Value { word, .. } => {
                let kind = word.kind();
                format!("write `{word} = {}`{}", kind.example(), kind.computed())
            }
            Element { word, .. } => {
                let kind = word.kind();
                format!("write a string literal, as in `{}`{}", kind.example(), kind.computed())
            }
        }
    }
}
