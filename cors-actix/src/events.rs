//! What is said about decisions: `log` lines for mistakes of the App, and with the feature
//! `tracing` an event for each decision.
//!
//! Text that strangers send is escaped and cut.

use std::fmt::Display;

use actix_web::dev::ServiceResponse;
use cors_core::{Refusal, Rights};

use crate::preflight::Preflight;

/// A mistake of the App that is known only now; said once by whoever calls.
pub(crate) fn misconfigured(what: &dyn Display) {
    #[cfg(not(feature = "tracing"))]
    log::error!("{what}");
    // without a subscriber it becomes a line of the log too
    #[cfg(feature = "tracing")]
    tracing::error!(target: TARGET, "{what}");
}

/// A preflight has been decided; `route` is the pattern and the handler that were found for it.
#[cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "events are off"))]
pub(crate) fn preflight(
    preflight: &Preflight<'_>,
    path: &str,
    route: Option<(&str, &str)>,
    result: &Result<Rights, Refusal>,
) {
    #[cfg(feature = "tracing")]
    {
        let (route, handler) = route.unwrap_or_default();
        let (origin, path) = (shown(preflight.origin.as_bytes()), shown(path.as_bytes()));
        let method = shown(preflight.method.map_or(b"", |method| method.as_bytes()));
        match result {
            Ok(_) => tracing::trace!(
                target: TARGET, verdict = "granted", %origin, %method, %path, route, handler,
                "preflight"
            ),
            Err(reason) => tracing::debug!(
                target: TARGET, verdict = "refused", %reason, %origin, %method, %path, route,
                handler, "preflight"
            ),
        }
    }
}

/// The headers are on the response to an actual request.
#[cfg_attr(not(feature = "tracing"), allow(unused_variables, reason = "events are off"))]
pub(crate) fn actual<B>(response: &ServiceResponse<B>) {
    #[cfg(feature = "tracing")]
    {
        use actix_web::http::header;

        let req = response.request();
        let Some(origin) = req.headers().get(header::ORIGIN) else { return };
        let is_granted = response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        if !tracing::enabled!(target: TARGET, tracing::Level::DEBUG) {
            return;
        }
        let (origin, method) = (shown(origin.as_bytes()), req.method().as_str());
        let path = shown(req.match_info().as_str().as_bytes());
        let route = req.match_pattern().unwrap_or_default();
        if is_granted {
            tracing::trace!(
                target: TARGET, verdict = "granted", %origin, method, %path, route,
                "actual request"
            );
        } else {
            let reason = Refusal::OriginDenied;
            tracing::debug!(
                target: TARGET, verdict = "refused", %reason, %origin, method, %path, route,
                "actual request"
            );
        }
    }
}

#[cfg(feature = "tracing")]
fn shown(text: &[u8]) -> impl Display {
    text[..text.len().min(MAX_SHOWN)].escape_ascii()
}

#[cfg(feature = "tracing")]
const TARGET: &str = "cors_actix";
/// Bytes of text from requests in an event.
#[cfg(feature = "tracing")]
const MAX_SHOWN: usize = 256;
