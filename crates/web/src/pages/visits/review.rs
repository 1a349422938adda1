//! Review and sign: the note as it will stand, what is missing, and the password.

use super::clash::{Clash, denials};
use super::warnings::Warnings;
use super::{Frame, NoteView, appointment_id};
use crate::app::App;
use crate::banner::banner_of;
use crate::desk::Reading;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other, see_other_saying};
use crate::pages::scribe::standing;
use crate::shell::Shell;
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::consultation::{Decision, Evidence};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::{Gap, Severity};
use medrecord_clinic::quality::Quality;
use medrecord_store::audit::{Event, Verb};
use medrecord_store::ledger;
use medrecord_store::medical_records::{self, NewOverride, Review, SignError};
use medrecord_store::sessions::{ProveError, prove};
use medrecord_store::{Desk, evidence};

#[derive(Template)]
#[template(path = "pages/visits/review.html")]
struct ReviewPage {
    shell: Shell,
    frame: Frame,
    form: Form,
    note: NoteView,
    /// Where the note denies allergies that are listed.
    clashes: Vec<Clash>,
    warnings: Warnings,
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
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    // The password is checked before the writing desk opens: its hash takes long and nobody should wait behind it.
    let mut reading = app.store.read_desk(visitor.actor.clone()).await?;
    let mut form = Form::typed(typed);
    let review = medical_records::review(&mut reading, id).await?;
    let banner =
        banner_of(&mut reading, review.patient, (visitor.zone(), visitor.today(&app)), visitor.text())
            .await?;
    let warnings = Warnings::of(&mut reading, &review, &banner.allergies).await?;
    drop(reading);
    let Some(given) = reasons(&warnings, &mut form) else {
        return not_signed(&app, &visitor, id, form).await;
    };
    let purpose = Event::new(Verb::Sign, "medical_record").about(review.record.id).of_patient(review.patient);
    match prove(&app.store, &visitor.actor, form.value("password"), purpose).await {
        Ok(()) => {}
        Err(ProveError::Wrong) => {
            form.refuse("password", "This is not your password. The record is not signed.");
            return not_signed(&app, &visitor, id, form).await;
        }
        Err(ProveError::Throttled { retry_after_secs }) => {
            let minutes = retry_after_secs.div_ceil(60).max(1);
            let words =
                format!("Too many tries. The record is not signed; wait {minutes} minutes, then try again.");
            form.refuse("password", words);
            return not_signed(&app, &visitor, id, form).await;
        }
        Err(ProveError::Refused(refusal)) => return Err(refusal.into()),
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let (record, seen) = (review.record.id, form.value("version").parse().unwrap_or(0));
    if review.record.is_draft() {
        medical_records::override_warnings(&mut desk, record, &given).await?;
    }
    let signed = medical_records::sign(&mut desk, visitor.zone(), record, seen, form.value("digest")).await;
    if signed.is_ok() {
        desk.close().await?;
        let words = "Signed. The record is locked; an addendum can follow.";
        return Ok(see_other_saying(&urls::visit(id), "ok", words));
    }
    // Undone with the desk: reasons that no signature followed.
    drop(desk);
    read_again(&app, &visitor, id, signed.err()).await
}

/// The page as it stands now, where the record could not be signed.
async fn read_again(
    app: &App,
    visitor: &Visitor,
    id: AppointmentId,
    error: Option<SignError>,
) -> Result<Response, Fault> {
    let (words, stale) = match error {
        None | Some(SignError::AlreadySigned) => return Ok(see_other(&urls::visit(id))),
        Some(SignError::Refused(refusal)) => return Err(refusal.into()),
        Some(SignError::Incomplete(_)) => ("Not signed: something is missing.", false),
        Some(SignError::Stale) => (
            "Not signed: the note or the vital signs changed after you opened this page. Read it again as it stands now.",
            true,
        ),
    };
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let review = medical_records::review(&mut desk, id).await?;
    let page = review_page(desk, visitor, id, (review, words)).await?;
    if stale { conflict(&page) } else { refused(&page) }
}

/// The reason for each warning that needs one; `None` where one is missing, which the form then says.
fn reasons(warnings: &Warnings, form: &mut Form) -> Option<Vec<NewOverride>> {
    let missing = match warnings.answered(|key| form.value(&format!("why-{key}"))) {
        Ok(given) => return Some(given),
        Err(missing) => missing,
    };
    for key in missing {
        form.refuse(&format!("why-{key}"), "Say why it is prescribed all the same, or change the note.");
    }
    None
}

/// The page again, with what is wrong and every reason that was typed.
async fn not_signed(app: &App, visitor: &Visitor, id: AppointmentId, form: Form) -> Result<Response, Fault> {
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let review = medical_records::review(&mut desk, id).await?;
    let page = review_page(desk, visitor, id, (review, "")).await?;
    refused(&ReviewPage { form, ..page })
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
    let warnings = Warnings::of(&mut desk, &review, &frame.banner.allergies).await?;
    desk.close().await?;
    let (blocking, advised) = review.gaps.into_iter().partition(|gap| gap.severity == Severity::Block);
    Ok(ReviewPage {
        shell: visitor.shell(),
        form: Form::default(),
        clashes: denials(&review.record, &frame.banner.allergies),
        warnings,
        frame,
        note: NoteView::of(&review.record, review.vitals.as_ref(), Text::ENGLISH),
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
fn habits_words(habits: &Quality) -> String {
    let Some(seconds) = habits.median_seconds() else { return String::new() };
    let minutes = seconds / 60;
    format!(
        "Your last {} drafted notes: half were signed within {minutes} min of the draft; {} were signed without a change. \
         Items kept {}, changed {}, left out {}. Only you see this.",
        habits.notes, habits.untouched, habits.kept, habits.edited, habits.removed
    )
}
