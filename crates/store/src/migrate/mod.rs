//! Migrations: the schema's files, built into the binary, applied in order and never changed afterwards.
//!
//! `files`: what there is to apply. `history`: what a database has. `work`: one starter at a time, in one transaction.
//! `deploy`: all that is pending, whole or not at all. `marks`: what a database remembers about itself.
//! `reset`: everything anew, on a development machine alone. `resolve`: mends the history after work by hand.
//! `declared`: the schema as a person edits it, and the migrations that lead there.
//! `lint`: judges files before they run. `drift`: the live database beside what its migrations yield.
//! `plan`, `rehearsal`, `proof`: what a deploy would do, tried on a copy, and shown to have changed no record.

mod author;
mod catalogue;
mod declared;
mod deploy;
mod drift;
mod expected;
mod files;
mod history;
mod known;
mod lint;
mod marks;
mod plan;
mod proof;
mod rebuild;
mod rehearsal;
mod replay;
mod reset;
mod resolve;
mod statements;
mod work;

pub use author::{check_action, next_number, write_draft};
pub use catalogue::Kind;
pub use declared::{Draft, Scaffold, blank, scaffold};
pub use deploy::{Deployed, Purpose, deploy, deploy_files, deploy_noted};
pub use drift::{Difference, Drift, drift};
pub use files::{Dialect, File, Files};
pub use history::{Standing, State, Step, status};
pub use known::{deploy_to, known, words_on_table};
pub use lint::{Finding, Harm, lint};
pub use marks::{mark_production, production_since};
pub use plan::{PlannedMigration, PlannedStatement, plan};
pub use proof::Proven;
pub use rehearsal::{Aside, Rehearsal, copy_aside, has_data, rehearse};
pub use reset::reset;
pub use resolve::{resolve_applied, resolve_rolled_back};
