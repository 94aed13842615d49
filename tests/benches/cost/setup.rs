//! The same permission, said to each of the middlewares.

use std::time::Duration;

use cors_actix::Policy;
use tower_http::cors as tower_cors;

/// Who may read the answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origins {
    Any,
    /// so many exact origins
    Exact(usize),
    /// so many patterns `https://*.domain`
    Below(usize),
}

/// One policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) origins: Origins,
    pub(crate) credentials: bool,
    /// whether the five headers may be sent
    pub(crate) headers: bool,
    /// whether preflights may be kept for ten minutes
    pub(crate) max_age: bool,
}

/// As browsers join them.
pub(crate) const HEADERS: [&str; 5] =
    ["authorization", "content-type", "x-csrf-token", "x-request-id", "x-trace"];

impl Setup {
    pub(crate) const ONE: Setup =
        Setup { origins: Origins::Exact(1), credentials: false, headers: false, max_age: false };

    pub(crate) fn with(origins: Origins) -> Self {
        Setup { origins, ..Setup::ONE }
    }

    /// The `i`-th origin that is granted.
    pub(crate) fn granted(&self, i: usize) -> String {
        match self.origins {
            Origins::Any => "https://anybody.example.com".to_owned(),
            Origins::Exact(n) => exact(i % n),
            Origins::Below(n) => format!("https://app.{}", domain(i % n)),
        }
    }

    pub(crate) fn policy(&self) -> Policy {
        let builder = Policy::builder();
        let mut builder = match self.origins {
            Origins::Any => builder.any_origin(),
            Origins::Exact(n) => builder.origins((0..n).map(exact)),
            Origins::Below(n) => {
                builder.origins((0..n).map(|i| format!("https://*.{}", domain(i))))
            }
        };
        if self.credentials {
            builder = builder.credentials();
        }
        if self.headers {
            builder = builder.allow_headers(HEADERS);
        }
        if self.max_age {
            builder = builder.max_age(600);
        }
        builder.build().expect("a policy without faults")
    }

    /// It has no patterns, and always varies on the preflight's headers too.
    pub(crate) fn actix_cors(&self) -> actix_cors::Cors {
        let mut cors = actix_cors::Cors::default().allowed_methods(["GET"]);
        match self.origins {
            Origins::Any => cors = cors.allow_any_origin().send_wildcard().disable_vary_header(),
            Origins::Exact(n) => {
                for i in 0..n {
                    cors = cors.allowed_origin(&exact(i));
                }
            }
            Origins::Below(n) => {
                let ends: Vec<_> = (0..n).map(|i| format!(".{}", domain(i))).collect();
                cors = cors.allowed_origin_fn(move |origin, _| {
                    ends.iter().any(|end| origin.as_bytes().ends_with(end.as_bytes()))
                });
            }
        }
        if self.credentials {
            cors = cors.supports_credentials();
        }
        if self.headers {
            cors = cors.allowed_headers(HEADERS);
        }
        if self.max_age {
            cors = cors.max_age(600);
        }
        cors
    }

    pub(crate) fn tower(&self) -> tower_cors::CorsLayer {
        let value = |text: String| http::HeaderValue::try_from(text).expect("an origin");
        let origins = match self.origins {
            Origins::Any => tower_cors::AllowOrigin::any(),
            Origins::Exact(n) => tower_cors::AllowOrigin::list((0..n).map(exact).map(value)),
            Origins::Below(n) => {
                let ends: Vec<_> = (0..n).map(|i| format!(".{}", domain(i))).collect();
                tower_cors::AllowOrigin::predicate(move |origin, _| {
                    ends.iter().any(|end| origin.as_bytes().ends_with(end.as_bytes()))
                })
            }
        };
        let mut layer = tower_cors::CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([http::Method::GET])
            .allow_credentials(self.credentials);
        if self.headers {
            layer = layer.allow_headers(HEADERS.map(http::HeaderName::from_static));
        }
        if self.max_age {
            layer = layer.max_age(Duration::from_secs(600));
        }
        layer
    }
}

/// Of about the same length, whatever their number.
fn exact(i: usize) -> String {
    format!("https://app-{i:06}.example.com")
}

fn domain(i: usize) -> String {
    format!("tenant-{i:06}.example.com")
}
