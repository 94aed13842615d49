//! The grammar of `#[cors(..)]` and `policy! { .. }`: words, their values, and where they stand.

mod list;
mod value;

use std::slice;

use cors_core::{Key, Op, Place};
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

use crate::{
    cursor::{Cursor, Spot},
    diagnostic::{Diagnostic, Diagnostics},
    syntax::SyntaxFault,
    tokens::{shown, text},
    word::Word,
};

/// The keys of one policy as written, with the place of every piece.
pub(crate) struct Written {
    /// in the order written, each key once
    pub(crate) settings: Vec<Setting>,
    /// whether the handler's docs show the policy
    pub(crate) doc: bool,
    /// where `cors_actix` lives
    pub(crate) cors_actix: TokenStream,
    pub(crate) diagnostics: Diagnostics,
}

/// One key and its value.
pub(crate) struct Setting {
    pub(crate) key: Key,
    pub(crate) at: Spot,
    /// the key, which the expansion names again so that editors show its docs
    pub(crate) ident: Ident,
    pub(crate) op: Op,
    pub(crate) value: Value,
    pub(crate) value_at: Spot,
}

/// The value of a key.
pub(crate) enum Value {
    Flag,
    List(Vec<Element>),
    Seconds(u64),
    Path(TokenStream),
}

/// One element of a list.
pub(crate) struct Element {
    pub(crate) item: Item,
    pub(crate) at: Spot,
}

/// What an element is.
pub(crate) enum Item {
    Any,
    Text(String, Literal),
    Set(String, Literal),
}

impl Written {
    /// Reads `tokens`; what follows a fault is read all the same.
    pub(crate) fn parse(tokens: TokenStream, place: Place) -> Self {
        let mut parser = Parser {
            cursor: Cursor::new(tokens),
            place,
            seen: Vec::new(),
            written: Written {
                settings: Vec::new(),
                doc: true,
                cors_actix: quote!(::cors_actix),
                diagnostics: Diagnostics::default(),
            },
        };
        while parser.cursor.peek().is_some() {
            parser.element();
            parser.comma();
        }
        parser.written
    }

    pub(crate) fn setting(&self, key: Key) -> Option<&Setting> {
        self.settings.iter().find(|setting| setting.key == key)
    }
}

impl Setting {
    /// The elements of the list; none for a key without a list.
    pub(crate) fn elements(&self) -> &[Element] {
        match &self.value {
            Value::List(elements) => elements,
            _ => &[],
        }
    }
}

struct Parser {
    cursor: Cursor,
    place: Place,
    /// and whether it was guessed
    seen: Vec<(Word, bool)>,
    written: Written,
}

impl Parser {
    fn fault(&mut self, at: impl Into<Spot>, fault: SyntaxFault) {
        self.written.diagnostics.push(Diagnostic {
            at: at.into(),
            message: fault.to_string(),
            note: fault.note(),
            help: fault.help(),
        });
    }

    /// One key with its value. Reads up to the next comma, or less where one is missing.
    fn element(&mut self) {
        let faults = self.written.diagnostics.len();
        let Some((word, ident, at)) = self.word() else { return };
        let is_guess = self.written.diagnostics.len() > faults;
        let before = self.seen.iter().find(|(seen, _)| *seen == word);
        let repeated = before.is_some();
        // of a guess it is not known whether it is the same key
        if before.is_some_and(|(_, guessed)| !guessed && !is_guess) {
            self.fault(at, SyntaxFault::Twice { word });
        }
        self.seen.push((word, is_guess));
        let Some((op, value, value_at)) = self.operator_and_value(word, at) else { return };
        match (word, value) {
            _ if repeated => {}
            (Word::Doc, _) if self.place == Place::Constant => {
                self.fault(at, SyntaxFault::DocOnConstant);
            }
            (Word::Doc, _) => self.written.doc = false,
            (Word::Crate, Value::Path(path)) => self.written.cors_actix = path,
            (Word::Crate, _) => {}
            (Word::Key(key), value) => {
                let setting = Setting { key, at, ident, op, value, value_at };
                self.written.settings.push(setting);
            }
        }
    }

    fn comma(&mut self) {
        let Some(token) = self.cursor.peek().cloned() else { return };
        if self.cursor.punct(',').is_some() {
            return;
        }
        self.fault(token.span(), SyntaxFault::NoComma { found: shown(slice::from_ref(&token)) });
        // a key starts the next element; anything else belongs to none
        let is_key = Word::parse(&token.to_string()).is_some();
        if !is_key {
            self.cursor.element();
            self.cursor.punct(',');
        }
    }

    /// The word that the next element starts with, or the one that was most likely meant.
    fn word(&mut self) -> Option<(Word, Ident, Spot)> {
        let Some(ident) = self.cursor.ident() else {
            let at = self.next_span();
            let first = self.cursor.element().into_iter().next();
            let found =
                first.as_ref().map_or(",".to_owned(), |token| shown(slice::from_ref(token)));
            let fix = first.as_ref().and_then(text).and_then(|text| Word::parse(&text));
            let fix = fix.map(|word| word.to_string());
            self.fault(at, SyntaxFault::NoWord { found, fix });
            return None;
        };
        let mut at = Spot::from(ident.span());
        let mut text = ident.to_string();
        while let [TokenTree::Punct(p), TokenTree::Ident(part), ..] = self.cursor.rest()
            && p.as_char() == '-'
        {
            at.last = part.span();
            text.push_str(&format!("-{part}"));
            self.cursor.take(2);
        }
        if let Some(word) = Word::parse(&text) {
            return Some((word, ident, at));
        }
        if let Some(fix) = self.as_value(&text) {
            self.fault(at, SyntaxFault::NoWord { found: text, fix: Some(fix) });
            self.cursor.element();
            return None;
        }
        let similar = Word::similar(&text);
        if let Some(word @ Word::Key(Key::Methods)) = similar
            && self.place == Place::Handler
        {
            // under no name does it belong there, which is said for that key
            return Some((word, Ident::new(&word.to_string(), ident.span()), at));
        }
        self.fault(at, SyntaxFault::UnknownWord { word: text, similar });
        let Some(word) = similar else {
            self.cursor.element();
            return None;
        };
        Some((word, Ident::new(&word.to_string(), ident.span()), at))
    }

    /// The key whose value a word is, where it stands in the place of the key.
    fn as_value(&self, text: &str) -> Option<String> {
        let next = self.cursor.peek();
        let is_alone = next.is_none_or(|t| matches!(t, TokenTree::Punct(p) if p.as_char() == ','));
        let is_constant = text.chars().any(|c| c.is_ascii_uppercase())
            && !text.chars().any(|c| c.is_ascii_lowercase());
        match text {
            "any" | "allow_any_origin" if is_alone => Some("origins = any".to_owned()),
            "set" if matches!(next, Some(TokenTree::Group(_))) => {
                Some("origins = set(\"name\")".to_owned())
            }
            _ if is_alone && is_constant => Some(format!("policy = {text}")),
            _ => None,
        }
    }

    fn next_span(&self) -> Span {
        self.cursor.peek().map_or_else(Span::call_site, TokenTree::span)
    }
}
