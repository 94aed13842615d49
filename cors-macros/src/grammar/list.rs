//! Lists: `any`, `set("name")` or elements in brackets.

use std::slice;

use proc_macro2::{Delimiter, Group, Ident, Span, TokenTree};

use super::{Element, Item, Parser, Value};
use crate::{
    cursor::{Cursor, Spot},
    syntax::SyntaxFault,
    tokens::{shown, text, within},
    word::Word,
};

impl Parser {
    /// `any`, `set("name")` or `[..]`.
    pub(super) fn list(&mut self, word: Word) -> Option<(Value, Spot)> {
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
