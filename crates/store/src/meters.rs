//! What the way to the database has been doing since the start: counted, never tied to a person or a statement's text.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Upper bounds of the buckets that times fall into, in milliseconds; what is slower falls into one more.
pub const BOUNDS_MS: [u64; 10] = [1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000];

/// From how long on somebody is said to have waited for a connection.
const A_WAIT: Duration = Duration::from_millis(5);

/// Counts and times.
#[derive(Debug, Default)]
pub struct Meters {
    loans: Times,
    waits: AtomicU64,
    timeouts: AtomicU64,
    outages: AtomicU64,
    statements: Times,
}

/// How often something took how long.
#[derive(Debug, Default)]
struct Times {
    buckets: [AtomicU64; BOUNDS_MS.len() + 1],
    micros: AtomicU64,
    longest: AtomicU64,
}

/// How often something took how long, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// How often for each bound of [`BOUNDS_MS`], and how often slower than all.
    pub buckets: [u64; BOUNDS_MS.len() + 1],
    /// All times together.
    pub total: Duration,
    /// The longest.
    pub longest: Duration,
}

/// All counts, read at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Connections lent, with how long it took to get one.
    pub loans: Timing,
    /// Loans that were not to be had at once.
    pub waits: u64,
    /// Requests that gave up waiting.
    pub timeouts: u64,
    /// How often the server went away.
    pub outages: u64,
    /// Statements, with how long they took.
    pub statements: Timing,
}

impl Times {
    fn add(&self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let place = BOUNDS_MS.iter().position(|bound| micros <= bound * 1000).unwrap_or(BOUNDS_MS.len());
        if let Some(bucket) = self.buckets.get(place) {
            bucket.fetch_add(1, Relaxed);
        }
        self.micros.fetch_add(micros, Relaxed);
        self.longest.fetch_max(micros, Relaxed);
    }

    fn read(&self) -> Timing {
        Timing {
            buckets: std::array::from_fn(|place| self.buckets.get(place).map_or(0, |n| n.load(Relaxed))),
            total: Duration::from_micros(self.micros.load(Relaxed)),
            longest: Duration::from_micros(self.longest.load(Relaxed)),
        }
    }
}

impl Timing {
    /// How often in all.
    pub fn count(&self) -> u64 {
        self.buckets.iter().sum()
    }

    /// The mean; nothing where there was nothing.
    pub fn mean(&self) -> Option<Duration> {
        let count = u32::try_from(self.count()).unwrap_or(u32::MAX);
        self.total.checked_div(count)
    }

    /// The bound in milliseconds below which this share of all lies; `None` where it lies above every bound.
    pub fn within(&self, percent: u64) -> Option<u64> {
        let wanted = (self.count() * percent).div_ceil(100);
        let mut seen = 0;
        for (bound, count) in BOUNDS_MS.iter().zip(&self.buckets) {
            seen += count;
            if seen >= wanted {
                return Some(*bound);
            }
        }
        None
    }
}

impl Meters {
    /// All counts as they stand.
    pub fn read(&self) -> Reading {
        Reading {
            loans: self.loans.read(),
            waits: self.waits.load(Relaxed),
            timeouts: self.timeouts.load(Relaxed),
            outages: self.outages.load(Relaxed),
            statements: self.statements.read(),
        }
    }

    pub(crate) fn lent(&self, took: Duration) {
        self.loans.add(took);
        if took >= A_WAIT {
            self.waits.fetch_add(1, Relaxed);
        }
    }

    pub(crate) fn gave_up(&self) {
        self.timeouts.fetch_add(1, Relaxed);
    }

    pub(crate) fn went_away(&self) {
        self.outages.fetch_add(1, Relaxed);
    }
}

/// Times one statement, until it is dropped.
pub(crate) struct Timer {
    meters: Option<Arc<Meters>>,
    begun: Instant,
}

impl Timer {
    pub(crate) fn of(meters: &Arc<Meters>) -> Self {
        Self { meters: Some(Arc::clone(meters)), begun: Instant::now() }
    }

    /// For statements that nobody counts.
    pub(crate) fn idle() -> Self {
        Self { meters: None, begun: Instant::now() }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        if let Some(meters) = &self.meters {
            meters.statements.add(self.begun.elapsed());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_the_first_bucket_that_holds_them() {
        let times = Times::default();
        for millis in [0, 1, 3, 3, 30, 9000] {
            times.add(Duration::from_millis(millis));
        }
        let read = times.read();
        assert_eq!(read.buckets, [2, 0, 2, 0, 0, 1, 0, 0, 0, 0, 1]);
        assert_eq!((read.count(), read.longest), (6, Duration::from_secs(9)));
        assert_eq!((read.within(50), read.within(80), read.within(100)), (Some(5), Some(50), None));
        assert_eq!(read.mean(), Some(Duration::from_millis(9037) / 6));
        assert_eq!(Times::default().read().mean(), None);
    }

    #[test]
    fn only_what_took_a_while_is_a_wait() {
        let meters = Meters::default();
        meters.lent(Duration::from_micros(80));
        meters.lent(Duration::from_millis(40));
        let read = meters.read();
        assert_eq!((read.loans.count(), read.waits), (2, 1));
    }
}
