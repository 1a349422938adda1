//! A move in the calendar: the visit goes to another time or provider, and all else stays as it is. What speaks against
//! the new time is listed, and a person may move it in spite of that, with a reason.

use crate::app::App;
use crate::banner::banner_of;
use crate::desk::Writing;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, refused, see_other, see_other_saying};
use crate::pages::visits::appointment_id;
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::appointment::{
    Appointment, AppointmentDetails, AppointmentForm, Conflict, reason_to_book_anyway,
};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, ProviderId};
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::Instant;
use medrecord_store::appointments::{self, BookError};
use medrecord_store::{Desk, Refusal, practice, providers};
use serde::Deserialize;

/// Where to, from which version of the visit, and where to go on.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Shifted {
    version: i32,
    /// The instant and the provider, with a slash between.
    to: String,
    back: String,
    anyway: String,
    double_booking_reason: String,
    /// `yes` where the move takes another one back, which is not offered to be taken back again.
    r#final: String,
}

#[derive(Template)]
#[template(path = "pages/appointments/shift.html")]
struct ShiftPage {
    shell: Shell,
    banner: Banner,
    action: String,
    version: i32,
    to: String,
    back: String,
    from_words: String,
    to_words: String,
    conflicts: Vec<String>,
    form: Form,
}

/// Moves the visit and goes back to the calendar.
pub(crate) async fn shift(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(shifted): Posted<Shifted>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let zone = visitor.zone();
    let before = appointments::get(&mut desk, id).await?;
    let back = if urls::is_local(&shifted.back) { shifted.back.clone() } else { urls::appointment(id) };
    let Some((at, provider)) = aim(&shifted.to) else {
        return Ok(see_other_saying(&back, "alert", "Choose a time to move the visit to."));
    };
    let form = AppointmentForm {
        provider_id: provider.to_string(),
        appointment_date: at.to_string(),
        ..AppointmentForm::of(&before, zone)
    };
    let details = match form.parse(zone, visitor.today(&app)) {
        Ok(details) => details,
        Err(problems) => {
            let words = problems.0.first().map(|problem| problem.message.clone()).unwrap_or_default();
            return Ok(see_other_saying(&back, "alert", &words));
        }
    };
    let moved = match (shifted.anyway == "yes").then(|| reason_to_book_anyway(&shifted.double_booking_reason))
    {
        None => {
            let practice = practice::get(&mut desk, zone).await?;
            appointments::reschedule(&mut desk, &practice, id, shifted.version, &details).await
        }
        Some(Ok(reason)) => {
            appointments::reschedule_anyway(&mut desk, id, shifted.version, &details, &reason).await
        }
        Some(Err(problems)) => Err(Refusal::Invalid(problems).into()),
    };
    let error = match moved {
        Ok(version) => {
            desk.close().await?;
            return Ok(gone(&shifted, &before, (id, version), &back));
        }
        Err(error) => error,
    };
    drop(desk);
    let (conflicts, problems) = match error {
        BookError::Conflicts(conflicts) => (conflicts, Problems::none()),
        BookError::Refused(Refusal::Invalid(problems)) if problems.of("doubleBookingReason").is_some() => {
            (against(&app, &visitor, &details, id).await?, problems)
        }
        BookError::Refused(refusal) => return said(&app, &visitor, id, refusal, &back).await,
    };
    ask(&app, &visitor, (&before, &details), shifted, (back, conflicts, problems)).await
}

/// What was aimed at: `2026-11-23T09:15:00.000Z/<provider>`.
fn aim(to: &str) -> Option<(Instant, ProviderId)> {
    let (at, provider) = to.split_once('/')?;
    Some((at.parse().ok()?, provider.parse().ok()?))
}

fn gone(
    shifted: &Shifted,
    before: &Appointment,
    (id, version): (AppointmentId, i32),
    back: &str,
) -> Response {
    if shifted.r#final == "yes" {
        return see_other_saying(back, "ok", "Moved back.");
    }
    let was = format!("{id}~{version}~{}/{}", before.appointment_date, before.provider_id);
    see_other(&urls::and(back, "undo", &was))
}

async fn against(
    app: &App,
    visitor: &Visitor,
    details: &AppointmentDetails,
    id: AppointmentId,
) -> Result<Vec<Conflict>, Fault> {
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let practice = practice::get(&mut desk, visitor.zone()).await?;
    let conflicts = appointments::against(&mut desk, &practice, details, Some(id)).await?;
    desk.close().await?;
    Ok(conflicts)
}

/// A refusal is said where the move was asked for.
async fn said(
    app: &App,
    visitor: &Visitor,
    id: AppointmentId,
    refusal: Refusal,
    back: &str,
) -> Result<Response, Fault> {
    let words = match &refusal {
        Refusal::Rule(words) => words.clone(),
        Refusal::Stale { .. } => {
            "Somebody else changed this visit meanwhile. Here is how it stands now.".to_owned()
        }
        Refusal::Invalid(problems) => problems.0.first().map(|p| p.message.clone()).unwrap_or_default(),
        Refusal::NotFound(_)
        | Refusal::NotAllowed(_)
        | Refusal::NobodySignedIn
        | Refusal::Signed
        | Refusal::Store(_) => return Err(refusal.into()),
    };
    let event = Desk::refusal_event(&refusal, "appointment").about(id);
    app.store.note(visitor.actor.clone(), event).await?;
    Ok(see_other_saying(back, "alert", &words))
}

/// Lists what speaks against the time and asks for a reason.
async fn ask(
    app: &App,
    visitor: &Visitor,
    (before, details): (&Appointment, &AppointmentDetails),
    shifted: Shifted,
    (back, conflicts, problems): (String, Vec<Conflict>, Problems),
) -> Result<Response, Fault> {
    let zone = visitor.zone();
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let banner = banner_of(&mut desk, before.patient_id, (zone, visitor.today(app)), visitor.text()).await?;
    let people = providers::list(&mut desk).await?;
    desk.close().await?;
    let words = |at: Instant, provider: ProviderId| {
        let name = people.iter().find(|person| person.id == provider).map(Provider::full_name);
        let day = zone.day_of(at);
        format!("{} {day} {}, {}", day.weekday(), zone.clock(at), name.unwrap_or_default())
    };
    let mut form = Form::default().with("doubleBookingReason", shifted.double_booking_reason);
    form.refuse_all(&problems);
    let is_refused = !problems.is_empty();
    let template = ShiftPage {
        shell: visitor.shell(),
        banner,
        action: urls::shift(before.id),
        version: shifted.version,
        to: shifted.to,
        back,
        from_words: words(before.appointment_date, before.provider_id),
        to_words: words(details.appointment_date, details.provider_id),
        conflicts: conflicts.iter().map(|conflict| conflict.in_words(zone)).collect(),
        form,
    };
    if is_refused { refused(&template) } else { conflict(&template) }
}
