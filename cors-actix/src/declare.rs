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
pub fn group(handlers: impl Annotated + 'static) -> impl HttpServiceFactory + 'static {
    Around { inner: handlers, with: |register: &mut dyn FnMut()| register::with_group(register) }
}

/// Declares that a scope has a guard, so that nothing in it is certain to serve a request: its
/// preflights are granted only where the policy of routes without `#[cors]` grants them too.
pub fn guarded(scope: impl HttpServiceFactory + 'static) -> impl HttpServiceFactory + 'static {
    Around {
        inner: scope,
        with: |register: &mut dyn FnMut()| register::with_guard(DeclaredGuard::Unknown, register),
    }
}

/// A scope for one host: `scope.guard(Host(host))`, which preflights can be judged by.
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
