//! What goes out on paper: the prescription and the summary of a visit, from the signed record alone, in the language that
//! the patient wants for papers; English where nobody said, whoever prints. `papers.rs` makes PDFs of them.

use crate::desk::Reading;
use crate::error::Fault;
use crate::page::page;
use crate::pages::visits::{AddendumView, Frame, NoteView, Stamp, addenda, appointment_id, stamp_in};
use crate::shell::Shell;
use crate::text::Text;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use medrecord_clinic::language::Language;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::Instant;
use medrecord_store::medical_records::{self, Document};
use medrecord_store::{Desk, Refusal, practice, vitals};
use serde::Deserialize;

pub(crate) mod papers;

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

/// The language that was asked for in place of the patient's.
#[derive(Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    language: String,
}

impl Wanted {
    fn text(&self, patient: &Patient) -> Text {
        Text::of(self.language.parse().ok().or(patient.language).unwrap_or_default())
    }
}

/// What both documents need.
struct Sheet {
    /// Says the paper's texts.
    t: Text,
    /// The paper in other languages.
    others: Vec<Language>,
    frame: Frame,
    letterhead: String,
    practice: Vec<String>,
    signed_at: Instant,
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
    Query(wanted): Query<Wanted>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (sheet, _) = sheet(&mut desk, &visitor, &id, (Document::Prescription, &wanted)).await?;
    desk.close().await?;
    page(&PrescriptionPage { shell: around(&visitor), sheet })
}

/// The summary: the whole visit with its addenda.
pub(crate) async fn summary(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (sheet, note) = sheet(&mut desk, &visitor, &id, (Document::Summary, &wanted)).await?;
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
    (document, wanted): (Document, &Wanted),
) -> Result<(Sheet, NoteView), Refusal> {
    let id = appointment_id(id)?;
    let record = medical_records::print(desk, id, document).await?;
    let frame = Frame::load_in(desk, visitor, id, |patient| {
        let text = wanted.text(patient);
        (text, text)
    });
    let frame = frame.await?;
    let t = wanted.text(&frame.patient);
    let zone = visitor.zone();
    let practice = practice::get(desk, zone).await?;
    let signer = match record.signature() {
        Some(signature) => medrecord_store::providers::find(desk, signature.signed_by).await?,
        None => None,
    };
    let taken = vitals::of_appointment(desk, id).await?;
    let mut note = NoteView::of(&record, taken.as_ref(), t);
    let given = std::mem::take(&mut note.prescriptions);
    let (prescriptions, rest) = match document {
        Document::Prescription => (given.into_iter().filter(|row| !row.stopped).collect(), Vec::new()),
        Document::Summary => (Vec::new(), given),
    };
    note.prescriptions = rest;
    let when = t.day_and_clock(zone, desk.now());
    let sheet = Sheet {
        t,
        others: Language::ALL.into_iter().filter(|language| *language != t.language()).collect(),
        letterhead: letterhead(&practice, t).join(" · "),
        practice: letterhead(&practice, t),
        signed_at: record.signature().map_or(desk.now(), |signature| signature.signed_at),
        signature: stamp_in(desk, &record, (zone, t)).await?,
        licence: signer.as_ref().and_then(|signer| signer.license_number.clone()),
        specialty: signer.and_then(|signer| signer.specialty),
        addenda: addenda(desk, &record, (zone, t)).await?,
        prescriptions,
        printed: t.with("when", when).with("name", &desk.actor().name).say("shell-printed"),
        frame,
    };
    Ok((sheet, note))
}

/// Name, address and phone, a line each.
fn letterhead(practice: &Practice, t: Text) -> Vec<String> {
    let address = practice.address.iter().flat_map(|address| address.lines()).map(str::to_owned);
    let phone = practice.phone.iter().map(|phone| t.with("phone", phone).say("paper-phone"));
    std::iter::once(practice.name.clone()).chain(address).chain(phone).collect()
}
