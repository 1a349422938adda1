//! What is drafted: from audio to transcript to a draft note with evidence.
//!
//! The crate may be wrong, so it cannot write a record: it proposes, and a provider signs. Text comes in as a
//! [`transcript::Transcript`], typed or heard by [`speech`] in what [`audio`] decodes; [`draft()`] turns it into a [`draft::Draft`] in which every sentence and item
//! names the transcript segments it comes from; [`guard`] drops or flags what those segments do not hold.
//! Nothing here reads a clock or a database; only [`models::download()`] asks the network, for a pinned file, and [`endpoint`], where one is set, for a draft.

pub mod audio;
pub mod bench;
pub mod by_problem;
pub mod chart;
pub mod critical;
pub mod draft;
pub mod endpoint;
pub mod engine;
pub mod guard;
pub mod interactions;
pub mod models;
pub mod recall;
pub mod render;
pub mod speech;
pub mod style;
pub mod transcript;

pub use engine::{draft, draft_with};
