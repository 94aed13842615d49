//! The whole macros, from tokens to tokens: what they say, where, and what they expand to.

mod diagnostics;
mod document;
mod expansion;
mod golden;
mod reach;

use cors_core::Place;
use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};

use crate::{cursor::Spot, grammar::Written};

fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn written(keys: &str, place: Place) -> Written {
    let mut written = Written::parse(tokens(keys), place);
    written.check(place);
    written
}

/// The source text of a stretch.
fn source(at: Spot) -> String {
    at.first.join(at.last).and_then(|span| span.source_text()).unwrap_or_default()
}

/// The texts of the `compile_error!`s in an expansion.
fn errors(expansion: TokenStream) -> Vec<String> {
    let mut texts = Vec::new();
    walk(expansion, &mut |window| {
        if let [TokenTree::Ident(name), TokenTree::Punct(_), TokenTree::Group(group)] = window
            && name == "compile_error"
        {
            let text = group.stream().into_iter().next().as_ref().and_then(crate::tokens::text);
            texts.extend(text);
        }
    });
    texts
}

/// Calls `each` with every three tokens that follow one another, groups' insides included.
fn walk(tokens: TokenStream, each: &mut impl FnMut(&[TokenTree])) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for window in tokens.windows(3) {
        each(window);
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            walk(group.stream(), each);
        }
    }
}

/// The keys of every `#[cors(..)]` and `policy! { .. }` in a source file.
fn policies(file: &str) -> Vec<(Place, TokenStream)> {
    let mut found = Vec::new();
    walk(tokens(file), &mut |window| match window {
        [TokenTree::Ident(name), TokenTree::Punct(bang), TokenTree::Group(keys)]
            if name == "policy"
                && bang.spacing() == Spacing::Alone
                && keys.delimiter() == Delimiter::Brace =>
        {
            found.push((Place::Constant, keys.stream()));
        }
        [TokenTree::Punct(pound), TokenTree::Group(attribute), _] if pound.as_char() == '#' => {
            let inside: Vec<_> = attribute.stream().into_iter().collect();
            match &*inside {
                [TokenTree::Ident(name)] if name == "cors" => {
                    found.push((Place::Handler, TokenStream::new()));
                }
                [TokenTree::Ident(name), TokenTree::Group(keys)] if name == "cors" => {
                    found.push((Place::Handler, keys.stream()));
                }
                _ => {}
            }
        }
        _ => {}
    });
    found
}
