//! Keeps letters: written from a signed record, kept as they went out, withdrawn where they should not have.
//!
//! The database's own triggers take none from a draft and change none; a letter that is read again is held against its
//! fingerprint. What a letter says is put together by whoever shows it.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::medical_records;
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::field;
use medrecord_clinic::ids::{AppointmentId, LetterId, PatientId};
use medrecord_clinic::letter::{Letter, LetterKind, LetterSheet, ListedLetter, Withdrawal};
use medrecord_clinic::time::{Day, Instant};
use serde_json::json;

#[derive(sqlx::FromRow)]
struct LetterRow {
    id: Key,
    patient_id: Key,
    appointment_id: Key,
    medical_record_id: Key,
    record_digest: String,
    kind: Word<LetterKind>,
    letterhead: String,
    recipient: Option<String>,
    written_on: NaiveDate,
    subject: String,
    about: String,
    text: String,
    signer: String,
    content_digest: String,
    kept_by: Key,
    first_name: String,
    last_name: String,
    kept_at: At,
    withdrawn_at: Option<At>,
    withdrawn_by: Option<Key>,
    withdrawn_reason: Option<String>,
}

impl TryFrom<LetterRow> for Letter {
    type Error = StoreError;

    /// The letter, held against its fingerprint.
    fn try_from(row: LetterRow) -> Result<Self, StoreError> {
        let withdrawal = match (row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason) {
            (Some(at), Some(by), Some(reason)) => Some(Withdrawal { at: at.0, by: by.id(), reason }),
            (_, _, _) => None,
        };
        let letter = Self {
            id: row.id.id(),
            patient_id: row.patient_id.id(),
            appointment_id: row.appointment_id.id(),
            medical_record_id: row.medical_record_id.id(),
            record_digest: row.record_digest,
            sheet: LetterSheet {
                kind: row.kind.0,
                letterhead: row.letterhead,
                recipient: row.recipient,
                written_on: Day(row.written_on),
                subject: row.subject,
                about: row.about,
                text: row.text,
                signer: row.signer,
            },
            content_digest: row.content_digest,
            kept_by: row.kept_by.id(),
            kept_by_name: format!("{} {}", row.first_name, row.last_name),
            kept_at: row.kept_at.0,
            withdrawal,
        };
        if letter.sheet.digest(&letter.record_digest) == letter.content_digest {
            return Ok(letter);
        }
        let id = letter.id.to_string();
        Err(StoreError::Inconsistent { table: "letters", column: "content_digest", id })
    }
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    id: Key,
    appointment_id: Key,
    kind: Word<LetterKind>,
    recipient: Option<String>,
    subject: String,
    written_on: NaiveDate,
    first_name: String,
    last_name: String,
    kept_at: At,
    withdrawn_at: Option<At>,
}

impl From<ListedRow> for ListedLetter {
    fn from(row: ListedRow) -> Self {
        Self {
            id: row.id.id(),
            appointment_id: row.appointment_id.id(),
            kind: row.kind.0,
            recipient: row.recipient,
            subject: row.subject,
            written_on: Day(row.written_on),
            kept_by_name: format!("{} {}", row.first_name, row.last_name),
            kept_at: row.kept_at.0,
            withdrawn_at: row.withdrawn_at.map(|at| at.0),
        }
    }
}

macro_rules! whole {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, l.patient_id, r.appointment_id, l.medical_record_id, l.record_digest, l.kind, l.letterhead, l.recipient,
        l.written_on, l.subject, l.about, l.text, l.signer, l.content_digest, l.kept_by, p.first_name, p.last_name, l.kept_at,
        l.withdrawn_at, l.withdrawn_by, l.withdrawn_reason
    FROM letters AS l
    JOIN medical_records AS r ON r.id = l.medical_record_id
    JOIN providers AS p ON p.id = l.kept_by
    WHERE ",
            $rest
        )
    };
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT l.id, r.appointment_id, l.kind, l.recipient, l.subject, l.written_on, p.first_name, p.last_name, l.kept_at,
        l.withdrawn_at
    FROM letters AS l
    JOIN medical_records AS r ON r.id = l.medical_record_id
    JOIN providers AS p ON p.id = l.kept_by
    WHERE ",
            $rest
        )
    };
}

const FIND: &str = whole!("l.id = $1");
const ALL: &str = whole!("l.patient_id = $1 ORDER BY l.kept_at DESC, l.id DESC");
const FIRST: &str = listed!("l.patient_id = $1 ORDER BY l.kept_at DESC, l.id DESC LIMIT $2");
const BEHIND: &str = listed!(
    "l.patient_id = $1 AND l.kept_at <= $3 AND (l.kept_at < $3 OR l.id < $4)
    ORDER BY l.kept_at DESC, l.id DESC LIMIT $2"
);
const OF_VISIT: &str = listed!("r.appointment_id = $1 ORDER BY l.kept_at DESC, l.id DESC");
const SAME: &str =
    "SELECT id FROM letters WHERE medical_record_id = $1 AND content_digest = $2 AND withdrawn_at IS NULL";
const INSERT: &str = "INSERT INTO letters (id, patient_id, medical_record_id, record_digest, kind, letterhead, recipient, written_on,
        subject, about, text, signer, content_digest, kept_by, kept_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT DO NOTHING";
const WITHDRAW: &str = "UPDATE letters SET withdrawn_at = $2, withdrawn_by = $3, withdrawn_reason = $4
    WHERE id = $1";

/// Keeps a letter that was written from the signed record of a visit. The same letter is kept once: of a second one that
/// shows the same, the first is returned.
///
/// # Errors
/// [`Refusal::Rule`] while the record is a draft, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn keep(
    desk: &mut Desk,
    appointment: AppointmentId,
    sheet: &LetterSheet,
) -> Result<LetterId, Refusal> {
    desk.require(Action::WriteChart)?;
    let by = desk.provider()?;
    let loaded = medical_records::load_of(desk, appointment).await?;
    let loaded = loaded.ok_or(Refusal::NotFound("medical record"))?;
    let Some(signature) = loaded.record.signature() else { return Err(medical_records::unsigned()) };
    let digest = sheet.digest(&signature.content_digest);
    let record = Key::of(loaded.record.id);
    if let Some(same) = same(desk, record, &digest).await? {
        return Ok(same);
    }
    let id: LetterId = desk.fresh_id()?;
    let now = At(desk.now());
    let made = on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(loaded.patient))
            .bind(record)
            .bind(&signature.content_digest)
            .bind(Word(sheet.kind))
            .bind(&sheet.letterhead)
            .bind(&sheet.recipient)
            .bind(sheet.written_on.0)
            .bind(&sheet.subject)
            .bind(&sheet.about)
            .bind(&sheet.text)
            .bind(&sheet.signer)
            .bind(&digest)
            .bind(Key::of(by))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if made != 1 {
        // Somebody else kept the same one between our look and our write.
        return same(desk, record, &digest).await?.ok_or(Refusal::NotFound("letter"));
    }
    noted(desk, Verb::Create, id, (loaded.patient, sheet.kind));
    Ok(id)
}

async fn same(desk: &mut Desk, record: Key, digest: &str) -> Result<Option<LetterId>, Refusal> {
    let same: Option<Key> =
        on!(desk, conn => sqlx::query_scalar(SAME).bind(record).bind(digest).fetch_optional(conn).await)?;
    Ok(same.map(Key::id))
}

/// A page of a patient's letters, the newest first, withdrawn ones among them; `before` is the last one of the page before.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn page(
    desk: &mut Desk,
    patient: PatientId,
    before: Option<(Instant, LetterId)>,
    limit: i64,
) -> Result<Vec<ListedLetter>, Refusal> {
    desk.require(Action::ReadChart)?;
    let whose = Key::of(patient);
    let rows: Vec<ListedRow> = match before {
        None => on!(desk, conn => sqlx::query_as(FIRST).bind(whose).bind(limit).fetch_all(conn).await)?,
        Some((at, id)) => on!(desk, conn => {
            sqlx::query_as(BEHIND).bind(whose).bind(limit).bind(At(at)).bind(Key::of(id)).fetch_all(conn).await
        })?,
    };
    desk.record(Event::new(Verb::Search, "letter").of_patient(patient));
    Ok(rows.into_iter().map(ListedLetter::from).collect())
}

/// The letters of a visit, the newest first. The look at the visit itself is noted by whoever loads it.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_visit(desk: &mut Desk, appointment: AppointmentId) -> Result<Vec<ListedLetter>, Refusal> {
    desk.require(Action::ReadChart)?;
    let rows: Vec<ListedRow> =
        on!(desk, conn => sqlx::query_as(OF_VISIT).bind(Key::of(appointment)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(ListedLetter::from).collect())
}

/// As [`page`] whole and without an end, a permission check or an event.
pub(crate) async fn load_all(desk: &mut Desk, patient: PatientId) -> Result<Vec<Letter>, StoreError> {
    let rows: Vec<LetterRow> =
        on!(desk, conn => sqlx::query_as(ALL).bind(Key::of(patient)).fetch_all(conn).await)?;
    rows.into_iter().map(Letter::try_from).collect()
}

/// A letter to read; the look is noted.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`StoreError::Inconsistent`] where it is not what was kept.
pub async fn get(desk: &mut Desk, id: LetterId) -> Result<Letter, Refusal> {
    taken(desk, id, Verb::Read).await
}

/// A letter to print; that it is printed is noted.
///
/// # Errors
/// As [`get`].
pub async fn print(desk: &mut Desk, id: LetterId) -> Result<Letter, Refusal> {
    taken(desk, id, Verb::Print).await
}

/// A letter to take out as a file; that it is taken out is noted.
///
/// # Errors
/// As [`get`].
pub async fn export(desk: &mut Desk, id: LetterId) -> Result<Letter, Refusal> {
    taken(desk, id, Verb::Export).await
}

async fn taken(desk: &mut Desk, id: LetterId, verb: Verb) -> Result<Letter, Refusal> {
    desk.require(Action::ReadChart)?;
    let letter = load(desk, id).await?;
    noted(desk, verb, id, (letter.patient_id, letter.sheet.kind));
    Ok(letter)
}

async fn load(desk: &mut Desk, id: LetterId) -> Result<Letter, Refusal> {
    let row: Option<LetterRow> =
        on!(desk, conn => sqlx::query_as(FIND).bind(Key::of(id)).fetch_optional(conn).await)?;
    Ok(row.ok_or(Refusal::NotFound("letter"))?.try_into()?)
}

fn noted(desk: &mut Desk, verb: Verb, id: LetterId, (patient, kind): (PatientId, LetterKind)) {
    let event = Event::new(verb, "letter").about(id).of_patient(patient);
    desk.record(event.with(json!({ "kind": kind.as_str() })));
}

/// Withdraws a letter; its words stay, with the reason.
///
/// # Errors
/// [`Refusal::Invalid`] without a reason, [`Refusal::Rule`] where it is withdrawn already, [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`].
pub async fn withdraw(desk: &mut Desk, id: LetterId, reason: &str) -> Result<(), Refusal> {
    desk.require(Action::WriteChart)?;
    let by = desk.provider()?;
    let reason = field::required("reason", "why the letter is withdrawn", reason, field::SHORT)?;
    let letter = load(desk, id).await?;
    let twice = || Refusal::Rule("This letter is withdrawn already.".to_owned());
    if letter.withdrawal.is_some() {
        return Err(twice());
    }
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(WITHDRAW)
            .bind(Key::of(id))
            .bind(now)
            .bind(Key::of(by))
            .bind(&reason)
            .execute(conn)
            .await
            .map(|_| ())
    });
    // Somebody else withdrew it between our look and our write: the database lets that be done once.
    changed
        .map_err(StoreError::from)
        .map_err(|error| if error.violates("letters_kept") { twice() } else { error.into() })?;
    noted(desk, Verb::Update, id, (letter.patient_id, letter.sheet.kind));
    Ok(())
}
