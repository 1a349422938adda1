//! What stands around every page of a visit: whose it is, when, with whom, and where it stands.

use crate::banner::banner_of;
use crate::shell::Banner;
use crate::text::{Text, words};
use crate::urls;
use crate::visitor::Visitor;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::patient::Patient;
use medrecord_store::{Desk, Refusal, appointments, patients, providers};
use std::borrow::Cow;

/// What stands around every page of a visit.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) banner: Banner,
    /// The patient's name, which opens the tab's title.
    pub(crate) name: String,
    pub(crate) when: String,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) reason: Option<String>,
    pub(crate) status: &'static str,
    pub(crate) seen_by: String,
    pub(crate) visit: String,
    pub(crate) rooming: String,
    /// The day board on which a visit that was called off or missed is set back; none where it takes place.
    pub(crate) missed: Option<String>,
    pub(crate) may_write: bool,
    pub(crate) may_take_vitals: bool,
    pub(crate) appointment: Appointment,
    pub(crate) patient: Patient,
}

impl Frame {
    /// Loads it; the looks at the appointment and the patient are noted. The banner speaks the reader's language; the
    /// rest is English, as the pages of a visit still are.
    pub(crate) async fn load(desk: &mut Desk, visitor: &Visitor, id: AppointmentId) -> Result<Self, Refusal> {
        Self::load_in(desk, visitor, id, |_| (visitor.text(), Text::ENGLISH)).await
    }

    /// Loads it for a page whose banner and whose text are in the languages that `chosen` names for the patient.
    pub(crate) async fn load_in(
        desk: &mut Desk,
        visitor: &Visitor,
        id: AppointmentId,
        chosen: impl FnOnce(&Patient) -> (Text, Text),
    ) -> Result<Self, Refusal> {
        let appointment = appointments::get(desk, id).await?;
        let patient = patients::get(desk, appointment.patient_id).await?;
        let provider = providers::find(desk, appointment.provider_id).await?;
        let zone = visitor.zone();
        let (around, text) = chosen(&patient);
        let banner = banner_of(desk, patient.id, (zone, zone.day_of(desk.now())), around).await?;
        Ok(Self {
            banner,
            name: patient.display_name(),
            when: text.day_and_clock(zone, appointment.appointment_date),
            kind: text.say(words::kind(appointment.appointment_type)),
            reason: appointment.reason_for_visit.clone(),
            status: appointment.status.as_str(),
            seen_by: provider.map(|provider| provider.full_name()).unwrap_or_default(),
            visit: urls::visit(id),
            rooming: urls::rooming(id),
            missed: matches!(appointment.status, AppointmentStatus::Cancelled | AppointmentStatus::NoShow)
                .then(|| urls::day(zone.day_of(appointment.appointment_date), None)),
            may_write: visitor.may(Action::WriteRecord),
            may_take_vitals: visitor.may(Action::WriteVitals),
            appointment,
            patient,
        })
    }
}

/// Reads an id out of an address; what is no id leads to nothing.
pub(crate) fn appointment_id(text: &str) -> Result<AppointmentId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound("appointment"))
}
