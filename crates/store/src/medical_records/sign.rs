//! Signs a record: checked against what the person reviewed, then locked; and proves later that nothing changed.

use super::{Loaded, load_of, must_load, visit};
use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::{evidence, medications, vitals};
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{Decision, Evidence};
use medrecord_clinic::ids::{AppointmentId, PatientId, RecordId};
use medrecord_clinic::medical_record::{
    Gap, MedicalRecord, RecordState, Severity, Signature, digest, missing,
};
use medrecord_clinic::time::Zone;
use medrecord_clinic::vitals::VitalSigns;

/// Why a record was not signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// It is signed already.
    #[error("the record is signed already; only an addendum may follow")]
    AlreadySigned,
    /// Something that a signature needs is missing.
    #[error("the record cannot be signed yet: {} item(s) are missing", .0.len())]
    Incomplete(Vec<Gap>),
    /// The record or the vital signs changed since the person reviewed them.
    #[error("the record changed since it was reviewed")]
    Stale,
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<StoreError> for SignError {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

/// A record as it would be signed.
#[derive(Debug, Clone)]
pub struct Review {
    /// The record.
    pub record: MedicalRecord,
    /// Whose it is.
    pub patient: PatientId,
    /// The vital signs of the visit, which the signature covers too.
    pub vitals: Option<VitalSigns>,
    /// The fingerprint of all of it; sign with this one.
    pub digest: String,
    /// What is missing or doubtful.
    pub gaps: Vec<Gap>,
}

/// PostgreSQL alone needs to be told: others wait from here on. SQLite lets in one writer at a time anyhow.
const LOCK_POSTGRES: &str = "SELECT id FROM medical_records WHERE id = $1 FOR NO KEY UPDATE";
const SIGN: &str = "UPDATE medical_records SET is_draft = FALSE, signed_at = $3, signed_by = $4, content_digest = $5, updated_at = $3,
        version = version + 1
    WHERE id = $1 AND version = $2 AND is_draft";
/// Whom a patient was one with, by a merge that stands or was taken back.
const ONE_WITH: &str = "SELECT merged_patient_id FROM patient_merges WHERE kept_patient_id = $1
    UNION SELECT kept_patient_id FROM patient_merges WHERE merged_patient_id = $1";

/// The record of a visit as it would be signed, with what is missing.
///
/// # Errors
/// [`Refusal::NotFound`] where the visit has no record, [`Refusal::NotAllowed`].
pub async fn review(desk: &mut Desk, appointment: AppointmentId) -> Result<Review, Refusal> {
    desk.require(Action::SignRecord)?;
    let loaded = load_of(desk, appointment).await?.ok_or(Refusal::NotFound("medical record"))?;
    desk.did(Verb::Read, "medical_record", loaded.record.id, loaded.patient);
    Ok(reviewed(desk, loaded).await?)
}

async fn reviewed(desk: &mut Desk, loaded: Loaded) -> Result<Review, StoreError> {
    let Loaded { record, patient } = loaded;
    let vitals = vitals::load(desk, record.appointment_id).await?;
    let digest = digest(&record, patient, vitals.as_ref());
    let mut gaps = missing(&record);
    gaps.extend(undecided(&evidence::load_latest(desk, record.appointment_id).await?));
    gaps.sort_by_key(|gap| gap.severity == Severity::Advise);
    Ok(Review { record, patient, vitals, digest, gaps })
}

/// What the scribe left open: a warning that nobody decided on blocks, and so does a word taken over unconfirmed;
/// what is only undecided is not part of the record.
fn undecided(items: &[Evidence]) -> Vec<Gap> {
    let gap = |field: String, severity, message: String| Gap { field, severity, message };
    let mut gaps = Vec::new();
    for item in items {
        let field = format!("item-{}", item.id);
        let text = &item.text;
        match item.decision {
            Decision::Proposed if item.is_flagged() => {
                let message =
                    format!("The draft “{text}” bears a warning: accept it, change it or reject it.");
                gaps.push(gap(field, Severity::Block, message));
            }
            Decision::Accepted => gaps.extend(item.unconfirmed().map(|word| {
                let message =
                    format!("Confirm “{}” in “{text}”: it was not said in these words.", word.words);
                gap(field.clone(), Severity::Block, message)
            })),
            Decision::Proposed | Decision::Edited | Decision::Rejected => {}
        }
    }
    let left = items.iter().filter(|i| i.decision == Decision::Proposed && !i.is_flagged()).count();
    if left > 0 {
        let message = format!("{left} drafted item(s) are undecided; they are not part of the record.");
        gaps.push(gap("scribe".to_owned(), Severity::Advise, message));
    }
    gaps
}

/// Signs the record, locks it, completes the visit and brings the prescriptions into the patient's medications.
///
/// The caller has asked for the password. `zone` is the practice's, for the day on which medications begin; `seen` and `seen_digest` come from the [`Review`] that the person read.
///
/// # Errors
/// [`SignError::Stale`] where the record is not what was reviewed, [`SignError::Incomplete`],
/// [`SignError::AlreadySigned`]; [`SignError::Refused`] with `NotAllowed`, `NotFound` and the like.
pub async fn sign(
    desk: &mut Desk,
    zone: Zone,
    id: RecordId,
    seen: i32,
    seen_digest: &str,
) -> Result<Signature, SignError> {
    desk.require(Action::SignRecord)?;
    let signed_by = desk.provider()?;
    lock(desk, id).await?;
    let loaded = must_load(desk, id).await?;
    if !loaded.record.is_draft() {
        return Err(SignError::AlreadySigned);
    }
    let review = reviewed(desk, loaded).await?;
    if review.record.version != seen || review.digest != seen_digest {
        return Err(SignError::Stale);
    }
    let Review { record, patient, digest: content_digest, gaps, .. } = review;
    let blocking: Vec<Gap> = gaps.into_iter().filter(|gap| gap.severity == Severity::Block).collect();
    if !blocking.is_empty() {
        return Err(SignError::Incomplete(blocking));
    }
    let signature = Signature { signed_at: desk.now(), signed_by, content_digest };
    write(desk, id, seen, &signature).await?;
    desk.did(Verb::Sign, "medical_record", id, patient);
    complete_visit(desk, record.appointment_id).await?;
    let today = zone.day_of(desk.now());
    for prescription in &record.prescriptions {
        medications::apply_prescription(desk, patient, prescription, today).await?;
    }
    Ok(signature)
}

async fn lock(desk: &mut Desk, id: RecordId) -> Result<(), StoreError> {
    match desk.conn() {
        Conn::Sqlite(_) => {}
        Conn::Postgres(conn) => {
            sqlx::query(LOCK_POSTGRES).bind(Key::of(id)).execute(conn).await?;
        }
    }
    Ok(())
}

async fn write(desk: &mut Desk, id: RecordId, seen: i32, signature: &Signature) -> Result<(), SignError> {
    let changed = on!(desk, conn => {
        sqlx::query(SIGN)
            .bind(Key::of(id))
            .bind(seen)
            .bind(At(signature.signed_at))
            .bind(Key::of(signature.signed_by))
            .bind(&signature.content_digest)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })
    .map_err(StoreError::from)?;
    if changed == 1 { Ok(()) } else { Err(SignError::Stale) }
}

async fn complete_visit(desk: &mut Desk, appointment: AppointmentId) -> Result<(), Refusal> {
    let visit = visit::load(desk, appointment).await?;
    visit.takes_place()?;
    let now = desk.now();
    if visit::complete(desk, appointment, now).await? {
        let event = Event::new(Verb::Update, "appointment").about(appointment).of_patient(visit.patient);
        desk.record(event.with(serde_json::json!({ "status": "completed" })));
    }
    Ok(())
}

/// Whether a signed record still is, word for word, what was signed; a draft is not signed and so never is.
///
/// A record whose patient was merged with another is proven with the patient of its day, whether the merge stands or
/// was taken back since.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn verify_digest(desk: &mut Desk, id: RecordId) -> Result<bool, Refusal> {
    desk.require(Action::ReadChart)?;
    let Loaded { record, patient } = must_load(desk, id).await?;
    desk.did(Verb::Read, "medical_record", id, patient);
    let RecordState::Signed(signature) = &record.state else { return Ok(false) };
    let vitals = vitals::load(desk, record.appointment_id).await?;
    let mut whose = vec![patient];
    let mut asked = 0;
    while let Some(patient) = whose.get(asked).copied() {
        if digest(&record, patient, vitals.as_ref()) == signature.content_digest {
            return Ok(true);
        }
        let others: Vec<Key> =
            on!(desk, conn => sqlx::query_scalar(ONE_WITH).bind(Key::of(patient)).fetch_all(conn).await)?;
        for other in others.into_iter().map(Key::id) {
            if !whose.contains(&other) {
                whose.push(other);
            }
        }
        asked += 1;
    }
    Ok(false)
}
