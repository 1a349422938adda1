//! How often calendars are asked for: wrong secrets from a network address, readings of one link. Counted in memory, a
//! window at a time; a server that is started anew counts anew.

use medrecord_clinic::time::Instant;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Wrong secrets from one address in a window.
pub(super) const UNKNOWN: u32 = 30;
/// Readings of one link in a window.
pub(super) const READ: u32 = 60;

const WINDOW_MINUTES: i64 = 15;
/// Past so many names, those whose window is over are forgotten.
const MANY: usize = 1_000;

/// The counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Limits(Arc<Mutex<HashMap<String, (Instant, u32)>>>);

impl Limits {
    /// How many seconds are to be waited; `None` where there are fewer than `most` in the window.
    pub(super) fn wait(&self, who: &str, most: u32, now: Instant) -> Option<i64> {
        let counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = counts.get(who).copied()?;
        let left = since.plus_minutes(WINDOW_MINUTES).millis() - now.millis();
        (count >= most && left > 0).then_some(left.div_euclid(1_000) + 1)
    }

    /// Counts one more.
    pub(super) fn count(&self, who: &str, now: Instant) {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_over = |since: Instant| now.minutes_since(since) >= WINDOW_MINUTES;
        if counts.len() >= MANY {
            counts.retain(|_, (since, _)| !is_over(*since));
        }
        let held = counts.entry(who.to_owned()).or_insert((now, 0));
        if is_over(held.0) {
            *held = (now, 0);
        }
        held.1 = held.1.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_full_and_then_over() {
        let limits = Limits::default();
        let now = Instant::from_millis(0);
        assert_eq!(limits.wait("a", 2, now), None);
        limits.count("a", now);
        assert_eq!(limits.wait("a", 2, now), None);
        limits.count("a", now);
        assert_eq!(limits.wait("a", 2, now.plus_minutes(5)), Some(601));
        assert_eq!(limits.wait("b", 2, now), None, "everybody has a count of their own");
        let later = now.plus_minutes(WINDOW_MINUTES);
        assert_eq!(limits.wait("a", 2, later), None);
        limits.count("a", later);
        assert_eq!(limits.wait("a", 2, later), None, "a new window begins");
    }
}
