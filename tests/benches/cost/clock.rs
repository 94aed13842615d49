//! Time: the fastest of many rounds, which other work on the machine disturbs least.

use std::time::{Duration, Instant};

use crate::{cases::Case, subject::Subject};

/// Nanoseconds of one request. Each round has other requests, so that large sets are not asked
/// for what the processor's caches hold anyway.
pub(crate) fn nanos(case: &Case, subject: &dyn Subject) -> f64 {
    let start = Instant::now();
    let mut best = Duration::MAX;
    for round in 0..MAX_ROUNDS {
        if round >= MIN_ROUNDS && start.elapsed() > LIMIT {
            break;
        }
        subject.run(&case.asks(round * case.count(), case.count()), &mut |work| {
            let start = Instant::now();
            work();
            best = best.min(start.elapsed());
        });
    }
    best.as_nanos() as f64 / case.count() as f64
}

const MIN_ROUNDS: usize = 10;
const MAX_ROUNDS: usize = 300;
const LIMIT: Duration = Duration::from_millis(150);
