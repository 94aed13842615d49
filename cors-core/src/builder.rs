//! Policies built at run time, with the keys and the checks of `policy!`.

use crate::{Base, Item, Keys, Layer, Op, Place, Policy, PolicyErrors, Site, Value};

/// Builds a [`Policy`] at run time, with the keys and the checks of `policy!`; [`Keys`] says what
/// each stands for.
///
/// ```
/// use cors_core::Policy;
///
/// let tenants = ["acme", "umbrella"];
/// let origins = tenants.map(|tenant| format!("https://{tenant}.example.com"));
/// let policy = Policy::builder().origins(origins).credentials().allow_headers(["content-type"]);
/// assert!(policy.build().is_ok());
///
/// let errors = Policy::builder().any_origin().credentials().max_age(100_000).build().unwrap_err();
/// let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
/// assert_eq!(errors, [
///     "credentials: any origin with credentials",
///     "max_age: `max_age` over 86400 seconds: `100000`",
/// ]);
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct PolicyBuilder {
    keys: OwnedKeys,
    site: Site,
}

#[derive(Debug, Clone, Default)]
struct OwnedKeys {
    origins: Option<OwnedValue>,
    credentials: bool,
    allow_headers: Option<OwnedValue>,
    expose_headers: Option<OwnedValue>,
    max_age: Option<u64>,
    methods: Option<OwnedValue>,
    policy: Option<Policy>,
    inherit: bool,
    off: bool,
    null_origin: bool,
    insecure_origins: bool,
    public_suffix: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct OwnedValue {
    pub(crate) op: Op,
    pub(crate) items: Vec<OwnedItem>,
}

#[derive(Debug, Clone)]
pub(crate) enum OwnedItem {
    Any,
    Text(String),
    Set(String),
}

impl OwnedValue {
    fn new(op: Op, items: impl IntoIterator<Item = impl Into<String>>) -> Option<Self> {
        let items = items.into_iter().map(|i| OwnedItem::Text(i.into())).collect();
        Some(OwnedValue { op, items })
    }

    fn one(op: Op, item: OwnedItem) -> Option<Self> {
        Some(OwnedValue { op, items: vec![item] })
    }

    fn items(&self) -> Vec<Item<'_>> {
        self.items
            .iter()
            .map(|item| match item {
                OwnedItem::Any => Item::Any,
                OwnedItem::Text(text) => Item::Text(text),
                OwnedItem::Set(name) => Item::Set(name),
            })
            .collect()
    }
}

/// Each method sets the key of its name; `add_…` writes `+=`, and `any_…` the word `any`.
impl PolicyBuilder {
    pub(crate) fn new(site: Site) -> Self {
        PolicyBuilder { keys: OwnedKeys::default(), site }
    }

    /// `origins = [..]`
    pub fn origins(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.origins = OwnedValue::new(Op::Set, patterns);
        self
    }

    /// `origins = any`
    pub fn any_origin(mut self) -> Self {
        self.keys.origins = OwnedValue::one(Op::Set, OwnedItem::Any);
        self
    }

    /// `origins = set("name")`
    pub fn origin_set(mut self, name: impl Into<String>) -> Self {
        self.keys.origins = OwnedValue::one(Op::Set, OwnedItem::Set(name.into()));
        self
    }

    /// `origins += [..]`
    pub fn add_origins(mut self, patterns: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.origins = OwnedValue::new(Op::Extend, patterns);
        self
    }

    /// `origins += set("name")`
    pub fn add_origin_set(mut self, name: impl Into<String>) -> Self {
        self.keys.origins = OwnedValue::one(Op::Extend, OwnedItem::Set(name.into()));
        self
    }

    /// `credentials`
    pub fn credentials(mut self) -> Self {
        self.keys.credentials = true;
        self
    }

    /// `allow_headers = [..]`
    pub fn allow_headers(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.allow_headers = OwnedValue::new(Op::Set, names);
        self
    }

    /// `allow_headers += [..]`
    pub fn add_allow_headers(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.allow_headers = OwnedValue::new(Op::Extend, names);
        self
    }

    /// `allow_headers = any`: every name but `authorization`
    pub fn any_header(mut self) -> Self {
        self.keys.allow_headers = OwnedValue::one(Op::Set, OwnedItem::Any);
        self
    }

    /// `allow_headers = [any, "authorization"]`
    pub fn any_header_and_authorization(mut self) -> Self {
        let items = vec![OwnedItem::Any, OwnedItem::Text("authorization".to_owned())];
        self.keys.allow_headers = Some(OwnedValue { op: Op::Set, items });
        self
    }

    /// `expose_headers = [..]`
    pub fn expose_headers(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.expose_headers = OwnedValue::new(Op::Set, names);
        self
    }

    /// `expose_headers += [..]`
    pub fn add_expose_headers(
        mut self,
        names: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.keys.expose_headers = OwnedValue::new(Op::Extend, names);
        self
    }

    /// `expose_headers = any`
    pub fn expose_any_header(mut self) -> Self {
        self.keys.expose_headers = OwnedValue::one(Op::Set, OwnedItem::Any);
        self
    }

    /// `max_age`, in seconds
    pub fn max_age(mut self, seconds: u64) -> Self {
        self.keys.max_age = Some(seconds);
        self
    }

    /// `methods = [..]`
    pub fn methods(mut self, methods: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.methods = OwnedValue::new(Op::Set, methods);
        self
    }

    /// `methods += [..]`
    pub fn add_methods(mut self, methods: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.keys.methods = OwnedValue::new(Op::Extend, methods);
        self
    }

    /// `methods = any`
    pub fn any_method(mut self) -> Self {
        self.keys.methods = OwnedValue::one(Op::Set, OwnedItem::Any);
        self
    }

    /// `policy = PATH`
    pub fn policy(mut self, policy: Policy) -> Self {
        self.keys.policy = Some(policy);
        self
    }

    /// `inherit`
    pub fn inherit(mut self) -> Self {
        self.keys.inherit = true;
        self
    }

    /// `off`
    pub fn off(mut self) -> Self {
        self.keys.off = true;
        self
    }

    /// `dangerously_allow_null_origin`
    pub fn dangerously_allow_null_origin(mut self) -> Self {
        self.keys.null_origin = true;
        self
    }

    /// `dangerously_allow_insecure_origins`
    pub fn dangerously_allow_insecure_origins(mut self) -> Self {
        self.keys.insecure_origins = true;
        self
    }

    /// `dangerously_allow_public_suffix`
    pub fn dangerously_allow_public_suffix(mut self) -> Self {
        self.keys.public_suffix = true;
        self
    }

    /// Checks what has been said.
    ///
    /// # Errors
    /// Every fault of the policy's own keys, at once.
    pub fn build(self) -> Result<Policy, PolicyErrors> {
        let layer = self.keys.check()?;
        Ok(Policy::built(layer, self.site))
    }

    /// Where the policy is written.
    pub fn site(&self) -> &Site {
        &self.site
    }

    #[cfg(feature = "serde")]
    pub(crate) fn slot(&mut self, key: crate::Key) -> Option<crate::config::Slot<'_>> {
        use crate::{Key, config::Slot::*};
        let keys = &mut self.keys;
        Some(match key {
            Key::Origins => List(&mut keys.origins),
            Key::AllowHeaders => List(&mut keys.allow_headers),
            Key::ExposeHeaders => List(&mut keys.expose_headers),
            Key::Methods => List(&mut keys.methods),
            Key::MaxAge => Seconds(&mut keys.max_age),
            Key::Credentials => Flag(&mut keys.credentials),
            Key::Inherit => Flag(&mut keys.inherit),
            Key::Off => Flag(&mut keys.off),
            Key::DangerouslyAllowNullOrigin => Flag(&mut keys.null_origin),
            Key::DangerouslyAllowInsecureOrigins => Flag(&mut keys.insecure_origins),
            Key::DangerouslyAllowPublicSuffix => Flag(&mut keys.public_suffix),
            Key::Policy => return None,
        })
    }
}

impl OwnedKeys {
    fn check(&self) -> Result<Layer, PolicyErrors> {
        let lists = [&self.origins, &self.allow_headers, &self.expose_headers, &self.methods];
        let [origins, allow_headers, expose_headers, methods] =
            lists.map(|value| value.as_ref().map(|v| (v.op, v.items())));
        let keys = Keys {
            origins: value(&origins),
            credentials: self.credentials,
            allow_headers: value(&allow_headers),
            expose_headers: value(&expose_headers),
            max_age: self.max_age,
            methods: value(&methods),
            policy: self.policy.as_ref().map(Base::Known),
            inherit: self.inherit,
            off: self.off,
            dangerously_allow_null_origin: self.null_origin,
            dangerously_allow_insecure_origins: self.insecure_origins,
            dangerously_allow_public_suffix: self.public_suffix,
        };
        Layer::check(&keys, Place::RunTime)
    }
}

fn value<'v>(value: &'v Option<(Op, Vec<Item<'v>>)>) -> Option<Value<'v>> {
    value.as_ref().map(|(op, items)| Value { op: *op, items })
}
