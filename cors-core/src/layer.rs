//! One policy, checked: what it says by itself, before it meets others.

use std::sync::Arc;

use crate::{Keys, Names, Op, OriginSet, Policy, PolicyErrors, check::Check};

/// A checked policy: a function from the enclosing policy to the one that holds below.
#[derive(Debug, Clone)]
pub struct Layer {
    pub(crate) trust: Trust,
    pub(crate) shape: Shape,
}

/// Whom the layer trusts.
#[derive(Debug, Clone)]
pub(crate) enum Trust {
    Off,
    /// `origins =`
    Replace(GrantSpec),
    /// `inherit`
    Inherit(Edit),
    /// `policy =`; the macro does not see the policy
    Base(Option<Policy>, Edit),
}

/// What a layer changes in the trust that it takes over.
#[derive(Debug, Clone, Default)]
pub(crate) struct Edit {
    pub(crate) add: Option<GrantSpec>,
    pub(crate) expose: Option<(Op, Names)>,
}

/// Origins and their rights, as one layer names them.
#[derive(Debug, Clone)]
pub(crate) struct GrantSpec {
    pub(crate) origins: Origins,
    // any origin => !credentials
    pub(crate) credentials: bool,
    // credentials => !expose.any
    pub(crate) expose: Option<Names>,
    pub(crate) opt_ins: OptIns,
}

#[derive(Debug, Clone)]
pub(crate) enum Origins {
    Any,
    List(Arc<OriginSet>),
    /// to be filled at start-up
    Named(Box<str>),
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct OptIns {
    pub(crate) null_origin: bool,
    pub(crate) insecure_origins: bool,
    pub(crate) public_suffix: bool,
}

/// What is inherited key by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shape {
    pub(crate) allow_headers: Option<(Op, Names)>,
    /// seconds
    pub(crate) max_age: Option<u32>,
    pub(crate) methods: Option<(Op, Names)>,
}

/// Where a policy stands, as far as it matters for its own keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// `#[cors(..)]` on a handler.
    Handler,
    /// `policy! { .. }`, which may become any layer.
    Constant,
    /// Built at run time from strings that may come from several places: redundant patterns are
    /// notes of the report there, and repeated names are listed once.
    RunTime,
}

impl Layer {
    /// Checks the keys of one policy.
    ///
    /// # Errors
    /// Every fault, in the order of the keys.
    pub fn check(keys: &Keys<'_>, place: Place) -> Result<Layer, PolicyErrors> {
        Check::run(keys, place)
    }
}
