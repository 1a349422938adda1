//! The draft: sections and rows in one form, saved while typing, without script by a button.

use super::posted::Posted;
use super::renew::{Taken, Wish, renew, taken};
use super::{Frame, appointment_id, signed};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{Fragment, conflict, page, refused, see_other, see_other_saying};
use crate::pages::scribe::Panel;
use crate::pages::vitals;
use crate::shell::Shell;
use crate::text::{Text, words};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Body, Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::AppointmentId;
use medrecord_clinic::medical_record::{MedicalRecord, NoteField, RecordForm};
use medrecord_clinic::phrase::Phrase;
use medrecord_clinic::prescription::{PrescriptionAction, PrescriptionForm};
use medrecord_clinic::symptom::SymptomForm;
use medrecord_store::{Desk, Refusal, medical_records, note_templates, phrases};
use std::borrow::Cow;

#[derive(Template)]
#[template(path = "pages/visits/edit.html")]
struct EditPage {
    shell: Shell,
    frame: Frame,
    form: Form,
    version: i32,
    saved: String,
    symptoms: Vec<SymptomLine>,
    prescriptions: Vec<PrescriptionLine>,
    taken: Vec<Taken>,
    vitals: Vec<vitals::Reading>,
    clash: Option<Clash>,
    /// The own templates for such a visit: id and name, those for this kind alone first.
    templates: Vec<(String, String)>,
    phrases: Vec<PhraseLine>,
    sections: [NoteField; 9],
    scribe: Panel,
}

/// A phrase in the list from which it is inserted.
struct PhraseLine {
    id: String,
    abbreviation: String,
    words: String,
    /// The first words, to be told from others.
    beginning: String,
}

/// What stands saved where something else was typed here.
struct Clash {
    /// The version that is saved now.
    current: i32,
    /// Section, what is saved, what was typed here.
    parts: Vec<(&'static str, String, String)>,
}

#[derive(Template)]
#[template(path = "pages/visits/conflict.html")]
struct ConflictPart<'a> {
    clash: &'a Clash,
    visit: &'a str,
}

/// A row of symptoms on the page.
#[derive(Default)]
pub(crate) struct SymptomLine {
    /// Its place as errors name it, such as `symptoms[0]`; empty where a script makes the row.
    place: String,
    row: SymptomForm,
    drafted: bool,
}

/// A row of prescriptions on the page.
#[derive(Default)]
pub(crate) struct PrescriptionLine {
    place: String,
    row: PrescriptionForm,
    drafted: bool,
}

impl SymptomLine {
    /// The row that a script copies.
    pub(crate) fn blank() -> Self {
        Self::default()
    }
}

impl PrescriptionLine {
    /// The row that a script copies.
    pub(crate) fn blank() -> Self {
        Self::default()
    }

    fn actions(&self) -> Vec<(&'static str, Cow<'static, str>, bool)> {
        PrescriptionAction::ALL
            .into_iter()
            .map(|action| {
                (
                    action.as_str(),
                    Text::ENGLISH.say(words::action(action)),
                    self.row.action == action.as_str(),
                )
            })
            .collect()
    }
}

/// Shows the draft to whoever may write it, and the record to read to everybody else, once it is signed, and where the
/// visit does not take place.
pub(crate) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let frame = Frame::load(&mut desk, &visitor, id).await?;
    let record = medical_records::of_appointment(&mut desk, id).await?;
    if !frame.may_write || frame.missed.is_some() || record.as_ref().is_some_and(|record| !record.is_draft())
    {
        return signed::show(desk, &visitor, frame, record).await;
    }
    let typed = record.as_ref().map(RecordForm::from).unwrap_or_default();
    let page_of = edit_page(&mut desk, (&app, &visitor), frame, (record.as_ref(), &typed)).await?;
    desk.close().await?;
    page(&page_of)
}

/// Saves the draft. A script gets 204 with the new version, a browser alone is sent back to the page; what was
/// changed elsewhere comes back with 409 and both versions. A template fills what was sent empty before it is saved.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    fragment: Fragment,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Body(values): Body<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let id = appointment_id(&id)?;
    let posted = Posted(values);
    let mut typed = posted.record();
    let by_script = fragment.is("autosave");
    let filled = match posted.value("then") {
        "template" => Some(fill(&mut desk, &mut typed, posted.value("template")).await?),
        "phrase" => Some(insert(&mut desk, &mut typed, &posted).await?),
        _ => None,
    };
    let details = match typed.parse() {
        Ok(details) => details,
        Err(problems) if by_script => return Err(Refusal::Invalid(problems).into()),
        Err(problems) => return wrong(desk, (&app, &visitor), id, (&typed, posted.seen(), problems)).await,
    };
    let record = medical_records::open(&mut desk, id).await?;
    // A page that was opened before there was a record saw none: the fresh one is what it saw.
    let seen = if posted.seen() == 0 { 1 } else { posted.seen() };
    match medical_records::save(&mut desk, record.id, seen, &details).await {
        Ok(version) => {
            let wish = Wish { medication: posted.value("renew"), rows: details.prescriptions.len() };
            let renewed = renew(&mut desk, (id, record.id, version), wish).await?;
            let clock = visitor.zone().clock(desk.now());
            desk.close().await?;
            let plain = || match filled {
                Some(words) => see_other_saying(&urls::visit(id), "ok", &words),
                None if by_script => saved(version, &clock),
                None => onward(id, posted.value("then"), &clock),
            };
            Ok(renewed.unwrap_or_else(plain))
        }
        Err(Refusal::Stale { .. }) => clash(desk, (&app, &visitor), (record, &typed, seen), by_script).await,
        Err(refusal) => Err(refusal.into()),
    }
}

/// Puts a template's texts into the empty sections; says what it did.
async fn fill(desk: &mut Desk, typed: &mut RecordForm, template: &str) -> Result<String, Refusal> {
    let id = template.parse().map_err(|_| Refusal::NotFound("template"))?;
    let template = note_templates::get(desk, id).await?;
    let filled: Vec<&str> = template.fill(&mut typed.note).into_iter().map(NoteField::label).collect();
    Ok(match filled.as_slice() {
        [] => format!("Nothing to fill: no section that {} begins is empty.", template.name),
        _ => format!("Filled from {}: {}.", template.name, filled.join(", ")),
    })
}

/// Puts a phrase at the end of a section, where no script put it at the cursor; says what it did.
async fn insert(desk: &mut Desk, typed: &mut RecordForm, posted: &Posted) -> Result<String, Refusal> {
    let id = posted.value("phrase").parse().map_err(|_| Refusal::NotFound("phrase"))?;
    let phrase = phrases::get(desk, id).await?;
    let into = posted.value("into");
    let section = NoteField::ALL.into_iter().find(|field| field.as_str() == into);
    let section = section.unwrap_or(NoteField::HistoryOfPresentIllness);
    phrase.add_to(&mut typed.note, section);
    Ok(format!("{} put into {}.", phrase.abbreviation, section.label()))
}

/// The own phrases before those of the practice with the same abbreviation, which they hide.
async fn phrase_lines(desk: &mut Desk) -> Result<Vec<PhraseLine>, Refusal> {
    let mut offered = phrases::offered(desk).await?;
    offered.sort_by(|one, other| {
        (&one.abbreviation, one.is_shared).cmp(&(&other.abbreviation, other.is_shared))
    });
    offered.dedup_by(|later, earlier| later.abbreviation == earlier.abbreviation);
    let line = |phrase: Phrase| PhraseLine {
        id: phrase.id.to_string(),
        beginning: phrase.words.split_whitespace().take(6).collect::<Vec<_>>().join(" "),
        abbreviation: phrase.abbreviation,
        words: phrase.words,
    };
    Ok(offered.into_iter().map(line).collect())
}

fn saved(version: i32, clock: &str) -> Response {
    let mut answer = StatusCode::NO_CONTENT.into_response();
    for (name, value) in [("x-version", version.to_string()), ("x-saved-at", clock.to_owned())] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn onward(id: AppointmentId, then: &str, clock: &str) -> Response {
    match then {
        "review" => see_other(&urls::review(id)),
        "row" => see_other(&format!("{}#rows", urls::visit(id))),
        _ => see_other_saying(&urls::visit(id), "ok", &format!("Saved {clock}.")),
    }
}

async fn wrong(
    mut desk: Desk,
    (app, visitor): (&App, &Visitor),
    id: AppointmentId,
    (typed, seen, problems): (&RecordForm, i32, Problems),
) -> Result<Response, Fault> {
    let frame = Frame::load(&mut desk, visitor, id).await?;
    let record = medical_records::of_appointment(&mut desk, id).await?;
    let mut page = edit_page(&mut desk, (app, visitor), frame, (record.as_ref(), typed)).await?;
    page.version = seen;
    problems.0.iter().for_each(|problem| page.form.refuse(&problem.field, problem.message.clone()));
    refused(&page)
}

async fn clash(
    mut desk: Desk,
    (app, visitor): (&App, &Visitor),
    (record, typed, seen): (MedicalRecord, &RecordForm, i32),
    by_script: bool,
) -> Result<Response, Fault> {
    let clash = Clash { current: record.version, parts: differences(&RecordForm::from(&record), typed) };
    let id = record.appointment_id;
    if by_script {
        return conflict(&ConflictPart { clash: &clash, visit: &urls::visit(id) });
    }
    let frame = Frame::load(&mut desk, visitor, id).await?;
    let mut page = edit_page(&mut desk, (app, visitor), frame, (Some(&record), typed)).await?;
    page.version = seen;
    page.clash = Some(clash);
    conflict(&page)
}

/// Where the saved record and the typed one differ, both in words.
fn differences(saved: &RecordForm, typed: &RecordForm) -> Vec<(&'static str, String, String)> {
    let mut parts: Vec<(&'static str, String, String)> = NoteField::ALL
        .into_iter()
        .map(|field| (field.label(), saved.note.get(field).clone(), typed.note.get(field).replace('\r', "")))
        .collect();
    let symptoms = |form: &RecordForm| {
        let rows = form.symptoms.iter().filter(|row| !row.is_blank());
        rows.map(|row| [&*row.symptom_name, &row.severity, &row.duration].join(" ")).collect::<Vec<_>>()
    };
    let prescriptions = |form: &RecordForm| {
        let rows = form.prescriptions.iter().filter(|row| !row.is_blank());
        rows.map(|row| [&*row.medication_name, &row.strength, &row.dosage, &row.frequency].join(" "))
            .collect::<Vec<_>>()
    };
    parts.push(("Symptoms", symptoms(saved).join("\n"), symptoms(typed).join("\n")));
    parts.push(("Prescriptions", prescriptions(saved).join("\n"), prescriptions(typed).join("\n")));
    parts.retain(|(_, saved, typed)| saved.trim() != typed.trim());
    parts
}

async fn edit_page(
    desk: &mut Desk,
    (app, visitor): (&App, &Visitor),
    frame: Frame,
    (record, typed): (Option<&MedicalRecord>, &RecordForm),
) -> Result<EditPage, Fault> {
    let scribe = Panel::load(app, visitor, desk, frame.appointment.id).await?;
    let measured = medrecord_store::vitals::of_appointment(desk, frame.appointment.id).await?;
    let kind = frame.appointment.appointment_type;
    let mut templates = note_templates::own(desk).await?;
    templates.retain(|template| template.suits(kind));
    templates.sort_by_key(|template| template.appointment_type.is_none());
    let zone = visitor.zone();
    Ok(EditPage {
        shell: visitor.shell(),
        form: NoteField::ALL
            .into_iter()
            .fold(Form::default(), |form, field| form.with(field.as_str(), typed.note.get(field))),
        version: record.map_or(0, |record| record.version),
        saved: record.map_or("Not saved yet".to_owned(), |record| {
            format!("Saved {}", zone.day_and_clock(record.updated_at))
        }),
        symptoms: symptom_lines(desk, record, typed)?,
        prescriptions: prescription_lines(desk, record, typed)?,
        taken: taken(desk, frame.patient.id, typed).await?,
        vitals: measured.as_ref().map(|taken| vitals::line(taken, Text::ENGLISH)).unwrap_or_default(),
        clash: None,
        phrases: phrase_lines(desk).await?,
        sections: NoteField::ALL,
        templates: templates.into_iter().map(|template| (template.id.to_string(), template.name)).collect(),
        scribe,
        frame,
    })
}

/// The rows, and one blank one more, so that a row can be added without script.
fn symptom_lines(
    desk: &Desk,
    record: Option<&MedicalRecord>,
    typed: &RecordForm,
) -> Result<Vec<SymptomLine>, Fault> {
    let drafted = |id: &str| {
        let rows = record.map_or(&[][..], |record| &record.symptoms);
        rows.iter().any(|row| row.is_ai_extracted && row.id.to_string() == id)
    };
    let id: medrecord_clinic::ids::SymptomId = desk.fresh_id()?;
    let blank = SymptomForm { id: id.to_string(), ..SymptomForm::default() };
    let rows = typed.symptoms.iter().cloned();
    let needs = !typed.symptoms.last().is_some_and(SymptomForm::is_blank);
    let line = |(at, row): (usize, SymptomForm)| SymptomLine {
        place: format!("symptoms[{at}]"),
        drafted: drafted(&row.id),
        row,
    };
    Ok(rows.chain(needs.then_some(blank)).enumerate().map(line).collect())
}

/// As [`symptom_lines`].
fn prescription_lines(
    desk: &Desk,
    record: Option<&MedicalRecord>,
    typed: &RecordForm,
) -> Result<Vec<PrescriptionLine>, Fault> {
    let drafted = |id: &str| {
        let rows = record.map_or(&[][..], |record| &record.prescriptions);
        rows.iter().any(|row| row.is_ai_extracted && row.id.to_string() == id)
    };
    let id: medrecord_clinic::ids::PrescriptionId = desk.fresh_id()?;
    let blank = PrescriptionForm { id: id.to_string(), ..PrescriptionForm::default() };
    let rows = typed.prescriptions.iter().cloned();
    let needs = !typed.prescriptions.last().is_some_and(PrescriptionForm::is_blank);
    let line = |(at, row): (usize, PrescriptionForm)| PrescriptionLine {
        place: format!("prescriptions[{at}]"),
        drafted: drafted(&row.id),
        row,
    };
    Ok(rows.chain(needs.then_some(blank)).enumerate().map(line).collect())
}
