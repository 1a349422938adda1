//! What was said in a visit: the newest transcript, who speaks in it put right, and its draft taken over together.

use super::answer;
use super::asked::{Asked, Id};
use super::change::{Change, Sent};
use super::drafts::drafted;
use super::operation::{FIELDS, Operation};
use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::redrafting::{self, Voices};
use crate::visitor::Visitor;
use axum::extract::State;
use axum::response::Response;
use medrecord_clinic::consultation::Speaker;
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::ids::AppointmentId;
use medrecord_store::transcripts::{self, Correction};
use medrecord_store::{Refusal, adoption};
use serde::{Deserialize, Serialize};

pub(super) const OPERATIONS: [Operation; 3] = [
    Operation::get(
        "/api/v1/appointments/{id}/transcript",
        "Gives the newest transcript of a visit with its segments.",
    )
    .asks(&[FIELDS])
    .one("Transcript"),
    Operation::post(
        "/api/v1/appointments/{id}/transcript/speakers",
        "Puts right who speaks, in one segment or with the two voices swapped in all, and drafts again.",
        "SpeakersInput",
    )
    .one("VisitDraft"),
    Operation::post(
        "/api/v1/appointments/{id}/draft/accept",
        "Takes over all of one part of the draft that bears no warning and needs no confirmation.",
        "PartInput",
    )
    .one("VisitDraft"),
];

/// Whose turn it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Corrected {
    transcript_id: String,
    index: String,
    speaker: String,
}

impl Corrected {
    fn voices(&self, appointment: AppointmentId) -> Result<Voices, Problems> {
        let wrong = |name: &str, words: &str| Problems::one(name, "invalid", words.to_owned());
        let seen = self.transcript_id.parse();
        let seen =
            seen.map_err(|_| wrong("transcriptId", "Send the id of the transcript that was shown."))?;
        let correction = if self.index.is_empty() && self.speaker.is_empty() {
            Correction::Swap
        } else {
            let index = self.index.parse();
            let index = index.map_err(|_| wrong("index", "index is the index of one segment."))?;
            let words = "Choose doctor, patient, other or unknown.";
            let speaker: Speaker = self.speaker.parse().map_err(|_| wrong("speaker", words))?;
            Correction::Turn { index, speaker }
        };
        Ok(Voices { appointment, seen, correction })
    }
}

/// Which part of the draft to take over.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Part {
    target: String,
}

/// The newest transcript of a visit.
pub(crate) async fn get(
    Id(visit): Id<AppointmentId>,
    asked: Asked,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    asked.only(&["fields"])?;
    let view = asked.view("Transcript", &[])?;
    let transcript = transcripts::latest(&mut desk, visit).await?.ok_or(Refusal::NotFound("transcript"))?;
    desk.close().await?;
    answer::one(&transcript, None, &view)
}

/// Corrects who speaks, and drafts again.
pub(crate) async fn correct(
    State(app): State<App>,
    visitor: Visitor,
    Id(visit): Id<AppointmentId>,
    sent: Sent,
) -> Result<Response, Fault> {
    let voices = sent.read(&Corrected::default())?.voices(visit)?;
    if let Some(answer) = sent.known(&app, &visitor).await {
        return Ok(answer);
    }
    let elsewhere = redrafting::elsewhere(&app, visitor.actor.clone(), voices).await?;
    let mut change = match sent.open(&app, &visitor).await {
        Ok(change) => change,
        Err(answer) => return Ok(answer),
    };
    redrafting::draft_again(&mut change.desk, voices, elsewhere).await?;
    let body = drafted(&mut change.desk, visit).await?;
    change.done(&body, None).await
}

/// Takes over what is clear of one part of the draft.
pub(crate) async fn accept(Id(visit): Id<AppointmentId>, mut change: Change) -> Result<Response, Fault> {
    let part = change.read(&Part::default())?;
    let target = field::required("target", "the target of the items to take over", &part.target, SHORT)?;
    adoption::accept_clear(&mut change.desk, visit, &target).await?;
    let body = drafted(&mut change.desk, visit).await?;
    change.done(&body, None).await
}
