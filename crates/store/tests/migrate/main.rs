//! Migrations on both databases: applied whole or not at all, judged, compared and made.
//!
//! All people here are invented.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up must fail at once")]

mod deploy;
mod drift;
mod lint;
mod marks;
mod proof;
mod scaffold;
mod support;
