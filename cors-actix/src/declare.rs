//! What users may declare about routing that actix does not show.

use std::rc::Rc;

use actix_web::{
    Error, Scope,
    body::MessageBody,
    dev::{AppService, HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse},
    guard,
};

use crate::register::{self, DeclaredGuard};

/// A handler with `#[cors]`, or several of them.
pub trait Annotated: HttpServiceFactory {}

macro_rules! annotated_tuples {
    ($($($T:ident)+;)+) => { $(impl<$($T: Annotated),+> Annotated for ($($T,)+) {})+ };
}

annotated_tuples! { A; A B; A B C; A B C D; A B C D E; A B C D E F; A B C D E F G; A B C D E F G H; }

/// Registers annotated handlers back to back, which proves that no other route stands between
/// them. [`Cors::strict`](crate::Cors::strict) asks for it where several handlers serve one path.
///
/// ```
/// use actix_web::{App, HttpResponse, http::Method};
/// use cors_actix::{Cors, group, policy, route};
///
/// let trusted = policy! { origins = ["https://app.example.com"] };
/// let get = route("/me", Method::GET, trusted.clone()).to(HttpResponse::Ok);
/// let put = route("/me", Method::PUT, trusted).to(HttpResponse::Ok);
/// App::new().service(group((get, put))).wrap(Cors::deny().strict());
/// ```
pub fn group(handlers: impl Annotated + 'static) -> impl HttpServiceFactory + 'static {
    Around { inner: handlers, with: |register: &mut dyn FnMut()| register::with_group(register) }
}

/// Declares that a scope has a guard, so that nothing in it is certain to serve a request: its
/// preflights are granted only where the policy of routes without `#[cors]` grants them too.
///
/// ```
/// use actix_web::{App, guard, web};
/// use cors_actix::{Cors, guarded};
///
/// let beta = web::scope("/api").guard(guard::Header("x-beta", "1"));
/// App::new().service(guarded(beta)).wrap(Cors::deny());
/// ```
///
/// # Security
/// A guard that nobody declares is invisible: a preflight may then be granted by the policy of this
/// scope for a request that another one serves. The answer itself carries that one's policy, and
/// from the first such request on that policy has a say too.
pub fn guarded(scope: impl HttpServiceFactory + 'static) -> impl HttpServiceFactory + 'static {
    Around {
        inner: scope,
        with: |register: &mut dyn FnMut()| register::with_guard(DeclaredGuard::Unknown, register),
    }
}

/// A scope for one host: `scope.guard(Host(host))`, which preflights can be judged by, as browsers
/// send them to the host of the request that they are for.
///
/// ```
/// use actix_web::{App, web};
/// use cors_actix::{Cors, on_host};
///
/// App::new()
///     .service(on_host("api.example.com", web::scope("/v1")))
///     .service(on_host("www.example.com", web::scope("/v1")))
///     .wrap(Cors::deny());
/// ```
///
/// Scopes of several hosts that begin with one prefix should have the same paths: a path that only
/// a later one has is refused, unless the policy of routes without `#[cors]` grants it too.
///
/// # Security
/// Where the first scope that has the path is for another host, it is taken that no route without
/// `#[cors]` stands between the two.
pub fn on_host<T, B>(host: &str, scope: Scope<T>) -> impl HttpServiceFactory + 'static
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let declared: Rc<dyn guard::Guard> = Rc::new(guard::Host(host));
    Around {
        inner: scope.guard(guard::Host(host)),
        with: move |register: &mut dyn FnMut()| {
            register::with_guard(DeclaredGuard::Host(Rc::clone(&declared)), register);
        },
    }
}

/// Something that is registered inside of a bracket.
struct Around<F, W> {
    inner: F,
    with: W,
}

impl<F: HttpServiceFactory, W: Fn(&mut dyn FnMut())> HttpServiceFactory for Around<F, W> {
    fn register(self, config: &mut AppService) {
        let mut inner = Some(self.inner);
        (self.with)(&mut || {
            if let Some(inner) = inner.take() {
                inner.register(config);
            }
        });
    }
}
