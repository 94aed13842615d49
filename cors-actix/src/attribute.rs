//! The two macros, with their documentation.

/// Declares the CORS policy of a handler, above its route attribute.
///
/// ```
/// use actix_web::{App, Responder, get, web};
/// use cors_actix::{Cors, cors};
///
/// #[cors(origins = ["https://app.example.com"], credentials)]
/// #[get("/users/{id}")]
/// async fn user(id: web::Path<u64>) -> impl Responder {
///     id.to_string()
/// }
///
/// App::new().service(user).wrap(Cors::deny());
/// ```
///
/// The handler stays an ordinary service of actix-web: it is registered in an App, a scope or
/// `configure`, its resource keeps its name, and it is `pub`, as actix-web makes every handler.
///
/// # Keys
/// | key | value | meaning |
/// |---|---|---|
/// | `origins` | `any`, a list of [patterns](cors_core::OriginPattern), or `set("name")` | who may read the answers; a set is filled at start-up |
/// | `credentials` | | cookies and HTTP authentication, for a finite list of origins |
/// | `allow_headers` | list, `any`, or `[any, "authorization"]` | request headers beyond the [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-request-header) ones |
/// | `expose_headers` | list, or `any` | response headers that scripts may read, beyond the [safelisted](https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name) ones |
/// | `max_age` | seconds, 0 to 86400 | how long a browser keeps the answer to a [preflight](https://fetch.spec.whatwg.org/#cors-preflight-cache) |
/// | `policy` | path of a constant | as if the keys of that [`policy!`](crate::policy) stood here; other keys edit it |
/// | `inherit` | | the enclosing policy; other keys edit it |
/// | `off` | | no CORS here |
/// | `dangerously_allow_null_origin` | | `null` may stand in the list |
/// | `dangerously_allow_insecure_origins` | | plain-http origins may have credentials |
/// | `dangerously_allow_public_suffix` | | wildcards below a public suffix may have credentials |
/// | `doc` | `false` | no section on the policy in the handler's docs |
/// | `crate` | path | where `cors_actix` lives, if it isn't known by its name |
///
/// `=` sets a list, `+=` extends the inherited one. Exactly one of `origins =`, `inherit`, `off` and
/// `policy` says whom the handler trusts; the methods come from the route attribute. `allow_headers` and
/// `max_age` are those of the enclosing policy where they are not written, also beside `origins =`.
///
/// # Order
/// `#[cors]` reads the route below it. Below the route it sees none, and that is an error:
///
/// ```compile_fail
/// use actix_web::{Responder, get};
/// use cors_actix::cors;
///
/// #[get("/prices")]
/// #[cors(origins = any)]
/// async fn prices() -> impl Responder {
///     "1.20"
/// }
/// ```
///
/// Other attribute macros, such as `#[utoipa::path]`, stand above it or between the two.
///
/// # Errors
/// Every fault of the policy is a compile error at its own literal, with the reason and what to
/// write instead. What only several policies together show is an error at start-up
/// ([`check`](crate::check())).
///
/// # Security
/// A policy that doesn't compile denies: what is generated beside an error trusts nobody.
pub use cors_macros::cors;
/// A policy as a constant: the app default, a region, a ceiling, or the base of handlers.
///
/// The keys are those of [`#[cors]`](macro@crate::cors), and `methods`: the methods beyond GET, HEAD
/// and POST of routes without `#[cors]`.
///
/// ```
/// use actix_web::{Responder, put};
/// use cors_actix::{Cors, Policy, cors, policy};
///
/// const SPA: Policy = policy! {
///     origins = set("spa"),
///     credentials,
///     allow_headers = ["content-type"],
///     max_age = 600,
/// };
///
/// #[cors(policy = SPA)]
/// #[put("/me")]
/// async fn save() -> impl Responder {
///     "saved"
/// }
///
/// let docs = policy! { origins = any, methods = ["PUT"] };
/// let cors = Cors::deny().at("/docs", docs).set("spa", ["https://app.example.com"]);
/// # let _ = cors;
/// ```
///
/// # Errors
/// Every fault is a compile error at its own literal:
///
/// ```compile_fail
/// cors_actix::policy! { origins = any, credentials };
/// ```
pub use cors_macros::policy;
