//! The crowd's people and visits as rows; their columns stand in `tables.rs`.

use super::illness::Burden;
use super::people::Person;
use super::tables::{Bulk, Cell, Kind};
use crate::population::ALLERGENS;
use crate::population::dice::Dice;
use crate::population::visits::Visit;
use medrecord_clinic::contact::Email;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::medical_record::{MedicalRecord, RecordState};
use medrecord_clinic::search::search_name;
use medrecord_clinic::time::Zone;
use medrecord_clinic::vitals::VitalSigns;
use uuid::Uuid;

/// Writes who somebody is and what they have.
pub(super) fn person(bulk: &mut Bulk, dice: &mut Dice, person: &Person, by: ProviderId) {
    let d = &person.details;
    let (id, at) = (person.id.0, person.registered);
    let asked = dice.between(1, 100);
    let none_known = (33..=80).contains(&asked);
    let email = d.email.as_ref().map(|email| Email::as_str(email).to_owned());
    bulk.add(
        Kind::Patient,
        &[
            Cell::Id(id),
            Cell::Text(&person.number),
            Cell::Text(&d.first_name),
            Cell::Text(&d.last_name),
            Cell::Day(d.date_of_birth.0),
            Cell::Text(d.sex.as_str()),
            Cell::Text(d.phone.as_str()),
            Cell::Text(&d.phone.digits()),
            Cell::maybe_text(email.as_ref()),
            Cell::maybe_text(d.address.as_ref()),
            Cell::Text(&d.emergency_contact_name),
            Cell::Text(d.emergency_contact_phone.as_str()),
            Cell::maybe_text(d.emergency_contact_relationship.as_ref()),
            Cell::Text(&search_name(&d.first_name, &d.last_name)),
            Cell::maybe(none_known.then_some(by), |by| Cell::Id(by.0)),
            Cell::maybe(none_known.then_some(at), Cell::At),
            Cell::At(at),
            Cell::At(at),
        ],
    );
    if let Some((allergen, reaction, severe)) = dice.pick(&ALLERGENS).filter(|_| asked <= 32) {
        let severity = if *severe { "severe" } else { "moderate" };
        let row: Uuid = dice.id(at);
        bulk.add(
            Kind::Allergy,
            &[
                Cell::Id(row),
                Cell::Id(id),
                Cell::Text(allergen),
                Cell::Text(reaction),
                Cell::Text(severity),
                Cell::Id(by.0),
                Cell::At(at),
                Cell::At(at),
            ],
        );
    }
    for one in &person.burdens {
        burden(bulk, dice, (person, one), by);
    }
}

fn burden(bulk: &mut Bulk, dice: &mut Dice, (person, burden): (&Person, &Burden), by: ProviderId) {
    let (condition, medication): (Uuid, Uuid) = (dice.id(person.registered), dice.id(person.registered));
    let at = person.registered;
    let since = Zone::UTC.day_of(at).plus_days(-i64::from(dice.between(0, 1_500)));
    let since = since.max(person.details.date_of_birth).0;
    let name = burden.illness.name;
    bulk.add(
        Kind::Condition,
        &[
            Cell::Id(condition),
            Cell::Id(person.id.0),
            Cell::Text(name),
            Cell::Day(since),
            Cell::Text("active"),
            Cell::Id(by.0),
            Cell::At(at),
            Cell::At(at),
        ],
    );
    let medicine = &burden.medicine;
    bulk.add(
        Kind::Medication,
        &[
            Cell::Id(medication),
            Cell::Id(person.id.0),
            Cell::Text(medicine.name),
            Cell::Text(medicine.strength),
            Cell::Text(medicine.dosage),
            Cell::Text(medicine.frequency),
            Cell::Text(medicine.instructions),
            Cell::Text(name),
            Cell::Day(since),
            Cell::Id(by.0),
            Cell::At(at),
            Cell::At(at),
        ],
    );
}

/// Writes a visit with everything that hangs on it.
pub(super) fn visit(bulk: &mut Bulk, visit: &Visit) {
    let a = &visit.appointment;
    bulk.add(
        Kind::Appointment,
        &[
            Cell::Id(a.id.0),
            Cell::Id(a.patient_id.0),
            Cell::Id(a.provider_id.0),
            Cell::At(a.appointment_date),
            Cell::At(a.ends_at),
            Cell::Text(a.appointment_type.as_str()),
            Cell::maybe_text(a.reason_for_visit.as_ref()),
            Cell::Number(a.duration_minutes),
            Cell::Text(a.status.as_str()),
            Cell::maybe_text(a.status_reason.as_ref()),
            Cell::maybe_text(a.double_booking_reason.as_ref()),
            Cell::maybe(a.checked_in_at, Cell::At),
            Cell::maybe(a.started_at, Cell::At),
            Cell::maybe(a.completed_at, Cell::At),
            Cell::Id(a.provider_id.0),
            Cell::At(a.created_at),
            Cell::At(a.updated_at),
        ],
    );
    if let Some(vitals) = &visit.vitals {
        measured(bulk, vitals);
    }
    if let Some(written) = &visit.record {
        record(bulk, written);
    }
}

fn record(bulk: &mut Bulk, record: &MedicalRecord) {
    let (id, at, note) = (record.id.0, record.created_at, &record.note);
    bulk.add(
        Kind::Record,
        &[
            Cell::Id(id),
            Cell::Id(record.appointment_id.0),
            Cell::maybe_text(note.chief_complaint.as_ref()),
            Cell::maybe_text(note.history_of_present_illness.as_ref()),
            Cell::maybe_text(note.physical_exam_notes.as_ref()),
            Cell::maybe_text(note.diagnosis.as_ref()),
            Cell::maybe_text(note.treatment_plan.as_ref()),
            Cell::maybe_text(note.follow_up_instructions.as_ref()),
            Cell::At(at),
            Cell::At(at),
        ],
    );
    items(bulk, record);
    if let RecordState::Signed(signature) = &record.state {
        bulk.add(
            Kind::Signature,
            &[
                Cell::Id(id),
                Cell::At(signature.signed_at),
                Cell::Id(signature.signed_by.0),
                Cell::Text(&signature.content_digest),
            ],
        );
    }
}

fn measured(bulk: &mut Bulk, vitals: &VitalSigns) {
    let d = &vitals.measured;
    bulk.add(
        Kind::Vitals,
        &[
            Cell::Id(vitals.id.0),
            Cell::Id(vitals.appointment_id.0),
            Cell::maybe(d.blood_pressure, |pressure| Cell::Number(pressure.systolic)),
            Cell::maybe(d.blood_pressure, |pressure| Cell::Number(pressure.diastolic)),
            Cell::maybe(d.heart_rate, |rate| Cell::Number(rate.0)),
            Cell::maybe(d.temperature, |celsius| Cell::Fixed(celsius.0, 1)),
            Cell::maybe(d.respiratory_rate, |rate| Cell::Number(rate.0)),
            Cell::maybe(d.oxygen_saturation, |percent| Cell::Number(percent.0)),
            Cell::maybe(d.weight, |kilograms| Cell::Fixed(kilograms.0, 2)),
            Cell::maybe(d.height, |centimetres| Cell::Fixed(centimetres.0, 2)),
            Cell::maybe(vitals.bmi, |bmi| Cell::Fixed(bmi.0, 1)),
            Cell::At(vitals.recorded_at),
            Cell::maybe(vitals.recorded_by, |by| Cell::Id(by.0)),
            Cell::At(vitals.recorded_at),
        ],
    );
}

fn items(bulk: &mut Bulk, record: &MedicalRecord) {
    let (id, at) = (record.id.0, record.created_at);
    for (place, row) in (0..).zip(&record.symptoms) {
        bulk.add(
            Kind::Symptom,
            &[
                Cell::Id(row.id.0),
                Cell::Id(id),
                Cell::Number(place),
                Cell::Text(&row.symptom_name),
                Cell::maybe_text(row.body_site.as_ref()),
                Cell::maybe(row.severity, Cell::Number),
                Cell::maybe_text(row.duration.as_ref()),
                Cell::At(at),
                Cell::At(at),
            ],
        );
    }
    for (place, row) in (0..).zip(&record.prescriptions) {
        bulk.add(
            Kind::Prescription,
            &[
                Cell::Id(row.id.0),
                Cell::Id(id),
                Cell::Number(place),
                Cell::Text(&row.medication_name),
                Cell::Text(&row.strength),
                Cell::Text(&row.dosage),
                Cell::Text(&row.frequency),
                Cell::maybe_text(row.duration.as_ref()),
                Cell::maybe(row.quantity, Cell::Number),
                Cell::maybe(row.refills, Cell::Number),
                Cell::Text(&row.instructions),
                Cell::maybe_text(row.indication.as_ref()),
                Cell::Text(row.action.as_str()),
                Cell::At(at),
                Cell::At(at),
            ],
        );
    }
}
