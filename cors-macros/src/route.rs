//! The route attributes of a handler, read as far as the policy needs them.

use cors_core::{Item, Key, Keys, Layer, Op, Place, Value};
use proc_macro2::{Literal, TokenStream, TokenTree};
use quote::quote;

use crate::{
    cursor::{Cursor, Spot},
    handler::{Attribute, Handler},
    misplaced::Misplaced,
    tokens::text,
};

/// One route attribute.
pub(crate) struct Route {
    /// where it stands among the attributes of the handler
    pub(crate) position: usize,
    /// its path, as written
    pub(crate) path: Literal,
    pub(crate) methods: Vec<String>,
    /// the name for `url_for`
    pub(crate) name: String,
    /// whether it has a guard of its own
    pub(crate) guarded: bool,
}

/// Reports whether an attribute is one of actix-web's for routes.
pub(crate) fn is_route(attribute: &Attribute) -> bool {
    let name = attribute.name();
    name == "route" || name == "routes" || is_method(&name)
}

/// The positions of the attributes that make routes, or what is wrong with them.
pub(crate) fn positions(handler: &Handler) -> Result<Vec<usize>, (Spot, Misplaced)> {
    let attributes = &handler.attributes;
    let all: Vec<usize> = (0..attributes.len()).filter(|i| is_route(&attributes[*i])).collect();
    let [first, others @ ..] = &*all else {
        return Err((
            handler.name.span().into(),
            Misplaced::NoRoute { name: handler.name.to_string() },
        ));
    };
    if attributes[*first].name() != "routes" {
        return match others {
            [] => Ok(all),
            [second, ..] => Err((attributes[*second].span().into(), Misplaced::SecondRoute)),
        };
    }
    // actix-web looks for the plain names only
    match others
        .iter()
        .find(|i| attributes[**i].path.len() > 1 || !is_method(&attributes[**i].name()))
    {
        Some(other) => {
            let attribute = &attributes[*other];
            let name = attribute.name();
            Err((attribute.span().into(), Misplaced::UnreadByRoutes { name }))
        }
        None => Ok(others.to_vec()),
    }
}

impl Route {
    /// Reads the attributes at `positions`; nothing where actix-web will report a fault of its own.
    pub(crate) fn parse_all(handler: &Handler, positions: &[usize]) -> Vec<Self> {
        let routes: Option<_> = positions.iter().map(|at| Self::parse(handler, *at)).collect();
        routes.filter(|_| handler.has_return).unwrap_or_default()
    }

    fn parse(handler: &Handler, position: usize) -> Option<Self> {
        let attribute = &handler.attributes[position];
        let mut cursor = Cursor::new(attribute.arguments()?.stream());
        let TokenTree::Literal(path) = cursor.next()? else { return None };
        text(&path.clone().into())?;
        let mut route = Route {
            position,
            path,
            methods: Vec::new(),
            name: handler.name.to_string(),
            guarded: false,
        };
        if is_method(&attribute.name()) {
            route.methods.push(attribute.name().to_ascii_uppercase());
        }
        let any_method = attribute.name() == "route";
        while cursor.peek().is_some() {
            cursor.punct(',')?;
            if cursor.peek().is_some() {
                route.option(&mut cursor, any_method)?;
            }
        }
        (!route.methods.is_empty()).then_some(route)
    }

    /// `name = "value"`
    fn option(&mut self, cursor: &mut Cursor, any_method: bool) -> Option<()> {
        let option = cursor.ident()?;
        cursor.punct('=')?;
        let value = text(&cursor.next()?)?;
        match &*option.to_string() {
            "name" => self.name = value,
            "guard" => self.guarded = true,
            "wrap" => {}
            "method" if any_method && !self.methods.contains(&value) => {
                // actix-web's own condition
                value.chars().all(|c| c.is_ascii_uppercase()).then_some(())?;
                self.methods.push(value);
            }
            _ => return None,
        }
        Some(())
    }

    /// The first method that browsers never send.
    pub(crate) fn forbidden_method(&self) -> Option<&str> {
        self.methods.iter().map(|method| &**method).find(|method| {
            let items = [Item::Text(method)];
            let methods = Some(Value { op: Op::Set, items: &items });
            let keys = Keys { off: true, methods, ..Keys::NONE };
            Layer::check(&keys, Place::Constant)
                .is_err_and(|errors| errors.iter().any(|error| error.key() == Key::Methods))
        })
    }
}

/// The attribute at `position`, wrapped in the mark that tells which route served a request. It
/// comes last, and is therefore outside of what the user wraps.
pub(crate) fn with_mark(
    attribute: &Attribute,
    index: usize,
    cors_actix: &TokenStream,
) -> Attribute {
    let Some(arguments) = attribute.arguments() else { return attribute.clone() };
    let written = arguments.stream();
    let ends_in_comma = matches!(written.clone().into_iter().last(),
        Some(TokenTree::Punct(p)) if p.as_char() == ',');
    let comma = (!ends_in_comma).then(|| quote!(,));
    let path = cors_actix.to_string().replace(' ', "");
    let mark = format!("{path}::__private::Mark::at({index})");
    attribute.with_arguments(quote!(#written #comma wrap = #mark))
}

fn is_method(name: &str) -> bool {
    METHODS.contains(&name)
}

/// The attributes of actix-web that are named for a method.
const METHODS: [&str; 10] =
    ["connect", "delete", "get", "head", "options", "patch", "post", "put", "query", "trace"];
