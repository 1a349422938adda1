//! How a note was made: the engine, its weights, the speech model, and each drafted item with the words it rests on and
//! what the person did. For the provider, and to hand out to the patient or a reviewer.

use super::id;
use super::panel::{drafted_as, standing};
use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::pages::visits::Frame;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use medrecord_clinic::consultation::{Decision, Evidence, Segment, Transcript};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::{MedicalRecord, NoteField};
use medrecord_clinic::time::Zone;
use medrecord_store::ledger::{self, Making};
use medrecord_store::{evidence, medical_records, transcripts};

#[derive(Template)]
#[template(path = "pages/scribe/made.html")]
struct MadePage {
    shell: Shell,
    frame: Frame,
    facts: Vec<(&'static str, String)>,
    lines: Vec<Line>,
}

/// A drafted item and its way into the record.
struct Line {
    place: String,
    text: String,
    standing: &'static str,
    /// The scribe's words, where the provider's own stand in their place.
    drafted_as: Option<String>,
    flags: Vec<String>,
    said: Vec<String>,
    confirmed: Vec<String>,
    done: String,
    changed: Option<String>,
}

/// Shows how the note of a visit was made.
pub(crate) async fn made(
    visitor: Visitor,
    Path(appointment): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let appointment: AppointmentId = id(&appointment, "visit")?;
    let frame = Frame::load(&mut desk, &visitor, appointment).await?;
    let making = ledger::making(&mut desk, appointment).await?;
    let items = evidence::latest(&mut desk, appointment).await?;
    let transcript = transcripts::latest(&mut desk, appointment).await?;
    let record = medical_records::of_appointment(&mut desk, appointment).await?;
    desk.close().await?;
    let zone = visitor.zone();
    let segments = transcript.as_ref().map(|t: &Transcript| t.segments.as_slice()).unwrap_or_default();
    page(&MadePage {
        shell: visitor.shell(),
        frame,
        facts: making.as_ref().map(|making| facts(making, zone)).unwrap_or_default(),
        lines: items.iter().map(|item| line(item, segments, record.as_ref(), zone)).collect(),
    })
}

fn facts(making: &Making, zone: Zone) -> Vec<(&'static str, String)> {
    let engine = format!("{} {}", making.engine, making.engine_version);
    let source = match making.source.as_str() {
        "speech" => "heard from the recording",
        "uploaded" => "a text file",
        _ => "typed or pasted",
    };
    let mut facts = vec![
        ("Drafted", zone.day_and_clock(making.drafted_at)),
        ("Engine", engine),
        ("Digest of its weights", making.model_hash.clone().unwrap_or_else(|| "none".to_owned())),
        ("Transcript", source.to_owned()),
    ];
    facts.extend(making.speech_engine.clone().map(|engine| ("Speech engine", engine)));
    facts.extend(making.speech_model_hash.clone().map(|hash| ("Digest of the speech model", hash)));
    if let Some(signed_at) = making.signed_at {
        facts.push(("Signed", zone.day_and_clock(signed_at)));
        let minutes = signed_at.minutes_since(making.drafted_at);
        facts.push(("From draft to signature", format!("{minutes} min")));
    }
    facts
}

fn line(item: &Evidence, segments: &[Segment], record: Option<&MedicalRecord>, zone: Zone) -> Line {
    let field = NoteField::ALL.into_iter().find(|field| field.as_str() == item.target);
    let quoted = |place: &i32| {
        let segment = segments.iter().find(|segment| segment.index == *place)?;
        Some(format!("{}: {}", segment.speaker.as_str(), segment.text))
    };
    let verb = match item.decision {
        Decision::Proposed => "not decided; not part of the record",
        Decision::Accepted => "taken over word for word",
        Decision::Edited => "taken over in other words",
        Decision::Rejected => "rejected; not part of the record",
    };
    let who = item.decided_by.as_deref().map(|name| format!(" by {name}")).unwrap_or_default();
    let when = item.decided_at.map(|at| format!(", {}", zone.day_and_clock(at))).unwrap_or_default();
    Line {
        place: field.map_or_else(|| item.target.clone(), |field| field.label().to_owned()),
        text: item.text.clone(),
        standing: standing(item.kind),
        drafted_as: drafted_as(item),
        flags: item.flags.clone(),
        said: item.segments.iter().filter_map(quoted).collect(),
        confirmed: item
            .to_confirm
            .iter()
            .map(|word| match word.confirmed_at {
                Some(at) => format!("“{}” confirmed, {}", word.words, zone.day_and_clock(at)),
                None => format!("“{}” not confirmed", word.words),
            })
            .collect(),
        done: format!("{verb}{who}{when}"),
        changed: item.final_text.clone().or_else(|| later(item, field, record)),
    }
}

/// What became of a sentence that was taken over and then changed in the note itself.
fn later(item: &Evidence, field: Option<NoteField>, record: Option<&MedicalRecord>) -> Option<String> {
    let (field, record) = field.zip(record)?;
    let kept = record.note.get(field).as_deref().unwrap_or_default();
    let taken = item.decision == Decision::Accepted;
    (taken && !kept.contains(&item.text)).then(|| "changed or taken out later, in the note itself".to_owned())
}
