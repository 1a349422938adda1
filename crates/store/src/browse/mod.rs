//! The database as the studio shows it: any table of it, read live, with what a record needs kept.
//!
//! [`Catalogue`] says what is there; every name that comes from outside is looked up in it before it enters a
//! statement, and every value is a parameter. [`privacy`] says which columns are covered until a reason is given,
//! [`guard`] which rows and columns are never written here. Reading is in [`rows`], changing in [`change`], what is not saved
//! yet in [`drafts`], free statements that only read in [`console`].

use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;

mod catalogue;
mod catalogue_postgres;
mod catalogue_sqlite;
pub mod change;
pub mod console;
pub mod copy;
mod derived;
pub mod drafts;
mod filter;
pub mod guard;
pub mod history;
mod lexer;
mod limit;
mod patient;
pub mod plan;
pub mod privacy;
mod rows;
mod save;
mod seek;
pub mod sizes;
mod sql;
mod value;

pub use catalogue::{Catalogue, Column, Kind, Link, Table};
pub use filter::{Filter, Hop, Op};
pub use privacy::{Lens, Privacy};
pub use rows::{Cell, Count, Cursor, Look, Page, Row, count, page, row, search, whole_page};
pub use save::{SaveError, save};
pub use value::canonical;

/// Reads what is in the database: tables, columns, keys and links, as they are now.
///
/// # Errors
/// [`Refusal::NotAllowed`] unless the role may browse the database.
pub async fn catalogue(desk: &mut Desk) -> Result<Catalogue, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    Ok(catalogue::read(desk).await?)
}
