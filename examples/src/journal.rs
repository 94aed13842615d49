//! What the API saw: scripts cannot see preflights, so the page reads here what its own requests led to.
//!
//! A request takes part when its query has a `row`; the page makes up a new one for every row of every run.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use serde::Serialize;

/// The last exchanges, oldest first.
#[derive(Default)]
pub(crate) struct Journal(Mutex<VecDeque<Exchange>>);

/// One request and its answer.
#[derive(Clone, Serialize)]
pub(crate) struct Exchange {
    #[serde(skip)]
    row: String,
    method: String,
    path: String,
    sent: Vec<(String, String)>,
    status: u16,
    answered: Vec<(String, String)>,
}

impl Journal {
    /// Enough for a dozen runs of the page, and a bound for whoever floods it.
    const CAPACITY: usize = 2048;
    const LONGEST_ROW: usize = 64;

    /// Returns the exchanges of one row.
    pub(crate) fn of_row(&self, row: &str) -> Vec<Exchange> {
        let exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        exchanges.iter().filter(|exchange| exchange.row == row).cloned().collect()
    }

    fn add(&self, exchange: Exchange) {
        let mut exchanges = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if exchanges.len() == Self::CAPACITY {
            exchanges.pop_front();
        }
        exchanges.push_back(exchange);
    }
}

impl Exchange {
    fn begin(req: &ServiceRequest) -> Option<Self> {
        let row = req.query_string().split('&').find_map(|pair| pair.strip_prefix("row="))?;
        (row.len() <= Journal::LONGEST_ROW).then(|| Self {
            row: row.to_owned(),
            method: req.method().to_string(),
            path: req.path().to_owned(),
            sent: readable(req.headers()),
            status: 0,
            answered: Vec::new(),
        })
    }

    fn end(self, status: StatusCode, headers: &HeaderMap) -> Self {
        Self { status: status.as_u16(), answered: readable(headers), ..self }
    }
}

/// Writes down the exchange around `next`; stands outside of `Cors`, so it sees what goes over the wire.
pub(crate) async fn record(
    journal: web::Data<Journal>,
    req: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let exchange = Exchange::begin(&req);
    let answer = next.call(req).await;
    if let Some(exchange) = exchange {
        journal.add(match &answer {
            Ok(response) => exchange.end(response.status(), response.headers()),
            Err(error) => {
                let response = error.error_response();
                exchange.end(response.status(), response.headers())
            }
        });
    }
    answer
}

/// Headers as text, by name; of cookies only that there was one.
fn readable(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
        let secret = *name == header::COOKIE || *name == header::SET_COOKIE;
        let value = if secret {
            "…".into()
        } else {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        (name.to_string(), value)
    };
    let mut lines: Vec<_> = headers.iter().map(text).collect();
    lines.sort();
    lines
}
