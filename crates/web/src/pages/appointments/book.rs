//! Booking a visit, and moving or changing one: what speaks against a time is listed, and a person may book in spite of
//! it with a reason. What the page shows is in `booking.rs`.

use super::booking::{Known, Outcome, Typed, come_back, form_of, read, template};
use super::{find, from_list, series};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::page::{Fragment, page, see_other_saying};
use crate::pages::visits::appointment_id;
use crate::text::Key;
use crate::urls;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path, Query, State};
use axum::response::Response;
use medrecord_clinic::appointment::{
    AppointmentDetails, AppointmentForm, AppointmentType, reason_to_book_anyway,
};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::{Desk, Refusal, appointments, practice, visit_types};

/// Opens the form for a patient; without one, asks who it is.
pub(crate) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    Reading(mut desk): Reading,
    Query(known): Query<Known>,
) -> Result<Response, Fault> {
    let today = visitor.today(&app);
    let day = known.date.parse::<Day>().unwrap_or(today);
    let provider: Option<ProviderId> = known.provider.parse().ok();
    let Ok(patient) = known.patient.parse::<PatientId>() else {
        let mut kept = vec![("date", day.iso())];
        kept.extend(provider.map(|id| ("provider", id.to_string())));
        let purpose = find::Purpose { heading: Key("day-book-visit"), action: "/appointments/new", kept };
        let onward = |id| urls::book(Some(id), Some(day), provider);
        return find::patient(&visitor, desk, today, known.q, purpose, onward).await;
    };
    let form = AppointmentForm {
        patient_id: patient.to_string(),
        provider_id: known.provider,
        date: day.iso(),
        time: known.time,
        appointment_type: kind(&mut desk, &known.r#type).await?.to_string(),
        ..AppointmentForm::default()
    };
    let typed = Typed { form, waiting: known.waiting, ..Typed::default() };
    let mut shown = template(&app, &visitor, desk, &typed, Outcome::default()).await?;
    // The next free time is proposed; whoever opened the form at a time of the calendar has chosen one.
    if let (true, Some(first)) = (typed.form.time.is_empty(), shown.free.first()) {
        shown.form.put("time", first.as_str());
        shown.is_free = true;
    }
    page(&shown)
}

/// Opens the form for an appointment that is to be moved or changed.
pub(crate) async fn edit(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Query(known): Query<Known>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let appointment = appointments::get(&mut desk, id).await?;
    let mut form = AppointmentForm::of(&appointment, visitor.zone());
    for (field, known) in
        [(&mut form.provider_id, known.provider), (&mut form.date, known.date), (&mut form.time, known.time)]
    {
        if !known.is_empty() {
            *field = known;
        }
    }
    let (version, appointment) = (appointment.version, id.to_string());
    let typed = Typed { form, appointment, version, waiting: known.waiting, ..Typed::default() };
    page(&template(&app, &visitor, desk, &typed, Outcome::default()).await?)
}

/// Looks at a time without booking it: while typing for a part of the page, or with a click on a free time.
pub(crate) async fn check(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Reading(mut desk): Reading,
    Posted(mut typed): Posted<Typed>,
) -> Result<Response, Fault> {
    if !typed.pick.is_empty() {
        typed.form.time = std::mem::take(&mut typed.pick);
    }
    if !typed.turn.is_empty() {
        typed.form.date = std::mem::take(&mut typed.turn);
    }
    let outcome = match read(&app, &visitor, &mut desk, &typed.form).await? {
        Ok(details) => {
            let practice = practice::get(&mut desk, visitor.zone()).await?;
            let of = typed.appointment.parse().ok();
            let conflicts = appointments::against(&mut desk, &practice, &details, of).await?;
            Outcome { conflicts, looked: true, ..Outcome::default() }
        }
        Err(_) => Outcome::default(),
    };
    let template = template(&app, &visitor, desk, &typed, outcome).await?;
    if fragment.is("times") { page(&template.as_times()) } else { page(&template) }
}

/// Books a new appointment.
pub(crate) async fn book(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let details = match read(&app, &visitor, &mut desk, &typed.form).await? {
        Ok(details) => details,
        Err(problems) => return come_back(&app, &visitor, desk, &typed, problems).await,
    };
    match typed.series.parse() {
        Ok(None) => {}
        Ok(Some(row)) => {
            let kept = form_of(&typed, typed.form.provider_id.clone());
            return series::plan(&app, &visitor, desk, &details, kept, row).await;
        }
        Err(problems) => return come_back(&app, &visitor, desk, &typed, problems).await,
    }
    let booked = match anyway(&typed) {
        None => {
            let practice = practice::get(&mut desk, visitor.zone()).await?;
            appointments::book(&mut desk, &practice, &details).await
        }
        Some(Ok(reason)) => appointments::book_anyway(&mut desk, &details, &reason).await,
        Some(Err(problems)) => Err(Refusal::Invalid(problems).into()),
    };
    let id = match booked {
        Ok(id) => id,
        Err(error) => return come_back(&app, &visitor, desk, &typed, error).await,
    };
    if let Err(refusal) = from_list::book(&mut desk, &typed.waiting, id).await {
        return from_list::lost(&app, &visitor, desk, refusal).await;
    }
    desk.close().await?;
    Ok(kept(&visitor, &details, "Booked"))
}

/// Moves or changes an appointment.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let typed = Typed { appointment: id.to_string(), ..typed };
    let details = match read(&app, &visitor, &mut desk, &typed.form).await? {
        Ok(details) => details,
        Err(problems) => return come_back(&app, &visitor, desk, &typed, problems).await,
    };
    let (seen, before) = (typed.version, appointments::get(&mut desk, id).await?);
    let moved = match anyway(&typed) {
        None => {
            let practice = practice::get(&mut desk, visitor.zone()).await?;
            appointments::reschedule(&mut desk, &practice, id, seen, &details).await
        }
        Some(Ok(reason)) => appointments::reschedule_anyway(&mut desk, id, seen, &details, &reason).await,
        Some(Err(problems)) => Err(Refusal::Invalid(problems).into()),
    };
    if let Err(error) = moved {
        return come_back(&app, &visitor, desk, &typed, error).await;
    }
    // Who waits for an earlier time waits on where the visit was not made earlier.
    let is_earlier = details.appointment_date < before.appointment_date;
    if is_earlier && let Err(refusal) = from_list::book(&mut desk, &typed.waiting, id).await {
        return from_list::lost(&app, &visitor, desk, refusal).await;
    }
    desk.close().await?;
    let left =
        (before.slot() != details.slot() || before.provider_id != details.provider_id).then_some(before);
    match from_list::suited(&app, &visitor, left.as_ref()).await? {
        Some(offer) => Ok(said_kept(&visitor, &details, "Saved", &offer)),
        None => Ok(kept(&visitor, &details, "Saved")),
    }
}

/// The reason to book in spite of conflicts, where that was asked for.
fn anyway(typed: &Typed) -> Option<Result<String, Problems>> {
    (typed.anyway == "yes").then(|| reason_to_book_anyway(&typed.double_booking_reason))
}

/// The kind with which the form opens: as asked for, or else what the practice offers first.
async fn kind(desk: &mut Desk, asked: &str) -> Result<AppointmentType, Fault> {
    let types = visit_types::get(desk).await?;
    Ok(asked.parse().unwrap_or_else(|_| types.opens_with(AppointmentType::FollowUp)))
}

fn kept(visitor: &Visitor, details: &AppointmentDetails, done: &str) -> Response {
    said_kept(visitor, details, done, &kept_on(visitor.zone(), details))
}

fn said_kept(visitor: &Visitor, details: &AppointmentDetails, done: &str, to: &str) -> Response {
    let words = format!("{done} for {}.", visitor.zone().day_and_clock(details.appointment_date));
    see_other_saying(to, "ok", &words)
}

/// The board of the day on which a visit was booked.
pub(super) fn kept_on(zone: Zone, details: &AppointmentDetails) -> String {
    urls::day(zone.day_of(details.appointment_date), None)
}
