//! The front desk: checking in with what the patient said, follow-ups in a row, and the rest of a row called off.

use super::answer;
use super::appointments::{Booking, in_json, refused};
use super::asked::{Asked, Id};
use super::change::{Change, Sent};
use super::operation::{Condition, Operation};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::appointment::{AppointmentDetails, Series, SeriesForm, reason_to_book_anyway};
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::time::{Day, Zone};
use medrecord_clinic::visit_type::VisitTypes;
use medrecord_store::appointments::{self, Arrival, PlannedVisit, SeriesVisit};
use medrecord_store::{patients, practice, visit_types};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 5] = [
    Operation::post(
        "/api/v1/appointments/{id}/check-in",
        "Checks a patient in: notes that phone and address were confirmed, or corrects them, and the answer about recordings.",
        "ArrivalInput",
    )
    .seen(Condition::Must)
    .one("Appointment"),
    Operation::post(
        "/api/v1/appointments/series/plan",
        "Lists the visits of a row with what speaks against each, and books none.",
        "SeriesInput",
    )
    .list("PlannedVisit"),
    Operation::post(
        "/api/v1/appointments/series",
        "Books the visits of a row, all or none; 409 with what speaks against one of them.",
        "SeriesInput",
    )
    .new_one("Series"),
    Operation::get(
        "/api/v1/appointments/{id}/series",
        "Lists the visits that were booked in one row with this one; none where it was booked alone.",
    )
    .list("SeriesVisit"),
    Operation::post(
        "/api/v1/appointments/{id}/cancel-rest",
        "Cancels this visit and the later ones of its row that have not begun.",
        "ErrorInput",
    )
    .one("Cancelled"),
];

/// What the patient said at the desk.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Said {
    phone: String,
    address: String,
    patient_version: String,
    consent: String,
}

impl Said {
    fn arrival(&self, held: &PatientForm, today: Day) -> Result<Arrival, Problems> {
        let typed = PatientForm { phone: self.phone.clone(), address: self.address.clone(), ..held.clone() };
        let words = "patientVersion is the version of the patient whose details are corrected.";
        let corrected = if typed == *held {
            None
        } else {
            let seen = self.patient_version.parse();
            let seen = seen.map_err(|_| Problems::one("patientVersion", "required", words))?;
            Some((seen, typed.parse(today)?))
        };
        let words = "Choose granted, refused or withdrawn.";
        let consent: Option<ConsentDecision> = match self.consent.as_str() {
            "" => None,
            said => Some(said.parse().map_err(|_| Problems::one("consent", "invalid", words))?),
        };
        Ok(Arrival { corrected, consent })
    }
}

/// A visit that is repeated.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Repeated {
    #[serde(flatten)]
    booking: Booking,
    #[serde(flatten)]
    series: SeriesForm,
    visits: Vec<String>,
}

impl Repeated {
    fn first(
        &self,
        types: &VisitTypes,
        zone: Zone,
        today: Day,
    ) -> Result<(AppointmentDetails, Series), Problems> {
        let first = self.booking.form()?.with_usual_length(types).parse(zone, today)?;
        let words = "Say how often the visit is repeated: 7d for every week, 1m for every month.";
        let series = self.series.parse()?.ok_or_else(|| Problems::one("every", "required", words))?;
        Ok((first, series))
    }

    /// The visits that are wanted: all of the row, or those that were chosen of it.
    fn chosen(
        &self,
        types: &VisitTypes,
        zone: Zone,
        today: Day,
    ) -> Result<Vec<AppointmentDetails>, Problems> {
        let (first, series) = self.first(types, zone, today)?;
        let begins: Vec<_> = series.occurrences(&first, zone).iter().filter_map(|one| one.begins).collect();
        let words = "visits are appointmentDates of the plan.";
        let wrong = || Problems::one("visits", "unknown", words);
        let chosen: Result<Vec<_>, _> = self.visits.iter().map(|text| text.parse()).collect();
        let chosen = chosen.map_err(|_| wrong())?;
        if chosen.iter().any(|at| !begins.contains(at)) {
            return Err(wrong());
        }
        let wanted = begins.into_iter().filter(|at| chosen.is_empty() || chosen.contains(at));
        Ok(wanted.map(|at| AppointmentDetails { appointment_date: at, ..first.clone() }).collect())
    }
}

/// Why the rest is called off.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Because {
    reason: String,
}

/// Checks a patient in.
pub(crate) async fn check_in(Id(id): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let visit = appointments::get(&mut change.desk, id).await?;
    let held = PatientForm::from(&patients::get(&mut change.desk, visit.patient_id).await?);
    let base = Said { phone: held.phone.clone(), address: held.address.clone(), ..Said::default() };
    let arrival = change.read(&base)?.arrival(&held, change.today)?;
    let zone = change.zone;
    let after = appointments::check_in(&mut change.desk, zone, id, seen, &arrival).await?;
    change.done(&after, Some(after.version)).await
}

/// Lists the visits of a row with what speaks against each.
pub(crate) async fn plan(
    State(app): State<App>,
    visitor: Visitor,
    asked: Asked,
    sent: Sent,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let zone = visitor.zone();
    let wish = sent.read(&Repeated::default())?;
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let types = visit_types::get(&mut desk).await?;
    let (first, series) = wish.first(&types, zone, visitor.today(&app))?;
    let practice = practice::get(&mut desk, zone).await?;
    let planned = appointments::plan_series(&mut desk, &practice, &first, series).await?;
    desk.close().await?;
    let item = |visit: &PlannedVisit| {
        let conflicts: Vec<Value> = visit.conflicts.iter().map(|against| in_json(against, zone)).collect();
        let begins = visit.details.as_ref().map(|details| details.appointment_date);
        json!({ "date": visit.day, "appointmentDate": begins, "conflicts": conflicts })
    };
    Ok(answer::list(planned.iter().map(item).collect(), None, &asked.view("PlannedVisit", &[])?))
}

/// Books the visits of a row.
pub(crate) async fn book(mut change: Change) -> Result<Response, Fault> {
    let wish = change.read(&Repeated::default())?;
    let zone = change.zone;
    let types = visit_types::get(&mut change.desk).await?;
    let chosen = wish.chosen(&types, zone, change.today)?;
    let reason = match wish.booking.double_booking_reason.trim() {
        "" => None,
        text => Some(reason_to_book_anyway(text)?),
    };
    let practice = practice::get(&mut change.desk, zone).await?;
    let booked = appointments::book_series(&mut change.desk, &practice, &chosen, reason.as_deref()).await;
    let booked = booked.map_err(|error| refused(error, zone))?;
    change.made(&json!({ "appointmentIds": booked }), None).await
}

/// The row that a visit belongs to.
pub(crate) async fn series(
    Id(id): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    appointments::get(&mut desk, id).await?;
    let all = appointments::series_of(&mut desk, id).await?;
    desk.close().await?;
    let item = |visit: &SeriesVisit| {
        json!({
            "id": visit.id,
            "appointmentDate": visit.appointment_date,
            "status": visit.status,
            "version": visit.version,
        })
    };
    Ok(answer::list(all.iter().map(item).collect(), None, &asked.view("SeriesVisit", &[])?))
}

/// Calls off a visit and the later ones of its row.
pub(crate) async fn cancel_rest(Id(id): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let because = change.read(&Because::default())?;
    let reason = field::required("reason", "the reason", &because.reason, SHORT)?;
    let practice = practice::get(&mut change.desk, change.zone).await?;
    let count = appointments::cancel_rest(&mut change.desk, &practice, id, &reason).await?;
    change.done(&json!({ "cancelled": count }), None).await
}
