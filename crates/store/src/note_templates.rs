//! Keeps the templates of notes, each for its owner alone.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::sections::SectionsRow;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{NoteTemplateId, ProviderId};
use medrecord_clinic::note_template::{NoteTemplate, NoteTemplateDetails};

/// How many templates a person may have: as many as can be chosen from at a glance.
pub const MOST: usize = 50;

#[derive(sqlx::FromRow)]
struct TemplateRow {
    id: Key,
    name: String,
    appointment_type: Option<Word<AppointmentType>>,
    #[sqlx(flatten)]
    sections: SectionsRow,
    version: i32,
}

impl From<TemplateRow> for NoteTemplate {
    fn from(row: TemplateRow) -> Self {
        Self {
            id: row.id.id(),
            name: row.name,
            appointment_type: row.appointment_type.map(|kind| kind.0),
            note: row.sections.into(),
            version: row.version,
        }
    }
}

const OWN: &str = "SELECT id, name, appointment_type, chief_complaint, history_of_present_illness, review_of_systems,
        physical_exam_notes, diagnosis, diagnosis_notes, treatment_plan, follow_up_instructions, patient_education, version
    FROM note_templates WHERE provider_id = $1 ORDER BY name, id";
const INSERT: &str = "INSERT INTO note_templates (name, appointment_type, chief_complaint, history_of_present_illness,
        review_of_systems, physical_exam_notes, diagnosis, diagnosis_notes, treatment_plan, follow_up_instructions,
        patient_education, updated_at, created_at, provider_id, id)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14)";
const UPDATE: &str = "UPDATE note_templates SET name = $1, appointment_type = $2, chief_complaint = $3,
        history_of_present_illness = $4, review_of_systems = $5, physical_exam_notes = $6, diagnosis = $7,
        diagnosis_notes = $8, treatment_plan = $9, follow_up_instructions = $10, patient_education = $11, updated_at = $12,
        version = version + 1
    WHERE provider_id = $13 AND id = $14 AND version = $15";
const REMOVE: &str = "DELETE FROM note_templates WHERE provider_id = $1 AND id = $2 AND version = $3";
const VERSION: &str = "SELECT version FROM note_templates WHERE provider_id = $1 AND id = $2";

/// Binds what a form says, the instant, the owner and the id, in the order of the statements.
macro_rules! told {
    ($sql:expr, $told:expr) => {{
        let (details, now, owner, id) = $told;
        let note = &details.note;
        sqlx::query($sql)
            .bind(&details.name)
            .bind(details.appointment_type.map(Word))
            .bind(&note.chief_complaint)
            .bind(&note.history_of_present_illness)
            .bind(&note.review_of_systems)
            .bind(&note.physical_exam_notes)
            .bind(&note.diagnosis)
            .bind(&note.diagnosis_notes)
            .bind(&note.treatment_plan)
            .bind(&note.follow_up_instructions)
            .bind(&note.patient_education)
            .bind(now)
            .bind(owner)
            .bind(id)
    }};
}

/// The templates of whoever is at the desk, by name.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn own(desk: &mut Desk) -> Result<Vec<NoteTemplate>, Refusal> {
    desk.require(Action::WriteRecord)?;
    let owner = owner(desk)?;
    let rows: Vec<TemplateRow> =
        on!(desk, conn => sqlx::query_as(OWN).bind(Key::of(owner)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(NoteTemplate::from).collect())
}

/// One of the own templates.
///
/// # Errors
/// [`Refusal::NotFound`] where it is nobody's or somebody else's, [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn get(desk: &mut Desk, id: NoteTemplateId) -> Result<NoteTemplate, Refusal> {
    own(desk).await?.into_iter().find(|template| template.id == id).ok_or(Refusal::NotFound("template"))
}

/// Keeps a new template.
///
/// # Errors
/// [`Refusal::Invalid`] where the name is taken or there are [`MOST`] already; [`Refusal::NotAllowed`],
/// [`Refusal::NobodySignedIn`].
pub async fn add(desk: &mut Desk, details: &NoteTemplateDetails) -> Result<NoteTemplateId, Refusal> {
    if own(desk).await?.len() >= MOST {
        let words = format!("There are {MOST} templates already. Remove one that is not used any more.");
        return Err(Refusal::Invalid(Problems::one("name", "too_many", words)));
    }
    let id: NoteTemplateId = desk.fresh_id()?;
    let told = (details, At(desk.now()), Key::of(owner(desk)?), Key::of(id));
    let kept = on!(desk, conn => told!(INSERT, told).execute(conn).await.map(|_| ()));
    kept.map_err(|error| taken(error.into()))?;
    desk.record(Event::new(Verb::Create, "note_template").about(id));
    Ok(id)
}

/// Changes a template; `seen` is the version that was looked at. Gives the new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Invalid`] where the name is taken, [`Refusal::NotFound`], [`Refusal::NotAllowed`],
/// [`Refusal::NobodySignedIn`].
pub async fn update(
    desk: &mut Desk,
    id: NoteTemplateId,
    seen: i32,
    details: &NoteTemplateDetails,
) -> Result<i32, Refusal> {
    desk.require(Action::WriteRecord)?;
    let told = (details, At(desk.now()), Key::of(owner(desk)?), Key::of(id));
    let changed = on!(desk, conn => {
        told!(UPDATE, told).bind(seen).execute(conn).await.map(|done| done.rows_affected())
    });
    if changed.map_err(|error| taken(error.into()))? != 1 {
        return Err(stale(desk, id, seen).await?);
    }
    desk.record(Event::new(Verb::Update, "note_template").about(id));
    Ok(seen.saturating_add(1))
}

/// Removes a template; notes that began with it stay as they are.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn remove(desk: &mut Desk, id: NoteTemplateId, seen: i32) -> Result<(), Refusal> {
    desk.require(Action::WriteRecord)?;
    let owner = Key::of(owner(desk)?);
    let removed = on!(desk, conn => {
        let statement = sqlx::query(REMOVE).bind(owner).bind(Key::of(id)).bind(seen);
        statement.execute(conn).await.map(|done| done.rows_affected())
    })?;
    if removed != 1 {
        return Err(stale(desk, id, seen).await?);
    }
    desk.record(Event::new(Verb::Delete, "note_template").about(id));
    Ok(())
}

fn owner(desk: &Desk) -> Result<ProviderId, Refusal> {
    desk.actor().id.ok_or(Refusal::NobodySignedIn)
}

fn taken(error: StoreError) -> Refusal {
    if error.violates("note_templates_provider_id_name_key") {
        let words = "You have a template of this name. Choose another name.";
        return Refusal::Invalid(Problems::one("name", "taken", words));
    }
    error.into()
}

/// Why a version was not there to be written.
async fn stale(desk: &mut Desk, id: NoteTemplateId, seen: i32) -> Result<Refusal, Refusal> {
    let owner = Key::of(owner(desk)?);
    let current: Option<i32> = on!(desk, conn => {
        sqlx::query_scalar(VERSION).bind(owner).bind(Key::of(id)).fetch_optional(conn).await
    })?;
    Ok(match current {
        Some(current) => Refusal::Stale { what: "template", seen, current },
        None => Refusal::NotFound("template"),
    })
}
