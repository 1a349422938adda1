//! The front desk's check-in: phone and address confirmed or corrected, the answer about recordings kept, the visit
//! checked in; all of it or nothing.

use super::{advance, get};
use crate::audit::{Event, Verb};
use crate::consents;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::patients;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus, Step};
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::patient::PatientDetails;
use medrecord_clinic::time::Zone;
use serde_json::json;

/// What the front desk learned from the patient.
#[derive(Debug, Clone, Default)]
pub struct Arrival {
    /// The details where something had changed, with the version that was shown.
    pub corrected: Option<(i32, PatientDetails)>,
    /// What the patient answered to whether the visit may be recorded, where it was asked.
    pub consent: Option<ConsentDecision>,
}

/// Checks a patient in whose phone and address were asked for; a visit that is past that stays where it is.
///
/// # Errors
/// As [`advance`], [`patients::update`] and [`consents::record`].
pub async fn check_in(
    desk: &mut Desk,
    zone: Zone,
    id: AppointmentId,
    seen: i32,
    arrival: &Arrival,
) -> Result<Appointment, Refusal> {
    desk.require(Action::WriteSchedule)?;
    let before = get(desk, id).await?;
    match &arrival.corrected {
        Some((version, details)) => {
            patients::update(desk, before.patient_id, *version, details).await?;
        }
        None => contact_confirmed(desk, before.patient_id),
    }
    if let Some(decision) = arrival.consent {
        consents::record(desk, id, decision, None).await?;
    }
    if before.status == AppointmentStatus::Scheduled {
        return advance(desk, zone, id, seen, &Step::CheckIn).await;
    }
    Ok(before)
}

/// Notes that phone and address were read to the patient and are right.
pub fn contact_confirmed(desk: &mut Desk, patient: PatientId) {
    let event = Event::new(Verb::Read, "patient").about(patient).of_patient(patient);
    desk.record(event.with(json!({ "contact": "confirmed" })));
}
