//! What is kept: the only crate that knows the database.
//!
//! A use case is a function over a [`Desk`]: permission, load, the rule (pure, in `clinic`), write, audit event;
//! the caller says [`Desk::close`] to commit, and dropping the desk undoes all. Every SQL text is written once and
//! runs on PostgreSQL and on SQLite. Nothing here knows HTTP or prints.

pub mod adoption;
pub mod allergies;
pub mod appointments;
pub mod attachments;
pub mod audit;
pub mod backup;
pub mod blocked_times;
pub mod browse;
pub mod chart;
mod claim;
pub mod clock;
mod column;
pub mod conditions;
pub mod consents;
pub mod database;
pub mod desk;
pub mod duplicates;
pub mod error;
pub mod evidence;
pub mod export;
pub mod find;
mod hex;
pub mod idempotency;
pub mod integrity;
pub mod jobs;
pub mod keeping;
pub mod ledger;
pub(crate) mod many;
pub mod medical_records;
pub mod medications;
pub mod merges;
pub mod meters;
pub mod migrate;
pub mod note_templates;
pub mod passwords;
pub mod patients;
mod pool;
pub mod population;
pub mod practice;
mod private;
pub mod providers;
pub mod pulse;
pub mod recordings;
pub mod replica;
pub mod running;
mod schema;
pub mod sealing;
pub mod second_factors;
pub mod seed;
pub mod server;
pub mod sessions;
pub mod setup;
mod sqlite;
pub mod tokens;
pub mod transcripts;
pub mod url;
pub mod visit_types;
pub mod vitals;

pub use clock::{Chance, Clock};
pub use database::Store;
pub use desk::{Actor, Desk, Via};
pub use error::{Refusal, StoreError};
