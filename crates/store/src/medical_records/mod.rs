//! Keeps medical records: opens the draft of a visit, finds it, saves it whole, signs it, adds to it afterwards.
//!
//! A signed record is locked by triggers of the database itself. `save.rs` writes, `items.rs` takes over single
//! drafted items, `renew.rs` renews a medication, `sign.rs` signs and proves, `addenda.rs` adds, `nested.rs` loads what belongs to several, `unsigned.rs` counts what waits.

use crate::audit::Verb;
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::many;
use crate::sections::SectionsRow;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{AppointmentId, PatientId, RecordId};
use medrecord_clinic::medical_record::{MedicalRecord, Note, RecordState, Signature};
use uuid::Uuid;

mod addenda;
mod items;
mod nested;
mod overrides;
mod print;
mod renew;
mod rows;
mod save;
mod sign;
mod unsigned;
pub(crate) mod visit;

pub use addenda::{add_addendum, addenda};
pub use items::{add_prescription, add_symptom, append_text};
pub use nested::{addenda_of, fill_rows};
pub use overrides::{NewOverride, Override, override_warnings, overrides};
pub(crate) use print::unsigned;
pub use print::{Document, print, signed};
pub use renew::renew;
pub use save::save;
pub use sign::{Review, SignError, review, sign, verify_digest};
pub use unsigned::count_unsigned;

#[derive(sqlx::FromRow)]
#[expect(clippy::struct_excessive_bools, reason = "they are columns, not states")]
struct RecordRow {
    id: Key,
    appointment_id: Key,
    #[sqlx(flatten)]
    sections: SectionsRow,
    audio_file_url: Option<String>,
    transcript: Option<String>,
    is_ai_generated: bool,
    is_draft: bool,
    signed_at: Option<At>,
    signed_by: Option<Key>,
    content_digest: Option<String>,
    created_at: At,
    updated_at: At,
    version: i32,
    patient_id: Key,
    has_symptoms: bool,
    has_prescriptions: bool,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.appointment_id, r.chief_complaint, r.history_of_present_illness, r.review_of_systems,
                r.physical_exam_notes, r.diagnosis, r.diagnosis_notes, r.treatment_plan, r.follow_up_instructions,
                r.patient_education, r.audio_file_url, r.transcript, r.is_ai_generated, r.is_draft, r.signed_at,
                r.signed_by, r.content_digest, r.created_at, r.updated_at, r.version, a.patient_id,
                EXISTS (SELECT 1 FROM symptoms AS s WHERE s.medical_record_id = r.id) AS has_symptoms,
                EXISTS (SELECT 1 FROM prescriptions AS p WHERE p.medical_record_id = r.id) AS has_prescriptions
            FROM medical_records AS r JOIN appointments AS a ON a.id = r.appointment_id ",
            $rest
        )
    };
}

const FIND: &str = select!("WHERE r.id = $1");
const FIND_OF_APPOINTMENT: &str = select!("WHERE r.appointment_id = $1");
const OF_APPOINTMENTS_POSTGRES: &str = select!(
    "WHERE r.appointment_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json)))"
);
const OF_APPOINTMENTS_SQLITE: &str = select!("WHERE r.appointment_id IN (SELECT value FROM json_each($1))");
const OPEN: &str =
    "INSERT INTO medical_records (id, appointment_id, created_at, updated_at) VALUES ($1, $2, $3, $3)
    ON CONFLICT (appointment_id) DO NOTHING";

/// A record together with whose it is.
pub(crate) struct Loaded {
    pub(crate) record: MedicalRecord,
    pub(crate) patient: PatientId,
}

impl Loaded {
    /// Refuses where the record is signed or is not the version that the person saw.
    fn still(&self, seen: i32) -> Result<(), Refusal> {
        if !self.record.is_draft() {
            return Err(Refusal::Signed);
        }
        let current = self.record.version;
        if current == seen { Ok(()) } else { Err(Refusal::Stale { what: "record", seen, current }) }
    }
}

/// Opens the record of a visit: the one that is there, or a fresh draft.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such appointment, [`Refusal::Rule`] where it was cancelled or missed,
/// [`Refusal::NotAllowed`].
pub async fn open(desk: &mut Desk, appointment: AppointmentId) -> Result<MedicalRecord, Refusal> {
    desk.require(Action::WriteRecord)?;
    if let Some(Loaded { record, patient }) = load_of(desk, appointment).await? {
        desk.did(Verb::Read, "medical_record", record.id, patient);
        return Ok(record);
    }
    let visit = visit::load(desk, appointment).await?;
    visit.takes_place()?;
    let fresh = fresh(desk, appointment)?;
    let now = At(desk.now());
    let made = on!(desk, conn => {
        sqlx::query(OPEN)
            .bind(Key::of(fresh.id))
            .bind(Key::of(appointment))
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    let record = if made == 1 {
        fresh
    } else {
        // Somebody else opened it between our look and our write.
        load_of(desk, appointment).await?.ok_or(Refusal::NotFound("medical record"))?.record
    };
    desk.did(Verb::Create, "medical_record", record.id, visit.patient);
    Ok(record)
}

/// An empty draft, as the database fills it in.
fn fresh(desk: &Desk, appointment: AppointmentId) -> Result<MedicalRecord, StoreError> {
    Ok(MedicalRecord {
        id: desk.fresh_id()?,
        appointment_id: appointment,
        note: Note::default(),
        audio_file_url: None,
        transcript: None,
        is_ai_generated: false,
        state: RecordState::Draft,
        symptoms: Vec::new(),
        prescriptions: Vec::new(),
        created_at: desk.now(),
        updated_at: desk.now(),
        version: 1,
    })
}

/// Finds a record by id; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find(desk: &mut Desk, id: RecordId) -> Result<Option<MedicalRecord>, Refusal> {
    desk.require(Action::ReadChart)?;
    let found = load(desk, id).await?;
    Ok(found.map(|loaded| seen(desk, loaded)))
}

/// Finds the record of a visit; the look is noted in the audit trail.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_appointment(
    desk: &mut Desk,
    appointment: AppointmentId,
) -> Result<Option<MedicalRecord>, Refusal> {
    desk.require(Action::ReadChart)?;
    let found = load_of(desk, appointment).await?;
    Ok(found.map(|loaded| seen(desk, loaded)))
}

/// The records of several visits at once, in no order and without their rows of symptoms and prescriptions.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_appointments(
    desk: &mut Desk,
    appointments: &[AppointmentId],
) -> Result<Vec<MedicalRecord>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, OF_APPOINTMENTS_POSTGRES, OF_APPOINTMENTS_SQLITE);
    let rows: Vec<RecordRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(appointments)).fetch_all(conn).await)?;
    for row in &rows {
        desk.did(Verb::Read, "medical_record", row.id.0, row.patient_id.id());
    }
    Ok(rows.into_iter().map(MedicalRecord::try_from).collect::<Result<_, _>>()?)
}

/// The record, which must be there.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn get(desk: &mut Desk, id: RecordId) -> Result<MedicalRecord, Refusal> {
    find(desk, id).await?.ok_or(Refusal::NotFound("medical record"))
}

fn seen(desk: &mut Desk, loaded: Loaded) -> MedicalRecord {
    desk.did(Verb::Read, "medical_record", loaded.record.id, loaded.patient);
    loaded.record
}

/// Loads a record with its rows, without a permission check or an event.
pub(crate) async fn load(desk: &mut Desk, id: RecordId) -> Result<Option<Loaded>, StoreError> {
    load_by(desk, FIND, Key::of(id)).await
}

/// As [`load`], by the visit.
pub(crate) async fn load_of(
    desk: &mut Desk,
    appointment: AppointmentId,
) -> Result<Option<Loaded>, StoreError> {
    load_by(desk, FIND_OF_APPOINTMENT, Key::of(appointment)).await
}

/// As [`load`]; the record must be there.
async fn must_load(desk: &mut Desk, id: RecordId) -> Result<Loaded, Refusal> {
    load(desk, id).await?.ok_or(Refusal::NotFound("medical record"))
}

async fn load_by(desk: &mut Desk, sql: &'static str, key: Key) -> Result<Option<Loaded>, StoreError> {
    let row: Option<RecordRow> = on!(desk, conn => sqlx::query_as(sql).bind(key).fetch_optional(conn).await)?;
    let Some(row) = row else { return Ok(None) };
    let symptoms = if row.has_symptoms { rows::symptoms(desk, row.id).await? } else { Vec::new() };
    let prescriptions =
        if row.has_prescriptions { rows::prescriptions(desk, row.id).await? } else { Vec::new() };
    let patient = row.patient_id.id();
    let record = MedicalRecord { symptoms, prescriptions, ..MedicalRecord::try_from(row)? };
    Ok(Some(Loaded { record, patient }))
}

impl TryFrom<RecordRow> for MedicalRecord {
    type Error = StoreError;

    fn try_from(row: RecordRow) -> Result<Self, StoreError> {
        let state = match (row.is_draft, row.signed_at, row.signed_by, row.content_digest) {
            (true, ..) => RecordState::Draft,
            (false, Some(at), Some(by), Some(content_digest)) => {
                RecordState::Signed(Signature { signed_at: at.0, signed_by: by.id(), content_digest })
            }
            (false, ..) => {
                let id = row.id.id::<Uuid>().to_string();
                return Err(StoreError::Inconsistent { table: "medical_records", column: "signed_at", id });
            }
        };
        Ok(Self {
            id: row.id.id(),
            appointment_id: row.appointment_id.id(),
            note: row.sections.into(),
            audio_file_url: row.audio_file_url,
            transcript: row.transcript,
            is_ai_generated: row.is_ai_generated,
            state,
            symptoms: Vec::new(),
            prescriptions: Vec::new(),
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            version: row.version,
        })
    }
}
