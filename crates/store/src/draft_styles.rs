//! Keeps how drafts are written for each provider: own words, and what is drafted at which kind of visit. Each provider
//! sees and changes their own alone; the scribe reads those of the provider whose visit it drafts.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::draft_style::{DraftStyle, DraftTemplate, OwnWording, OwnWordingDetails};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AppointmentId, DraftTemplateId, OwnWordingId};
use medrecord_clinic::medical_record::NoteField;
use serde_json::json;
use sqlx::types::Json;

/// How many wordings a provider may have, used and refused: more than anybody can oversee serve nobody.
pub const MOST: usize = 200;

#[derive(sqlx::FromRow)]
struct WordingRow {
    id: Key,
    drafted: String,
    written: String,
    is_used: bool,
}

#[derive(sqlx::FromRow)]
struct TemplateRow {
    appointment_type: Word<AppointmentType>,
    left_out: Json<Vec<String>>,
    by_problem: bool,
}

#[derive(sqlx::FromRow)]
struct StyleRow {
    provider_id: Key,
    left_out: Option<Json<Vec<String>>>,
    by_problem: Option<bool>,
}

const WORDINGS: &str =
    "SELECT id, drafted, written, is_used FROM own_wordings WHERE provider_id = $1 ORDER BY drafted, id";
const KEEP_WORDING: &str =
    "INSERT INTO own_wordings (id, provider_id, drafted, written, is_used, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (provider_id, drafted) DO UPDATE SET written = excluded.written, is_used = excluded.is_used,
        updated_at = excluded.updated_at, version = own_wordings.version + 1";
const FORGET_WORDING: &str = "DELETE FROM own_wordings WHERE provider_id = $1 AND id = $2";
const FORGET_WORDINGS: &str = "DELETE FROM own_wordings WHERE provider_id = $1";
const TEMPLATES: &str =
    "SELECT appointment_type, left_out, by_problem FROM draft_templates WHERE provider_id = $1";
const KEEP_TEMPLATE: &str =
    "INSERT INTO draft_templates (id, provider_id, appointment_type, left_out, by_problem, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $6, $6)
    ON CONFLICT (provider_id, appointment_type) DO UPDATE SET left_out = excluded.left_out,
        by_problem = excluded.by_problem, updated_at = excluded.updated_at, version = draft_templates.version + 1";
const FORGET_TEMPLATES: &str = "DELETE FROM draft_templates WHERE provider_id = $1";
const OF_VISIT: &str = "SELECT a.provider_id, t.left_out, t.by_problem
    FROM appointments AS a
    LEFT JOIN draft_templates AS t ON t.provider_id = a.provider_id AND t.appointment_type = a.appointment_type
    WHERE a.id = $1";

/// The wordings of whoever is signed in, used and refused, by what is drafted.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn wordings(desk: &mut Desk) -> Result<Vec<OwnWording>, Refusal> {
    desk.require(Action::SignRecord)?;
    let owner = Key::of(desk.provider()?);
    wordings_of(desk, owner).await
}

async fn wordings_of(desk: &mut Desk, owner: Key) -> Result<Vec<OwnWording>, Refusal> {
    let rows: Vec<WordingRow> =
        on!(desk, conn => sqlx::query_as(WORDINGS).bind(owner).fetch_all(conn).await)?;
    let read = |row: WordingRow| OwnWording {
        id: row.id.id(),
        drafted: row.drafted,
        written: row.written,
        is_used: row.is_used,
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Keeps what is to stand in place of a drafted expression, or that it is not to be proposed again; what was kept for the
/// same expression before gives way.
///
/// # Errors
/// [`Refusal::Invalid`] where there are [`MOST`] already; [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn keep_wording(
    desk: &mut Desk,
    wording: &OwnWordingDetails,
    is_used: bool,
) -> Result<(), Refusal> {
    let own = wordings(desk).await?;
    if own.len() >= MOST && own.iter().all(|one| one.drafted != wording.drafted) {
        let words = format!("There are {MOST} wordings already. Forget one that is not used any more.");
        return Err(Refusal::Invalid(Problems::one("drafted", "too_many", words)));
    }
    let id: OwnWordingId = desk.fresh_id()?;
    let (owner, now) = (Key::of(desk.provider()?), At(desk.now()));
    on!(desk, conn => {
        sqlx::query(KEEP_WORDING)
            .bind(Key::of(id))
            .bind(owner)
            .bind(&wording.drafted)
            .bind(&wording.written)
            .bind(is_used)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    let event = Event::new(Verb::Update, "own_wording").about(desk.provider()?);
    desk.record(event.with(json!({ "isUsed": is_used })));
    Ok(())
}

/// Forgets one wording: it is not used any more, and may be proposed again.
///
/// # Errors
/// [`Refusal::NotFound`] where it is nobody's or somebody else's, [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn forget_wording(desk: &mut Desk, id: OwnWordingId) -> Result<(), Refusal> {
    desk.require(Action::SignRecord)?;
    let owner = Key::of(desk.provider()?);
    let gone = on!(desk, conn => {
        let statement = sqlx::query(FORGET_WORDING).bind(owner).bind(Key::of(id));
        statement.execute(conn).await.map(|done| done.rows_affected())
    })?;
    if gone != 1 {
        return Err(Refusal::NotFound("wording"));
    }
    desk.record(Event::new(Verb::Delete, "own_wording").about(id));
    Ok(())
}

/// Forgets everything: drafts are written for whoever is signed in as for everybody.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn forget_all(desk: &mut Desk) -> Result<(), Refusal> {
    desk.require(Action::SignRecord)?;
    let provider = desk.provider()?;
    for sql in [FORGET_WORDINGS, FORGET_TEMPLATES] {
        on!(desk, conn => sqlx::query(sql).bind(Key::of(provider)).execute(conn).await.map(|_| ()))?;
    }
    desk.record(Event::new(Verb::Delete, "draft_style").about(provider));
    Ok(())
}

/// What is drafted for whoever is signed in, one for each kind of visit.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn templates(desk: &mut Desk) -> Result<Vec<DraftTemplate>, Refusal> {
    desk.require(Action::SignRecord)?;
    let owner = Key::of(desk.provider()?);
    let rows: Vec<TemplateRow> =
        on!(desk, conn => sqlx::query_as(TEMPLATES).bind(owner).fetch_all(conn).await)?;
    let mut all: Vec<DraftTemplate> = AppointmentType::ALL.into_iter().map(DraftTemplate::usual).collect();
    for template in &mut all {
        if let Some(row) = rows.iter().find(|row| row.appointment_type.0 == template.kind) {
            template.left_out = sections(&row.left_out.0);
            template.by_problem = row.by_problem;
        }
    }
    Ok(all)
}

/// Keeps what is drafted for whoever is signed in at these kinds of visit.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn keep_templates(desk: &mut Desk, templates: &[DraftTemplate]) -> Result<(), Refusal> {
    desk.require(Action::SignRecord)?;
    let provider = desk.provider()?;
    let now = At(desk.now());
    for template in templates {
        let id: DraftTemplateId = desk.fresh_id()?;
        let left_out: Vec<&str> = template.left_out.iter().map(|section| section.as_str()).collect();
        on!(desk, conn => {
            sqlx::query(KEEP_TEMPLATE)
                .bind(Key::of(id))
                .bind(Key::of(provider))
                .bind(Word(template.kind))
                .bind(Json(&left_out))
                .bind(template.by_problem)
                .bind(now)
                .execute(conn)
                .await
                .map(|_| ())
        })?;
    }
    desk.record(Event::new(Verb::Update, "draft_template").about(provider));
    Ok(())
}

/// How the draft of a visit is to be written: as its provider keeps it for this kind of visit.
///
/// # Errors
/// [`Refusal::NotFound`] where there is no such visit, [`Refusal::NotAllowed`].
pub async fn of_visit(desk: &mut Desk, appointment: AppointmentId) -> Result<DraftStyle, Refusal> {
    desk.require(Action::ReadChart)?;
    let row: Option<StyleRow> =
        on!(desk, conn => sqlx::query_as(OF_VISIT).bind(Key::of(appointment)).fetch_optional(conn).await)?;
    let Some(row) = row else { return Err(Refusal::NotFound("appointment")) };
    let wordings = wordings_of(desk, row.provider_id).await?.into_iter().filter(|one| one.is_used);
    let used = |one: OwnWording| OwnWordingDetails { drafted: one.drafted, written: one.written };
    Ok(DraftStyle {
        wordings: wordings.map(used).collect(),
        left_out: row.left_out.map(|names| sections(&names.0)).unwrap_or_default(),
        by_problem: row.by_problem.unwrap_or_default(),
    })
}

/// Sections by their names; a name of another version is passed over.
fn sections(names: &[String]) -> Vec<NoteField> {
    names.iter().filter_map(|name| name.parse().ok()).collect()
}
