//! The tokens of a policy: constants, and no work left for run time.

use cors_core::{Key, Op};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

use crate::grammar::{Element, Item, Setting, Value, Written};

impl Written {
    /// The constants that the policy needs, and a reference to its keys.
    ///
    /// A faulty policy denies. Its keys are named all the same, under no name: so editors show the
    /// docs of each while another one is being corrected.
    pub(crate) fn keys(&self) -> (Option<TokenStream>, TokenStream) {
        let cors_actix = &self.cors_actix;
        let base = self.setting(Key::Policy).and_then(|setting| match &setting.value {
            // a constant of its own: the reference to it must live for ever
            Value::Path(path) => Some(quote_spanned! { setting.value_at.first=>
                const __BASE: &#cors_actix::__private::Policy = &#path;
            }),
            _ => None,
        });
        let fields = self.settings.iter().map(|setting| self.field(setting));
        let keys = quote! {
            &#cors_actix::__private::Keys { #(#fields,)* ..#cors_actix::__private::Keys::NONE }
        };
        if self.diagnostics.is_empty() {
            return (base, keys);
        }
        let items = quote! {
            #base
            const _: &#cors_actix::__private::Keys<'static> = #keys;
        };
        let off = quote! {
            &#cors_actix::__private::Keys { off: true, ..#cors_actix::__private::Keys::NONE }
        };
        (Some(items), off)
    }

    fn field(&self, Setting { ident, op, value, .. }: &Setting) -> TokenStream {
        let private = &self.cors_actix;
        let private = quote!(#private::__private);
        match value {
            Value::Flag => quote!(#ident: true),
            Value::Seconds(seconds) => quote!(#ident: ::core::option::Option::Some(#seconds)),
            Value::Path(_) => {
                quote!(#ident: ::core::option::Option::Some(#private::Base::Known(__BASE)))
            }
            Value::List(elements) => {
                let op = match op {
                    Op::Set => quote!(Set),
                    Op::Extend => quote!(Extend),
                };
                let items = elements.iter().map(|element| item(&private, element));
                quote! {
                    #ident: ::core::option::Option::Some(#private::Value {
                        op: #private::Op::#op,
                        items: &[#(#items),*],
                    })
                }
            }
        }
    }
}

fn item(private: &TokenStream, element: &Element) -> TokenStream {
    match &element.item {
        Item::Any => quote!(#private::Item::Any),
        Item::Text(_, literal) => quote!(#private::Item::Text(#literal)),
        Item::Set(_, literal) => quote!(#private::Item::Set(#literal)),
    }
}

/// The policy over `keys`, at the place where the macro stands.
pub(crate) fn policy(cors_actix: &TokenStream, keys: &TokenStream) -> impl ToTokens + use<> {
    quote! {
        #cors_actix::__private::Policy::from_static(
            #keys,
            #cors_actix::__private::Site::code(::core::file!(), ::core::line!()),
        )
    }
}
