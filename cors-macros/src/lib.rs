//! The `#[cors]` attribute and the `policy!` macro of `cors-actix`, which re-exports and documents
//! them; this crate is never named by users.
//!
//! Both parse what is written (`grammar`), have it checked by `cors-core` (`check`), and expand
//! to constants and to the very route attribute that was written (`attribute`, `constant`). The
//! body of a handler is never parsed.

#![cfg_attr(not(test), warn(clippy::unwrap_used))]

mod attribute;
mod check;
mod constant;
mod cursor;
mod diagnostic;
mod document;
mod expand;
mod grammar;
mod handler;
mod misplaced;
mod route;
mod syntax;
#[cfg(test)]
mod tests;
mod tokens;
mod word;

use proc_macro::TokenStream;

// documented where it is re-exported, beside what the examples need
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn cors(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand(keys.into(), item.into()).into()
}

// `#[cors]` after the attributes between it and the route; not for use by hand
#[allow(missing_docs)]
#[doc(hidden)]
#[proc_macro_attribute]
pub fn cors_in_place(keys: TokenStream, item: TokenStream) -> TokenStream {
    attribute::expand_in_place(keys.into(), item.into()).into()
}

#[allow(missing_docs)]
#[proc_macro]
pub fn policy(keys: TokenStream) -> TokenStream {
    constant::expand(keys.into()).into()
}
