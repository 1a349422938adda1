//! A patient's whole chart in one file: a page that needs nothing else, to read and to print, or JSON for programs.

use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::pages::chart::id;
use crate::pages::letters;
use crate::pages::visits::NoteView;
use crate::text::{Text, words};
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use medrecord_clinic::condition::ChronicCondition;
use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::medical_record::MedicalRecord;
use medrecord_clinic::medication::Medication;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::practice::Practice;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::export::{self, Form, WholeChart, WholeVisit};
use medrecord_store::practice;
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "pages/export/chart.html")]
struct ChartFile {
    practice: Vec<String>,
    patient: Patient,
    name: String,
    sex: Cow<'static, str>,
    age: String,
    allergies: Vec<(String, bool)>,
    none_known: bool,
    problems: Vec<String>,
    medications: Vec<String>,
    documents: Vec<String>,
    letters: Vec<letters::View>,
    visits: Vec<VisitView>,
    taken_out: String,
}

/// A visit in words.
struct VisitView {
    heading: String,
    reason: Option<String>,
    status: &'static str,
    note: Option<NoteView>,
    /// Who signed when, with the fingerprint; or that it is a draft.
    signed: String,
    addenda: Vec<(String, Vec<String>)>,
}

/// The whole chart as a page that needs nothing else.
pub(crate) async fn html(
    State(app): State<App>,
    visitor: Visitor,
    Path(patient): Path<String>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let whole = export::whole(&mut desk, patient, Form::Page).await?;
    let practice = practice::get(&mut desk, visitor.zone()).await?;
    desk.close().await?;
    let name = format!("chart-{}.html", safe(&whole.patient.record_number));
    let text = file(whole, &practice, visitor.zone(), visitor.today(&app)).render()?;
    Ok(download("text/html; charset=utf-8", &name, text))
}

/// The whole chart as JSON.
pub(crate) async fn json(
    Path(patient): Path<String>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let whole = export::whole(&mut desk, patient, Form::Json).await?;
    desk.close().await?;
    let name = format!("chart-{}.json", safe(&whole.patient.record_number));
    let mut text = axum::Json(&whole).into_response();
    let disposition = format!("attachment; filename=\"{name}\"");
    if let Ok(value) = disposition.parse() {
        text.headers_mut().insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(text)
}

/// An answer that the browser keeps as a file.
pub(crate) fn download(kind: &'static str, name: &str, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, text).into_response()
}

/// A record number as part of a file's name.
fn safe(number: &str) -> String {
    number.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).collect()
}

fn file(whole: WholeChart, practice: &Practice, zone: Zone, today: Day) -> ChartFile {
    let taken_out = format!("Taken out {} by {}", zone.day_and_clock(whole.exported_at), whole.exported_by);
    let visits = whole.visits.iter().map(|visit| visit_view(visit, &whole, zone)).collect();
    let allergies = whole.allergies.iter().map(|allergy| {
        let severity = allergy.severity.map(|severity| severity.in_words().to_owned());
        let more: Vec<String> = allergy.reaction.clone().into_iter().chain(severity).collect();
        let more = if more.is_empty() { String::new() } else { format!(": {}", more.join(", ")) };
        let over = if allergy.is_active() { "" } else { " (no longer counts)" };
        (format!("{}{more}{over}", allergy.allergen), allergy.is_active() && allergy.is_severe())
    });
    let documents = whole.attachments.iter().map(|document| {
        let about = document.description.as_deref().map(|text| format!(", {text}")).unwrap_or_default();
        format!("{} {}{about}", zone.day_of(document.created_at), document.file_name)
    });
    ChartFile {
        practice: letterhead(practice),
        name: whole.patient.display_name(),
        sex: Text::ENGLISH.say(words::sex(whole.patient.sex)),
        age: whole.patient.date_of_birth.age_text(whole.patient.deceased_on.unwrap_or(today)),
        allergies: allergies.collect(),
        none_known: whole.patient.no_known_allergies_at.is_some(),
        problems: whole.chronic_conditions.iter().map(problem).collect(),
        medications: whole.medications.iter().map(medication).collect(),
        documents: documents.collect(),
        letters: whole.letters.iter().map(|letter| letters::View::of(letter, zone)).collect(),
        visits,
        taken_out,
        patient: whole.patient,
    }
}

/// Name, address and phone, a line each.
pub(crate) fn letterhead(practice: &Practice) -> Vec<String> {
    let address = practice.address.iter().flat_map(|address| address.lines()).map(str::to_owned);
    let phone = practice.phone.iter().map(|phone| format!("Phone {phone}"));
    std::iter::once(practice.name.clone()).chain(address).chain(phone).collect()
}

fn problem(problem: &ChronicCondition) -> String {
    let since = problem.diagnosis_date.map(|day| format!(", since {day}")).unwrap_or_default();
    let status = problem.status.as_deref().filter(|status| *status != "active");
    let status = status.map(|status| format!(" ({})", status.replace('_', " "))).unwrap_or_default();
    format!("{}{since}{status}", problem.condition_name)
}

/// A medication in one line: name, strength, how it is taken, since when, and whether it goes on.
pub(crate) fn medication(medication: &Medication) -> String {
    let m = medication;
    let dose: Vec<&str> =
        [&m.strength, &m.dosage, &m.frequency].into_iter().filter_map(|text| text.as_deref()).collect();
    let since = m.started_on.map(|day| format!(", since {day}")).unwrap_or_default();
    let until = m.stopped_on.map(|day| format!(", stopped {day}")).unwrap_or_default();
    format!("{} {}{since}{until}", m.medication_name, dose.join(", "))
}

fn visit_view(visit: &WholeVisit, whole: &WholeChart, zone: Zone) -> VisitView {
    let who = |id: ProviderId| {
        whole.providers.iter().find(|person| person.id == id).map_or("", |person| &person.name).to_owned()
    };
    let a = &visit.appointment;
    let signed = match visit.medical_record.as_ref().map(MedicalRecord::signature) {
        None => String::new(),
        Some(None) => "Draft, not signed.".to_owned(),
        Some(Some(signature)) => format!(
            "Signed {} by {}. Fingerprint {}",
            zone.day_and_clock(signature.signed_at),
            who(signature.signed_by),
            signature.content_digest
        ),
    };
    let addenda = visit.addenda.iter().map(|addendum| {
        let head = format!(
            "{} {}, {}",
            zone.day_and_clock(addendum.created_at),
            addendum.author_name,
            addendum.reason
        );
        (head, addendum.text.lines().map(str::to_owned).collect())
    });
    VisitView {
        heading: format!(
            "{} · {} with {}",
            zone.day_and_clock(a.appointment_date),
            a.appointment_type.in_words(),
            who(a.provider_id)
        ),
        reason: a.reason_for_visit.clone(),
        status: a.status.in_words(),
        note: match (&visit.medical_record, &visit.vital_signs) {
            (Some(record), vitals) => Some(NoteView::of(record, vitals.as_ref(), Text::ENGLISH)),
            (None, Some(vitals)) => Some(NoteView::without_record(Some(vitals), Text::ENGLISH)),
            (None, None) => None,
        },
        signed,
        addenda: addenda.collect(),
    }
}
