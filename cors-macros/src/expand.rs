//! The tokens of a policy: constants, and no work left for run time.

use cors_core::{Key, Op};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};

use crate::grammar::{Element, Item, Setting, Value, Written};

impl Written {
    /// The constants that the policy needs, and a reference to its keys.
    ///
    /// A faulty policy denies. Its keys are named all the same, under no name: so editors show the
    /// docs of each while another one is being corrected.
    pub(crate) fn keys(&self) -> (Option<TokenStream>, TokenStream) {
        let base = self.setting(Key::Policy).and_then(|setting| match &setting.value {
            // a constant of its own: the reference to it must live for ever
            Value::Path(path) => {
                let base = quote_spanned!(setting.value_at.first=> &#path);
                Some(quote!(const __BASE: &__cors::Policy = #base;))
            }
            _ => None,
        });
        let fields = self.settings.iter().map(field);
        let keys = quote! {
            &__cors::Keys { #(#fields,)* ..__cors::Keys::NONE }
        };
        if self.diagnostics.is_empty() {
            return (base, keys);
        }
        let items = quote! {
            #base
            const _: &__cors::Keys<'static> = #keys;
        };
        let off = quote! {
            &__cors::Keys { off: true, ..__cors::Keys::NONE }
        };
        (Some(items), off)
    }
}

fn field(Setting { ident, op, value, .. }: &Setting) -> TokenStream {
    match value {
        Value::Flag => quote!(#ident: true),
        Value::Seconds(seconds) => quote!(#ident: __cors::Some(#seconds)),
        Value::Path(_) => quote!(#ident: __cors::Some(__cors::Base::Known(__BASE))),
        Value::List(elements) => {
            let op = match op {
                Op::Set => quote!(Set),
                Op::Extend => quote!(Extend),
            };
            let items = elements.iter().map(item);
            quote! {
                #ident: __cors::Some(__cors::Value { op: __cors::Op::#op, items: &[#(#items),*] })
            }
        }
    }
}

fn item(element: &Element) -> TokenStream {
    match &element.item {
        Item::Any => quote!(__cors::Item::Any),
        Item::Text(_, literal) => quote!(__cors::Item::Text(#literal)),
        Item::Set(_, literal) => quote!(__cors::Item::Set(#literal)),
    }
}

/// The import that all of it needs.
pub(crate) fn import(cors_actix: &TokenStream) -> TokenStream {
    quote!(use #cors_actix::__private as __cors;)
}

/// The policy over `keys`, at the place where the macro stands.
pub(crate) fn policy(keys: &TokenStream) -> TokenStream {
    quote! {
        __cors::Policy {
            form: __cors::PolicyForm::Static(#keys),
            site: __cors::Site::Code { file: ::core::file!(), line: ::core::line!() },
        }
    }
}
