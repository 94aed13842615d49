//! `#[cors(..)]`: the handler as it was, registered together with its policy.

use cors_core::Place;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use crate::{
    cursor::Spot,
    diagnostic::Diagnostic,
    document, expand,
    grammar::Written,
    handler::{Attribute, Handler},
    misplaced::Misplaced,
    route::{self, Route},
};

/// Expands `#[cors(keys)] item`.
pub(crate) fn expand(keys: TokenStream, item: TokenStream) -> TokenStream {
    expand_handler(keys, item, true)
}

/// The same, where the macros between it and the route have come first.
pub(crate) fn expand_in_place(keys: TokenStream, item: TokenStream) -> TokenStream {
    expand_handler(keys, item, false)
}

fn expand_handler(keys: TokenStream, item: TokenStream, may_move: bool) -> TokenStream {
    let mut written = Written::parse(keys.clone(), Place::Handler);
    let Some(mut handler) = Handler::parse(item.clone()) else {
        written.check(Place::Handler);
        let first = item.clone().into_iter().next();
        let at = first.map_or_else(Span::call_site, |token| token.span());
        return with_fault(written, at.into(), &Misplaced::NoFunction, item);
    };
    if may_move && let Some(above) = attributes_above(&mut handler) {
        let cors_actix = &written.cors_actix;
        // by another name: an attribute that is no macro, or unknown, would be moved for ever
        return quote! {
            #(#above)* #[#cors_actix::__private::cors_in_place(#keys)] #handler
        };
    }
    written.check(Place::Handler);
    written.take_second(&mut handler);
    if handler.is_method {
        handler.attributes.retain(|attribute| !route::is_route(attribute));
        return with_fault(written, handler.name.span().into(), &Misplaced::Method, handler);
    }
    let routes = match route::positions(&handler) {
        Ok(positions) => Route::parse_all(&handler, &positions),
        Err((at, fault @ Misplaced::NoRoute { .. })) => {
            return with_fault(written, at, &fault, handler);
        }
        Err((at, fault)) => {
            written.misplaced(at, &fault);
            handler.attributes.retain(|attribute| !route::is_route(attribute));
            Vec::new()
        }
    };
    for route in &routes {
        if let Some(method) = route.forbidden_method() {
            let fault = Misplaced::ForbiddenMethod { method: method.to_owned() };
            written.misplaced(handler.attributes[route.position].span().into(), &fault);
        }
    }
    for (index, Route { position, .. }) in routes.iter().enumerate() {
        let attribute = &mut handler.attributes[*position];
        *attribute = route::with_mark(attribute, index, &written.cors_actix);
    }
    service(&written, &handler, &routes)
}

impl Written {
    fn misplaced(&mut self, at: Spot, fault: &Misplaced) {
        self.diagnostics.push(Diagnostic {
            at,
            message: fault.to_string(),
            note: fault.note().to_owned(),
            help: fault.help(),
        });
    }

    fn take_second(&mut self, handler: &mut Handler) {
        let is_cors = |attribute: &Attribute| attribute.name() == "cors";
        for second in handler.attributes.iter().filter(|a| is_cors(a)) {
            self.misplaced(second.span().into(), &Misplaced::Twice);
        }
        handler.attributes.retain(|attribute| !is_cors(attribute));
    }
}

/// Takes the attribute macros that stand between `#[cors]` and the first route attribute. They see
/// the whole handler, and some (`#[utoipa::path]`) define items beside it, so they must come first.
fn attributes_above(handler: &mut Handler) -> Option<Vec<Attribute>> {
    let first = handler.attributes.iter().position(route::is_route)?;
    let is_above = |attribute: &Attribute| !attribute.is_built_in() && attribute.name() != "cors";
    let below = handler.attributes.split_off(first);
    let (above, beside): (Vec<_>, Vec<_>) =
        std::mem::take(&mut handler.attributes).into_iter().partition(is_above);
    handler.attributes = beside;
    handler.attributes.extend(below);
    (!above.is_empty()).then_some(above)
}

/// The item as it was, where nothing can be registered.
fn with_fault(
    mut written: Written,
    at: Spot,
    fault: &Misplaced,
    item: impl ToTokens,
) -> TokenStream {
    written.misplaced(at, fault);
    let errors = &written.diagnostics;
    quote!(#errors #item)
}

/// The service that users register: it takes the place of the one that the route attribute makes,
/// which lives inside, under the same name.
fn service(written: &Written, handler: &Handler, routes: &[Route]) -> TokenStream {
    let Written { cors_actix, diagnostics, .. } = written;
    let Handler { attributes, name, .. } = handler;
    let docs: Vec<_> = attributes.iter().filter(|attribute| attribute.is("doc")).collect();
    // `#[doc(alias = "..")]` is none
    let has_text = docs.iter().any(|doc| doc.arguments().is_none());
    let cfgs: Vec<_> = attributes.iter().filter(|attribute| attribute.is("cfg")).collect();
    let section = document::section(written, has_text).map(|text| quote!(#[doc = #text]));
    let registration = registration(written, name, routes);
    quote! {
        #diagnostics
        #(#docs)*
        #section
        #(#cfgs)*
        #[allow(non_camel_case_types)]
        pub struct #name;

        #(#cfgs)*
        impl #cors_actix::__private::HttpServiceFactory for #name {
            fn register(self, __config: &mut #cors_actix::__private::AppService) {
                #handler
                #registration
            }
        }

        #(#cfgs)*
        impl #cors_actix::__private::Annotated for #name {}
    }
}

fn registration(written: &Written, name: &Ident, routes: &[Route]) -> TokenStream {
    if routes.is_empty() {
        // actix-web makes no service of a route that it can't read, and says why
        return quote!(let _ = (#name, __config););
    }
    let import = expand::import(&written.cors_actix);
    let (items, keys) = written.keys();
    let policy = expand::policy(&keys);
    let handler_name = name.to_string();
    let routes = routes.iter().map(|Route { path, methods, name, guarded, .. }| {
        quote! {
            __cors::Route { path: #path, methods: &[#(#methods),*], name: #name, guarded: #guarded }
        }
    });
    quote! {
        #import
        #items
        __cors::enter(
            &__cors::Handler { policy: #policy, name: #handler_name, routes: &[#(#routes),*] },
            __config,
        );
        __cors::HttpServiceFactory::register(#name, __config);
        __cors::leave();
    }
}
