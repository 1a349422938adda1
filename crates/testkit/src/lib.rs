//! The workshop: fresh databases, a fixed clock and a pretend browser for tests.

pub mod browser;
pub mod clinic;
pub mod pdf;
pub mod postgres;
pub mod visit;
pub mod webdriver;

pub use clinic::{Clinic, on_both};
