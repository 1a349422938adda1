//! One step of a visit: checked in, started, completed, cancelled, missed, or taken back.

use super::from_list;
use crate::app::App;
use crate::desk::Writing;
use crate::error::Fault;
use crate::page::{see_other, see_other_saying};
use crate::pages::visits::appointment_id;
use crate::text::Key;
use crate::urls;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::appointment::{AppointmentStatus, Step};
use medrecord_store::{Desk, Refusal, appointments};
use serde::Deserialize;

/// Which step, from which version of the visit, and where to go on.
#[derive(Deserialize)]
pub(crate) struct Taken {
    step: String,
    version: i32,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    back: String,
    /// `confirmed` where phone and address stood beside the button.
    #[serde(default)]
    contact: String,
}

/// Takes the step and goes back to where it was asked for; a refusal is said there.
pub(crate) async fn step(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(taken): Posted<Taken>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let elsewhere = !urls::is_local(&taken.back);
    let back = if elsewhere { urls::appointment(id) } else { taken.back };
    let step = match Step::parse(&taken.step, &taken.reason) {
        Ok(step) => step,
        Err(problems) => {
            let words = problems.0.first().map(|problem| problem.message.clone()).unwrap_or_default();
            return Ok(see_other_saying(&urls::appointment(id), "alert", &words));
        }
    };
    match appointments::advance(&mut desk, visitor.zone(), id, taken.version, &step).await {
        Ok(visit) => {
            if step == Step::CheckIn && taken.contact == "confirmed" {
                appointments::contact_confirmed(&mut desk, visit.patient_id);
            }
            desk.close().await?;
            let called_off = matches!(step, Step::Cancel(_) | Step::NoShow(_)).then_some(&visit);
            let back = from_list::suited(&app, &visitor, called_off).await?.unwrap_or(back);
            Ok(match said(&step, visit.status) {
                Some(key) => see_other_saying(&back, "ok", &visitor.text().say(key)),
                None => see_other(&back),
            })
        }
        Err(refusal) => {
            drop(desk);
            let words = match &refusal {
                Refusal::Rule(words) => words.clone(),
                Refusal::Stale { .. } => visitor.text().say("step-stale").into_owned(),
                Refusal::Signed => visitor.text().say("step-signed").into_owned(),
                Refusal::NotFound(_)
                | Refusal::NotAllowed(_)
                | Refusal::NobodySignedIn
                | Refusal::Invalid(_)
                | Refusal::Store(_) => return Err(refusal.into()),
            };
            let event = Desk::refusal_event(&refusal, "appointment").about(id);
            app.store.note(visitor.actor.clone(), event).await?;
            let back = if back.starts_with("/visits/") { urls::DAY.to_owned() } else { back };
            Ok(see_other_saying(&back, "alert", &words))
        }
    }
}

/// What is said after a step; nothing where the next page says it by itself.
fn said(step: &Step, status: AppointmentStatus) -> Option<Key> {
    Some(match step {
        Step::CheckIn => Key("step-checked-in"),
        Step::Start => return None,
        Step::Complete => Key("step-completed"),
        Step::Cancel(_) => Key("step-cancelled"),
        Step::NoShow(_) => Key("step-no-show"),
        Step::Back => match status {
            AppointmentStatus::Scheduled => Key("step-back-scheduled"),
            AppointmentStatus::CheckedIn => Key("step-back-waiting"),
            AppointmentStatus::InProgress
            | AppointmentStatus::Completed
            | AppointmentStatus::Cancelled
            | AppointmentStatus::NoShow => Key("step-back-in-progress"),
        },
    })
}
