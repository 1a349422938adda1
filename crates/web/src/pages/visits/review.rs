//! Review and sign: the note as it will stand, what is missing, and the password.

use super::{Frame, NoteView, appointment_id};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other, see_other_saying};
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::ids::{AppointmentId, RecordId};
use medrecord_clinic::medical_record::{Gap, Severity};
use medrecord_store::audit::{Event, Outcome, Verb};
use medrecord_store::medical_records::{self, Review, SignError};
use medrecord_store::{Desk, passwords};
use serde::Deserialize;

#[derive(Template)]
#[template(path = "pages/visits/review.html")]
struct ReviewPage {
    shell: Shell,
    frame: Frame,
    form: Form,
    note: NoteView,
    blocking: Vec<Gap>,
    advised: Vec<Gap>,
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
    if !passwords::verify_own(&mut reading, &hand.password).await? {
        note_wrong_password(&app, &visitor, review.record.id).await?;
        let words = "This is not your password. The record is not signed.";
        let mut page = review_page(reading, &visitor, id, (review, "")).await?;
        page.form.refuse("password", words);
        return refused(&page);
    }
    drop(reading);
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

async fn note_wrong_password(app: &App, visitor: &Visitor, record: RecordId) -> Result<(), Fault> {
    let event = Event::new(Verb::Sign, "medical_record").about(record).ended(Outcome::Refused);
    let event = event.with(serde_json::json!({ "code": "wrong_password" }));
    Ok(app.store.note(visitor.actor.clone(), event).await?)
}

async fn review_page(
    mut desk: Desk,
    visitor: &Visitor,
    id: AppointmentId,
    (review, refusal): (Review, &str),
) -> Result<ReviewPage, Fault> {
    let frame = Frame::load(&mut desk, visitor, id).await?;
    desk.close().await?;
    let (blocking, advised) = review.gaps.into_iter().partition(|gap| gap.severity == Severity::Block);
    Ok(ReviewPage {
        shell: visitor.shell(),
        frame,
        form: Form::default(),
        note: NoteView::of(&review.record, review.vitals.as_ref()),
        blocking,
        advised,
        version: review.record.version,
        digest: review.digest,
        refusal: refusal.to_owned(),
    })
}
