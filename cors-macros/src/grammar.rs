//! The grammar of `#[cors(..)]` and `policy! { .. }`: words, their values, and where they stand.

use std::slice;

use cors_core::{Key, Op, Place};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

use crate::{
    cursor::{Cursor, Spot},
    diagnostic::{Diagnostic, Diagnostics},
    syntax::SyntaxFault,
    word::{Kind, Word},
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
    seen: Vec<Word>,
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
        let Some((word, ident, at)) = self.word() else { return };
        let repeated = self.seen.contains(&word);
        if repeated {
            self.fault(at, SyntaxFault::Twice { word });
        }
        self.seen.push(word);
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
            self.fault(at, SyntaxFault::NoWord { found, fix });
            return None;
        };
        let mut at = Spot::from(ident.span());
        let mut text = ident.to_string();
        while self.cursor.punct('-').is_some() {
            text.push('-');
            if let Some(part) = self.cursor.ident() {
                at.last = part.span();
                text.push_str(&part.to_string());
            }
        }
        if let Some(word) = Word::parse(&text) {
            return Some((word, ident, at));
        }
        let similar = Word::similar(&text);
        self.fault(at, SyntaxFault::UnknownWord { word: text, similar });
        let Some(word) = similar else {
            self.cursor.element();
            return None;
        };
        Some((word, Ident::new(&word.to_string(), ident.span()), at))
    }

    fn operator_and_value(&mut self, word: Word, at: Spot) -> Option<(Op, Value, Spot)> {
        if word.kind() == Kind::Flag {
            return self.flag(word, at);
        }
        let op = self.operator(word, at)?;
        if self.cursor.at_end_of_element() {
            self.fault(at, SyntaxFault::NoValue { word });
            return None;
        }
        let value = match word.kind() {
            Kind::Origins | Kind::Headers | Kind::Methods => self.list(word),
            Kind::Policy | Kind::Crate => self.path(word),
            Kind::Seconds => self.seconds(word),
            Kind::Doc => self.no(word),
            Kind::Flag => None,
        };
        let (value, value_at) = value?;
        Some((op, value, value_at))
    }

    fn flag(&mut self, word: Word, at: Spot) -> Option<(Op, Value, Spot)> {
        let equals = self.cursor.punct('=').or_else(|| {
            self.cursor.joined('+', '=')?;
            None
        });
        let follows = matches!(self.cursor.peek(), Some(TokenTree::Group(_)));
        if equals.is_none() && !follows {
            return Some((Op::Set, Value::Flag, at));
        }
        let tokens = self.cursor.element();
        let off = shown(&tokens).trim_matches(['(', ')', ' ']) == "false";
        self.fault(Spot::of(&tokens, at), SyntaxFault::FlagValue { word, off });
        (!off).then_some((Op::Set, Value::Flag, at))
    }

    fn operator(&mut self, word: Word, at: Spot) -> Option<Op> {
        if let Some(spot) = self.cursor.joined('+', '=') {
            if !word.kind().is_list() {
                self.fault(spot, SyntaxFault::Extend { word });
            }
            return Some(Op::Extend);
        }
        if self.cursor.punct('=').is_some() {
            return Some(Op::Set);
        }
        if self.cursor.at_end_of_element() {
            self.fault(at, SyntaxFault::NoValue { word });
            return None;
        }
        let tokens = self.cursor.element();
        let value = match &*tokens {
            [TokenTree::Punct(_), value @ ..] if !value.is_empty() => Some(shown(value)),
            [TokenTree::Group(group)] if word.kind().is_list() => {
                Some(format!("[{}]", within(group)))
            }
            [TokenTree::Group(group)] => Some(within(group)),
            _ => None,
        };
        let fix = value.map(|value| format!("{word} = {value}"));
        let fault = SyntaxFault::NoOperator { word, found: shown(&tokens[..1]), fix };
        self.fault(tokens[0].span(), fault);
        None
    }

    fn wrong_value(&mut self, word: Word, fix: Option<String>) {
        let tokens = self.cursor.element();
        let at = Spot::of(&tokens, self.next_span().into());
        self.fault(at, SyntaxFault::Value { word, found: shown(&tokens), fix });
    }

    /// `any`, `set("name")` or `[..]`.
    fn list(&mut self, word: Word) -> Option<(Value, Spot)> {
        if let Some(group) = self.cursor.group(Delimiter::Bracket) {
            let elements = Elements { word, parser: self }.read(&group);
            return Some((Value::List(elements), group.span().into()));
        }
        let first = self.cursor.peek()?.clone();
        if let TokenTree::Ident(ident) = &first {
            if ident == "any" {
                self.cursor.next();
                let at = Spot::from(ident.span());
                return Some((Value::List(vec![Element { item: Item::Any, at }]), at));
            }
            if ident == "set"
                && let Some(element) = self.set()
            {
                let at = element.at;
                return Some((Value::List(vec![element]), at));
            }
        }
        let fix = match (&first, text(&first)) {
            (TokenTree::Punct(p), _) if p.as_char() == '*' => Some(format!("{word} = any")),
            (_, Some(text)) if matches!(&*text, "*" | "any") => Some(format!("{word} = any")),
            (TokenTree::Literal(literal), Some(_)) => Some(format!("{word} = [{literal}]")),
            _ => match self.cursor.rest() {
                [TokenTree::Ident(set), TokenTree::Group(group)] if set == "set" => {
                    Some(format!("{word} = set(\"{}\")", within(group)))
                }
                _ => None,
            },
        };
        self.wrong_value(word, fix);
        None
    }

    /// `set("name")`; nothing is read where it isn't one.
    fn set(&mut self) -> Option<Element> {
        let [TokenTree::Ident(ident), TokenTree::Group(group), ..] = self.cursor.rest() else {
            return None;
        };
        let element = set_element(ident, group)?;
        self.cursor.next();
        self.cursor.next();
        Some(element)
    }

    fn seconds(&mut self, word: Word) -> Option<(Value, Spot)> {
        let token = self.cursor.peek()?.clone();
        if let TokenTree::Literal(literal) = &token
            && let syn::Lit::Int(int) = syn::Lit::new(literal.clone())
            && int.suffix().is_empty()
        {
            self.cursor.next();
            // too large a number is still a number, and over the maximum
            let seconds = int.base10_parse().unwrap_or(u64::MAX);
            return Some((Value::Seconds(seconds), token.span().into()));
        }
        let fix = text(&token)
            .filter(|text| text.parse::<u64>().is_ok())
            .map(|text| format!("{word} = {text}"));
        self.wrong_value(word, fix);
        None
    }

    /// A path: words, `::`, and perhaps generic arguments.
    fn path(&mut self, word: Word) -> Option<(Value, Spot)> {
        let length = path_length(self.cursor.rest());
        let rest = self.cursor.rest();
        let ends = match rest.get(length) {
            None | Some(TokenTree::Ident(_)) => true,
            Some(TokenTree::Punct(p)) => p.as_char() == ',',
            Some(_) => false,
        };
        if length == 0 || !ends {
            let fix = rest.first().and_then(text).filter(|text| is_path(text));
            self.wrong_value(word, fix.map(|text| format!("{word} = {text}")));
            return None;
        }
        let tokens = self.cursor.take(length);
        let at = Spot::of(&tokens, Span::call_site().into());
        Some((Value::Path(tokens.into_iter().collect()), at))
    }

    fn no(&mut self, word: Word) -> Option<(Value, Spot)> {
        let token = self.cursor.peek()?.clone();
        if matches!(&token, TokenTree::Ident(ident) if ident == "false") {
            self.cursor.next();
            return Some((Value::Flag, token.span().into()));
        }
        self.wrong_value(word, None);
        None
    }

    fn next_span(&self) -> Span {
        self.cursor.peek().map_or_else(Span::call_site, TokenTree::span)
    }
}

/// The elements of one list.
struct Elements<'p> {
    word: Word,
    parser: &'p mut Parser,
}

impl Elements<'_> {
    fn read(mut self, group: &Group) -> Vec<Element> {
        let mut cursor = Cursor::new(group.stream());
        let mut elements = Vec::new();
        while cursor.peek().is_some() {
            let tokens = cursor.element();
            let comma = cursor.punct(',').map(|comma| comma.span());
            self.element(&tokens, comma.unwrap_or(group.span_close()), &mut elements);
        }
        elements
    }

    /// What stands between two commas; `after` is where the second one stands.
    fn element(&mut self, tokens: &[TokenTree], after: Span, into: &mut Vec<Element>) {
        let word = self.word;
        match tokens {
            [] => {
                let fault = SyntaxFault::Element { word, found: ",".to_owned(), fix: None };
                self.parser.fault(after, fault);
            }
            [TokenTree::Literal(literal)] if text(&tokens[0]).is_some() => {
                let item = Item::Text(text(&tokens[0]).unwrap_or_default(), literal.clone());
                into.push(Element { item, at: literal.span().into() });
            }
            [TokenTree::Ident(ident)] if ident == "any" => {
                into.push(Element { item: Item::Any, at: ident.span().into() });
            }
            [TokenTree::Ident(ident), TokenTree::Group(group)]
                if set_element(ident, group).is_some() =>
            {
                let fix = format!("{word} = {}", shown(tokens));
                let at = Spot { first: ident.span(), last: group.span() };
                self.parser.fault(at, SyntaxFault::SetInList { fix });
            }
            [TokenTree::Literal(_), second, ..] if text(&tokens[0]).is_some() => {
                let found = shown(slice::from_ref(second));
                self.parser.fault(second.span(), SyntaxFault::NoComma { found });
                self.element(&tokens[..1], after, into);
                if matches!(second, TokenTree::Literal(_)) {
                    self.element(&tokens[1..], after, into);
                }
            }
            [first, ..] => {
                let found = shown(tokens);
                let fix = match first {
                    TokenTree::Ident(ident) if tokens.len() == 1 => Some(format!("\"{ident}\"")),
                    TokenTree::Punct(p) if p.as_char() == '*' => Some(format!("{word} = any")),
                    _ => None,
                };
                let at = Spot::of(tokens, first.span().into());
                self.parser.fault(at, SyntaxFault::Element { word, found, fix });
            }
        }
    }
}

fn set_element(ident: &Ident, group: &Group) -> Option<Element> {
    if ident != "set" || group.delimiter() != Delimiter::Parenthesis {
        return None;
    }
    let mut inside = Cursor::new(group.stream());
    let token = inside.next()?;
    let (TokenTree::Literal(literal), Some(name), None) = (&token, text(&token), inside.peek())
    else {
        return None;
    };
    let at = Spot { first: ident.span(), last: group.span() };
    Some(Element { item: Item::Set(name, literal.clone()), at })
}

/// The value of a string literal.
pub(crate) fn text(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(text) if text.suffix().is_empty() => Some(text.value()),
        _ => None,
    }
}

/// How many of the tokens belong to the path that they start with.
fn path_length(tokens: &[TokenTree]) -> usize {
    let starts = match tokens {
        [TokenTree::Ident(_), ..] => true,
        [TokenTree::Punct(p), ..] => p.as_char() == ':',
        _ => false,
    };
    let mut after_word = false;
    let is_part = |token: &&TokenTree| match token {
        TokenTree::Ident(_) => !std::mem::replace(&mut after_word, true),
        TokenTree::Punct(p) => {
            after_word = false;
            matches!(p.as_char(), ':' | '<' | '>')
        }
        _ => false,
    };
    if starts { tokens.iter().take_while(is_part).count() } else { 0 }
}

fn is_path(text: &str) -> bool {
    text.split("::").all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}

/// Tokens as a message shows them: in one line, and not all of a long one.
fn shown(tokens: &[TokenTree]) -> String {
    let text = tokens.iter().map(ToTokens::to_token_stream).collect::<TokenStream>().to_string();
    let text = text.replace('\n', " ").replace('`', "'").replace("- ", "-");
    match text.char_indices().nth(MAX_FOUND) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

/// The tokens within the delimiters of a group, as a message shows them.
fn within(group: &Group) -> String {
    shown(&group.stream().into_iter().collect::<Vec<_>>())
}

/// Most characters of somebody's tokens in a message.
const MAX_FOUND: usize = 48;
