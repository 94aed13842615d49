//! What single tokens mean, and how messages show them.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;

/// The value of a string literal.
pub(crate) fn text(token: &TokenTree) -> Option<String> {
    let TokenTree::Literal(literal) = token else { return None };
    match syn::Lit::new(literal.clone()) {
        syn::Lit::Str(text) if text.suffix().is_empty() => Some(text.value()),
        _ => None,
    }
}

/// Tokens as a message shows them: in one line, and not all of a long one.
pub(crate) fn shown(tokens: &[TokenTree]) -> String {
    let text = tokens.iter().map(ToTokens::to_token_stream).collect::<TokenStream>().to_string();
    let text = text.replace('\n', " ").replace('`', "'").replace("- ", "-");
    match text.char_indices().nth(MAX_FOUND) {
        Some((end, _)) => format!("{}..", &text[..end]),
        None => text,
    }
}

/// The tokens within the delimiters of a group, as a message shows them.
pub(crate) fn within(group: &Group) -> String {
    shown(&group.stream().into_iter().collect::<Vec<_>>())
}

/// Most characters of somebody's tokens in a message.
const MAX_FOUND: usize = 48;
