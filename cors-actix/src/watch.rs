//! Which annotated route a request reaches, without a trace in the request.

use std::cell::Cell;

use actix_web::dev::ServiceRequest;

/// Where the marks of an App tell the middleware around it who has been reached.
///
/// The App routes a request inside of the middleware's calls, one request at a time. Where a
/// middleware in between has it routed elsewhere, in a task of its own, nobody watches, and the
/// mark has to leave word in the request.
#[derive(Default)]
pub(crate) struct Watch {
    /// the request that is being routed
    request: Cell<RequestKey>,
    reached: Cell<Reached>,
    has_missed: Cell<bool>,
}

/// Tells a request from all others that exist at the same time: where it is. The default is
/// nobody's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RequestKey(usize);

impl RequestKey {
    #[inline]
    pub(crate) fn of(req: &ServiceRequest) -> Self {
        RequestKey(std::ptr::from_ref(req.match_info()).addr())
    }
}

/// What a request has reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reached {
    /// an annotated route, [`NOWHERE`] before
    pub(crate) route: usize,
    /// of the path that it was routed by; 0 where the route's policy is the same everywhere
    pub(crate) region: usize,
}

impl Default for Reached {
    fn default() -> Self {
        Reached { route: NOWHERE, region: 0 }
    }
}

/// What is known about a request's way through the App.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// the App has no annotated routes
    NoMarks,
    /// it has come to none yet
    Open(RequestKey),
    Reached(Reached),
}

impl Watch {
    /// Watches a request until the end of the [`Watching`].
    #[inline]
    pub(crate) fn watch(&self, request: RequestKey) -> Watching<'_> {
        let outer = (self.request.replace(request), self.reached.take());
        Watching { watch: self, outer }
    }

    /// A mark has been reached; tells whether somebody knows now.
    #[inline]
    pub(crate) fn reach(&self, request: RequestKey, reached: Reached) -> bool {
        let is_watched = self.is_watched(request);
        if is_watched {
            self.reached.set(reached);
        } else {
            self.has_missed.set(true);
        }
        is_watched
    }

    /// Whether somebody watches this request just now.
    #[inline]
    pub(crate) fn is_watched(&self, request: RequestKey) -> bool {
        self.request.get() == request
    }

    /// Whether some mark had to leave word in its request.
    #[inline]
    pub(crate) fn has_missed(&self) -> bool {
        self.has_missed.get()
    }
}

/// One look at a request. A look inside of another one, at a request that a handler makes, leaves
/// that one as it was.
pub(crate) struct Watching<'a> {
    watch: &'a Watch,
    outer: (RequestKey, Reached),
}

impl Watching<'_> {
    /// The annotated route that has been reached meanwhile.
    #[inline]
    pub(crate) fn end(self) -> Option<Reached> {
        Some(self.watch.reached.get()).filter(|reached| reached.route != NOWHERE)
    }
}

impl Drop for Watching<'_> {
    #[inline]
    fn drop(&mut self) {
        let (request, reached) = self.outer;
        self.watch.request.set(request);
        self.watch.reached.set(reached);
    }
}

/// No route has this index.
const NOWHERE: usize = usize::MAX;
