//! Lists: `any`, `set("name")` or elements in brackets.

use std::slice;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenTree};

use super::{Element, Item, Parser, Value};
use crate::{
    cursor::{Cursor, Spot},
    syntax::SyntaxFault,
    tokens::{shown, text},
    word::{Kind, Word},
};

impl Parser {
    /// `any`, `set("name")` or `[..]`.
    pub(super) fn list(&mut self, word: Word) -> Option<(Value, Spot)> {
        if let Some(group) = self.cursor.group(Delimiter::Bracket) {
            let elements = Elements { word, is_only: false, parser: self }.read(&group);
            return Some((Value::List(elements), group.span().into()));
        }
        let first = self.cursor.peek()?.clone();
        if let TokenTree::Ident(ident) = &first {
            if ident == "any" {
                self.cursor.next();
                let at = Spot::from(ident.span());
                return Some((Value::List(vec![Element { item: Item::Any, at }]), at));
            }
            if ident.to_string().eq_ignore_ascii_case("any") {
                self.wrong_value(word, Some(format!("{word} = any")));
                return None;
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
            (TokenTree::Literal(_), Some(text)) => {
                let each: Vec<_> =
                    text.split(',').map(|name| format!("{:?}", name.trim())).collect();
                Some(format!("{word} = [{}]", each.join(", ")))
            }
            (TokenTree::Ident(set), _) if set == "set" && word.kind() == Kind::Origins => {
                let name = match self.cursor.rest() {
                    [_, TokenTree::Group(group), ..] => only_word(group),
                    _ => None,
                };
                Some(format!("{word} = set(\"{}\")", name.as_deref().unwrap_or("name")))
            }
            _ => None,
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
}

/// The elements of one list.
struct Elements<'p> {
    word: Word,
    /// whether there is one alone
    is_only: bool,
    parser: &'p mut Parser,
}

impl Elements<'_> {
    fn read(mut self, group: &Group) -> Vec<Element> {
        let mut cursor = Cursor::new(group.stream());
        let mut elements = Vec::new();
        let mut is_first = true;
        while cursor.peek().is_some() {
            let tokens = cursor.element();
            let comma = cursor.punct(',').map(|comma| comma.span());
            self.is_only = std::mem::take(&mut is_first) && cursor.peek().is_none();
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
                let fix = self.is_only.then(|| format!("{word} = {}", shown(tokens)));
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
                    TokenTree::Ident(ident) if tokens.len() == 1 && may_be_name(word, ident) => {
                        Some(format!("\"{ident}\""))
                    }
                    TokenTree::Punct(p) if p.as_char() == '*' => Some(format!("{word} = any")),
                    _ => None,
                };
                let at = Spot::of(tokens, first.span().into());
                self.parser.fault(at, SyntaxFault::Element { word, found, fix });
            }
        }
    }
}

/// Whether quotes alone are missing, where a word may as well be a constant.
fn may_be_name(word: Word, ident: &Ident) -> bool {
    let text = ident.to_string();
    match word.kind() {
        Kind::Headers => text.bytes().all(|b| b.is_ascii_lowercase()),
        Kind::Methods => text.bytes().all(|b| b.is_ascii_alphabetic()),
        _ => false,
    }
}

fn only_word(group: &Group) -> Option<String> {
    let mut tokens = group.stream().into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(word)), None) => Some(word.to_string()),
        (Some(token), None) => text(&token),
        _ => None,
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
