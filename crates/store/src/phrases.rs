//! Keeps phrases that abbreviations become: a person's own, and those of the whole practice.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{PhraseId, ProviderId};
use medrecord_clinic::phrase::{Phrase, PhraseDetails};

/// How many a person may have beside those of the practice, and the practice beside those of its people.
pub const MOST: usize = 200;

#[derive(sqlx::FromRow)]
struct PhraseRow {
    id: Key,
    provider_id: Option<Key>,
    abbreviation: String,
    words: String,
    version: i32,
}

impl From<PhraseRow> for Phrase {
    fn from(row: PhraseRow) -> Self {
        Self {
            id: row.id.id(),
            abbreviation: row.abbreviation,
            words: row.words,
            is_shared: row.provider_id.is_none(),
            version: row.version,
        }
    }
}

const OFFERED: &str = "SELECT id, provider_id, abbreviation, words, version
    FROM phrases WHERE provider_id = $1 OR provider_id IS NULL ORDER BY abbreviation, id";
const INSERT: &str = "INSERT INTO phrases (id, provider_id, abbreviation, words, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, $5)";
const UPDATE: &str = "UPDATE phrases SET provider_id = $1, abbreviation = $2, words = $3, updated_at = $4, version = version + 1
    WHERE id = $5 AND version = $6";
const REMOVE: &str = "DELETE FROM phrases WHERE id = $1 AND version = $2";

/// The phrases of whoever is at the desk and those of the practice, by abbreviation.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn offered(desk: &mut Desk) -> Result<Vec<Phrase>, Refusal> {
    desk.require(Action::WriteRecord)?;
    let owner = Key::of(owner(desk)?);
    let rows: Vec<PhraseRow> = on!(desk, conn => sqlx::query_as(OFFERED).bind(owner).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Phrase::from).collect())
}

/// One of them.
///
/// # Errors
/// [`Refusal::NotFound`] where it is nobody's or somebody else's, [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn get(desk: &mut Desk, id: PhraseId) -> Result<Phrase, Refusal> {
    offered(desk).await?.into_iter().find(|phrase| phrase.id == id).ok_or(Refusal::NotFound("phrase"))
}

/// Keeps a new phrase.
///
/// # Errors
/// [`Refusal::Invalid`] where the abbreviation is taken or there are [`MOST`] already; [`Refusal::NotAllowed`], as for a
/// phrase of the practice by whoever may not change its settings; [`Refusal::NobodySignedIn`].
pub async fn add(desk: &mut Desk, details: &PhraseDetails) -> Result<PhraseId, Refusal> {
    let alike = offered(desk).await?.iter().filter(|phrase| phrase.is_shared == details.is_shared).count();
    if alike >= MOST {
        let words = format!("There are {MOST} phrases already. Remove one that is not used any more.");
        return Err(Refusal::Invalid(Problems::one("abbreviation", "too_many", words)));
    }
    let place = place(desk, details.is_shared)?;
    let id: PhraseId = desk.fresh_id()?;
    let now = At(desk.now());
    let kept = on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(place)
            .bind(&details.abbreviation)
            .bind(&details.words)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    });
    kept.map_err(|error| taken(error.into()))?;
    desk.record(Event::new(Verb::Create, "phrase").about(id));
    Ok(id)
}

/// Changes a phrase; `seen` is the version that was looked at. Gives the new version.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::Invalid`] where the abbreviation is taken, [`Refusal::NotFound`],
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn update(
    desk: &mut Desk,
    id: PhraseId,
    seen: i32,
    details: &PhraseDetails,
) -> Result<i32, Refusal> {
    still(desk, id, seen).await?;
    let place = place(desk, details.is_shared)?;
    let now = At(desk.now());
    let changed = on!(desk, conn => {
        sqlx::query(UPDATE)
            .bind(place)
            .bind(&details.abbreviation)
            .bind(&details.words)
            .bind(now)
            .bind(Key::of(id))
            .bind(seen)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    });
    if changed.map_err(|error| taken(error.into()))? != 1 {
        return Err(Refusal::Stale { what: "phrase", seen, current: seen.saturating_add(1) });
    }
    desk.record(Event::new(Verb::Update, "phrase").about(id));
    Ok(seen.saturating_add(1))
}

/// Removes a phrase; notes that hold it stay as they are.
///
/// # Errors
/// [`Refusal::Stale`], [`Refusal::NotFound`], [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn remove(desk: &mut Desk, id: PhraseId, seen: i32) -> Result<(), Refusal> {
    still(desk, id, seen).await?;
    let removed = on!(desk, conn => {
        sqlx::query(REMOVE).bind(Key::of(id)).bind(seen).execute(conn).await.map(|done| done.rows_affected())
    })?;
    if removed != 1 {
        return Err(Refusal::Stale { what: "phrase", seen, current: seen.saturating_add(1) });
    }
    desk.record(Event::new(Verb::Delete, "phrase").about(id));
    Ok(())
}

/// The phrase must be one that whoever is at the desk may change, in the version that was looked at.
async fn still(desk: &mut Desk, id: PhraseId, seen: i32) -> Result<(), Refusal> {
    let kept = get(desk, id).await?;
    place(desk, kept.is_shared)?;
    if kept.version == seen {
        return Ok(());
    }
    Err(Refusal::Stale { what: "phrase", seen, current: kept.version })
}

/// Whose a phrase is, and whether whoever is at the desk may keep it there.
fn place(desk: &mut Desk, is_shared: bool) -> Result<Option<Key>, Refusal> {
    if is_shared {
        desk.require(Action::WriteSettings)?;
        return Ok(None);
    }
    owner(desk).map(|owner| Some(Key::of(owner)))
}

fn owner(desk: &Desk) -> Result<ProviderId, Refusal> {
    desk.actor().id.ok_or(Refusal::NobodySignedIn)
}

fn taken(error: StoreError) -> Refusal {
    let names = ["phrases_provider_id_abbreviation_key", "phrases_abbreviation_key"];
    if names.iter().any(|name| error.violates(name)) {
        let words = "There is a phrase with this abbreviation. Choose another one.";
        return Refusal::Invalid(Problems::one("abbreviation", "taken", words));
    }
    error.into()
}
