//! Operators and values: what stands behind a key.

use cors_core::Op;
use proc_macro2::{Span, TokenTree};

use super::{Parser, Value};
use crate::{
    cursor::Spot,
    syntax::SyntaxFault,
    tokens::{shown, text, within},
    word::{Kind, Word},
};

impl Parser {
    pub(super) fn operator_and_value(&mut self, word: Word, at: Spot) -> Option<(Op, Value, Spot)> {
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

    pub(super) fn wrong_value(&mut self, word: Word, fix: Option<String>) {
        let tokens = self.cursor.element();
        let at = Spot::of(&tokens, self.next_span().into());
        self.fault(at, SyntaxFault::Value { word, found: shown(&tokens), fix });
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
