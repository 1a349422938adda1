//! A record to read: signed, with its addenda and the way to add one; or a draft, for those who may not write it.

use super::{Frame, NoteView, appointment_id};
use crate::desk::Writing;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::pages::letters;
use crate::shell::Shell;
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::addendum::{Addendum, AddendumForm};
use medrecord_clinic::medical_record::MedicalRecord;
use medrecord_clinic::time::Zone;
use medrecord_store::medical_records::Override;
use medrecord_store::{Desk, Refusal, medical_records, providers, vitals};

#[derive(Template)]
#[template(path = "pages/visits/signed.html")]
struct SignedPage {
    shell: Shell,
    frame: Frame,
    form: Form,
    note: NoteView,
    signature: Option<Stamp>,
    addenda: Vec<AddendumView>,
    overrides: Vec<Override>,
    letters: Vec<letters::Item>,
    may_add: bool,
}

/// A signature in words.
pub(crate) struct Stamp {
    pub(crate) by: String,
    pub(crate) at: String,
    /// The first signs of the fingerprint, enough to compare by eye.
    pub(crate) mark: String,
}

/// An addendum in words.
pub(crate) struct AddendumView {
    pub(crate) by: String,
    pub(crate) at: String,
    pub(crate) reason: String,
    pub(crate) lines: Vec<String>,
}

/// Shows the record to read.
pub(super) async fn show(
    mut desk: Desk,
    visitor: &Visitor,
    frame: Frame,
    record: Option<MedicalRecord>,
) -> Result<Response, Fault> {
    let signed_page = signed_page(&mut desk, visitor, frame, record, Form::default()).await?;
    desk.close().await?;
    page(&signed_page)
}

/// Adds to a signed record.
pub(crate) async fn add(
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<AddendumForm>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let record = medical_records::of_appointment(&mut desk, id).await?;
    let record = record.ok_or(Refusal::NotFound("medical record"))?;
    match typed.parse() {
        Ok(details) => {
            medical_records::add_addendum(&mut desk, record.id, &details).await?;
            desk.close().await?;
            Ok(see_other_saying(&urls::visit(id), "ok", "Addendum added."))
        }
        Err(problems) => {
            let mut form = Form::default().with("reason", &*typed.reason).with("text", &*typed.text);
            problems.0.iter().for_each(|problem| form.refuse(&problem.field, problem.message.clone()));
            let frame = Frame::load(&mut desk, &visitor, id).await?;
            refused(&signed_page(&mut desk, &visitor, frame, Some(record), form).await?)
        }
    }
}

async fn signed_page(
    desk: &mut Desk,
    visitor: &Visitor,
    frame: Frame,
    record: Option<MedicalRecord>,
    form: Form,
) -> Result<SignedPage, Fault> {
    let taken = vitals::of_appointment(desk, frame.appointment.id).await?;
    let zone = visitor.zone();
    let (note, addenda, signature) = match &record {
        None => (NoteView::without_record(taken.as_ref(), Text::ENGLISH), Vec::new(), None),
        Some(record) => (
            NoteView::of(record, taken.as_ref(), Text::ENGLISH),
            addenda(desk, record, (zone, Text::ENGLISH)).await?,
            stamp(desk, record, zone).await?,
        ),
    };
    let overrides = match &record {
        Some(record) => medical_records::overrides(desk, record.id).await?,
        None => Vec::new(),
    };
    let kept = medrecord_store::letters::of_visit(desk, frame.appointment.id).await?;
    Ok(SignedPage {
        shell: visitor.shell(),
        overrides,
        letters: kept.iter().map(letters::item).collect(),
        may_add: signature.is_some() && visitor.may(Action::SignRecord),
        frame,
        form,
        note,
        signature,
        addenda,
    })
}

/// What was added to a record, in words.
pub(crate) async fn addenda(
    desk: &mut Desk,
    record: &MedicalRecord,
    (zone, text): (Zone, Text),
) -> Result<Vec<AddendumView>, Refusal> {
    let view = |addendum: Addendum| AddendumView {
        by: addendum.author_name,
        at: text.day_and_clock(zone, addendum.created_at),
        reason: addendum.reason,
        lines: addendum.text.lines().map(str::to_owned).collect(),
    };
    Ok(medical_records::addenda(desk, record.id).await?.into_iter().map(view).collect())
}

/// The signature of a record, in English; `None` for a draft.
pub(crate) async fn stamp(
    desk: &mut Desk,
    record: &MedicalRecord,
    zone: Zone,
) -> Result<Option<Stamp>, Refusal> {
    stamp_in(desk, record, (zone, Text::ENGLISH)).await
}

/// The same in another language.
pub(crate) async fn stamp_in(
    desk: &mut Desk,
    record: &MedicalRecord,
    (zone, text): (Zone, Text),
) -> Result<Option<Stamp>, Refusal> {
    let Some(signature) = record.signature() else { return Ok(None) };
    let by = providers::find(desk, signature.signed_by).await?;
    Ok(Some(Stamp {
        by: by.map(|by| by.full_name()).unwrap_or_default(),
        at: text.day_and_clock(zone, signature.signed_at),
        mark: signature.content_digest.chars().take(16).collect(),
    }))
}
