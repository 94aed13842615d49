//! What the compiler says: all faults of one macro, each at its own place.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

use crate::cursor::Spot;

/// A fault: where, what, why, and what to write instead.
#[derive(Debug)]
pub(crate) struct Diagnostic {
    pub(crate) at: Spot,
    pub(crate) message: String,
    pub(crate) note: String,
    pub(crate) help: String,
}

/// All faults of one macro, in the order in which they were found.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    shown: Vec<Diagnostic>,
    /// where the first one past the cap stands, and how many there are
    more: Option<(Spot, usize)>,
}

impl Diagnostics {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.shown.len() < MAX_SHOWN {
            self.shown.push(diagnostic);
            return;
        }
        self.more.get_or_insert((diagnostic.at, 0)).1 += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.shown.len() + self.more.map_or(0, |(_, count)| count)
    }

    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.shown.iter()
    }
}

/// One `compile_error!` each.
impl ToTokens for Diagnostics {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for Diagnostic { at, message, note, help } in &self.shown {
            let text = format!("{message}\n  = note: {note}\n  = help: {help}");
            tokens.extend(compile_error(*at, &text));
        }
        if let Some((at, count)) = self.more {
            let text = format!(
                "`{count}` more faults\n  = note: only the first {MAX_SHOWN} are shown\n  = help: correct those first"
            );
            tokens.extend(compile_error(at, &text));
        }
    }
}

/// The compiler underlines from the first token of the call to its last.
fn compile_error(at: Spot, text: &str) -> [TokenTree; 8] {
    let ident = |name| TokenTree::from(Ident::new(name, at.first));
    let punct = |c, spacing| {
        let mut punct = Punct::new(c, spacing);
        punct.set_span(at.first);
        TokenTree::from(punct)
    };
    let mut text = Literal::string(text);
    text.set_span(at.last);
    let mut group = Group::new(Delimiter::Brace, TokenTree::from(text).into());
    group.set_span(at.last);
    [
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("core"),
        punct(':', Spacing::Joint),
        punct(':', Spacing::Alone),
        ident("compile_error"),
        punct('!', Spacing::Alone),
        group.into(),
    ]
}

/// Most faults that one macro shows: more than a screen of them helps nobody.
pub(crate) const MAX_SHOWN: usize = 24;
