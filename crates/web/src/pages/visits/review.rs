//! Review and sign: the note as it will stand, what is missing, and the password.

use super::clash::{Clash, clashes};
use super::{Frame, NoteView, appointment_id};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other, see_other_saying};
use crate::pages::scribe::standing;
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::consultation::{Decision, Evidence};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::{Gap, Severity};
use medrecord_store::audit::{Event, Verb};
use medrecord_store::ledger::{self, Habits};
use medrecord_store::medical_records::{self, Review, SignError};
use medrecord_store::sessions::{ProveError, prove};
use medrecord_store::{Desk, evidence};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/visits/review.html")]
struct ReviewPage {
    shell: Shell,
    frame: Frame,
    form: Form,
    note: NoteView,
    /// What speaks against the patient's allergies.
    clashes: Vec<Clash>,
    blocking: Vec<Gap>,
    advised: Vec<Gap>,
    /// What was drafted, with how it stands and what was done: text, standing, state, anchor.
    drafted: Vec<(String, &'static str, &'static str, String)>,
    /// What drafting has meant for this provider; empty before the first signed draft.
    habits: String,
    version: i32,
    digest: String,
    /// Why the record was not signed just now; empty at first.
    refusal: String,
}

/// A signature as posted.
#[derive(Deserialize)]
pub(crate) struct Hand {
    version: i32,
    digest: String,
    #[serde(default)]
    password: String,
}

/// Shows the record as it would be signed.
pub(crate) async fn review(
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let review = medical_records::review(&mut desk, id).await?;
    if !review.record.is_draft() {
        return Ok(see_other(&urls::visit(id)));
    }
    let review_page = review_page(desk, &visitor, id, (review, "")).await?;
    page(&review_page)
}

/// Signs what was reviewed, once the password proves who sits there.
pub(crate) async fn sign(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(hand): Posted<Hand>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    // The password is checked before the writing desk opens: its hash takes long and nobody should wait behind it.
    let mut reading = app.store.read_desk(visitor.actor.clone()).await?;
    let review = medical_records::review(&mut reading, id).await?;
    drop(reading);
    let purpose = Event::new(Verb::Sign, "medical_record").about(review.record.id).of_patient(review.patient);
    match prove(&app.store, &visitor.actor, &hand.password, purpose).await {
        Ok(()) => {}
        Err(ProveError::Wrong) => {
            return not_proven(&app, &visitor, id, "This is not your password. The record is not signed.")
                .await;
        }
        Err(ProveError::Throttled { retry_after_secs }) => {
            let minutes = retry_after_secs.div_ceil(60).max(1);
            let words =
                format!("Too many tries. The record is not signed; wait {minutes} minutes, then try again.");
            return not_proven(&app, &visitor, id, &words).await;
        }
        Err(ProveError::Refused(refusal)) => return Err(refusal.into()),
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let zone = visitor.zone();
    match medical_records::sign(&mut desk, zone, review.record.id, hand.version, &hand.digest).await {
        Ok(_) => {
            desk.close().await?;
            Ok(see_other_saying(
                &urls::visit(id),
                "ok",
                "Signed. The record is locked; an addendum can follow.",
            ))
        }
        Err(SignError::AlreadySigned) => Ok(see_other(&urls::visit(id))),
        Err(SignError::Incomplete(_)) => {
            let words = "Not signed: something is missing.";
            let review = medical_records::review(&mut desk, id).await?;
            refused(&review_page(desk, &visitor, id, (review, words)).await?)
        }
        Err(SignError::Stale) => {
            let words = "Not signed: the note or the vital signs changed after you opened this page. Read it again as it \
                         stands now.";
            let review = medical_records::review(&mut desk, id).await?;
            conflict(&review_page(desk, &visitor, id, (review, words)).await?)
        }
        Err(SignError::Refused(refusal)) => Err(refusal.into()),
    }
}

/// The page again, with what is wrong at the password.
async fn not_proven(app: &App, visitor: &Visitor, id: AppointmentId, words: &str) -> Result<Response, Fault> {
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let review = medical_records::review(&mut desk, id).await?;
    let mut page = review_page(desk, visitor, id, (review, "")).await?;
    page.form.refuse("password", words);
    refused(&page)
}

async fn review_page(
    mut desk: Desk,
    visitor: &Visitor,
    id: AppointmentId,
    (review, refusal): (Review, &str),
) -> Result<ReviewPage, Fault> {
    let frame = Frame::load(&mut desk, visitor, id).await?;
    let drafted = evidence::latest(&mut desk, id).await?;
    let habits = ledger::habits(&mut desk).await?;
    desk.close().await?;
    let (blocking, advised) = review.gaps.into_iter().partition(|gap| gap.severity == Severity::Block);
    Ok(ReviewPage {
        shell: visitor.shell(),
        form: Form::default(),
        clashes: clashes(&review.record, &frame.banner),
        frame,
        note: NoteView::of(&review.record, review.vitals.as_ref()),
        drafted: drafted.iter().map(drafted_line).collect(),
        habits: habits_words(&habits),
        blocking,
        advised,
        version: review.record.version,
        digest: review.digest,
        refusal: refusal.to_owned(),
    })
}

fn drafted_line(item: &Evidence) -> (String, &'static str, &'static str, String) {
    let state = match item.decision {
        Decision::Proposed => "undecided",
        Decision::Accepted => "taken over",
        Decision::Edited => "taken over, edited",
        Decision::Rejected => "rejected",
    };
    (item.text.clone(), standing(item.kind), state, format!("item-{}", item.id))
}

/// "Your last 12 drafted notes: …"; only the provider sees it.
fn habits_words(habits: &Habits) -> String {
    if habits.notes == 0 {
        return String::new();
    }
    let minutes = habits.median_seconds / 60;
    format!(
        "Your last {} drafted notes: half were signed within {minutes} min of the draft; {} were signed without a change. \
         Items taken over {}, edited {}, rejected {}. Only you see this.",
        habits.notes, habits.untouched, habits.accepted, habits.edited, habits.rejected
    )
}
