//! The item below `#[cors]`: a function, read up to its body and never into it.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt};

use crate::cursor::flat;

/// A function with its attributes.
pub(crate) struct Handler {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) name: Ident,
    /// whether it takes `self`
    pub(crate) is_method: bool,
    /// whether it says what it returns, without which it is no handler
    pub(crate) has_return: bool,
    /// visibility, signature and body
    pub(crate) function: TokenStream,
}

/// One attribute: `#[path::name(args)]`.
#[derive(Clone)]
pub(crate) struct Attribute {
    pound: TokenTree,
    group: Group,
    /// the segments of the path
    pub(crate) path: Vec<Ident>,
}

impl Handler {
    /// Reads an item; `None` if it is no function.
    pub(crate) fn parse(item: TokenStream) -> Option<Self> {
        let tokens: Vec<TokenTree> = item.into_iter().collect();
        let (attributes, rest) = attributes(&tokens);
        let (head, after) = signature(rest)?;
        let name = head.clone();
        let arguments = after.iter().find_map(|token| match token {
            TokenTree::Group(g) if g.delimiter() == Delimiter::Parenthesis => Some(g.stream()),
            _ => None,
        })?;
        let has_return = after.windows(2).any(|pair| {
            matches!(pair, [TokenTree::Punct(a), TokenTree::Punct(b)]
                if a.as_char() == '-' && b.as_char() == '>')
        });
        Some(Handler {
            attributes,
            name,
            is_method: takes_self(arguments),
            has_return,
            function: rest.iter().cloned().collect(),
        })
    }
}

impl Attribute {
    /// The last segment of the path: `get` of `actix_web::get`.
    pub(crate) fn name(&self) -> String {
        self.path.last().map_or_else(String::new, Ident::to_string)
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        matches!(&*self.path, [only] if only == name)
    }

    /// The place of the path.
    pub(crate) fn span(&self) -> Span {
        self.path.last().map_or_else(|| self.group.span(), Ident::span)
    }

    /// What stands in parentheses.
    pub(crate) fn arguments(&self) -> Option<Group> {
        let last = self.group.stream().into_iter().last()?;
        match last {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis => Some(group),
            _ => None,
        }
    }

    /// The same attribute with other arguments.
    pub(crate) fn with_arguments(&self, arguments: TokenStream) -> Self {
        let tokens = self.group.stream().into_iter().map(|token| match token {
            TokenTree::Group(old) if old.delimiter() == Delimiter::Parenthesis => {
                let mut new = Group::new(Delimiter::Parenthesis, arguments.clone());
                new.set_span(old.span());
                TokenTree::Group(new)
            }
            token => token,
        });
        let mut group = Group::new(Delimiter::Bracket, tokens.collect());
        group.set_span(self.group.span());
        Attribute { group, ..self.clone() }
    }

    /// Reports whether the compiler or one of its tools knows the attribute: it is no macro.
    pub(crate) fn is_built_in(&self) -> bool {
        match &*self.path {
            [only] => BUILT_IN.contains(&&*only.to_string()),
            [tool, ..] => TOOLS.contains(&&*tool.to_string()),
            [] => true,
        }
    }
}

impl ToTokens for Attribute {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(self.pound.clone());
        tokens.append(self.group.clone());
    }
}

impl ToTokens for Handler {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.attributes);
        tokens.extend(self.function.clone());
    }
}

fn attributes(tokens: &[TokenTree]) -> (Vec<Attribute>, &[TokenTree]) {
    let mut attributes = Vec::new();
    let mut rest = tokens;
    while let [pound @ TokenTree::Punct(p), TokenTree::Group(group), after @ ..] = rest
        && p.as_char() == '#'
        && group.delimiter() == Delimiter::Bracket
    {
        let tokens = flat(group.stream());
        let path = tokens
            .iter()
            .take_while(|t| match t {
                TokenTree::Ident(_) => true,
                TokenTree::Punct(p) => p.as_char() == ':',
                _ => false,
            })
            .filter_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.clone()),
                _ => None,
            })
            .collect();
        let mut flat = Group::new(Delimiter::Bracket, tokens.into_iter().collect());
        flat.set_span(group.span());
        attributes.push(Attribute { pound: pound.clone(), group: flat, path });
        rest = after;
    }
    (attributes, rest)
}

/// The name of the function and what follows it up to the body.
fn signature(tokens: &[TokenTree]) -> Option<(&Ident, &[TokenTree])> {
    let at = tokens.iter().position(|t| matches!(t, TokenTree::Ident(i) if i == "fn"))?;
    let is_qualifier = |token: &TokenTree| match token {
        TokenTree::Ident(ident) => QUALIFIERS.contains(&&*ident.to_string()),
        // of `pub(crate)`; of a visibility that `macro_rules` passes on
        TokenTree::Group(g) => {
            matches!(g.delimiter(), Delimiter::Parenthesis | Delimiter::None)
        }
        // of `extern "C"`
        TokenTree::Literal(_) => true,
        TokenTree::Punct(_) => false,
    };
    let [TokenTree::Ident(name), after @ ..] = &tokens[at + 1..] else { return None };
    let body =
        |t: &TokenTree| matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
    let end = after.iter().position(body).unwrap_or(after.len());
    tokens[..at].iter().all(is_qualifier).then_some((name, &after[..end]))
}

fn takes_self(arguments: TokenStream) -> bool {
    let first = arguments.into_iter().take_while(|token| match token {
        TokenTree::Punct(p) => !matches!(p.as_char(), ',' | ':'),
        _ => true,
    });
    first.into_iter().any(|token| matches!(token, TokenTree::Ident(ident) if ident == "self"))
}

const QUALIFIERS: [&str; 6] = ["async", "const", "extern", "pub", "safe", "unsafe"];

/// Attributes of the compiler that can stand on a function.
const BUILT_IN: [&str; 21] = [
    "allow",
    "cfg",
    "cfg_attr",
    "cold",
    "coverage",
    "deny",
    "deprecated",
    "doc",
    "expect",
    "export_name",
    "forbid",
    "inline",
    "instruction_set",
    "link_section",
    "must_use",
    "no_mangle",
    "optimize",
    "target_feature",
    "track_caller",
    "unsafe",
    "warn",
];

/// Tools whose attributes are no macros.
const TOOLS: [&str; 5] = ["clippy", "diagnostic", "miri", "rust_analyzer", "rustfmt"];
