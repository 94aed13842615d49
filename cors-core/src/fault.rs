//! The faults that one policy can have by itself.

use std::fmt;

use crate::{Key, NameFault, PatternFault};

/// What is wrong with a key or an element of its list.
///
/// Each kind, with a policy that has it:
///
/// ```
/// use cors_core::{Base, Item, Key, Keys, Layer, Op, Place, Policy, Value};
///
/// const fn list(items: &'static [Item<'static>]) -> Option<Value<'static>> {
///     Some(Value { op: Op::Set, items })
/// }
/// const fn more(items: &'static [Item<'static>]) -> Option<Value<'static>> {
///     Some(Value { op: Op::Extend, items })
/// }
/// const A: Item<'_> = Item::Text("https://a.example");
/// const NONE: Keys<'_> = Keys::NONE;
/// const ANY: Keys<'_> = Keys { origins: list(&[Item::Any]), ..NONE };
/// const COOKIES: Keys<'_> = Keys { credentials: true, ..NONE };
/// const INHERIT: Keys<'_> = Keys { inherit: true, ..NONE };
/// const OFF: Keys<'_> = Keys { off: true, ..NONE };
/// let in_label: Vec<String> = (0..65).map(|i| format!("https://p{i}-*.a.example")).collect();
/// let in_label: Vec<Item<'_>> = in_label.iter().map(|text| Item::Text(text)).collect();
/// let crowd = Some(Value { op: Op::Set, items: &in_label });
///
/// let cases = [
///     ("Pattern", Keys { origins: list(&[Item::Text("a.example")]), ..NONE },
///         "origins[0]: origin without a scheme: `a.example`"),
///     ("Name", Keys { methods: list(&[Item::Text("put")]), ..ANY },
///         "methods[0]: method in lower case: `put`"),
///     ("Null", Keys { origins: list(&[Item::Text("null")]), ..NONE },
///         "origins[0]: the opaque origin without `dangerously_allow_null_origin`: `null`"),
///     ("NullWithCredentials", Keys { origins: list(&[Item::Text("null")]), ..COOKIES },
///         "origins[0]: the opaque origin with credentials: `null`"),
///     ("InsecureWithCredentials", Keys { origins: list(&[Item::Text("http://a.example")]), ..COOKIES },
///         "origins[0]: plain-http origin with credentials: `http://a.example`"),
///     ("PublicSuffixWithCredentials", Keys { origins: list(&[Item::Text("https://*.github.io")]), ..COOKIES },
///         "origins[0]: `*` over public suffixes, below `github.io`, with credentials: `https://*.github.io`"),
///     ("AnyWithCredentials", Keys { credentials: true, ..ANY },
///         "credentials: any origin with credentials"),
///     ("ExposeAnyWithCredentials", Keys { origins: list(&[A]), expose_headers: list(&[Item::Any]), ..COOKIES },
///         "expose_headers: `expose_headers = any` with credentials"),
///     ("NotAlone", Keys { origins: list(&[A, Item::Any]), ..NONE },
///         "origins[1]: not alone in its list: `any`"),
///     ("NotAlone", Keys { methods: list(&[Item::Any, Item::Text("PUT")]), ..ANY },
///         "methods[0]: not alone in its list: `any`"),
///     ("SetOutsideOrigins", Keys { methods: list(&[Item::Set("a")]), ..ANY },
///         "methods[0]: `set(..)` outside of `origins`: `a`"),
///     ("SetName", Keys { origins: list(&[Item::Set("")]), ..NONE },
///         "origins: `set(..)` with an empty name"),
///     ("NoOrigins", Keys { origins: list(&[]), ..NONE },
///         "origins: empty list of origins"),
///     ("ExtendByAny", Keys { origins: more(&[Item::Any]), ..INHERIT },
///         "origins: `origins += any`"),
///     ("Duplicate", Keys { methods: list(&[Item::Text("PUT"), Item::Text("PUT")]), ..ANY },
///         "methods[1]: already listed as element 0: `PUT`"),
///     ("Covered", Keys { origins: list(&[A, Item::Text("https://a.example:*")]), ..NONE },
///         "origins[0]: origin already covered by `https://a.example:*`: `https://a.example`"),
///     ("TooManyInLabel", Keys { origins: crowd, ..NONE },
///         "origins[64]: more than 64 patterns with `*` inside the label before `.a.example`: `https://p64-*.a.example`"),
///     ("MaxAge", Keys { max_age: Some(86_401), ..ANY },
///         "max_age: `max_age` over 86400 seconds: `86401`"),
///     ("NoTrust", NONE,
///         "origins: policy that doesn't say whom it trusts"),
///     ("CredentialsWithoutOrigins", COOKIES,
///         "credentials: `credentials` without origins"),
///     ("BesideOff", Keys { credentials: true, ..OFF },
///         "credentials: `credentials` beside `off`"),
///     ("ShapeBesideOff", Keys { max_age: Some(1), ..OFF },
///         "max_age: `max_age` beside `off`, outside of the app default"),
///     ("OriginsBeside", Keys { origins: list(&[A]), ..INHERIT },
///         "origins: `origins =` beside `inherit`"),
///     ("PolicyBesideInherit", Keys { policy: Some(Base::Unseen), ..INHERIT },
///         "policy: `policy` beside `inherit`"),
///     ("NothingToExtend", Keys { origins: more(&[A]), ..NONE },
///         "origins: `+=` with nothing to extend"),
///     ("ExposeExtendBesideOrigins", Keys { expose_headers: more(&[]), ..ANY },
///         "expose_headers: `expose_headers +=` beside new origins"),
///     ("OptInUnneeded", Keys { dangerously_allow_null_origin: true, origins: list(&[A]), ..NONE },
///         "dangerously_allow_null_origin: `dangerously_allow_null_origin` that excuses nothing"),
///     ("OptInWithoutOrigins", Keys { dangerously_allow_null_origin: true, ..INHERIT },
///         "dangerously_allow_null_origin: `dangerously_allow_null_origin` without origins"),
///     ("MethodsOnHandler", Keys { methods: list(&[]), ..ANY },
///         "methods: `methods` on a handler"),
/// ];
/// for (kind, keys, want) in cases {
///     let place = if kind == "Name" || want.starts_with("methods[") || kind == "NotAlone" {
///         Place::Constant
///     } else {
///         Place::Handler
///     };
///     let errors = Layer::check(&keys, place).expect_err(kind);
///     let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
///     assert_eq!(errors, [want], "{kind}");
/// }
///
/// // two that depend on the place among others
/// # use cors_core::Merger;
/// let inherit = Policy::builder().inherit().build()?;
/// let errors = Merger::new().app(&inherit).unwrap_err();
/// assert_eq!(errors[0].fault().to_string(), "inherit: `inherit` where nothing encloses");
/// let errors = Merger::new().ceiling(&Policy::deny()).unwrap_err();
/// assert_eq!(errors[0].fault().to_string(), "origins: ceiling without `origins =`");
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// An element of `origins` is no origin pattern.
    Pattern(PatternFault),
    /// An element of another list is no name.
    Name(NameFault),
    /// `null`, the [opaque origin](https://html.spec.whatwg.org/#concept-origin-opaque), without its
    /// flag.
    Null,
    /// `null` with credentials.
    NullWithCredentials,
    /// A plain-http origin with credentials.
    InsecureWithCredentials,
    /// A wildcard below a [public suffix](https://publicsuffix.org/) with credentials.
    PublicSuffixWithCredentials {
        /// the domain that the `*` stands below: a public suffix, or one with such below it
        parent: Box<str>,
        /// whether `dangerously_allow_public_suffix` lifts the error
        liftable: bool,
    },
    /// [Credentials](https://fetch.spec.whatwg.org/#cors-protocol-and-credentials) for any origin.
    AnyWithCredentials,
    /// `expose_headers = any` with
    /// [credentials](https://fetch.spec.whatwg.org/#cors-protocol-and-credentials).
    ExposeAnyWithCredentials,
    /// `any` or a set beside other elements.
    NotAlone,
    /// `set("name")` where only names can stand.
    SetOutsideOrigins,
    /// A set without a name.
    SetName,
    /// An empty list of origins.
    NoOrigins,
    /// `origins += any`.
    ExtendByAny,
    /// An element that is in the list already.
    Duplicate {
        /// the index of the first one
        first: usize,
    },
    /// An origin pattern that another one of the list covers.
    Covered {
        /// the pattern that covers it
        by: Box<str>,
    },
    /// More `*` patterns inside the first label than a list may have for one parent domain.
    TooManyInLabel {
        /// the domain that they share
        parent: Box<str>,
    },
    /// A [time](https://fetch.spec.whatwg.org/#http-access-control-max-age) past the maximum.
    MaxAge,
    /// None of `origins =`, `inherit`, `off`, `policy`.
    NoTrust,
    /// `credentials` without origins that they are for.
    CredentialsWithoutOrigins {
        /// whether they stand beside `inherit` or `policy`
        edit: bool,
    },
    /// A key of trust beside `off`.
    BesideOff {
        /// the key
        key: Key,
    },
    /// A key of shape beside `off`, outside of the app default.
    ShapeBesideOff {
        /// the key
        key: Key,
    },
    /// `origins =` beside `inherit` or `policy`.
    OriginsBeside {
        /// `inherit` or `policy`
        other: Key,
    },
    /// `policy` beside `inherit`.
    PolicyBesideInherit,
    /// `+=` on a key of trust with nothing to extend.
    NothingToExtend,
    /// `expose_headers +=` beside `origins =` or `origins +=`.
    ExposeExtendBesideOrigins,
    /// A dangerous opt-in without which none of the origins beside it would be refused.
    OptInUnneeded {
        /// its key
        key: Key,
    },
    /// A dangerous opt-in without origins in its own layer.
    OptInWithoutOrigins {
        /// its key
        key: Key,
    },
    /// `methods` on a handler with a route attribute.
    MethodsOnHandler,
    /// `inherit` where nothing encloses.
    NothingEncloses,
    /// A ceiling without origins.
    CeilingWithoutOrigins,
}

impl From<PatternFault> for Fault {
    fn from(fault: PatternFault) -> Self {
        Fault::Pattern(fault)
    }
}

impl From<NameFault> for Fault {
    fn from(fault: NameFault) -> Self {
        Fault::Name(fault)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Fault::*;
        match self {
            Pattern(fault) => fault.fmt(f),
            Name(fault) => fault.fmt(f),
            Null => f.write_str("the opaque origin without `dangerously_allow_null_origin`"),
            NullWithCredentials => f.write_str("the opaque origin with credentials"),
            InsecureWithCredentials => f.write_str("plain-http origin with credentials"),
            PublicSuffixWithCredentials { parent, .. } => {
                write!(f, "`*` over public suffixes, below `{parent}`, with credentials")
            }
            AnyWithCredentials => f.write_str("any origin with credentials"),
            ExposeAnyWithCredentials => f.write_str("`expose_headers = any` with credentials"),
            NotAlone => f.write_str("not alone in its list"),
            SetOutsideOrigins => f.write_str("`set(..)` outside of `origins`"),
            SetName => f.write_str("`set(..)` with an empty name"),
            NoOrigins => f.write_str("empty list of origins"),
            ExtendByAny => f.write_str("`origins += any`"),
            Duplicate { first } => write!(f, "already listed as element {first}"),
            Covered { by } => write!(f, "origin already covered by `{by}`"),
            TooManyInLabel { parent } => write!(
                f,
                "more than {MAX_IN_LABEL} patterns with `*` inside the label before `.{parent}`"
            ),
            MaxAge => write!(f, "`max_age` over {MAX_MAX_AGE} seconds"),
            NoTrust => f.write_str("policy that doesn't say whom it trusts"),
            CredentialsWithoutOrigins { .. } => f.write_str("`credentials` without origins"),
            BesideOff { key } => write!(f, "`{key}` beside `off`"),
            ShapeBesideOff { key } => {
                write!(f, "`{key}` beside `off`, outside of the app default")
            }
            OriginsBeside { other } => write!(f, "`origins =` beside `{other}`"),
            PolicyBesideInherit => f.write_str("`policy` beside `inherit`"),
            NothingToExtend => f.write_str("`+=` with nothing to extend"),
            ExposeExtendBesideOrigins => f.write_str("`expose_headers +=` beside new origins"),
            OptInUnneeded { key } => write!(f, "`{key}` that excuses nothing"),
            OptInWithoutOrigins { key } => write!(f, "`{key}` without origins"),
            MethodsOnHandler => f.write_str("`methods` on a handler"),
            NothingEncloses => f.write_str("`inherit` where nothing encloses"),
            CeilingWithoutOrigins => f.write_str("ceiling without `origins =`"),
        }
    }
}

impl Fault {
    /// Why it is wrong.
    #[must_use]
    pub fn note(&self) -> String {
        use Fault::*;
        let text = match self {
            Pattern(fault) => fault.note(),
            Name(fault) => fault.note(),
            Null => {
                "sandboxed frames, local files and redirected requests send `null`, so any attacker can"
            }
            NullWithCredentials => "any attacker can send `null`, so no flag lifts this",
            InsecureWithCredentials => {
                "anybody on the network can change a plain-http page and use its cookies here"
            }
            PublicSuffixWithCredentials { liftable: true, .. } => {
                "strangers can have names below it: the Public Suffix List names it, or doesn't know this top-level name"
            }
            PublicSuffixWithCredentials { liftable: false, .. } => {
                "anybody can register names below this suffix, so no flag lifts this"
            }
            AnyWithCredentials => "every site could act with the cookies of its visitors",
            ExposeAnyWithCredentials => {
                "with credentials browsers read `*` as the name of one header"
            }
            NotAlone => "it already stands for the whole list",
            SetOutsideOrigins => "sets hold origins",
            SetName => "a set is filled by its name",
            NoOrigins => "a policy that trusts nobody is written `off`",
            ExtendByAny => {
                "an addition of every origin would decide before all grants that it is added to"
            }
            Duplicate { .. } | Covered { .. } => {
                "it changes nothing and hides what the list really says"
            }
            TooManyInLabel { .. } => {
                "such patterns are compared one by one, and the time for that is bounded"
            }
            MaxAge => "no browser keeps the answer to a preflight longer than a day",
            NoTrust => "nobody should be trusted by accident",
            CredentialsWithoutOrigins { .. } => {
                "credentials belong to the origins named beside them"
            }
            BesideOff { .. } => "where there is no CORS there is nothing else to say",
            ShapeBesideOff { .. } => "below `off` nothing is allowed, so nothing can have a shape",
            OriginsBeside { .. } => {
                "`origins =` starts a new trust, so nothing is left of the other"
            }
            PolicyBesideInherit => "each of them says whom the route trusts",
            NothingToExtend => {
                "`origins =` starts a new trust, and without `inherit` or `policy` there is none to add to"
            }
            ExposeExtendBesideOrigins => "the new origins have no exposed headers yet",
            OptInUnneeded { .. } => "it would excuse the next origin unseen",
            OptInWithoutOrigins { .. } => "an opt-in excuses only origins of its own layer",
            MethodsOnHandler => "the methods of a handler come from its route attribute",
            NothingEncloses => "no policy stands around the app default and the ceiling",
            CeilingWithoutOrigins => "a ceiling says which origins may be trusted at most",
        };
        text.to_owned()
    }

    /// What to write instead.
    #[must_use]
    pub fn help(&self) -> String {
        use Fault::*;
        match self {
            Pattern(fault) => fault.help(),
            Name(fault) => fault.help(),
            Null => "remove it, or add `dangerously_allow_null_origin`".to_owned(),
            NullWithCredentials => "remove it, or remove `credentials`".to_owned(),
            InsecureWithCredentials => {
                "write `https://`, or add `dangerously_allow_insecure_origins`".to_owned()
            }
            PublicSuffixWithCredentials { liftable: true, .. } => {
                "name the origins, or add `dangerously_allow_public_suffix`".to_owned()
            }
            PublicSuffixWithCredentials { liftable: false, .. } => "name the origins".to_owned(),
            AnyWithCredentials => "name the origins, or remove `credentials`".to_owned(),
            ExposeAnyWithCredentials => "name the headers".to_owned(),
            NotAlone => "write it alone, or remove it".to_owned(),
            SetOutsideOrigins => "name the headers or methods".to_owned(),
            SetName => "write a name such as `set(\"frontend\")`".to_owned(),
            NoOrigins => "name the origins, or write `off`".to_owned(),
            ExtendByAny => "write `origins = any`, or name the origins".to_owned(),
            Duplicate { .. } | Covered { .. } => "remove it".to_owned(),
            TooManyInLabel { parent } => format!("write `https://*.{parent}`, or fewer patterns"),
            MaxAge => format!("write at most {MAX_MAX_AGE}"),
            NoTrust => {
                "add `origins = [..]`, or `inherit` to trust whom the enclosing policy trusts"
                    .to_owned()
            }
            CredentialsWithoutOrigins { edit: true } => {
                "remove it, or write `origins += [..], credentials`".to_owned()
            }
            CredentialsWithoutOrigins { edit: false } => {
                "write `origins = [..], credentials`, or `inherit` alone".to_owned()
            }
            BesideOff { .. } | ShapeBesideOff { .. } => "remove it, or remove `off`".to_owned(),
            OriginsBeside { other } => {
                format!("remove `{other}`, or write `origins +=` to add to it")
            }
            PolicyBesideInherit => "remove one of them".to_owned(),
            NothingToExtend => "write `=`, or add `inherit`".to_owned(),
            ExposeExtendBesideOrigins => "write `expose_headers =`".to_owned(),
            OptInUnneeded { .. } => "remove it".to_owned(),
            OptInWithoutOrigins { .. } => "remove it, or name the origins here".to_owned(),
            MethodsOnHandler => "remove it; write the methods in the route attribute".to_owned(),
            NothingEncloses => "write `origins = [..]` or `off`".to_owned(),
            CeilingWithoutOrigins => "add `origins = [..]` or `origins = any`".to_owned(),
        }
    }
}

/// Longest time that a preflight may be kept, in seconds: the longest that a browser honours.
pub const MAX_MAX_AGE: u32 = 86_400;

/// Most patterns such as `pr-*.example.com` for one parent domain in one list.
pub const MAX_IN_LABEL: usize = 64;
