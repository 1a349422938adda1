//! The scribe for programs: a draft from a transcript, a visit's draft, and what a person decides on each item.
//!
//! Sound comes in through `recordings`. Nothing drafted enters a record unless its item is taken over.

use super::answer;
use super::asked::{Asked, Id, View};
use super::change::{Change, Sent};
use super::operation::{Condition, Operation};
use crate::app::App;
use crate::desk::Reading;
use crate::drafting::{self, Origin};
use crate::error::Fault;
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::consultation::{ConsentDecision, Decision, TranscriptSource};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, EvidenceId};
use medrecord_scribe::draft::VisitContext;
use medrecord_scribe::transcript::Transcript;
use medrecord_store::audit::{Event, Verb};
use medrecord_store::{Desk, Refusal, adoption, appointments, consents, evidence, transcripts};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(super) const OPERATIONS: [Operation; 7] = [
    Operation::post(
        "/api/v1/drafts",
        "Drafts from a transcript of no visit and keeps nothing, as `medrecord scribe` does.",
        "TranscriptInput",
    )
    .one("Draft"),
    Operation::get("/api/v1/appointments/{id}/consent", "Gives the answer to the question about recording.")
        .one("Consent"),
    Operation::post(
        "/api/v1/appointments/{id}/consent",
        "Notes what the patient answered to the question whether the visit may be recorded.",
        "ConsentInput",
    )
    .new_one("Consent"),
    Operation::post(
        "/api/v1/appointments/{id}/transcript",
        "Keeps what was said in a visit and drafts from it.",
        "TranscriptInput",
    )
    .new_one("VisitDraft"),
    Operation::get(
        "/api/v1/appointments/{id}/draft",
        "Gives the newest transcript of a visit and what was drafted from it.",
    )
    .one("VisitDraft"),
    Operation::post(
        "/api/v1/drafted-items/{id}/decision",
        "Takes a drafted item over, takes it over in other words, rejects it, or takes a rejection back.",
        "DecisionInput",
    )
    .seen(Condition::Must)
    .one("DraftedItem"),
    Operation::post(
        "/api/v1/drafted-items/{id}/confirm",
        "Says that a word of toConfirm, which nobody said in this form, is right.",
        "ConfirmationInput",
    )
    .seen(Condition::Must)
    .one("DraftedItem"),
];

/// What was said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Spoken {
    transcript: String,
}

/// What the patient answered.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Answered {
    decision: String,
}

/// What a person decided.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Decided {
    decision: String,
    text: String,
}

/// Which word is right.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Confirmed {
    place: String,
}

/// Reads what was said.
fn heard(sent: &Sent) -> Result<Transcript, Fault> {
    if sent.text("transcript").trim().is_empty() {
        let words = "Send what was said, one turn a line: [doctor] …, [patient] ….";
        return Err(Problems::one("transcript", "required", words).into());
    }
    let heard = Transcript::parse(sent.text("transcript"));
    drafting::require_words(&heard)?;
    Ok(heard)
}

/// Drafts and keeps nothing but the note that somebody did.
pub(crate) async fn draft(State(app): State<App>, visitor: Visitor, sent: Sent) -> Result<Response, Fault> {
    let heard = heard(&sent)?;
    // Before the desk opens: nobody's write waits behind a draft.
    let drafting = move || medrecord_scribe::draft(&heard, &VisitContext::default());
    let draft = tokio::task::spawn_blocking(drafting).await.map_err(std::io::Error::other)?;
    let mut change = match sent.open(&app, &visitor).await {
        Ok(change) => change,
        Err(answer) => return Ok(answer),
    };
    change.read(&Spoken::default())?;
    change.desk.record(Event::new(Verb::Create, "scribe_run").with(json!({ "kept": false })));
    change.done(&draft, None).await
}

/// The answer to the question about recording.
pub(crate) async fn consent(
    Id(visit): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let patient = appointments::get(&mut desk, visit).await?.patient_id;
    let consent = consents::current(&mut desk, visit).await?.ok_or(Refusal::NotFound("consent"))?;
    desk.did(Verb::Read, "consent", consent.id, patient);
    desk.close().await?;
    answer::one(&consent, None, &View::default())
}

/// Notes the answer to the question about recording.
pub(crate) async fn answered(Id(visit): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let said = change.read(&Answered::default())?;
    let words = "Choose granted, refused or withdrawn.";
    let decision: ConsentDecision =
        said.decision.parse().map_err(|_| Problems::one("decision", "invalid", words))?;
    consents::record(&mut change.desk, visit, decision, None).await?;
    let consent = consents::current(&mut change.desk, visit).await?;
    change.made(&consent, None).await
}

/// Keeps what was said in a visit and drafts from it.
pub(crate) async fn keep(
    State(app): State<App>,
    visitor: Visitor,
    Id(visit): Id<AppointmentId>,
    sent: Sent,
) -> Result<Response, Fault> {
    let heard = heard(&sent)?;
    let elsewhere = drafting::elsewhere(&app, visitor.actor.clone(), visit, &heard).await?;
    let mut change = match sent.open(&app, &visitor).await {
        Ok(change) => change,
        Err(answer) => return Ok(answer),
    };
    change.read(&Spoken::default())?;
    let origin = Origin::text(TranscriptSource::Pasted);
    drafting::keep_and_draft(&mut change.desk, visit, &heard, origin, elsewhere).await?;
    let body = drafted(&mut change.desk, visit).await?;
    change.made(&body, None).await
}

/// The newest transcript of a visit and what was drafted from it.
pub(crate) async fn of_visit(
    Id(visit): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&[])?;
    let body = drafted(&mut desk, visit).await?;
    desk.close().await?;
    answer::one(&body, None, &View::default())
}

pub(super) async fn drafted(desk: &mut Desk, visit: AppointmentId) -> Result<Value, Fault> {
    let transcript = transcripts::latest(desk, visit).await?;
    let items = evidence::latest(desk, visit).await?;
    Ok(json!({ "transcript": transcript, "items": items }))
}

/// Does with a drafted item what a person decided.
pub(crate) async fn decide(Id(item): Id<EvidenceId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let wish = change.read(&Decided::default())?;
    let words = "Choose accepted, edited, rejected or proposed.";
    let decision: Decision =
        wish.decision.parse().map_err(|_| Problems::one("decision", "invalid", words))?;
    let desk = &mut change.desk;
    match decision {
        Decision::Accepted => adoption::accept(desk, item, seen).await?,
        Decision::Edited => adoption::accept_in_other_words(desk, item, seen, &wish.text).await?,
        Decision::Rejected => adoption::reject(desk, item, seen).await?,
        Decision::Proposed => adoption::reconsider(desk, item, seen).await?,
    }
    shown(change, item).await
}

/// Notes that a word of a drafted item is right.
pub(crate) async fn confirm(Id(item): Id<EvidenceId>, mut change: Change) -> Result<Response, Fault> {
    let seen = change.seen()?;
    let words = "place is the word's place in toConfirm, counted from 0.";
    let place = change.read(&Confirmed::default())?.place.parse();
    let place = place.map_err(|_| Problems::one("place", "invalid", words))?;
    evidence::confirm(&mut change.desk, item, seen, place).await?;
    shown(change, item).await
}

async fn shown(mut change: Change, item: EvidenceId) -> Result<Response, Fault> {
    let (after, ..) = evidence::get(&mut change.desk, item).await?;
    change.done(&after, Some(after.version)).await
}
