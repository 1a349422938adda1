//! Checking in with a word at the front desk: are phone and address still right, may the visit be recorded.
//!
//! The board's own button checks in at once, for a patient whose details were read out from its row.

use crate::app::App;
use crate::banner::banner_of;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::pages::patients::LABELS;
use crate::pages::visits::appointment_id;
use crate::shell::{Banner, Shell};
use crate::text::{Key, Text, words};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::appointment::{Appointment, AppointmentStatus};
use medrecord_clinic::consultation::{Consent, ConsentDecision};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::patient::PatientForm;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, Arrival};
use medrecord_store::{Desk, Refusal, consents, patients};
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "pages/appointments/check_in.html")]
struct CheckInPage {
    shell: Shell,
    banner: Banner,
    when: String,
    action: String,
    form: Form,
    /// Whether the visit is still to be checked in.
    is_due: bool,
    consent: String,
    answers: [(&'static str, Cow<'static, str>); 3],
    changed_meanwhile: bool,
}

/// The answers to choose from.
const ANSWERS: [(&str, Key); 3] = [
    ("granted", Key("check-in-agrees")),
    ("refused", Key("check-in-declines")),
    ("", Key("check-in-not-asked")),
];

/// Shows what is on file, to be read out.
pub(crate) async fn check_in_form(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let visit = appointments::get(&mut desk, appointment_id(&id)?).await?;
    let form = on_file(&mut desk, &visit).await?;
    page(&template(&app, &visitor, desk, &visit, form).await?)
}

/// Checks in, with what was corrected and answered.
pub(crate) async fn check_in(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let visit = appointments::get(&mut desk, id).await?;
    let held = on_file(&mut desk, &visit).await?;
    let form = held.over(Form::typed(typed));
    let arrival = match arrival(&held, &form, visitor.today(&app)) {
        Ok(arrival) => arrival,
        Err(problems) => {
            let mut form = form;
            form.refuse_all_in(visitor.text(), &problems, &LABELS);
            return refused(&template(&app, &visitor, desk, &visit, form).await?);
        }
    };
    let seen = form.value("version").parse().unwrap_or(0);
    match appointments::check_in(&mut desk, visitor.zone(), id, seen, &arrival).await {
        Ok(_) => {
            desk.close().await?;
            let due = visit.status == AppointmentStatus::Scheduled;
            let words = if due { Key("step-checked-in") } else { Key("check-in-saved") };
            Ok(see_other_saying(urls::DAY, "ok", &visitor.text().say(words)))
        }
        Err(Refusal::Stale { .. }) => {
            drop(desk);
            again(&app, &visitor, id, form).await
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// What was typed, over what somebody else saved meanwhile.
async fn again(app: &App, visitor: &Visitor, id: AppointmentId, mut form: Form) -> Result<Response, Fault> {
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let visit = appointments::get(&mut desk, id).await?;
    let current = on_file(&mut desk, &visit).await?;
    for name in ["version", "patientVersion"] {
        form.put(name, current.value(name));
    }
    let mut page = template(app, visitor, desk, &visit, form).await?;
    page.changed_meanwhile = true;
    conflict(&page)
}

fn arrival(
    held: &Form,
    form: &Form,
    today: medrecord_clinic::time::Day,
) -> Result<Arrival, medrecord_clinic::field::Problems> {
    let typed: PatientForm = form.read();
    let details = typed.parse(today)?;
    let corrected = typed != held.read::<PatientForm>();
    let version = form.value("patientVersion").parse().unwrap_or(0);
    let consent: Option<ConsentDecision> = form.value("consent").parse().ok();
    Ok(Arrival { corrected: corrected.then_some((version, details)), consent })
}

async fn on_file(desk: &mut Desk, visit: &Appointment) -> Result<Form, Refusal> {
    let patient = patients::get(desk, visit.patient_id).await?;
    Ok(Form::of(&PatientForm::from(&patient))
        .with("patientVersion", patient.version.to_string())
        .with("version", visit.version.to_string()))
}

async fn template(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    visit: &Appointment,
    form: Form,
) -> Result<CheckInPage, Fault> {
    let (zone, text) = (visitor.zone(), visitor.text());
    let banner = banner_of(&mut desk, visit.patient_id, (zone, visitor.today(app)), visitor.text()).await?;
    let consent = consents::current(&mut desk, visit.id).await?;
    desk.close().await?;
    Ok(CheckInPage {
        shell: visitor.shell(),
        banner,
        when: text
            .with("when", text.day_and_clock(zone, visit.appointment_date))
            .with("kind", text.say(words::kind(visit.appointment_type)))
            .say("check-in-visit"),
        action: urls::check_in(visit.id),
        form,
        is_due: visit.status == AppointmentStatus::Scheduled,
        consent: answered(consent.as_ref(), (zone, text)),
        answers: ANSWERS.map(|(value, answer)| (value, text.say(answer))),
        changed_meanwhile: false,
    })
}

/// What is known of the consent, in words.
fn answered(consent: Option<&Consent>, (zone, text): (Zone, Text)) -> String {
    let Some(consent) = consent else { return text.say("consent-never").into_owned() };
    let what = match (consent.for_this_visit, consent.decision) {
        (true, ConsentDecision::Granted) => Key("consent-this-granted"),
        (true, ConsentDecision::Refused) => Key("consent-this-refused"),
        (true, ConsentDecision::Withdrawn) => Key("consent-this-withdrawn"),
        (false, ConsentDecision::Granted) => Key("consent-earlier-granted"),
        (false, ConsentDecision::Refused) => Key("consent-earlier-refused"),
        (false, ConsentDecision::Withdrawn) => Key("consent-earlier-withdrawn"),
    };
    text.with("day", text.day(zone.day_of(consent.asked_at))).say(what)
}
