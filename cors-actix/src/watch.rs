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
    /// what it has reached, [`NOWHERE`] before
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

/// An annotated route that has been reached, and the region of the path that it was routed by.
///
/// One word, as it is copied for each request: the route in its low half, the region in the high.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached(u64);

impl Default for Reached {
    fn default() -> Self {
        NOWHERE
    }
}

impl Reached {
    /// A route, by its index, whose policy is the same everywhere.
    pub(crate) fn new(route: usize) -> Self {
        u32::try_from(route).map_or(NOWHERE, |route| Reached(route.into()))
    }

    /// The same route, reached in a region.
    pub(crate) fn in_region(self, region: usize) -> Self {
        u32::try_from(region).map_or(NOWHERE, |region| Reached(self.0 | u64::from(region) << 32))
    }

    #[inline]
    pub(crate) fn route(self) -> usize {
        (self.0 & u64::from(u32::MAX)) as usize
    }

    #[inline]
    pub(crate) fn region(self) -> usize {
        (self.0 >> 32) as usize
    }
}

/// What is known about a request's way through the App.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    /// the App has no annotated routes
    NoMarks,
    /// it has come to none yet
    Open(RequestKey),
    /// nobody watches it any more: a mark that it may come to later leaves word
    Reached(Reached),
}

impl Watch {
    /// Watches a request until the end of the [`Watching`].
    #[inline]
    pub(crate) fn watch(&self, request: RequestKey) -> Watching<'_> {
        let outer = (self.request.replace(request), self.reached.take());
        Watching { watch: self, outer }
    }

    /// A mark has been reached; tells whether somebody knows now, and no mark ever had to leave word.
    #[inline]
    pub(crate) fn reach(&self, request: RequestKey, reached: Reached) -> bool {
        let is_watched = self.is_watched(request);
        if is_watched {
            self.reached.set(reached);
        } else {
            self.has_missed.set(true);
        }
        !self.has_missed.get()
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
        Some(self.watch.reached.get()).filter(|reached| *reached != NOWHERE)
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

/// No annotated route.
const NOWHERE: Reached = Reached(u64::MAX);
