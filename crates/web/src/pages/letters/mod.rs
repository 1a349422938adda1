//! Letters from a signed record: referral, sick note, a summary in plain words. The text is put together from what was
//! signed (`draft.rs`), changed as need be, and kept for good; `kept.rs` shows, prints and hands out what was kept, and
//! withdraws it.

use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::pages::export::letterhead;
use crate::pages::visits::{Frame, appointment_id, stamp};
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use draft::{Known, draft};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, LetterId};
use medrecord_clinic::letter::{LetterDetails, LetterForm, LetterKind, LetterSheet};
use medrecord_clinic::provider::Provider;
use medrecord_store::{Desk, Refusal, allergies, letters, medical_records, medications, practice, providers};

mod draft;
mod kept;

pub(crate) use kept::{Item, View, download, item, print, sheet, show, withdraw};

/// A letter to start from.
pub(crate) struct Started {
    pub(crate) title: &'static str,
    pub(crate) subject: String,
    pub(crate) text: String,
    frame: Frame,
}

/// A letter that was finished.
pub(crate) struct Finished {
    pub(crate) id: LetterId,
    /// When the record was signed from which it was written.
    pub(crate) signed_at: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/letters/edit.html")]
struct EditPage {
    shell: Shell,
    frame: Frame,
    title: &'static str,
    action: String,
    form: Form,
    has_recipient: bool,
}

/// The kind of that name in addresses, and what it is called on its page.
fn known(kind: &str) -> Result<(LetterKind, &'static str), Refusal> {
    match kind {
        "referral" => Ok((LetterKind::Referral, "Referral")),
        "sick-note" => Ok((LetterKind::SickNote, "Sick note")),
        "plain-summary" => Ok((LetterKind::PlainSummary, "Your visit in plain words")),
        _ => Err(Refusal::NotFound("letter")),
    }
}

/// The text to start from.
pub(crate) async fn edit(
    visitor: Visitor,
    Path((id, kind)): Path<(String, String)>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let started = start(&mut desk, &visitor, appointment_id(&id)?, &kind).await?;
    desk.close().await?;
    let form = Form::default().with("subject", started.subject).with("text", started.text);
    page(&edit_page(&visitor, started.frame, &kind, form)?)
}

/// Puts a letter together from the signed record of a visit and the chart.
pub(crate) async fn start(
    desk: &mut Desk,
    visitor: &Visitor,
    id: AppointmentId,
    kind: &str,
) -> Result<Started, Refusal> {
    let (kind, title) = known(kind)?;
    let record = medical_records::signed(desk, id).await?;
    let frame = Frame::load(desk, visitor, id).await?;
    let known = Known {
        allergies: allergies::list(desk, frame.patient.id).await?,
        medications: medications::list(desk, frame.patient.id).await?,
    };
    let (subject, text) = draft(kind, &record, &frame, &known);
    Ok(Started { title, subject, text, frame })
}

fn edit_page(visitor: &Visitor, frame: Frame, kind: &str, form: Form) -> Result<EditPage, Refusal> {
    let (known, title) = known(kind)?;
    Ok(EditPage {
        shell: visitor.shell(),
        title,
        action: format!("{}/letters/{kind}", frame.visit),
        has_recipient: known == LetterKind::Referral,
        form,
        frame,
    })
}

/// Keeps the letter as it was typed, and goes on to where it is printed.
pub(crate) async fn keep(
    visitor: Visitor,
    Path((id, kind)): Path<(String, String)>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<LetterForm>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    known(&kind)?;
    match typed.parse() {
        Ok(details) => {
            let finished = finish(&mut desk, &visitor, id, (&kind, details)).await?;
            desk.close().await?;
            Ok(see_other_saying(&urls::letter(finished.id), "ok", "The letter is kept."))
        }
        Err(problems) => again(desk, &visitor, id, (&kind, typed, &problems)).await,
    }
}

/// The form again, with what was typed and what is wrong with it.
async fn again(
    mut desk: Desk,
    visitor: &Visitor,
    id: AppointmentId,
    (kind, typed, problems): (&str, LetterForm, &Problems),
) -> Result<Response, Fault> {
    let frame = Frame::load(&mut desk, visitor, id).await?;
    desk.close().await?;
    let mut form =
        Form::default().with("to", typed.to).with("subject", typed.subject).with("text", typed.text);
    form.refuse_all(problems);
    refused(&edit_page(visitor, frame, kind, form)?)
}

/// Keeps a letter on the practice's paper, as of today, over the name of whoever signed the record.
pub(crate) async fn finish(
    desk: &mut Desk,
    visitor: &Visitor,
    id: AppointmentId,
    (kind, details): (&str, LetterDetails),
) -> Result<Finished, Refusal> {
    let (kind, _) = known(kind)?;
    let record = medical_records::signed(desk, id).await?;
    let frame = Frame::load(desk, visitor, id).await?;
    let zone = visitor.zone();
    let practice = practice::get(desk, zone).await?;
    let signer = match record.signature() {
        Some(signature) => providers::find(desk, signature.signed_by).await?,
        None => None,
    };
    let name = signer.as_ref().map(Provider::full_name).unwrap_or_default();
    let licence = signer.and_then(|signer| signer.license_number);
    let licence =
        licence.map_or_else(|| "Licence not recorded".to_owned(), |number| format!("Licence {number}"));
    let LetterDetails { recipient, subject, text } = details;
    let sheet = LetterSheet {
        kind,
        letterhead: letterhead(&practice).join("\n"),
        recipient,
        written_on: zone.day_of(desk.now()),
        subject,
        about: format!(
            "{} · born {} · Record {}",
            frame.name, frame.patient.date_of_birth, frame.patient.record_number
        ),
        text,
        signer: format!("{name}\n{licence}"),
    };
    let id = letters::keep(desk, id, &sheet).await?;
    Ok(Finished { id, signed_at: stamp(desk, &record, zone).await?.map(|stamp| stamp.at) })
}
