//! The visit: the note to write, to review and sign, and to read afterwards.
//!
//! `edit.rs` is the draft with its autosave, `renew.rs` renews a medication in it, `review.rs` the signature, `signed.rs` the record to read with its
//! addenda; `frame.rs` stands around all of them, `read.rs` puts a record into words.

mod clash;
mod edit;
mod frame;
mod posted;
mod read;
mod renew;
mod review;
mod signed;
mod warnings;

pub(crate) use edit::{PrescriptionLine, SymptomLine, save, show};
pub(crate) use frame::{Frame, appointment_id};
pub(crate) use read::{NoteView, PrescriptionView};
pub(crate) use review::{review, sign};
pub(crate) use signed::{AddendumView, Stamp, add, addenda, stamp, stamp_in};
pub(crate) use warnings::{Warning, Warnings};
