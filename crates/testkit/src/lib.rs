//! The workshop: fresh databases, a fixed clock and a pretend browser for tests.

pub mod postgres;
