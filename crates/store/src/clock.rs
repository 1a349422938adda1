//! Where time and chance come from: the machine, or a test that sets them.

use medrecord_clinic::time::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Tells the time.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that stands still until it is set; milliseconds since 1970.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at an instant.
    pub fn fixed(at: Instant) -> Self {
        Self::Fixed(Arc::new(AtomicI64::new(at.millis())))
    }

    /// The time now, in whole milliseconds.
    pub fn now(&self) -> Instant {
        match self {
            #[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else asks")]
            Self::System => Instant::from_utc(chrono::Utc::now()),
            Self::Fixed(at) => Instant::from_millis(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a fixed clock on; the machine's clock stays as it is.
    pub fn advance(&self, millis: i64) {
        if let Self::Fixed(at) = self {
            at.fetch_add(millis, Ordering::SeqCst);
        }
    }
}

/// Gives random bytes.
#[derive(Debug, Clone)]
pub enum Chance {
    /// The operating system's random source.
    System,
    /// A counter, so that a test or a sample clinic gets the same ids on each run. Never for secrets.
    Counted(Arc<AtomicU64>),
}

impl Chance {
    /// A counter that starts at a number.
    pub fn counted(from: u64) -> Self {
        Self::Counted(Arc::new(AtomicU64::new(from)))
    }

    /// So many random bytes.
    ///
    /// # Errors
    /// [`std::io::Error`] where the operating system has none to give.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], std::io::Error> {
        let mut bytes = [0; N];
        match self {
            Self::System => getrandom::fill(&mut bytes).map_err(std::io::Error::other)?,
            Self::Counted(next) => {
                let number = next.fetch_add(1, Ordering::SeqCst).to_be_bytes();
                bytes.iter_mut().rev().zip(number.iter().rev()).for_each(|(to, from)| *to = *from);
            }
        }
        Ok(bytes)
    }
}
