//! Keeps patients' answers to the question whether a visit may be recorded; an answer is never changed, a later one
//! stands beside it.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::consultation::{Consent, ConsentDecision};
use medrecord_clinic::ids::{AppointmentId, ConsentId};

const OF_APPOINTMENT: &str = "SELECT patient_id FROM appointments WHERE id = $1";
const RECORD: &str =
    "INSERT INTO consents (id, patient_id, appointment_id, kind, decision, note, asked_by, asked_at)
    VALUES ($1, $2, $3, 'scribe_recording', $4, $5, $6, $7)";
/// The newest answer for this visit, else the newest one for any; a refusal for this visit counts before an older yes.
const CURRENT: &str = "SELECT c.id, c.decision, p.first_name, p.last_name, c.asked_at,
        CASE WHEN c.appointment_id = $1 THEN 1 ELSE 0 END AS for_this_visit
    FROM consents c
    JOIN providers p ON p.id = c.asked_by
    JOIN appointments a ON a.patient_id = c.patient_id
    WHERE a.id = $1
    ORDER BY 6 DESC, c.asked_at DESC, c.id DESC
    LIMIT 1";

#[derive(sqlx::FromRow)]
struct ConsentRow {
    id: Key,
    decision: Word<ConsentDecision>,
    first_name: String,
    last_name: String,
    asked_at: At,
    for_this_visit: i32,
}

/// Writes down what the patient of an appointment answered.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such appointment, [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn record(
    desk: &mut Desk,
    appointment: AppointmentId,
    decision: ConsentDecision,
    note: Option<&str>,
) -> Result<ConsentId, Refusal> {
    desk.require(Action::RecordConsent)?;
    let asked_by = desk.provider()?;
    let patient: Option<Key> = on!(desk, conn => sqlx::query_scalar(OF_APPOINTMENT).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    let patient = patient.ok_or(Refusal::NotFound("appointment"))?;
    let id: ConsentId = desk.fresh_id()?;
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(RECORD)
            .bind(Key::of(id))
            .bind(patient)
            .bind(Key::of(appointment))
            .bind(Word(decision))
            .bind(note)
            .bind(Key::of(asked_by))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    let detail = serde_json::json!({ "decision": decision.as_str() });
    desk.record(Event::new(Verb::Create, "consent").about(id).of_patient(patient.id()).with(detail));
    Ok(id)
}

/// The answer that counts for an appointment: the newest for this visit, else the newest of the patient.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn current(desk: &mut Desk, appointment: AppointmentId) -> Result<Option<Consent>, Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<ConsentRow> =
        on!(desk, conn => sqlx::query_as(CURRENT).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    Ok(row.map(|row| Consent {
        id: row.id.id(),
        decision: row.decision.0,
        asked_by: format!("{} {}", row.first_name, row.last_name),
        asked_at: row.asked_at.0,
        for_this_visit: row.for_this_visit == 1,
    }))
}

/// Refuses unless the patient agreed to this very visit being recorded.
///
/// # Errors
/// [`Refusal::Rule`] where the patient was not asked for this visit or did not agree.
pub async fn require_granted(desk: &mut Desk, appointment: AppointmentId) -> Result<(), Refusal> {
    let granted = current(desk, appointment)
        .await?
        .is_some_and(|consent| consent.for_this_visit && consent.decision == ConsentDecision::Granted);
    if granted {
        return Ok(());
    }
    let words = "Ask the patient first and record the answer: this visit may be recorded only with consent.";
    Err(Refusal::Rule(words.to_owned()))
}
