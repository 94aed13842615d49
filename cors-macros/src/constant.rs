//! `policy! { .. }`: a policy as an expression that stands in a `const` or `static`.

use cors_core::Place;
use proc_macro2::TokenStream;
use quote::quote;

use crate::{expand, grammar::Written};

/// Expands `policy! { keys }`.
pub(crate) fn expand(keys: TokenStream) -> TokenStream {
    let mut written = Written::parse(keys, Place::Constant);
    written.check(Place::Constant);
    let errors = &written.diagnostics;
    let import = expand::import(&written.cors_actix);
    let (items, keys) = written.keys();
    let policy = expand::policy(&keys);
    quote!({
        #errors
        #import
        #items
        #policy
    })
}
