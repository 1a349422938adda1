//! Letters from a signed record: referral, sick note, a summary in plain words. The text is put together from what was
//! signed, changed as need be, and printed on the practice's letterhead; each print is noted in the audit trail.

use crate::desk::Reading;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused};
use crate::pages::export::{letterhead, medication};
use crate::pages::visits::{Frame, Stamp, appointment_id, stamp};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::allergy::Allergy;
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::MedicalRecord;
use medrecord_clinic::medication::{Medication, MedicationStatus};
use medrecord_clinic::prescription::PrescriptionAction;
use medrecord_store::medical_records::{self, Document};
use medrecord_store::{Desk, Refusal, allergies, medications, practice, providers};
use serde::{Deserialize, Serialize};

/// What was typed.
#[derive(Deserialize, Serialize, Default)]
#[serde(default)]
pub(crate) struct Typed {
    to: String,
    subject: String,
    text: String,
}

/// A letter to start from.
pub(crate) struct Started {
    pub(crate) title: &'static str,
    pub(crate) subject: String,
    pub(crate) text: String,
    frame: Frame,
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

/// A letter as it goes out.
#[derive(Template)]
#[template(path = "pages/letters/sheet.html")]
pub(crate) struct SheetPage {
    shell: Shell,
    frame: Frame,
    pub(crate) practice: Vec<String>,
    pub(crate) title: &'static str,
    pub(crate) date: String,
    pub(crate) to: Vec<String>,
    pub(crate) subject: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) signature: Option<Stamp>,
    pub(crate) licence: Option<String>,
    pub(crate) printed: String,
    edit: String,
}

/// The letter of that name in addresses.
fn document(kind: &str) -> Result<(Document, &'static str), Refusal> {
    match kind {
        "referral" => Ok((Document::Referral, "Referral")),
        "sick-note" => Ok((Document::SickNote, "Sick note")),
        "plain-summary" => Ok((Document::PlainSummary, "Your visit in plain words")),
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
    let (document, title) = document(kind)?;
    let record = medical_records::signed(desk, id).await?;
    let frame = Frame::load(desk, visitor, id).await?;
    let known = Known {
        allergies: allergies::list(desk, frame.patient.id).await?,
        medications: medications::list(desk, frame.patient.id).await?,
    };
    let (subject, text) = draft(document, &record, &frame, &known);
    Ok(Started { title, subject, text, frame })
}

fn edit_page(visitor: &Visitor, frame: Frame, kind: &str, form: Form) -> Result<EditPage, Refusal> {
    let (document, title) = document(kind)?;
    Ok(EditPage {
        shell: visitor.shell(),
        title,
        action: format!("{}/letters/{kind}", frame.visit),
        has_recipient: document == Document::Referral,
        form,
        frame,
    })
}

/// The letter as it is printed.
pub(crate) async fn print(
    visitor: Visitor,
    Path((id, kind)): Path<(String, String)>,
    Reading(mut desk): Reading,
    Posted(typed): Posted<Typed>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    document(&kind)?;
    match sheet(&mut desk, &visitor, id, (&kind, &typed)).await {
        Ok(sheet) => {
            desk.close().await?;
            page(&sheet)
        }
        Err(Refusal::Invalid(problems)) => {
            let frame = Frame::load(&mut desk, &visitor, id).await?;
            desk.close().await?;
            let mut form =
                Form::default().with("to", typed.to).with("subject", typed.subject).with("text", typed.text);
            form.refuse_all(&problems);
            refused(&edit_page(&visitor, frame, &kind, form)?)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The letter on the practice's paper; that it goes out is noted.
pub(crate) async fn sheet(
    desk: &mut Desk,
    visitor: &Visitor,
    id: AppointmentId,
    (kind, typed): (&str, &Typed),
) -> Result<SheetPage, Refusal> {
    let (document, title) = document(kind)?;
    let (to, subject, text) = read(typed)?;
    let record = medical_records::print(desk, id, document).await?;
    let frame = Frame::load(desk, visitor, id).await?;
    let zone = visitor.zone();
    let practice = practice::get(desk, zone).await?;
    let licence = licence(desk, &record).await?;
    let signature = stamp(desk, &record, zone).await?;
    let printed = zone.day_and_clock(desk.now());
    Ok(SheetPage {
        shell: Shell { printed: String::new(), ..visitor.shell() },
        practice: letterhead(&practice),
        title,
        date: zone.day_of(desk.now()).to_string(),
        to: to.unwrap_or_default().lines().map(str::to_owned).collect(),
        subject,
        paragraphs: text.split("\n\n").map(str::to_owned).collect(),
        signature,
        licence,
        printed: format!("Printed {printed} by {}", visitor.actor.name),
        edit: format!("{}/letters/{kind}", frame.visit),
        frame,
    })
}

async fn licence(desk: &mut Desk, record: &MedicalRecord) -> Result<Option<String>, Refusal> {
    let Some(signature) = record.signature() else { return Ok(None) };
    Ok(providers::find(desk, signature.signed_by).await?.and_then(|signer| signer.license_number))
}

fn read(typed: &Typed) -> Result<(Option<String>, String, String), Problems> {
    const LONG: usize = 20_000;
    let mut wrong = Problems::none();
    let to = wrong.keep(field::long_text("to", "the recipient", &typed.to, 500));
    let subject = wrong.keep(field::required("subject", "what the letter is about", &typed.subject, SHORT));
    let text = wrong.keep(field::long_text("text", "the text", &typed.text, LONG));
    if let Some(None) = text {
        wrong.add("text", "required", "Enter the text of the letter.");
    }
    let read = || Some((to?, subject?, text??));
    read().filter(|_| wrong.is_empty()).ok_or(wrong)
}

/// What of the chart goes into a letter beside the record.
struct Known {
    allergies: Vec<Allergy>,
    medications: Vec<Medication>,
}

/// Puts a letter together from what was signed; nothing is added that is not on file.
fn draft(document: Document, record: &MedicalRecord, frame: &Frame, known: &Known) -> (String, String) {
    let about = format!("{}, born {}", frame.name, frame.patient.date_of_birth);
    match document {
        Document::Referral => (format!("Referral of {about}"), referral(record, frame, known)),
        Document::SickNote => (format!("Certificate for {about}"), sick_note(frame)),
        Document::PlainSummary => (format!("Your visit on {}", frame.when), plain(record, frame)),
        Document::Prescription | Document::Summary => (about, String::new()),
    }
}

fn referral(record: &MedicalRecord, frame: &Frame, known: &Known) -> String {
    let note = &record.note;
    let active = known.medications.iter().filter(|m| m.status == MedicationStatus::Active);
    let medicines: Vec<String> = active.map(medication).collect();
    let active = known.allergies.iter().filter(|allergy| allergy.is_active());
    let allergens: Vec<String> = active.map(|allergy| allergy.allergen.clone()).collect();
    let allergies = match (allergens.is_empty(), frame.patient.no_known_allergies_at) {
        (false, _) => allergens.join(", "),
        (true, Some(_)) => "none known".to_owned(),
        (true, None) => "not recorded".to_owned(),
    };
    let said = |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label}: {text}"));
    let parts = [
        Some("Dear colleague,".to_owned()),
        Some(format!("thank you for seeing {}, whom I saw on {}.", frame.name, frame.when)),
        said("Complaint", &note.chief_complaint),
        said("History", &note.history_of_present_illness),
        said("Findings", &note.physical_exam_notes),
        said("Diagnosis", &note.diagnosis),
        said("Plan so far", &note.treatment_plan),
        Some(format!("Medications: {}", or_none(&medicines.join("; ")))),
        Some(format!("Allergies: {allergies}")),
        Some("My question to you:".to_owned()),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none recorded" } else { text }
}

/// Says that the patient was here, and leaves the days to whoever signs; the reason is nobody's business.
fn sick_note(frame: &Frame) -> String {
    let day = frame.when.split(' ').next().unwrap_or_default();
    format!(
        "This is to certify that {}, born {}, was seen at this practice on {day}.\n\nUnable to work or attend \
         school from {day} up to and including",
        frame.name, frame.patient.date_of_birth
    )
}

fn plain(record: &MedicalRecord, frame: &Frame) -> String {
    let note = &record.note;
    let said = |label: &str, text: &Option<String>| text.as_ref().map(|text| format!("{label}\n{text}"));
    let medicines: Vec<String> = record
        .prescriptions
        .iter()
        .map(|row| match row.action {
            PrescriptionAction::Stop => format!("Stop taking {} {}.", row.medication_name, row.strength),
            PrescriptionAction::Start | PrescriptionAction::Continue | PrescriptionAction::Change => {
                format!("{} {}: {}", row.medication_name, row.strength, row.instructions)
            }
        })
        .collect();
    let medicines = (!medicines.is_empty()).then(|| medicines.join("\n"));
    let parts = [
        Some(format!("You were seen by {} on {}.", frame.seen_by, frame.when)),
        said("Why you came", &note.chief_complaint),
        said("What it is", &note.diagnosis),
        said("What we do about it", &note.treatment_plan),
        said("Your medicines", &medicines),
        said("What was explained", &note.patient_education),
        said("When to come back", &note.follow_up_instructions),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}
