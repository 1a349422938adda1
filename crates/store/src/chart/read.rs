//! Reads lines of the chart: the places that [`super::part`] filled, in the same order.
//!
//! Each function answers `None` where a value is missing that must be there, or a word is none of its list.

use super::line::Line;
use super::overview::{
    Consent, Visit, VisitPrescription, VisitProvider, VisitRecord, VisitSymptom, VisitVitals,
};
use crate::column::{At, Fixed, Key};
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::time::{Day, Instant};
use medrecord_clinic::vitals::{Bmi, Celsius, Centimetres, Kilograms};
use std::str::FromStr;
use uuid::Uuid;

fn id<T: From<Uuid>>(key: Key) -> T {
    key.id()
}

fn at(at: At) -> Instant {
    at.0
}

/// A word of a list; `None` where the list has no such word.
fn word<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

pub(super) fn patient(line: Line) -> Option<Patient> {
    let [own, none_by, _] = line.ids;
    let [none_at, created, updated, _] = line.instants;
    let [version, ..] = line.numbers;
    let [born, deceased] = line.days;
    let [
        number,
        first,
        last,
        preferred,
        sex,
        phone,
        email,
        address,
        contact_name,
        contact_phone,
        contact_relationship,
        language,
    ] = line.words;
    Some(Patient {
        id: id(own?),
        record_number: number?,
        first_name: first?,
        last_name: last?,
        preferred_name: preferred,
        date_of_birth: Day(born?),
        sex: word(&sex?)?,
        phone: phone?,
        email,
        address,
        emergency_contact_name: contact_name?,
        emergency_contact_phone: contact_phone?,
        emergency_contact_relationship: contact_relationship,
        language: language.as_deref().and_then(word),
        deceased_on: deceased.map(Day),
        no_known_allergies_by: none_by.map(id),
        no_known_allergies_at: none_at.map(at),
        created_at: at(created?),
        updated_at: at(updated?),
        version: version?,
    })
}

pub(super) fn allergy(line: Line, patient: PatientId) -> Option<Allergy> {
    let [own, by, _] = line.ids;
    let [status_at, created, updated, _] = line.instants;
    let [version, ..] = line.numbers;
    let [onset, _] = line.days;
    let [allergen, reaction, severity, status, status_reason, ..] = line.words;
    Some(Allergy {
        id: id(own?),
        patient_id: patient,
        allergen: allergen?,
        reaction,
        severity: match severity {
            Some(severity) => Some(word(&severity)?),
            None => None,
        },
        onset_date: onset.map(Day),
        status: word(&status?)?,
        status_reason,
        status_at: status_at.map(at),
        recorded_by: by.map(id),
        created_at: at(created?),
        updated_at: at(updated?),
        version: version?,
    })
}

pub(super) fn condition(line: Line, patient: PatientId) -> Option<ChronicCondition> {
    let [own, by, _] = line.ids;
    let [status_at, created, updated, _] = line.instants;
    let [version, ..] = line.numbers;
    let [diagnosed, ended] = line.days;
    let [name, status, notes, status_reason, ..] = line.words;
    Some(ChronicCondition {
        id: id(own?),
        patient_id: patient,
        condition_name: name?,
        diagnosis_date: diagnosed.map(Day),
        status,
        notes,
        status_reason,
        status_at: status_at.map(at),
        ended_on: ended.map(Day),
        recorded_by: by.map(id),
        created_at: at(created?),
        updated_at: at(updated?),
        version: version?,
    })
}

pub(super) fn medication(line: Line, patient: PatientId) -> Option<Medication> {
    let [own, prescription, by] = line.ids;
    let [created, updated, ..] = line.instants;
    let [version, ..] = line.numbers;
    let [started, stopped] = line.days;
    let [name, strength, dosage, frequency, route, instructions, indication, status, stop_reason, ..] =
        line.words;
    Some(Medication {
        id: id(own?),
        patient_id: patient,
        medication_name: name?,
        strength,
        dosage,
        frequency,
        route,
        instructions,
        indication,
        status: word(&status?)?,
        started_on: started.map(Day),
        stopped_on: stopped.map(Day),
        stop_reason,
        prescription_id: prescription.map(id),
        recorded_by: by.map(id),
        created_at: at(created?),
        updated_at: at(updated?),
        version: version?,
    })
}

pub(super) fn consent(line: Line) -> Option<Consent> {
    let [asked, ..] = line.instants;
    let [decision, ..] = line.words;
    Some(Consent { decision: decision?, asked_at: at(asked?) })
}

pub(super) fn visit(line: Line, patient: PatientId) -> Option<Visit> {
    let [own, provider, _] = line.ids;
    let [begins, ends, created, updated] = line.instants;
    let [minutes, version, ..] = line.numbers;
    let [kind, reason, status, status_reason, first, last, ..] = line.words;
    let provider = id(provider?);
    Some(Visit {
        id: id(own?),
        patient_id: patient,
        provider_id: provider,
        appointment_date: at(begins?),
        ends_at: at(ends?),
        appointment_type: word(&kind?)?,
        reason_for_visit: reason,
        duration_minutes: minutes,
        status: word(&status?)?,
        status_reason,
        created_at: at(created?),
        updated_at: at(updated?),
        version: version?,
        provider: VisitProvider { id: provider, first_name: first?, last_name: last? },
        medical_record: None,
        vital_signs: None,
    })
}

pub(super) fn record(line: Line) -> Option<VisitRecord> {
    let [own, appointment, signed_by] = line.ids;
    let [signed, created, updated, _] = line.instants;
    let [version, ..] = line.numbers;
    let [generated, draft] = line.flags;
    let [
        complaint,
        history,
        systems,
        exam,
        diagnosis,
        diagnosis_notes,
        plan,
        follow_up,
        education,
        audio,
        transcript,
        _,
    ] = line.words;
    Some(VisitRecord {
        id: id(own?),
        appointment_id: id(appointment?),
        chief_complaint: complaint,
        history_of_present_illness: history,
        review_of_systems: systems,
        physical_exam_notes: exam,
        diagnosis,
        diagnosis_notes,
        treatment_plan: plan,
        follow_up_instructions: follow_up,
        patient_education: education,
        audio_file_url: audio,
        transcript,
        is_ai_generated: generated?,
        is_draft: draft?,
        signed_at: signed.map(at),
        signed_by: signed_by.map(id),
        created_at: at(created?),
        updated_at: at(updated?),
        version: version?,
        symptoms: Vec::new(),
        prescriptions: Vec::new(),
    })
}

pub(super) fn vitals(line: &Line) -> Option<VisitVitals> {
    let [own, appointment, _] = line.ids;
    let [recorded, ..] = line.instants;
    let [systolic, diastolic, heart_rate, respiratory_rate, oxygen, pain, version] = line.numbers;
    let [temperature, bmi] = line.tenths;
    let [weight, height] = line.hundredths;
    Some(VisitVitals {
        id: id(own?),
        appointment_id: id(appointment?),
        blood_pressure_systolic: systolic,
        blood_pressure_diastolic: diastolic,
        heart_rate,
        temperature: temperature.map(|Fixed(units)| Celsius(units)),
        respiratory_rate,
        oxygen_saturation: oxygen,
        weight: weight.map(|Fixed(units)| Kilograms(units)),
        height: height.map(|Fixed(units)| Centimetres(units)),
        bmi: bmi.map(|Fixed(units)| Bmi(units)),
        pain_level: pain,
        recorded_at: at(recorded?),
        version: version?,
    })
}

/// The symptom, after its place among those of its record.
pub(super) fn symptom(line: Line) -> Option<(i32, VisitSymptom)> {
    let [own, record, _] = line.ids;
    let [created, ..] = line.instants;
    let [position, severity, ..] = line.numbers;
    let [negated, extracted] = line.flags;
    let [name, body_site, duration, notes, ..] = line.words;
    let symptom = VisitSymptom {
        id: id(own?),
        medical_record_id: id(record?),
        symptom_name: name?,
        body_site,
        severity,
        duration,
        notes,
        negated: negated?,
        is_ai_extracted: extracted?,
        created_at: at(created?),
    };
    Some((position?, symptom))
}

/// The prescription, after its place among those of its record.
pub(super) fn prescription(line: Line) -> Option<(i32, VisitPrescription)> {
    let [own, record, _] = line.ids;
    let [created, ..] = line.instants;
    let [position, quantity, refills, ..] = line.numbers;
    let [extracted, _] = line.flags;
    let [starts, ends] = line.days;
    let [name, strength, dosage, frequency, route, duration, instructions, indication, action, ..] =
        line.words;
    let prescription = VisitPrescription {
        id: id(own?),
        medical_record_id: id(record?),
        medication_name: name?,
        strength: strength?,
        dosage: dosage?,
        frequency: frequency?,
        route,
        duration,
        quantity,
        refills,
        instructions: instructions?,
        indication,
        action: word(&action?)?,
        starts_on: starts.map(Day),
        ends_on: ends.map(Day),
        is_ai_extracted: extracted?,
        created_at: at(created?),
    };
    Some((position?, prescription))
}
