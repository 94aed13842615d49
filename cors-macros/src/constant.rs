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
    let constants = written.constants();
    let policy = expand::policy(&written.cors_actix);
    quote!({ #errors #constants #policy })
}
