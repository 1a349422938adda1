//! What goes out on paper: the prescription and the summary of a visit, from the signed record alone.

use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::pages::visits::{AddendumView, Frame, NoteView, Stamp, addenda, appointment_id, stamp};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use medrecord_clinic::practice::Practice;
use medrecord_store::medical_records::{self, Document};
use medrecord_store::{Desk, Refusal, practice, vitals};

#[derive(Template)]
#[template(path = "pages/prints/prescription.html")]
struct PrescriptionPage {
    shell: Shell,
    sheet: Sheet,
}

#[derive(Template)]
#[template(path = "pages/prints/summary.html")]
struct SummaryPage {
    shell: Shell,
    sheet: Sheet,
    note: NoteView,
}

/// What both documents need.
struct Sheet {
    frame: Frame,
    letterhead: String,
    signature: Option<Stamp>,
    licence: Option<String>,
    specialty: Option<String>,
    addenda: Vec<AddendumView>,
    prescriptions: Vec<crate::pages::visits::PrescriptionView>,
    printed: String,
}

/// The prescription: what is started, changed or continued, for the pharmacy.
pub(crate) async fn prescription(
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (sheet, _) = sheet(&mut desk, &visitor, &id, Document::Prescription).await?;
    desk.close().await?;
    page(&PrescriptionPage { shell: around(&visitor), sheet })
}

/// The summary: the whole visit with its addenda.
pub(crate) async fn summary(
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (sheet, note) = sheet(&mut desk, &visitor, &id, Document::Summary).await?;
    desk.close().await?;
    page(&SummaryPage { shell: around(&visitor), sheet, note })
}

/// The page around a sheet, which has a foot of its own.
fn around(visitor: &Visitor) -> Shell {
    Shell { printed: String::new(), ..visitor.shell() }
}

async fn sheet(
    desk: &mut Desk,
    visitor: &Visitor,
    id: &str,
    document: Document,
) -> Result<(Sheet, NoteView), Refusal> {
    let id = appointment_id(id)?;
    let record = medical_records::print(desk, id, document).await?;
    let frame = Frame::load(desk, visitor, id).await?;
    let zone = visitor.zone();
    let practice = practice::get(desk, zone).await?;
    let signer = match record.signature() {
        Some(signature) => medrecord_store::providers::find(desk, signature.signed_by).await?,
        None => None,
    };
    let taken = vitals::of_appointment(desk, id).await?;
    let mut note = NoteView::of(&record, taken.as_ref());
    let given = std::mem::take(&mut note.prescriptions);
    let (prescriptions, rest) = match document {
        Document::Prescription => (given.into_iter().filter(|row| !row.stopped).collect(), Vec::new()),
        Document::Summary | Document::Referral | Document::SickNote | Document::PlainSummary => {
            (Vec::new(), given)
        }
    };
    note.prescriptions = rest;
    let printed = zone.day_and_clock(desk.now());
    let sheet = Sheet {
        letterhead: letterhead(&practice),
        signature: stamp(desk, &record, zone).await?,
        licence: signer.as_ref().and_then(|signer| signer.license_number.clone()),
        specialty: signer.and_then(|signer| signer.specialty),
        addenda: addenda(desk, &record, zone).await?,
        prescriptions,
        printed: format!("Printed {printed} by {}", desk.actor().name),
        frame,
    };
    Ok((sheet, note))
}

/// Name, address and phone on one line.
fn letterhead(practice: &Practice) -> String {
    let address = practice.address.iter().flat_map(|address| address.lines()).map(str::to_owned);
    let phone = practice.phone.iter().map(|phone| format!("Phone {phone}"));
    let lines: Vec<String> = std::iter::once(practice.name.clone()).chain(address).chain(phone).collect();
    lines.join(" · ")
}
