//! Keeps documents: a row in the database, the bytes in a file of the data folder under a name made here.
//!
//! The bytes are on disk before the row is; a desk that is dropped leaves a file that nothing names, never a row
//! without its file. Nothing is deleted: a document entered in error is taken off the chart.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::hex;
use crate::patients;
use medrecord_clinic::access::Action;
use medrecord_clinic::attachment::{Attachment, AttachmentDetails};
use medrecord_clinic::field;
use medrecord_clinic::ids::{AppointmentId, AttachmentId, PatientId};
use medrecord_clinic::time::Instant;
use sha2::{Digest, Sha256};
use std::io::Write;
use std::path::Path;

#[derive(sqlx::FromRow)]
struct AttachmentRow {
    id: Key,
    patient_id: Key,
    appointment_id: Option<Key>,
    file_name: String,
    media_type: String,
    byte_count: i64,
    sha256: String,
    stored_as: String,
    description: Option<String>,
    added_by: Option<Key>,
    entered_in_error_at: Option<At>,
    entered_in_error_reason: Option<String>,
    created_at: At,
    version: i32,
}

impl From<AttachmentRow> for Attachment {
    fn from(row: AttachmentRow) -> Self {
        Self {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            appointment_id: row.appointment_id.map(Key::id),
            file_name: row.file_name,
            media_type: row.media_type,
            byte_count: row.byte_count,
            sha256: row.sha256,
            description: row.description,
            added_by: row.added_by.map(Key::id),
            entered_in_error_at: row.entered_in_error_at.map(|at| at.0),
            entered_in_error_reason: row.entered_in_error_reason,
            created_at: row.created_at.0,
            version: row.version,
        }
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, patient_id, appointment_id, file_name, media_type, byte_count, sha256, stored_as, description, added_by,
        entered_in_error_at, entered_in_error_reason, created_at, version
    FROM attachments WHERE ",
            $rest
        )
    };
}

const LIST: &str = select!("patient_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200");
const ALL: &str = select!("patient_id = $1 ORDER BY created_at DESC, id DESC");
const BEHIND: &str = select!(
    "patient_id = $1 AND created_at <= $3 AND (created_at < $3 OR id < $4) ORDER BY created_at DESC, id DESC LIMIT $2"
);
const FIRST: &str = select!("patient_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2");
const FIND: &str = select!("id = $1");
const INSERT: &str = "INSERT INTO attachments (id, patient_id, appointment_id, file_name, media_type, byte_count, sha256, stored_as,
        description, added_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
const TAKE_OFF: &str =
    "UPDATE attachments SET entered_in_error_at = $3, entered_in_error_by = $4, entered_in_error_reason = $5,
        updated_at = $3, version = version + 1
    WHERE id = $1 AND version = $2 AND entered_in_error_at IS NULL";

/// Lists a patient's documents, the newest first, those entered in error among them; at most 200.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, patient: PatientId) -> Result<Vec<Attachment>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<AttachmentRow> =
        on!(desk, conn => sqlx::query_as(LIST).bind(Key::of(patient)).fetch_all(conn).await)?;
    desk.record(Event::new(Verb::Read, "attachment").of_patient(patient));
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// A page of a patient's documents as in [`list`]; `before` is the last one of the page before.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn page(
    desk: &mut Desk,
    patient: PatientId,
    before: Option<(Instant, AttachmentId)>,
    limit: i64,
) -> Result<Vec<Attachment>, Refusal> {
    desk.require(Action::ReadChart)?;
    let owner = Key::of(patient);
    let rows: Vec<AttachmentRow> = match before {
        None => on!(desk, conn => sqlx::query_as(FIRST).bind(owner).bind(limit).fetch_all(conn).await)?,
        Some((at, id)) => on!(desk, conn => {
            sqlx::query_as(BEHIND).bind(owner).bind(limit).bind(At(at)).bind(Key::of(id)).fetch_all(conn).await
        })?,
    };
    desk.record(Event::new(Verb::Read, "attachment").of_patient(patient));
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// As [`list`] without an end, a permission check or an event.
pub(crate) async fn load_all(desk: &mut Desk, patient: PatientId) -> Result<Vec<Attachment>, StoreError> {
    let rows: Vec<AttachmentRow> =
        on!(desk, conn => sqlx::query_as(ALL).bind(Key::of(patient)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Attachment::from).collect())
}

/// Where a document belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Owner {
    /// The patient.
    pub patient: PatientId,
    /// The visit, if it belongs to one.
    pub appointment: Option<AppointmentId>,
}

/// Adds a document: its bytes go into `folder`, which is made where it is missing.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`StoreError::Machine`] where the file cannot be written.
pub async fn add(
    desk: &mut Desk,
    folder: &Path,
    owner: Owner,
    document: &AttachmentDetails,
) -> Result<AttachmentId, Refusal> {
    desk.require(Action::WriteChart)?;
    patients::load(desk, owner.patient).await?.ok_or(Refusal::NotFound("patient"))?;
    let id: AttachmentId = desk.fresh_id()?;
    let stored_as = hex::encode(&desk.random::<16>()?);
    let stored_as = format!("{}-{stored_as}", id.0.simple());
    keep(folder, &stored_as, &document.bytes).map_err(StoreError::from)?;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    let size = i64::try_from(document.bytes.len()).unwrap_or(i64::MAX);
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(owner.patient))
            .bind(owner.appointment.map(Key::of))
            .bind(&document.file_name)
            .bind(document.kind.media_type())
            .bind(size)
            .bind(hex::encode(&Sha256::digest(&document.bytes)))
            .bind(&stored_as)
            .bind(&document.description)
            .bind(by)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.did(Verb::Create, "attachment", id, owner.patient);
    Ok(id)
}

/// Writes a file so that it is there whole or not at all.
fn keep(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let half = folder.join(format!("{name}.part"));
    let mut file = std::fs::File::create_new(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&half, folder.join(name))?;
    std::fs::File::open(folder)?.sync_all()
}

/// A document with its bytes, which are checked against their hash.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`StoreError::Machine`] where the file is gone,
/// [`StoreError::Inconsistent`] where it is not what was added.
pub async fn open(
    desk: &mut Desk,
    folder: &Path,
    id: AttachmentId,
) -> Result<(Attachment, Vec<u8>), Refusal> {
    desk.require(Action::ReadChart)?;
    let row = load(desk, id).await?;
    let bytes = std::fs::read(folder.join(&row.stored_as)).map_err(StoreError::from)?;
    if hex::encode(&Sha256::digest(&bytes)) != row.sha256 {
        let id = id.to_string();
        return Err(StoreError::Inconsistent { table: "attachments", column: "sha256", id }.into());
    }
    let attachment = Attachment::from(row);
    desk.did(Verb::Export, "attachment", id, attachment.patient_id);
    Ok((attachment, bytes))
}

/// A document without its bytes.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find(desk: &mut Desk, id: AttachmentId) -> Result<Option<Attachment>, Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<AttachmentRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    let found = row.map(Attachment::from);
    if let Some(attachment) = &found {
        desk.did(Verb::Read, "attachment", id, attachment.patient_id);
    }
    Ok(found)
}

async fn load(desk: &mut Desk, id: AttachmentId) -> Result<AttachmentRow, Refusal> {
    let row: Option<AttachmentRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    row.ok_or(Refusal::NotFound("document"))
}

/// Takes a document off the chart as entered in error; the bytes stay.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason, [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn enter_in_error(
    desk: &mut Desk,
    id: AttachmentId,
    seen: i32,
    reason: &str,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteChart)?;
    let reason = field::required("reason", "why it was entered in error", reason, field::SHORT)?;
    let before = load(desk, id).await?;
    let now = At(desk.now());
    let by = desk.actor().id.map(Key::of);
    let changed = on!(desk, conn => {
        sqlx::query(TAKE_OFF)
            .bind(Key::of(id))
            .bind(seen)
            .bind(now)
            .bind(by)
            .bind(&reason)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if changed != 1 {
        return Err(Refusal::Stale { what: "document", seen, current: before.version });
    }
    desk.did(Verb::Update, "attachment", id, before.patient_id.id());
    Ok(seen + 1)
}
