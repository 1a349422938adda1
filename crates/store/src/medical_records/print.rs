//! Takes a signed record out onto paper; each print is noted in the audit trail.

use super::load_of;
use crate::audit::{Event, Verb};
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::MedicalRecord;

/// What is printed of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Document {
    /// The prescriptions, for the pharmacy.
    Prescription,
    /// The whole visit, for the patient or a colleague.
    Summary,
}

impl Document {
    fn as_str(self) -> &'static str {
        match self {
            Self::Prescription => "prescription",
            Self::Summary => "summary",
        }
    }
}

/// The signed record of a visit, to write a letter from; the look is noted.
///
/// # Errors
/// [`Refusal::Rule`] while it is a draft, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn signed(desk: &mut Desk, appointment: AppointmentId) -> Result<MedicalRecord, Refusal> {
    desk.require(Action::ReadChart)?;
    let loaded = load_of(desk, appointment).await?.ok_or(Refusal::NotFound("medical record"))?;
    if loaded.record.is_draft() {
        return Err(unsigned());
    }
    desk.did(Verb::Read, "medical_record", loaded.record.id, loaded.patient);
    Ok(loaded.record)
}

/// That letters are not written from a draft.
pub(crate) fn unsigned() -> Refusal {
    Refusal::Rule("Sign the record first: letters are written from what was signed.".to_owned())
}

/// The signed record of a visit, for printing.
///
/// # Errors
/// [`Refusal::Rule`] while it is a draft, [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn print(
    desk: &mut Desk,
    appointment: AppointmentId,
    document: Document,
) -> Result<MedicalRecord, Refusal> {
    desk.require(Action::ReadChart)?;
    let loaded = load_of(desk, appointment).await?.ok_or(Refusal::NotFound("medical record"))?;
    if loaded.record.is_draft() {
        return Err(Refusal::Rule("Sign the record first: drafts are not printed.".to_owned()));
    }
    let event = Event::new(Verb::Print, "medical_record").about(loaded.record.id).of_patient(loaded.patient);
    desk.record(event.with(serde_json::json!({ "document": document.as_str() })));
    Ok(loaded.record)
}
