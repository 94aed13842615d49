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
        if let Some(equals) = self.cursor.punct('=') {
            let Some(second) = self.cursor.punct('=') else { return Some(Op::Set) };
            let fix = Some(format!("{word} = {}", shown(&self.cursor.element())));
            let at = Spot { first: equals.span(), last: second.span() };
            self.fault(at, SyntaxFault::NoOperator { word, found: "==".to_owned(), fix });
            return None;
        }
        if self.cursor.at_end_of_element() {
            self.fault(at, SyntaxFault::NoValue { word });
            return None;
        }
        let tokens = self.cursor.element();
        let is = |token: &TokenTree, c| matches!(token, TokenTree::Punct(p) if p.as_char() == c);
        let fix = match &*tokens {
            [plus, equals, value @ ..] if is(equals, '=') => {
                let extends = is(plus, '+') && word.kind().is_list() && !value.is_empty();
                extends.then(|| format!("{word} += {}", shown(value)))
            }
            [TokenTree::Punct(_), value @ ..] if !value.is_empty() => {
                Some(format!("{word} = {}", shown(value)))
            }
            [TokenTree::Group(group)] if word.kind().is_list() => {
                Some(format!("{word} = [{}]", within(group)))
            }
            [TokenTree::Group(group)] => Some(format!("{word} = {}", within(group))),
            _ => None,
        };
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
        let is_calculated =
            matches!(self.cursor.rest().get(1), Some(TokenTree::Punct(p)) if p.as_char() != ',');
        if let Some(int) = int(&token)
            && int.suffix().is_empty()
            && !is_calculated
        {
            self.cursor.next();
            // too large a number is still a number, and over the maximum
            let seconds = int.base10_parse().unwrap_or(u64::MAX);
            return Some((Value::Seconds(seconds), token.span().into()));
        }
        let seconds = match text(&token) {
            Some(text) => text.parse().ok(),
            None => product(self.cursor.rest()),
        };
        self.wrong_value(word, seconds.map(|seconds| format!("{word} = {seconds}")));
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

fn int(token: &TokenTree) -> Option<syn::LitInt> {
    let TokenTree::Literal(literal) = token else { return None };
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Int(int) => Some(int),
        _ => None,
    }
}

/// The value of `60 * 60`, up to the next comma.
fn product(tokens: &[TokenTree]) -> Option<u64> {
    let [first, rest @ ..] = tokens else { return None };
    let int =
        int(first).filter(|int| ["", "u32", "u64", "usize", "i32"].contains(&int.suffix()))?;
    let seconds: u64 = int.base10_parse().ok()?;
    match rest {
        [TokenTree::Punct(p), rest @ ..] if p.as_char() == '*' => {
            seconds.checked_mul(product(rest)?)
        }
        [TokenTree::Punct(p), ..] if p.as_char() != ',' => None,
        _ => Some(seconds),
    }
}

/// How many of the tokens belong to the path that they start with.
fn path_length(tokens: &[TokenTree]) -> usize {
    let starts = match tokens {
        [TokenTree::Ident(_), ..] => true,
        [TokenTree::Punct(p), ..] => matches!(p.as_char(), ':' | '<'),
        _ => false,
    };
    let (mut after_word, mut depth) = (false, 0_usize);
    let is_part = |token: &&TokenTree| match token {
        TokenTree::Ident(_) => !std::mem::replace(&mut after_word, depth == 0),
        TokenTree::Punct(p) => {
            match p.as_char() {
                '<' => depth += 1,
                '>' => depth = depth.saturating_sub(1),
                ':' => {}
                _ => return depth > 0,
            }
            after_word = false;
            true
        }
        _ => depth > 0,
    };
    if starts { tokens.iter().take_while(is_part).count() } else { 0 }
}

fn is_path(text: &str) -> bool {
    text.split("::").all(|part| {
        part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    })
}
