//! Follow-ups in a row: every visit is shown with what speaks against it before any is booked.

use super::book::kept_on;
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::Writing;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, see_other_saying};
use crate::pages::visits::appointment_id;
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::appointment::{
    AppointmentDetails, AppointmentForm, Series, SeriesForm, reason_to_book_anyway,
};
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, BookError, PlannedVisit};
use medrecord_store::{Desk, Refusal, practice, providers, visit_types};
use serde::Deserialize;

/// One visit of the plan.
struct Line {
    /// The instant; nothing where the clocks skip the time.
    at: String,
    words: String,
    conflicts: Vec<String>,
    chosen: bool,
}

#[derive(Template)]
#[template(path = "pages/appointments/series.html")]
pub(super) struct SeriesPage {
    shell: Shell,
    banner: Banner,
    /// What was typed into the booking form, kept for the way back and for booking.
    kept: Vec<(String, String)>,
    what: String,
    lines: Vec<Line>,
    speaks: usize,
    form: Form,
}

/// Shows the row of visits that would be booked; those against which something speaks are left out until chosen.
pub(super) async fn plan(
    app: &App,
    visitor: &Visitor,
    desk: Desk,
    first: &AppointmentDetails,
    typed: Form,
    series: Series,
) -> Result<Response, Fault> {
    page(&template(app, visitor, desk, first, typed, series).await?)
}

async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    first: &AppointmentDetails,
    form: Form,
    series: Series,
) -> Result<SeriesPage, Fault> {
    let zone = visitor.zone();
    let banner = banner_of(&mut desk, first.patient_id, (zone, visitor.today(app)), visitor.text()).await?;
    let practice = practice::get(&mut desk, zone).await?;
    let planned = appointments::plan_series(&mut desk, &practice, first, series).await?;
    let seer = providers::find(&mut desk, first.provider_id).await?;
    desk.close().await?;
    let is_choice = form.values("visit").next().is_some() || form.holds("book", "yes");
    let lines: Vec<Line> = planned.iter().map(|visit| line(visit, zone, &form, is_choice)).collect();
    let names = [
        "patientId",
        "providerId",
        "date",
        "time",
        "appointmentType",
        "durationMinutes",
        "reasonForVisit",
        "every",
        "times",
    ];
    Ok(SeriesPage {
        shell: visitor.shell(),
        banner,
        kept: names.iter().map(|name| ((*name).to_owned(), form.value(name).to_owned())).collect(),
        what: format!(
            "{}, {} min, with {}. {}, {} visits.",
            first.appointment_type.in_words(),
            first.duration_minutes,
            seer.map(|seer| seer.full_name()).unwrap_or_default(),
            series.rhythm.in_words(),
            series.times
        ),
        speaks: lines.iter().filter(|line| !line.conflicts.is_empty() || line.at.is_empty()).count(),
        lines,
        form,
    })
}

fn line(visit: &PlannedVisit, zone: Zone, form: &Form, is_choice: bool) -> Line {
    let at = visit.details.as_ref().map(|details| details.appointment_date);
    let text = at.map(|at| at.to_string()).unwrap_or_default();
    let clock = at.map_or_else(|| "the clocks skip this time".to_owned(), |at| zone.clock(at));
    let chosen = if is_choice { form.holds("visit", &text) } else { visit.conflicts.is_empty() };
    Line {
        words: format!("{} {}, {clock}", visit.day.weekday(), visit.day),
        conflicts: visit.conflicts.iter().map(|conflict| conflict.in_words(zone)).collect(),
        chosen: chosen && at.is_some(),
        at: text,
    }
}

/// Books the visits that were chosen, all or none.
pub(crate) async fn book_series(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let zone = visitor.zone();
    let mut form = Form::typed(typed);
    let types = visit_types::get(&mut desk).await?;
    let typed = form.read::<AppointmentForm>().with_usual_length(&types);
    let first = typed.parse(zone, visitor.today(&app)).map_err(Refusal::Invalid)?;
    let series = form.read::<SeriesForm>().parse().map_err(Refusal::Invalid)?;
    let Some(series) = series else {
        return Err(Refusal::Invalid(Problems::one("every", "required", "Choose how often.")).into());
    };
    let chosen: Vec<AppointmentDetails> = series
        .occurrences(&first, zone)
        .into_iter()
        .filter_map(|occurrence| occurrence.begins)
        .filter(|at| form.holds("visit", &at.to_string()))
        .map(|at| AppointmentDetails { appointment_date: at, ..first.clone() })
        .collect();
    let booked = book(&mut desk, zone, &chosen, &form).await;
    match booked {
        Ok(count) => {
            desk.close().await?;
            let words =
                if count == 1 { "1 visit booked.".to_owned() } else { format!("{count} visits booked.") };
            Ok(see_other_saying(&kept_on(zone, &first), "ok", &words))
        }
        Err(BookError::Refused(Refusal::Invalid(problems))) => {
            drop(desk);
            form.refuse_all(&problems);
            come_back(&app, &visitor, &first, form, series).await
        }
        Err(BookError::Conflicts(_)) => {
            drop(desk);
            let words =
                "Something speaks against a chosen visit. Leave it out, or say why it is booked anyway.";
            form.refuse("doubleBookingReason", words);
            come_back(&app, &visitor, &first, form, series).await
        }
        Err(BookError::Refused(refusal)) => Err(refusal.into()),
    }
}

async fn book(
    desk: &mut Desk,
    zone: Zone,
    chosen: &[AppointmentDetails],
    form: &Form,
) -> Result<usize, BookError> {
    if chosen.is_empty() {
        let words = "Choose at least one visit.";
        return Err(Refusal::Invalid(Problems::one("visit", "required", words)).into());
    }
    let reason = match form.value("doubleBookingReason") {
        "" => None,
        text => Some(reason_to_book_anyway(text).map_err(Refusal::Invalid)?),
    };
    let practice = practice::get(desk, zone).await?;
    let booked = appointments::book_series(desk, &practice, chosen, reason.as_deref()).await?;
    Ok(booked.len())
}

async fn come_back(
    app: &App,
    visitor: &Visitor,
    first: &AppointmentDetails,
    mut form: Form,
    series: Series,
) -> Result<Response, Fault> {
    form.put("book", "yes");
    let desk = app.store.read_desk(visitor.actor.clone()).await?;
    conflict(&template(app, visitor, desk, first, form, series).await?)
}

/// Why the rest of a row is cancelled.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Because {
    reason: String,
}

/// Cancels a visit and the later ones of its row.
pub(crate) async fn cancel_rest(
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(because): Posted<Because>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let Ok(reason) = field::required("reason", "the reason", &because.reason, SHORT) else {
        return Ok(see_other_saying(&urls::appointment(id), "alert", "Enter the reason."));
    };
    let practice = practice::get(&mut desk, visitor.zone()).await?;
    let count = appointments::cancel_rest(&mut desk, &practice, id, &reason).await?;
    desk.close().await?;
    let words = match count {
        1 => "1 visit cancelled. It can be taken back today.".to_owned(),
        _ => format!("{count} visits cancelled. Each can be taken back today."),
    };
    Ok(see_other_saying(&urls::appointment(id), "ok", &words))
}
