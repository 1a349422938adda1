//! How drafts are written for whoever is signed in: words proposed from signed notes, used or refused, and what is
//! drafted at which kind of visit. Nobody else sees it.

use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::draft_style::{DraftTemplate, OwnWording, OwnWordingDetails, OwnWordingForm};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::OwnWordingId;
use medrecord_clinic::medical_record::NoteField;
use medrecord_clinic::quality::SignedDraft;
use medrecord_scribe::style;
use medrecord_store::{Desk, Refusal, draft_styles, ledger};

const HERE: &str = "/settings/account/style";

/// The most expressions that are proposed at once.
const MOST_PROPOSED: usize = 10;

/// The sections that are drafted; the notes on a diagnosis are a person's alone.
const DRAFTED: [NoteField; 8] = [
    NoteField::ChiefComplaint,
    NoteField::HistoryOfPresentIllness,
    NoteField::ReviewOfSystems,
    NoteField::PhysicalExamNotes,
    NoteField::Diagnosis,
    NoteField::TreatmentPlan,
    NoteField::FollowUpInstructions,
    NoteField::PatientEducation,
];

#[derive(Template)]
#[template(path = "pages/account/style.html")]
struct StylePage {
    shell: Shell,
    form: Form,
    proposed: Vec<Proposal>,
    used: Vec<Line>,
    refused: Vec<Line>,
    kinds: Vec<&'static str>,
    rows: Vec<Row>,
    by_problem: Vec<Cell>,
    /// How many signed notes were looked at.
    notes: usize,
}

/// What a provider wrote again and again.
struct Proposal {
    drafted: String,
    written: String,
    /// In how many notes, and how many kept the scribe's words.
    seen: String,
}

/// A wording that was decided.
struct Line {
    drafted: String,
    written: String,
    forget: String,
}

/// A section over the kinds of visit.
struct Row {
    section: &'static str,
    cells: Vec<Cell>,
}

/// Whether a section is drafted at a kind of visit.
struct Cell {
    name: String,
    value: &'static str,
    label: String,
    checked: bool,
}

/// Shows it.
pub(crate) async fn show(visitor: Visitor, Reading(mut desk): Reading) -> Result<Response, Fault> {
    let shown = StylePage::load(&visitor, &mut desk, Form::default()).await?;
    desk.close().await?;
    page(&shown)
}

impl StylePage {
    async fn load(visitor: &Visitor, desk: &mut Desk, form: Form) -> Result<Self, Refusal> {
        let own = draft_styles::wordings(desk).await?;
        let templates = draft_styles::templates(desk).await?;
        let signed = ledger::last_signed(desk).await?;
        let pairs: Vec<Vec<(String, String)>> = signed.iter().map(SignedDraft::wordings).collect();
        let proposed = style::learn(&pairs)
            .into_iter()
            .filter(|habit| own.iter().all(|one| one.drafted != habit.wording.drafted))
            .take(MOST_PROPOSED)
            .map(|habit| Proposal {
                seen: seen(habit.notes, habit.kept),
                drafted: habit.wording.drafted,
                written: habit.wording.written,
            });
        let row = |section: NoteField| Row {
            section: section.label(),
            cells: templates.iter().map(|template| section_cell(template, section)).collect(),
        };
        let decided = |is_used: bool| own.iter().filter(|one| one.is_used == is_used).map(line).collect();
        Ok(Self {
            shell: visitor.shell(),
            form,
            proposed: proposed.collect(),
            used: decided(true),
            refused: decided(false),
            kinds: templates.iter().map(|template| template.kind.in_words()).collect(),
            rows: DRAFTED.into_iter().map(row).collect(),
            by_problem: templates.iter().map(problem_cell).collect(),
            notes: signed.len(),
        })
    }
}

fn seen(notes: usize, kept: usize) -> String {
    match kept {
        0 => format!("in {notes} notes, always"),
        kept => format!("in {notes} notes; kept as drafted in {kept}"),
    }
}

fn line(own: &OwnWording) -> Line {
    Line {
        drafted: own.drafted.clone(),
        written: own.written.clone(),
        forget: format!("{HERE}/words/{}/forget", own.id),
    }
}

fn section_cell(template: &DraftTemplate, section: NoteField) -> Cell {
    Cell {
        name: format!("draft-{}", template.kind.as_str()),
        value: section.as_str(),
        label: format!("{}, {}", section.label(), template.kind.in_words()),
        checked: !template.left_out.contains(&section),
    }
}

fn problem_cell(template: &DraftTemplate) -> Cell {
    Cell {
        name: "by-problem".to_owned(),
        value: template.kind.as_str(),
        label: format!("Plan by problem, {}", template.kind.in_words()),
        checked: template.by_problem,
    }
}

/// Uses an expression in place of a drafted one, or notes that it is not to be proposed again.
pub(crate) async fn keep(
    State(app): State<App>,
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let is_used = form.value("act") != "refuse";
    let kept = match read(&form, is_used) {
        Ok(details) => draft_styles::keep_wording(&mut desk, &details, is_used).await,
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    match kept {
        Ok(()) => {
            desk.close().await?;
            let words = if is_used { "Used from the next draft on." } else { "It is not proposed again." };
            Ok(see_other_saying(HERE, "ok", words))
        }
        Err(Refusal::Invalid(problems)) => {
            drop(desk);
            form.refuse_all(&problems);
            let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
            let shown = StylePage::load(&visitor, &mut desk, form).await?;
            desk.close().await?;
            refused(&shown)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Reads the form; words that are to be used must not change what a sentence says.
fn read(form: &Form, is_used: bool) -> Result<OwnWordingDetails, Problems> {
    let details = form.read::<OwnWordingForm>().parse()?;
    match style::check(&details) {
        Err(unfit) if is_used => Err(Problems::one("written", "unfit", unfit.to_string())),
        Ok(()) | Err(_) => Ok(details),
    }
}

/// Forgets one expression.
pub(crate) async fn forget(Path(id): Path<String>, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let id: OwnWordingId = id.parse().map_err(|_| Refusal::NotFound("wording"))?;
    draft_styles::forget_wording(&mut desk, id).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "Forgotten."))
}

/// Forgets everything.
pub(crate) async fn forget_all(Writing(mut desk): Writing) -> Result<Response, Fault> {
    draft_styles::forget_all(&mut desk).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "Forgotten: drafts are written for you as for everybody."))
}

/// Keeps what is drafted at which kind of visit.
pub(crate) async fn keep_sections(
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let form = Form::typed(typed);
    let template = |kind: AppointmentType| {
        let name = format!("draft-{}", kind.as_str());
        let drafted: Vec<&str> = form.values(&name).collect();
        let left_out = DRAFTED.into_iter().filter(|section| !drafted.contains(&section.as_str()));
        DraftTemplate {
            kind,
            left_out: left_out.collect(),
            by_problem: form.values("by-problem").any(|value| value == kind.as_str()),
        }
    };
    let templates: Vec<DraftTemplate> = AppointmentType::ALL.into_iter().map(template).collect();
    draft_styles::keep_templates(&mut desk, &templates).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "Kept. The next draft follows it."))
}
