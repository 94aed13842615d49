//! A policy as users hold it: a constant made by `policy!`, or one built at run time.

use std::{fmt, panic::Location, sync::Arc};

use crate::{Keys, Layer, Place, PolicyBuilder, PolicyErrors};

/// A policy that has not met others yet: what `policy!` and [`Policy::builder`] make.
///
/// ```
/// use cors_core::Policy;
///
/// let policy = Policy::builder()
///     .origins(["https://app.example.com"])
///     .credentials()
///     .max_age(600)
///     .build()?;
/// # let _ = policy;
/// # Ok::<(), cors_core::PolicyErrors>(())
/// ```
#[derive(Debug, Clone)]
pub struct Policy {
    #[doc(hidden)]
    pub form: PolicyForm,
    #[doc(hidden)]
    pub site: Site,
}

/// Public for the macros alone: a reference to a literal of it lives for ever, while one to what a
/// function returns would need a `const` around it, a body more that is compiled for each handler.
#[doc(hidden)]
#[derive(Debug, Clone)]
pub enum PolicyForm {
    /// checked by the macro at compile time
    Static(&'static Keys<'static>),
    Built(Arc<Layer>),
}

impl Policy {
    /// `policy! { off }`: nobody is trusted.
    #[must_use]
    #[track_caller]
    pub fn deny() -> Self {
        const OFF: &Keys<'static> = &Keys { off: true, ..Keys::NONE };
        Policy { form: PolicyForm::Static(OFF), site: Site::caller() }
    }

    /// A builder with the same keys, checked at run time.
    #[track_caller]
    pub fn builder() -> PolicyBuilder {
        PolicyBuilder::new(Site::caller())
    }

    pub(crate) fn built(layer: Layer, site: Site) -> Self {
        Policy { form: PolicyForm::Built(Arc::new(layer)), site }
    }

    /// Where the policy is written.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// The same policy, written at `site`: errors and reports name it. For policies that a program
    /// reads, such as `Site::Named("cors.toml, tenants.acme".into())`.
    #[must_use]
    pub fn written_at(self, site: Site) -> Self {
        Policy { site, ..self }
    }

    /// The checked policy.
    ///
    /// # Errors
    /// Every fault of the policy's own keys; a policy that `policy!` made has none.
    pub fn layer(&self) -> Result<Arc<Layer>, PolicyErrors> {
        match &self.form {
            PolicyForm::Static(keys) => Layer::check(keys, Place::Constant).map(Arc::new),
            PolicyForm::Built(layer) => Ok(Arc::clone(layer)),
        }
    }

    /// Equal for clones of one policy, different for any two policies that live at the same time.
    #[doc(hidden)]
    #[must_use]
    pub fn address(&self) -> usize {
        match &self.form {
            PolicyForm::Static(keys) => std::ptr::from_ref(*keys).addr(),
            PolicyForm::Built(layer) => Arc::as_ptr(layer).addr(),
        }
    }
}

/// Where a policy is written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Site {
    /// A place in source code.
    Code {
        /// path of the file, as the compiler saw it
        file: &'static str,
        /// line, counted from 1
        line: u32,
    },
    /// A place in a configuration, such as a file's name and the path of a key.
    Named(Arc<str>),
}

impl Site {
    /// The place that calls.
    #[must_use]
    #[track_caller]
    pub fn caller() -> Self {
        let caller = Location::caller();
        Site::Code { file: caller.file(), line: caller.line() }
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Site::Code { file, line } => write!(f, "{file}:{line}"),
            Site::Named(name) => f.write_str(name),
        }
    }
}
