//! Visits of the sample clinic: an appointment, what was measured, and the record that was written and signed.

use super::dice::Dice;
use super::people::{Course, Subject};
use super::stories::{ACUTE, CHECKUP, CHILD_CHECKUP, Medicine, Story};
use medrecord_clinic::appointment::{Appointment, AppointmentStatus, AppointmentType};
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::medical_record::{MedicalRecord, Note, RecordState, Signature, digest};
use medrecord_clinic::prescription::{Prescription, PrescriptionAction};
use medrecord_clinic::symptom::Symptom;
use medrecord_clinic::time::Instant;
use medrecord_clinic::vitals::VitalSigns;

/// A visit with everything that hangs on it.
pub(super) struct Visit {
    pub(super) appointment: Appointment,
    pub(super) vitals: Option<VitalSigns>,
    pub(super) record: Option<MedicalRecord>,
}

/// When a visit is and who sees the patient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) at: Instant,
    pub(super) minutes: i32,
    pub(super) provider: ProviderId,
    /// Whether the provider has somebody else at that time.
    pub(super) taken: bool,
}

/// What somebody comes for, as fits the person.
pub(super) fn story_for(dice: &mut Dice, person: &Subject) -> &'static Story {
    if person.course == Course::Growing {
        return if dice.percent(70) { &CHILD_CHECKUP } else { ACUTE.get(1).unwrap_or(&CHILD_CHECKUP) };
    }
    match person.chronic {
        Some(chronic) if dice.percent(75) => &chronic.visit,
        _ if dice.percent(25) => &CHECKUP,
        _ => dice.pick(&ACUTE).unwrap_or(&CHECKUP),
    }
}

/// An appointment in a status, with the times that belong to it.
pub(super) fn appointment(
    dice: &mut Dice,
    patient: PatientId,
    place: Place,
    story: &Story,
    status: AppointmentStatus,
) -> Appointment {
    let Place { at, minutes, provider, taken } = place;
    let booked = at.plus_minutes(-i64::from(dice.between(2, 20)) * 24 * 60);
    let arrived = at.plus_minutes(i64::from(dice.between(-12, 2)));
    let begun = arrived.plus_minutes(i64::from(dice.between(5, 16)));
    let came = matches!(
        status,
        AppointmentStatus::CheckedIn | AppointmentStatus::InProgress | AppointmentStatus::Completed
    );
    let seen = came && status != AppointmentStatus::CheckedIn;
    let over = status == AppointmentStatus::Completed;
    let called_off = status == AppointmentStatus::Cancelled;
    Appointment {
        id: dice.id(booked),
        patient_id: patient,
        provider_id: provider,
        appointment_date: at,
        ends_at: at.plus_minutes(i64::from(minutes)),
        appointment_type: story.kind,
        reason_for_visit: Some(story.reason.to_owned()),
        duration_minutes: minutes,
        status,
        status_reason: called_off.then(|| "The patient called and will book again.".to_owned()),
        double_booking_reason: taken.then(|| "Fitted in on purpose".to_owned()),
        checked_in_at: came.then_some(arrived),
        started_at: seen.then_some(begun),
        completed_at: over.then(|| begun.plus_minutes(i64::from(dice.between(10, 18)))),
        created_at: booked,
        updated_at: if came { begun } else { booked },
        version: 1,
    }
}

/// A finished visit of somebody: measured, written down and signed.
pub(super) fn finished(dice: &mut Dice, person: &Subject, place: Place, story: &Story, done: i32) -> Visit {
    let appointment = appointment(dice, person.id, place, story, AppointmentStatus::Completed);
    let vitals = measured(dice, person, &appointment, story, done);
    let mut record = written(dice, person, &appointment, story);
    sign(&mut record, person.id, place.provider, vitals.as_ref());
    Visit { appointment, vitals, record: Some(record) }
}

/// What was measured at a visit; nobody measures over video.
pub(super) fn measured(
    dice: &mut Dice,
    person: &Subject,
    appointment: &Appointment,
    story: &Story,
    done: i32,
) -> Option<VitalSigns> {
    if story.kind == AppointmentType::Telehealth {
        return None;
    }
    let recorded_at = appointment.checked_in_at.unwrap_or(appointment.appointment_date).plus_minutes(3);
    let feverish = story.complaints.iter().any(|(name, ..)| *name == "fever");
    let details = person.measure(dice, done, feverish);
    Some(VitalSigns {
        id: dice.id(recorded_at),
        appointment_id: appointment.id,
        bmi: details.bmi(),
        measured: details,
        recorded_at,
        recorded_by: Some(appointment.provider_id),
        version: 1,
    })
}

/// The record of a visit as a draft.
pub(super) fn written(
    dice: &mut Dice,
    person: &Subject,
    appointment: &Appointment,
    story: &Story,
) -> MedicalRecord {
    let chronic = person.chronic.filter(|chronic| std::ptr::eq(&raw const chronic.visit, story));
    let medicine = chronic.map(|chronic| (chronic.medicine, PrescriptionAction::Continue));
    let medicine = medicine.or_else(|| story.medicine.map(|medicine| (medicine, PrescriptionAction::Start)));
    record_of(dice, appointment, story, medicine)
}

/// The record of a visit as a draft, with the medicine that was prescribed.
pub(super) fn record_of(
    dice: &mut Dice,
    appointment: &Appointment,
    story: &Story,
    medicine: Option<(Medicine, PrescriptionAction)>,
) -> MedicalRecord {
    let begun = appointment.started_at.unwrap_or(appointment.appointment_date);
    let some = |text: &str| Some(text.to_owned());
    MedicalRecord {
        id: dice.id(begun),
        appointment_id: appointment.id,
        note: Note {
            chief_complaint: some(story.reason),
            history_of_present_illness: some(story.history),
            review_of_systems: None,
            physical_exam_notes: some(story.exam),
            diagnosis: some(story.diagnosis),
            diagnosis_notes: None,
            treatment_plan: some(story.plan),
            follow_up_instructions: some(story.follow_up),
            patient_education: None,
        },
        audio_file_url: None,
        transcript: None,
        is_ai_generated: false,
        state: RecordState::Draft,
        symptoms: symptoms(dice, story, begun),
        prescriptions: medicine
            .map(|(medicine, action)| prescription(dice, medicine, action, story, begun))
            .into_iter()
            .collect(),
        created_at: begun,
        updated_at: begun,
        version: 1,
    }
}

fn symptoms(dice: &mut Dice, story: &Story, begun: Instant) -> Vec<Symptom> {
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    story
        .complaints
        .iter()
        .map(|(name, site, severity, duration)| Symptom {
            id: dice.id(begun),
            symptom_name: (*name).to_owned(),
            body_site: filled(site),
            severity: (*severity > 0).then_some(*severity),
            duration: filled(duration),
            notes: None,
            negated: false,
            is_ai_extracted: false,
        })
        .collect()
}

fn prescription(
    dice: &mut Dice,
    medicine: Medicine,
    action: PrescriptionAction,
    story: &Story,
    begun: Instant,
) -> Prescription {
    Prescription {
        id: dice.id(begun),
        medication_name: medicine.name.to_owned(),
        strength: medicine.strength.to_owned(),
        dosage: medicine.dosage.to_owned(),
        frequency: medicine.frequency.to_owned(),
        route: None,
        duration: Some(medicine.duration.to_owned()),
        quantity: Some(medicine.quantity),
        refills: Some(if action == PrescriptionAction::Continue { 3 } else { 0 }),
        instructions: medicine.instructions.to_owned(),
        indication: Some(story.diagnosis.to_owned()),
        action,
        is_ai_extracted: false,
    }
}

/// Signs a record as the provider of the visit did, at its end.
pub(super) fn sign(
    record: &mut MedicalRecord,
    patient: PatientId,
    by: ProviderId,
    vitals: Option<&VitalSigns>,
) {
    let signed_at = record.created_at.plus_minutes(20);
    let content_digest = digest(record, patient, vitals);
    record.updated_at = signed_at;
    record.state = RecordState::Signed(Signature { signed_at, signed_by: by, content_digest });
}
