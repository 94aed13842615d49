//! Reading tokens one by one, with a way back after a fault.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, Span, TokenStream, TokenTree};

/// The tokens of one list and how far they have been read.
pub(crate) struct Cursor {
    tokens: Vec<TokenTree>,
    next: usize,
}

impl Cursor {
    /// Starts at the first token.
    pub(crate) fn new(tokens: TokenStream) -> Self {
        Cursor { tokens: flat(tokens), next: 0 }
    }

    pub(crate) fn peek(&self) -> Option<&TokenTree> {
        self.tokens.get(self.next)
    }

    pub(crate) fn next(&mut self) -> Option<TokenTree> {
        let token = self.peek().cloned();
        self.next += usize::from(token.is_some());
        token
    }

    /// Reads a punctuation character, if it comes next.
    pub(crate) fn punct(&mut self, c: char) -> Option<Punct> {
        match self.peek() {
            Some(TokenTree::Punct(p)) if p.as_char() == c => {
                let punct = p.clone();
                self.next += 1;
                Some(punct)
            }
            _ => None,
        }
    }

    /// Reads an identifier, if one comes next.
    pub(crate) fn ident(&mut self) -> Option<Ident> {
        match self.peek() {
            Some(TokenTree::Ident(ident)) => {
                let ident = ident.clone();
                self.next += 1;
                Some(ident)
            }
            _ => None,
        }
    }

    /// Reads a group with this delimiter, if one comes next.
    pub(crate) fn group(&mut self, delimiter: Delimiter) -> Option<Group> {
        match self.peek() {
            Some(TokenTree::Group(group)) if group.delimiter() == delimiter => {
                let group = group.clone();
                self.next += 1;
                Some(group)
            }
            _ => None,
        }
    }

    /// Reads a separator of two joined characters, such as `+=`, if it comes next.
    pub(crate) fn joined(&mut self, first: char, second: char) -> Option<Spot> {
        let (Some(TokenTree::Punct(a)), Some(TokenTree::Punct(b))) =
            (self.tokens.get(self.next), self.tokens.get(self.next + 1))
        else {
            return None;
        };
        if a.as_char() != first || a.spacing() != Spacing::Joint || b.as_char() != second {
            return None;
        }
        let spot = Spot { first: a.span(), last: b.span() };
        self.next += 2;
        Some(spot)
    }

    /// Reports whether a list's element ends here: at a comma or at the end.
    pub(crate) fn at_end_of_element(&self) -> bool {
        match self.peek() {
            None => true,
            Some(TokenTree::Punct(p)) => p.as_char() == ',',
            _ => false,
        }
    }

    /// Reads up to the next comma or the end.
    pub(crate) fn element(&mut self) -> Vec<TokenTree> {
        let start = self.next;
        while !self.at_end_of_element() {
            self.next += 1;
        }
        self.tokens[start..self.next].to_vec()
    }

    /// Reads `length` tokens, or all that are left.
    pub(crate) fn take(&mut self, length: usize) -> Vec<TokenTree> {
        let tokens: Vec<_> = self.rest().iter().take(length).cloned().collect();
        self.next += tokens.len();
        tokens
    }

    /// Everything that has not been read.
    pub(crate) fn rest(&self) -> &[TokenTree] {
        &self.tokens[self.next..]
    }
}

/// All tokens, also those in invisible groups: in such a one comes what a fragment of
/// `macro_rules` stands for, as `$origin:literal` or `$attribute:meta`.
pub(crate) fn flat(tokens: TokenStream) -> Vec<TokenTree> {
    let mut flat = Vec::new();
    flatten(tokens, &mut flat);
    flat
}

fn flatten(tokens: TokenStream, into: &mut Vec<TokenTree>) {
    for token in tokens {
        match token {
            TokenTree::Group(g) if g.delimiter() == Delimiter::None => flatten(g.stream(), into),
            token => into.push(token),
        }
    }
}

/// A stretch of the source, from its first token to its last.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub(crate) first: Span,
    pub(crate) last: Span,
}

impl Spot {
    /// The stretch of `tokens`, or `or` where there is none.
    pub(crate) fn of(tokens: &[TokenTree], or: Spot) -> Self {
        match tokens {
            [] => or,
            [first, .., last] => Spot { first: first.span(), last: last.span() },
            [only] => only.span().into(),
        }
    }
}

impl From<Span> for Spot {
    fn from(span: Span) -> Self {
        Spot { first: span, last: span }
    }
}
