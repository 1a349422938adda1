//! A transcript typed, pasted or uploaded as text: kept and drafted from at once.

use super::{back, id};
use crate::app::App;
use crate::drafting::{self, Origin};
use crate::error::Fault;
use crate::page::see_other_saying;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Multipart, Path, State};
use axum::response::Response;
use medrecord_clinic::consultation::TranscriptSource;
use medrecord_clinic::ids::AppointmentId;
use medrecord_scribe::transcript::Transcript;
use medrecord_store::{Actor, Refusal};
use serde::Deserialize;

/// What was pasted.
#[derive(Deserialize)]
pub(crate) struct Pasted {
    transcript: String,
}

/// Drafts from a transcript that somebody pasted.
pub(crate) async fn paste(
    State(app): State<App>,
    visitor: Visitor,
    Path(appointment): Path<String>,
    Posted(pasted): Posted<Pasted>,
) -> Result<Response, Fault> {
    let appointment = id(&appointment, "visit")?;
    take(&app, visitor.actor, appointment, (&pasted.transcript, TranscriptSource::Pasted)).await
}

/// Drafts from a transcript in a text file.
pub(crate) async fn upload_text(
    State(app): State<App>,
    visitor: Visitor,
    Path(appointment): Path<String>,
    mut form: Multipart,
) -> Result<Response, Fault> {
    let appointment = id(&appointment, "visit")?;
    let wrong = || Refusal::Rule("The file did not arrive whole. Choose it again.".to_owned());
    while let Some(field) = form.next_field().await.map_err(|_| wrong())? {
        if field.file_name().is_none_or(str::is_empty) {
            continue;
        }
        let bytes = field.bytes().await.map_err(|_| wrong())?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Refusal::Rule("The file is no text (UTF-8). Save it as text and choose it again.".to_owned())
        })?;
        let text = text.trim_start_matches('\u{feff}');
        return take(&app, visitor.actor, appointment, (text, TranscriptSource::Uploaded)).await;
    }
    Ok(see_other_saying(&back(appointment), "warn", "Choose a text file first."))
}

async fn take(
    app: &App,
    actor: Actor,
    appointment: AppointmentId,
    (text, source): (&str, TranscriptSource),
) -> Result<Response, Fault> {
    let heard = Transcript::parse(text);
    drafting::require_words(&heard)?;
    let origin = Origin::text(source);
    let drafted = drafting::elsewhere(app, actor.clone(), appointment, &heard).await?;
    let mut desk = app.store.write_desk(actor).await?;
    let count = drafting::keep_and_draft(&mut desk, appointment, &heard, origin, drafted).await?;
    desk.close().await?;
    let words = match count {
        0 => "The transcript is kept. Nothing in it could be drafted.".to_owned(),
        1 => "One item was drafted. Check it against what was said.".to_owned(),
        n => format!("{n} items were drafted. Check each against what was said."),
    };
    Ok(see_other_saying(&back(appointment), "ok", &words))
}
