//! Appointments: list, book, move, and take along the paths of a visit.

use super::answer;
use super::asked::{Asked, Id, View, page_in_time};
use super::change::Change;
use super::operation::{CURSOR, FIELDS, LIMIT, Operation, PAGE};
use crate::app::App;
use crate::desk::{LookingUp, Reading};
use crate::error::Fault;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use medrecord_clinic::appointment::{
    Appointment, AppointmentForm, AppointmentStatus, Conflict, Step, WalkInForm, reason_to_book_anyway,
};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, AppointmentFilter, BookError};
use medrecord_store::{
    Desk, Refusal, medical_records, patients, practice, providers, recordings, visit_types, vitals,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const INCLUDE: (&str, &str) = (
    "include",
    "Nests patient, provider, medicalRecord, vitalSigns, recordings; symptoms, prescriptions, addenda nest in \
                 medicalRecord. With commas between.",
);
/// What nests in the record, which comes with it.
const OF_RECORD: [&str; 3] = ["symptoms", "prescriptions", "addenda"];
const NESTED: [&str; 8] = [
    "patient",
    "provider",
    "medicalRecord",
    "vitalSigns",
    "recordings",
    "symptoms",
    "prescriptions",
    "addenda",
];
const INSTANT: &str = "an instant such as 2026-11-23T09:30:00Z";

pub(super) const OPERATIONS: [Operation; 5] = [
    Operation::get(
        "/api/v1/appointments",
        "Lists appointments in the order of the clock; those of one patient newest first.",
    )
    .asks(&[
        ("from", "Only those that begin at this instant or later."),
        ("until", "Only those that begin before this instant."),
        ("provider", "Only those of this provider."),
        ("patient", "Only those of this patient; with no other filter and no page."),
        ("status", "Only those that stand here."),
        LIMIT,
        CURSOR,
        PAGE,
        FIELDS,
        INCLUDE,
    ])
    .list("Appointment"),
    Operation::post(
        "/api/v1/appointments",
        "Books a visit; 409 with all that speaks against the time.",
        "AppointmentInput",
    )
    .new_one("Appointment"),
    Operation::get("/api/v1/appointments/{id}", "Gives one appointment.")
        .asks(&[FIELDS, INCLUDE])
        .one("Appointment"),
    Operation::patch(
        "/api/v1/appointments/{id}",
        "Moves a visit, or takes it a step further.",
        "AppointmentEdit",
    )
    .one("Appointment"),
    Operation::post("/api/v1/walk-ins", "Takes in somebody who came without an appointment.", "WalkInInput")
        .new_one("Appointment"),
];

/// A booking as a program sends it; instants in place of day and clock.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Booking {
    patient_id: String,
    provider_id: String,
    appointment_date: String,
    appointment_type: String,
    duration_minutes: String,
    reason_for_visit: String,
    pub(super) double_booking_reason: String,
}

/// What changes of a booking, or where the visit stands.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Edit {
    #[serde(flatten)]
    booking: Booking,
    status: String,
    status_reason: String,
}

impl Booking {
    fn of(appointment: &Appointment) -> Self {
        Self {
            patient_id: appointment.patient_id.to_string(),
            provider_id: appointment.provider_id.to_string(),
            appointment_date: appointment.appointment_date.to_string(),
            appointment_type: appointment.appointment_type.to_string(),
            duration_minutes: appointment.duration_minutes.to_string(),
            reason_for_visit: appointment.reason_for_visit.clone().unwrap_or_default(),
            double_booking_reason: String::new(),
        }
    }

    pub(super) fn form(&self) -> Result<AppointmentForm, Problems> {
        if self.appointment_date.trim().is_empty() {
            let words = "Enter the time of the visit such as 2026-11-23T09:30:00Z.";
            return Err(Problems::one("appointmentDate", "required", words));
        }
        let b = self.clone();
        Ok(AppointmentForm {
            patient_id: b.patient_id,
            provider_id: b.provider_id,
            appointment_date: b.appointment_date,
            appointment_type: b.appointment_type,
            duration_minutes: b.duration_minutes,
            reason_for_visit: b.reason_for_visit,
            ..AppointmentForm::default()
        })
    }
}

/// Appointments in the order of the clock, or those of one patient, newest first.
pub(crate) async fn list(asked: Asked, LookingUp(mut desk): LookingUp) -> Result<Response, Fault> {
    let paging = ["limit", "cursor", "page", "fields", "include", "patient"];
    asked.only(&[&paging[..], &["from", "until", "provider", "status"]].concat())?;
    let view = asked.view("Appointment", &NESTED)?.bringing(&OF_RECORD, "medicalRecord");
    let limit = asked.limit()?;
    let after = asked.cursor_in_time()?;
    let patient: Option<PatientId> = asked.read("patient", "an id")?;
    let mut found = if let Some(patient) = patient {
        asked.only(&["limit", "cursor", "fields", "include", "patient"])?;
        appointments::list_of_patient(&mut desk, patient, after, i64::from(limit) + 1).await?
    } else {
        let page = asked.page()?.unwrap_or(1);
        let filter = AppointmentFilter {
            from: asked.read("from", INSTANT)?,
            until: asked.read("until", INSTANT)?,
            provider: asked.read("provider", "an id")?,
            status: asked.read("status", "a status such as scheduled")?,
            after,
            skip: i64::from(page - 1) * i64::from(limit),
            limit: i64::from(limit) + 1,
        };
        appointments::list(&mut desk, &filter).await?
    };
    let next = page_in_time(&mut found, limit, |last| (last.appointment_date, last.id));
    let items = nested(&mut desk, &found, &view).await?;
    desk.close().await?;
    Ok(answer::list(items, next.as_deref(), &view))
}

/// One appointment.
pub(crate) async fn get(
    Id(id): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields", "include"])?;
    let view = asked.view("Appointment", &NESTED)?.bringing(&OF_RECORD, "medicalRecord");
    let appointment = appointments::get(&mut desk, id).await?;
    let version = appointment.version;
    let items = nested(&mut desk, &[appointment], &view).await?;
    desk.close().await?;
    answer::one(&items.first(), Some(version), &view)
}

/// The appointments with what was asked for beside them, one statement a kind whatever their number.
async fn nested(desk: &mut Desk, found: &[Appointment], view: &View) -> Result<Vec<Value>, Fault> {
    let mut items = answer::values(found)?;
    let ids: Vec<AppointmentId> = found.iter().map(|appointment| appointment.id).collect();
    if view.has("patient") {
        let patients: Vec<PatientId> = found.iter().map(|appointment| appointment.patient_id).collect();
        let all = patients::many(desk, &patients).await?;
        put(&mut items, "patient", "patientId", &answer::values(&all)?, "id");
    }
    if view.has("provider") {
        let all = providers::list(desk).await?;
        put(&mut items, "provider", "providerId", &answer::values(&all)?, "id");
    }
    if view.has("medicalRecord") {
        let all = records(desk, &ids, view).await?;
        put(&mut items, "medicalRecord", "id", &all, "appointmentId");
    }
    if view.has("recordings") {
        let found = recordings::of_visits(desk, &ids).await?;
        let all = super::recordings::shown(desk, &found).await?;
        put_all(&mut items, "recordings", &all, "appointmentId");
    }
    if view.has("vitalSigns") {
        let all = vitals::of_appointments(desk, &ids).await?;
        let all: Vec<Value> = all.iter().map(super::vitals::shown).collect::<Result<_, _>>()?;
        put(&mut items, "vitalSigns", "id", &all, "appointmentId");
    }
    Ok(items)
}

/// The records of visits with what was asked for of them.
async fn records(desk: &mut Desk, ids: &[AppointmentId], view: &View) -> Result<Vec<Value>, Fault> {
    let mut found = medical_records::of_appointments(desk, ids).await?;
    if view.has("symptoms") || view.has("prescriptions") {
        medical_records::fill_rows(desk, &mut found).await?;
    }
    let mut all = answer::values(&found)?;
    for record in all.iter_mut().filter_map(Value::as_object_mut) {
        record.retain(|name, _| view.has(name) || !OF_RECORD.contains(&name.as_str()));
    }
    if view.has("addenda") {
        let ids: Vec<_> = found.iter().map(|record| record.id).collect();
        let addenda = answer::values(&medical_records::addenda_of(desk, &ids).await?)?;
        put_all(&mut all, "addenda", &addenda, "medicalRecordId");
    }
    Ok(all)
}

/// Puts beside each item all those whose `theirs` is its id.
fn put_all(items: &mut [Value], name: &str, all: &[Value], theirs: &str) {
    for item in items {
        let own: Vec<Value> =
            all.iter().filter(|other| other.get(theirs) == item.get("id")).cloned().collect();
        answer::put(item, name, Value::Array(own));
    }
}

/// Puts beside each item the one whose `theirs` is its `own`; null where there is none.
fn put(items: &mut [Value], name: &str, own: &str, all: &[Value], theirs: &str) {
    for item in items {
        let found = all.iter().find(|other| other.get(theirs) == item.get(own)).cloned();
        if let Some(object) = item.as_object_mut() {
            object.insert(name.to_owned(), found.unwrap_or(Value::Null));
        }
    }
}

/// Books a visit.
pub(crate) async fn create(State(app): State<App>, mut change: Change) -> Result<Response, Fault> {
    let booking = change.read(&Booking::default())?;
    let zone = change.zone;
    let types = visit_types::get(&mut change.desk).await?;
    let details = booking.form()?.with_usual_length(&types).parse(zone, change.today)?;
    let id = if booking.double_booking_reason.trim().is_empty() {
        let practice = practice::get(&mut change.desk, app.settings.zone).await?;
        appointments::book(&mut change.desk, &practice, &details).await
    } else {
        let reason = reason_to_book_anyway(&booking.double_booking_reason)?;
        appointments::book_anyway(&mut change.desk, &details, &reason).await
    };
    let id = id.map_err(|error| refused(error, zone))?;
    let appointment = appointments::get(&mut change.desk, id).await?;
    change.made(&appointment, Some(appointment.version)).await
}

/// Takes in somebody who came without an appointment.
pub(crate) async fn walk_in(mut change: Change) -> Result<Response, Fault> {
    let walk_in = change.read(&WalkInForm::default())?.parse()?;
    let zone = change.zone;
    let id = appointments::walk_in(&mut change.desk, &walk_in).await;
    let id = id.map_err(|error| refused(error, zone))?;
    let appointment = appointments::get(&mut change.desk, id).await?;
    change.made(&appointment, Some(appointment.version)).await
}

/// Moves a visit, takes it a step further, or both.
pub(crate) async fn update(
    State(app): State<App>,
    Id(id): Id<AppointmentId>,
    mut change: Change,
) -> Result<Response, Fault> {
    let mut seen = change.seen()?;
    let before = appointments::get(&mut change.desk, id).await?;
    let base = Edit { booking: Booking::of(&before), ..Edit::default() };
    let edit = change.read(&base)?;
    let zone = change.zone;
    if moves(&change) {
        let types = visit_types::get(&mut change.desk).await?;
        let details = edit.booking.form()?.with_usual_length(&types).parse(zone, change.today)?;
        let moved = if edit.booking.double_booking_reason.trim().is_empty() {
            let practice = practice::get(&mut change.desk, app.settings.zone).await?;
            appointments::reschedule(&mut change.desk, &practice, id, seen, &details).await
        } else {
            let reason = reason_to_book_anyway(&edit.booking.double_booking_reason)?;
            appointments::reschedule_anyway(&mut change.desk, id, seen, &details, &reason).await
        };
        seen = moved.map_err(|error| refused(error, zone))?;
    }
    if change.says("status") && edit.status != before.status.as_str() {
        let step = step_to(before.status, &edit)?;
        appointments::advance(&mut change.desk, zone, id, seen, &step).await?;
    }
    let after = appointments::get(&mut change.desk, id).await?;
    change.done(&after, Some(after.version)).await
}

/// Whether the edit says anything but where the visit stands.
fn moves(change: &Change) -> bool {
    ["patientId", "providerId", "appointmentDate", "appointmentType", "durationMinutes", "reasonForVisit"]
        .into_iter()
        .chain(["doubleBookingReason"])
        .any(|name| change.says(name))
}

/// The step that leads from one status to another.
fn step_to(from: AppointmentStatus, edit: &Edit) -> Result<Step, Fault> {
    let words = "Choose scheduled, checked_in, in_progress, completed, cancelled or no_show.";
    let to: AppointmentStatus = edit.status.parse().map_err(|_| Problems::one("status", "invalid", words))?;
    let step = match to {
        AppointmentStatus::Scheduled => Step::Back,
        AppointmentStatus::CheckedIn if from == AppointmentStatus::InProgress => Step::Back,
        AppointmentStatus::InProgress if from == AppointmentStatus::Completed => Step::Back,
        AppointmentStatus::CheckedIn => Step::CheckIn,
        AppointmentStatus::InProgress => Step::Start,
        AppointmentStatus::Completed => Step::Complete,
        AppointmentStatus::NoShow => Step::parse("no_show", &edit.status_reason).map_err(of_status)?,
        AppointmentStatus::Cancelled => Step::parse("cancel", &edit.status_reason).map_err(of_status)?,
    };
    if step.leads_to(from) != Some(to) {
        let words = format!("No path leads from {from} to {to}.");
        return Err(Refusal::Rule(words).into());
    }
    Ok(step)
}

pub(super) fn refused(error: BookError, zone: Zone) -> Fault {
    match error {
        BookError::Refused(refusal) => refusal.into(),
        BookError::Conflicts(conflicts) => {
            let words = "The time is not free. Nothing was booked: choose another, or book in spite of it with \
                         a doubleBookingReason.";
            let conflicts = conflicts.iter().map(|conflict| in_json(conflict, zone)).collect();
            Fault::new(StatusCode::CONFLICT, "conflicts", "The time is not free", words)
                .with("conflicts", Value::Array(conflicts))
        }
    }
}

pub(super) fn in_json(conflict: &Conflict, zone: Zone) -> Value {
    let mut value = serde_json::to_value(conflict).unwrap_or_else(|_| json!({}));
    answer::put(&mut value, "message", json!(conflict.in_words(zone)));
    value
}

/// The same problems, at the field as programs name it.
fn of_status(problems: Problems) -> Problems {
    let field = || "statusReason".to_owned();
    Problems(
        problems.0.into_iter().map(|p| medrecord_clinic::field::FieldError { field: field(), ..p }).collect(),
    )
}
