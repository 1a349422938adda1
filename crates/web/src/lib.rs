//! What people and machines see: pages and JSON over HTTP.

pub mod assets;
pub mod chart;
pub mod form;
pub mod shell;
