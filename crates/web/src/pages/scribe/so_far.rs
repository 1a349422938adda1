//! What is said while a visit is recorded, as the page shows it and looks at it again.

use super::panel::{Panel, ScribePage, consent_line, is_open};
use super::turns::{clock, heard_from};
use crate::app::App;
use crate::error::Fault;
use crate::live;
use crate::page::page;
use crate::visitor::Visitor;
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_scribe::transcript::Segment;
use medrecord_store::audit::Verb;
use medrecord_store::{Desk, Refusal, consents, recordings};

/// A sentence of a recording that goes on.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    pub(crate) who: &'static str,
    pub(crate) clock: String,
    pub(crate) text: String,
}

/// The part of the panel that a page looks at again every two seconds while a visit is recorded, and nothing else of the
/// record. That somebody sees what is said is noted at the first look that shows something.
pub(super) async fn again(
    app: &App,
    visitor: &Visitor,
    mut desk: Desk,
    appointment: AppointmentId,
) -> Result<Response, Fault> {
    let me = desk.provider()?;
    let consent = consents::current(&mut desk, appointment).await?;
    let known = recordings::of_visit(&mut desk, appointment).await?;
    let mut scribe = Panel::of(None, &[], None);
    scribe.visit = appointment.to_string();
    scribe.open = visitor.may(Action::WriteRecord);
    scribe.consent = consent_line(consent.as_ref(), visitor.zone());
    let mut shown = None;
    if let Some(recorder) = known.iter().find(|r| is_open(r)).filter(|_| scribe.consent.granted) {
        scribe.recorder = Some(recorder.id.to_string());
        scribe.so_far = words(app, &mut desk, recorder.id).await?;
        shown = (!scribe.so_far.is_empty()).then_some(recorder.id);
    }
    if let Some(recording) = shown.filter(|recording| !app.live.is_seen(*recording, me)) {
        note_look(&mut desk, recording).await?;
    }
    desk.close().await?;
    if let Some(recording) = shown {
        app.live.saw(recording, me);
    }
    page(&ScribePage { shell: visitor.shell(), banner: None, scribe })
}

pub(super) async fn note_look(desk: &mut Desk, recording: RecordingId) -> Result<(), Refusal> {
    let patient = recordings::get(desk, recording).await?.patient;
    desk.did(Verb::Read, "recording", recording, patient);
    Ok(())
}

/// What was said so far.
pub(super) async fn words(app: &App, desk: &mut Desk, recording: RecordingId) -> Result<Vec<Said>, Refusal> {
    let heard = live::words(app, desk, recording).await?;
    let said = |segment: Segment| Said {
        who: heard_from(segment.speaker),
        clock: segment.start_ms.and_then(|ms| i64::try_from(ms).ok()).map(clock).unwrap_or_default(),
        text: segment.text,
    };
    Ok(heard.segments.into_iter().map(said).collect())
}
