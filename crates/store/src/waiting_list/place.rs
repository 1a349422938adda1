//! Where a page of the waiting list ends, as a text that leads on to the next.

use medrecord_clinic::ids::WaitingId;
use medrecord_clinic::time::Instant;
use medrecord_clinic::waiting_list::{Urgency, Waiting};
use std::fmt;
use std::str::FromStr;

/// A place in the order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// How urgent the last entry of the page was.
    pub urgency: Urgency,
    /// Since when it waited.
    pub since: Instant,
    /// The entry.
    pub id: WaitingId,
}

impl Place {
    /// The place of an entry.
    pub fn of(waiting: &Waiting) -> Self {
        Self { urgency: waiting.urgency, since: waiting.created_at, id: waiting.id }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}~{}", self.urgency, self.since.millis(), self.id)
    }
}

/// A text that is not a place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a place in the waiting list")]
pub struct NotAPlace;

impl FromStr for Place {
    type Err = NotAPlace;

    fn from_str(text: &str) -> Result<Self, NotAPlace> {
        let read = || {
            let (urgency, rest) = text.split_once('~')?;
            let (since, id) = rest.split_once('~')?;
            let since = Instant::from_millis(since.parse().ok()?);
            Some(Self { urgency: urgency.parse().ok()?, since, id: id.parse().ok()? })
        };
        read().ok_or(NotAPlace)
    }
}
