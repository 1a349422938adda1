//! What is added to a signed record: the only thing that may follow a signature.

use super::must_load;
use crate::audit::Verb;
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::addendum::{Addendum, AddendumDetails};
use medrecord_clinic::ids::{AddendumId, RecordId};

#[derive(sqlx::FromRow)]
pub(super) struct AddendumRow {
    id: Key,
    medical_record_id: Key,
    author_id: Key,
    first_name: String,
    last_name: String,
    reason: String,
    text: String,
    created_at: At,
}

impl From<AddendumRow> for Addendum {
    fn from(row: AddendumRow) -> Self {
        Self {
            id: row.id.id(),
            medical_record_id: row.medical_record_id.id(),
            author_id: row.author_id.id(),
            author_name: format!("{} {}", row.first_name, row.last_name),
            reason: row.reason,
            text: row.text,
            created_at: row.created_at.0,
        }
    }
}

const LIST: &str =
    "SELECT d.id, d.medical_record_id, d.author_id, p.first_name, p.last_name, d.reason, d.text, d.created_at
    FROM addenda AS d JOIN providers AS p ON p.id = d.author_id
    WHERE d.medical_record_id = $1
    ORDER BY d.created_at, d.id";
const INSERT: &str = "INSERT INTO addenda (id, medical_record_id, author_id, reason, text, created_at) VALUES ($1, $2, $3, $4, $5, $6)";

/// Adds to a signed record and returns the addendum's id.
///
/// # Errors
/// [`Refusal::Rule`] while the record is a draft, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn add_addendum(
    desk: &mut Desk,
    record: RecordId,
    details: &AddendumDetails,
) -> Result<AddendumId, Refusal> {
    desk.require(Action::SignRecord)?;
    let author = desk.provider()?;
    let loaded = must_load(desk, record).await?;
    if loaded.record.is_draft() {
        let message = "This record is still a draft: change it, or sign it first.";
        return Err(Refusal::Rule(message.to_owned()));
    }
    let id: AddendumId = desk.fresh_id()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(record))
            .bind(Key::of(author))
            .bind(&details.reason)
            .bind(&details.text)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "addendum", id, loaded.patient);
    Ok(id)
}

/// What was added to a record, oldest first. The look at the record itself is noted by whoever loads it.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn addenda(desk: &mut Desk, record: RecordId) -> Result<Vec<Addendum>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<AddendumRow> =
        on!(desk, conn => sqlx::query_as(LIST).bind(Key::of(record)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Addendum::from).collect())
}
