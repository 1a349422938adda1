//! Consent and sound on the visit page: asking first, recording in the browser, uploads.

use super::{back, id};
use crate::app::App;
use crate::desk::Writing;
use crate::error::Fault;
use crate::page::{see_other, see_other_saying};
use crate::recording::{self, Arriving, Upload};
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Multipart, Path, State};
use axum::response::Response;
use medrecord_clinic::consultation::ConsentDecision;
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_store::{consents, recordings};
use serde::Deserialize;

const BROWSER_SOUND: &str = "audio/webm";

/// What the patient answered.
#[derive(Deserialize)]
pub(crate) struct Answer {
    decision: String,
}

/// Writes down what the patient answered to the question whether the visit may be recorded.
pub(crate) async fn consent(
    Path(appointment): Path<String>,
    Writing(mut desk): Writing,
    Posted(answer): Posted<Answer>,
) -> Result<Response, Fault> {
    let appointment = id(&appointment, "visit")?;
    let decision: ConsentDecision = id(&answer.decision, "answer")?;
    consents::record(&mut desk, appointment, decision, None).await?;
    desk.close().await?;
    let words = match decision {
        ConsentDecision::Granted => "Consent recorded. The visit may be recorded.",
        ConsentDecision::Refused => "Recorded: the patient does not want a recording.",
        ConsentDecision::Withdrawn => "Recorded: the patient withdrew the consent.",
    };
    Ok(see_other_saying(&back(appointment), "ok", words))
}

/// Begins a recording in this browser.
pub(crate) async fn start(
    Path(appointment): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    recordings::start(&mut desk, appointment, BROWSER_SOUND, None).await?;
    desk.close().await?;
    Ok(see_other(&back(appointment)))
}

/// How many chunks the browser sent.
#[derive(Deserialize)]
pub(crate) struct Count {
    chunks: i32,
}

/// Ends a recording and queues it for hearing.
pub(crate) async fn finish(
    State(app): State<App>,
    visitor: Visitor,
    Path(recording): Path<String>,
    Posted(count): Posted<Count>,
) -> Result<Response, Fault> {
    let recording: RecordingId = id(&recording, "recording")?;
    let appointment = recording::complete(&app, &visitor, recording, count.chunks).await?;
    Ok(see_other(&back(appointment)))
}

/// Takes a recording made elsewhere.
pub(crate) async fn upload(
    State(app): State<App>,
    visitor: Visitor,
    Path(appointment): Path<String>,
    mut form: Multipart,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    while let Some(field) = form.next_field().await.map_err(|_| recording::broken_off())? {
        let Some(name) = field.file_name().filter(|name| !name.is_empty()).map(str::to_owned) else {
            continue;
        };
        let kind = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let mut sound = Arriving::Part(Box::new(field));
        let upload = Upload { kind: &kind, name: &name, first: sound.piece().await? };
        let (new, parts) = recording::take(&app, &visitor, appointment, upload, sound).await?;
        recording::complete(&app, &visitor, new, parts).await?;
        let words = "The recording is here and will be listened to now.";
        return Ok(see_other_saying(&back(appointment), "ok", words));
    }
    Ok(see_other_saying(&back(appointment), "warn", "Choose a recording first."))
}

/// Tries a recording again that could not be heard.
pub(crate) async fn retry(
    State(app): State<App>,
    Path(recording): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let placed = recording::hear_again(&mut desk, id(&recording, "recording")?).await?;
    desk.close().await?;
    app.nudge();
    Ok(see_other(&back(placed.appointment)))
}

/// Throws a recording away that nobody needs.
pub(crate) async fn discard(
    Path(recording): Path<String>,
    Writing(mut desk): Writing,
) -> Result<Response, Fault> {
    let placed = recording::put_aside(&mut desk, id(&recording, "recording")?).await?;
    desk.close().await?;
    Ok(see_other_saying(&back(placed.appointment), "ok", "The recording was put aside."))
}
