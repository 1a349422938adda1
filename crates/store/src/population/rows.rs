//! Writes the invented rows, each as of its own day; the database's rules hold for them as for any other.

use super::people::Person;
use super::stories::Medicine;
use super::visits::Visit;
use crate::column::{At, Fixed, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::StoreError;
use medrecord_clinic::appointment::Appointment;
use medrecord_clinic::contact::Email;
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::medical_record::{MedicalRecord, RecordState, Signature};
use medrecord_clinic::prescription::Prescription;
use medrecord_clinic::search::search_name;
use medrecord_clinic::symptom::Symptom;
use medrecord_clinic::time::{Day, Instant};
use medrecord_clinic::vitals::VitalSigns;
use uuid::Uuid;

const PATIENT: &str = "INSERT INTO patients (id, record_number, first_name, last_name, date_of_birth, sex, phone, phone_digits, email,
        address, emergency_contact_name, emergency_contact_phone, emergency_contact_relationship, search_name,
        no_known_allergies_by, no_known_allergies_at, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)";
const ALLERGY: &str = "INSERT INTO allergies (id, patient_id, allergen, reaction, severity, recorded_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, 'moderate', $5, $6, $6)";
const SEVERE_ALLERGY: &str = "INSERT INTO allergies (id, patient_id, allergen, reaction, severity, recorded_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, 'severe', $5, $6, $6)";
const CONDITION: &str = "INSERT INTO chronic_conditions (id, patient_id, condition_name, diagnosis_date, status, recorded_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, 'active', $5, $6, $6)";
const MEDICATION: &str = "INSERT INTO medications (id, patient_id, medication_name, strength, dosage, frequency, instructions, indication,
        started_on, recorded_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)";
const APPOINTMENT: &str =
    "INSERT INTO appointments (id, patient_id, provider_id, appointment_date, ends_at, appointment_type,
        reason_for_visit, duration_minutes, status, status_reason, double_booking_reason, checked_in_at, started_at,
        completed_at, created_by, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $3, $15, $16)";
const VITALS: &str = "INSERT INTO vital_signs (id, appointment_id, blood_pressure_systolic, blood_pressure_diastolic, heart_rate,
        temperature, respiratory_rate, oxygen_saturation, weight, height, bmi, recorded_at, recorded_by, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12)";
const RECORD: &str = "INSERT INTO medical_records (id, appointment_id, chief_complaint, history_of_present_illness, physical_exam_notes,
        diagnosis, treatment_plan, follow_up_instructions, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
const SYMPTOM: &str = "INSERT INTO symptoms (id, medical_record_id, position, symptom_name, body_site, severity, duration, created_at,
        updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
const PRESCRIPTION: &str = "INSERT INTO prescriptions (id, medical_record_id, position, medication_name, strength, dosage, frequency, duration,
        quantity, refills, instructions, indication, action, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)";
/// Signing comes last: the database takes no rows for a signed record.
const SIGN: &str = "UPDATE medical_records SET is_draft = FALSE, signed_at = $2, signed_by = $3, content_digest = $4, updated_at = $2
    WHERE id = $1";

/// What is known of somebody's allergies: rows, or who asserted that there are none, or neither: nobody asked.
pub(super) enum Allergies {
    /// Nobody asked yet.
    NotAsked,
    /// Asked, and there are none.
    NoneKnown,
    /// Allergen, reaction, whether severe.
    Known(&'static str, &'static str, bool),
}

/// Runs one statement; what is bound stands in the order of its numbers.
macro_rules! put {
    ($desk:expr, $sql:expr $(, $value:expr)+ $(,)?) => {
        on!($desk, conn => sqlx::query($sql)$(.bind($value))+.execute(conn).await.map(|_| ()))
            .map_err(StoreError::from)
    };
}

/// Registers somebody as of their day.
pub(super) async fn patient(
    desk: &mut Desk,
    person: &Person,
    allergies: &Allergies,
    by: ProviderId,
) -> Result<(), StoreError> {
    let d = &person.details;
    let none_known = matches!(allergies, Allergies::NoneKnown);
    put!(
        desk,
        PATIENT,
        Key::of(person.subject.id),
        &person.number,
        &d.first_name,
        &d.last_name,
        d.date_of_birth.0,
        Word(d.sex),
        d.phone.as_str(),
        d.phone.digits(),
        d.email.as_ref().map(Email::as_str),
        &d.address,
        &d.emergency_contact_name,
        d.emergency_contact_phone.as_str(),
        &d.emergency_contact_relationship,
        search_name(&d.first_name, &d.last_name),
        none_known.then(|| Key::of(by)),
        none_known.then_some(At(person.registered)),
        At(person.registered),
    )
}

/// Who wrote something down about whom, when.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entered {
    pub(super) id: Uuid,
    pub(super) patient: PatientId,
    pub(super) by: ProviderId,
    pub(super) at: Instant,
}

/// Writes an allergy down.
pub(super) async fn allergy(
    desk: &mut Desk,
    entered: Entered,
    allergen: &str,
    reaction: &str,
    severe: bool,
) -> Result<(), StoreError> {
    let Entered { id, patient, by, at } = entered;
    let sql = if severe { SEVERE_ALLERGY } else { ALLERGY };
    put!(desk, sql, Key(id), Key::of(patient), allergen, reaction, Key::of(by), At(at))
}

/// Writes a long illness down.
pub(super) async fn condition(
    desk: &mut Desk,
    entered: Entered,
    name: &str,
    since: Day,
) -> Result<(), StoreError> {
    let Entered { id, patient, by, at } = entered;
    put!(desk, CONDITION, Key(id), Key::of(patient), name, since.0, Key::of(by), At(at))
}

/// Writes a medicine down that somebody takes.
pub(super) async fn medication(
    desk: &mut Desk,
    entered: Entered,
    medicine: &Medicine,
    indication: &str,
    since: Day,
) -> Result<(), StoreError> {
    let Entered { id, patient, by, at } = entered;
    put!(
        desk,
        MEDICATION,
        Key(id),
        Key::of(patient),
        medicine.name,
        medicine.strength,
        medicine.dosage,
        medicine.frequency,
        medicine.instructions,
        indication,
        since.0,
        Key::of(by),
        At(at),
    )
}

/// Writes a visit with everything that hangs on it.
pub(super) async fn visit(desk: &mut Desk, visit: &Visit) -> Result<(), StoreError> {
    appointment(desk, &visit.appointment).await?;
    if let Some(vitals) = &visit.vitals {
        measurements(desk, vitals).await?;
    }
    let Some(record) = &visit.record else { return Ok(()) };
    note(desk, record).await?;
    for (at, row) in (0_i32..).zip(&record.symptoms) {
        symptom(desk, record, at, row).await?;
    }
    for (at, row) in (0_i32..).zip(&record.prescriptions) {
        prescription(desk, record, at, row).await?;
    }
    let RecordState::Signed(Signature { signed_at, signed_by, content_digest }) = &record.state else {
        return Ok(());
    };
    put!(desk, SIGN, Key::of(record.id), At(*signed_at), Key::of(*signed_by), content_digest)
}

async fn appointment(desk: &mut Desk, a: &Appointment) -> Result<(), StoreError> {
    put!(
        desk,
        APPOINTMENT,
        Key::of(a.id),
        Key::of(a.patient_id),
        Key::of(a.provider_id),
        At(a.appointment_date),
        At(a.ends_at),
        Word(a.appointment_type),
        &a.reason_for_visit,
        a.duration_minutes,
        Word(a.status),
        &a.status_reason,
        &a.double_booking_reason,
        a.checked_in_at.map(At),
        a.started_at.map(At),
        a.completed_at.map(At),
        At(a.created_at),
        At(a.updated_at),
    )
}

async fn measurements(desk: &mut Desk, vitals: &VitalSigns) -> Result<(), StoreError> {
    let d = &vitals.measured;
    put!(
        desk,
        VITALS,
        Key::of(vitals.id),
        Key::of(vitals.appointment_id),
        d.blood_pressure.map(|pressure| pressure.systolic),
        d.blood_pressure.map(|pressure| pressure.diastolic),
        d.heart_rate.map(|rate| rate.0),
        d.temperature.map(|celsius| Fixed::<1>(celsius.0)),
        d.respiratory_rate.map(|rate| rate.0),
        d.oxygen_saturation.map(|percent| percent.0),
        d.weight.map(|kilograms| Fixed::<2>(kilograms.0)),
        d.height.map(|centimetres| Fixed::<2>(centimetres.0)),
        vitals.bmi.map(|bmi| Fixed::<1>(bmi.0)),
        At(vitals.recorded_at),
        vitals.recorded_by.map(Key::of),
    )
}

async fn note(desk: &mut Desk, record: &MedicalRecord) -> Result<(), StoreError> {
    let note = &record.note;
    put!(
        desk,
        RECORD,
        Key::of(record.id),
        Key::of(record.appointment_id),
        &note.chief_complaint,
        &note.history_of_present_illness,
        &note.physical_exam_notes,
        &note.diagnosis,
        &note.treatment_plan,
        &note.follow_up_instructions,
        At(record.created_at),
    )
}

async fn symptom(desk: &mut Desk, record: &MedicalRecord, at: i32, row: &Symptom) -> Result<(), StoreError> {
    put!(
        desk,
        SYMPTOM,
        Key::of(row.id),
        Key::of(record.id),
        at,
        &row.symptom_name,
        &row.body_site,
        row.severity.and_then(|severity| i16::try_from(severity).ok()),
        &row.duration,
        At(record.created_at),
    )
}

async fn prescription(
    desk: &mut Desk,
    record: &MedicalRecord,
    at: i32,
    row: &Prescription,
) -> Result<(), StoreError> {
    put!(
        desk,
        PRESCRIPTION,
        Key::of(row.id),
        Key::of(record.id),
        at,
        &row.medication_name,
        &row.strength,
        &row.dosage,
        &row.frequency,
        &row.duration,
        row.quantity,
        row.refills,
        &row.instructions,
        &row.indication,
        Word(row.action),
        At(record.created_at),
    )
}
