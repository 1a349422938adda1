//! Finds patients by whatever somebody typed, and lists them; both by keyset, so that the thousandth page costs what
//! the first does.
//!
//! `search_name` is compared byte by byte and serves list, keyset and prefix by one ordered index. Fragments go
//! through trigrams, fenced: measured on 1M patients, PostgreSQL without the fence walks the ordered index (1445 ms)
//! instead of asking the trigrams (59 ms).

use super::PatientRow;
use super::statements::{
    BEGINS_POSTGRES, BEGINS_SQLITE, BORN, COUNT, DIGITS_POSTGRES, DIGITS_SQLITE, FITTING_POSTGRES,
    FITTING_SQLITE, FRAGMENT_POSTGRES, FRAGMENT_SQLITE, LIST, LIST_FROM, NEAR_POSTGRES, NEAR_SQLITE, NUMBER,
    PLACE, PREFIX, SHORT_POSTGRES, SHORT_SQLITE,
};
use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::search::Query;
use medrecord_clinic::time::Instant;
use uuid::Uuid;

/// A patient in a list: never the name alone.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed {
    /// The patient.
    #[serde(flatten)]
    pub patient: Patient,
    /// When the last visit that took place began.
    pub last_visit_at: Option<Instant>,
}

/// A part of a list, and where the next one begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The patients, in the order of their names.
    pub items: Vec<Listed>,
    /// The last patient of this part where more follow; give it as `after` to go on.
    pub next: Option<PatientId>,
}

#[derive(sqlx::FromRow)]
struct ListedRow {
    #[sqlx(flatten)]
    patient: PatientRow,
    last_visit_at: Option<At>,
}

/// How far the walk by name looks before an index of fragments is asked.
const NEAR: i64 = 1500;

/// Above every text that begins with what stands before it.
const LAST: char = '\u{10FFFF}';

/// Lists patients by name, from the one after `after` on.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk, after: Option<PatientId>, limit: u32) -> Result<Page, Refusal> {
    desk.require(Action::ReadPatients)?;
    let place = place_of(desk, after).await?;
    let rows: Vec<ListedRow> = on!(desk, conn => {
        sqlx::query_as(LIST)
            .bind(&place.name)
            .bind(Key(place.id))
            .bind(i64::from(limit) + 1)
            .fetch_all(conn)
            .await
    })?;
    Ok(page(desk, rows, limit, "list"))
}

/// Lists the patients of a numbered page, the first being 1; for callers that count pages. A page holds fewer than 200.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list_page(desk: &mut Desk, number: u32, limit: u32) -> Result<Page, Refusal> {
    desk.require(Action::ReadPatients)?;
    let skipped = i64::from(number.saturating_sub(1)) * i64::from(limit);
    let rows: Vec<ListedRow> = on!(desk, conn => {
        sqlx::query_as(LIST_FROM).bind(i64::from(limit) + 1).bind(skipped).fetch_all(conn).await
    })?;
    Ok(page(desk, rows, limit, "list"))
}

/// How many patients there are; slow on a large table, so no list asks it.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn count(desk: &mut Desk) -> Result<i64, Refusal> {
    desk.require(Action::ReadPatients)?;
    Ok(on!(desk, conn => sqlx::query_scalar(COUNT).fetch_one(conn).await)?)
}

/// Finds patients by what somebody typed, from the one after `after` on: record numbers first, then family names that
/// begin so, then everything else that fits, each by name.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn search(
    desk: &mut Desk,
    query: &Query,
    after: Option<PatientId>,
    limit: u32,
) -> Result<Page, Refusal> {
    desk.require(Action::ReadPatients)?;
    if query.is_empty() {
        return Ok(Page { items: Vec::new(), next: None });
    }
    let asked = Asked::of(query);
    let place = place_of(desk, after).await?;
    let wanted = i64::from(limit) + 1;
    let mut rows = Vec::new();
    if let Some(number) = query.record_number.as_deref().filter(|_| after.is_none()) {
        rows = by_number(desk, number).await?;
    }
    let missing = |rows: &[ListedRow]| wanted - i64::try_from(rows.len()).unwrap_or(wanted);
    let in_prefix = asked.begins.as_deref().is_some_and(|start| place.name.starts_with(start));
    let mut from = place;
    if asked.begins.is_some() && (after.is_none() || in_prefix) {
        let more = asked.prefix(desk, &from, missing(&rows)).await?;
        add_new(&mut rows, more);
        from = Place::first();
    }
    if missing(&rows) > 0 {
        let more = asked.fragment(desk, &from, missing(&rows)).await?;
        add_new(&mut rows, more);
    }
    Ok(page(desk, rows, limit, "search"))
}

/// Where a list goes on: after this name, and among equal names after this id.
struct Place {
    name: String,
    id: Uuid,
}

impl Place {
    fn first() -> Self {
        Self { name: String::new(), id: Uuid::nil() }
    }
}

async fn place_of(desk: &mut Desk, after: Option<PatientId>) -> Result<Place, StoreError> {
    let Some(id) = after else { return Ok(Place::first()) };
    let name: Option<String> =
        on!(desk, conn => sqlx::query_scalar(PLACE).bind(Key::of(id)).fetch_optional(conn).await)?;
    Ok(name.map_or_else(Place::first, |name| Place { name, id: id.0 }))
}

/// A query as the statements take it.
struct Asked {
    /// The longest word first, as `%word%`, or `% wo%` where it is so short that it must begin a name.
    words: [String; 3],
    /// The longest word itself.
    longest: String,
    born: Option<NaiveDate>,
    digits: String,
    has_digits: bool,
    /// One word alone, with which family names may begin.
    begins: Option<String>,
    /// The words of three letters or more, or else the digits, as FTS5 asks for them.
    trigrams: String,
}

impl Asked {
    fn of(query: &Query) -> Self {
        let mut names: Vec<&String> = query.names.iter().collect();
        names.sort_by_key(|name| std::cmp::Reverse(name.chars().count()));
        let word = |at: usize| {
            names.get(at).map_or_else(
                || "%".to_owned(),
                |name| if is_short(name) { format!("% {name}%") } else { format!("%{name}%") },
            )
        };
        let mut long: Vec<&String> = names.iter().copied().filter(|name| name.chars().count() >= 3).collect();
        if long.is_empty() {
            long.extend(&query.digits);
        }
        Self {
            words: [word(0), word(1), word(2)],
            longest: names.first().map(|name| (*name).clone()).unwrap_or_default(),
            born: query.born.map(|day| day.0),
            digits: query.digits.as_ref().map_or_else(|| "%".to_owned(), |digits| format!("%{digits}%")),
            has_digits: query.digits.is_some(),
            begins: match query.names.as_slice() {
                [one] => Some(one.clone()),
                _ => None,
            },
            trigrams: long.iter().map(|part| format!("\"{part}\"")).collect::<Vec<_>>().join(" "),
        }
    }

    async fn prefix(&self, desk: &mut Desk, from: &Place, limit: i64) -> Result<Vec<ListedRow>, StoreError> {
        let (start, end) = self.range();
        // A walk that began before the prefix would read every name up to it.
        let (name, id) = if from.name < start { (&start, Uuid::nil()) } else { (&from.name, from.id) };
        Ok(on!(desk, conn => {
            sqlx::query_as(PREFIX)
                .bind(name)
                .bind(Key(id))
                .bind(&end)
                .bind(self.born)
                .bind(&self.digits)
                .bind(limit)
                .fetch_all(conn)
                .await
        })?)
    }

    /// All that fits but what [`Self::prefix`] has shown.
    async fn fragment(
        &self,
        desk: &mut Desk,
        from: &Place,
        limit: i64,
    ) -> Result<Vec<ListedRow>, StoreError> {
        if self.born.is_some() {
            return self.run(desk, from, limit, (BORN, BORN), self.range()).await;
        }
        if !self.is_rare(desk).await? {
            let near = self.run(desk, from, limit, (NEAR_POSTGRES, NEAR_SQLITE), self.range()).await?;
            if i64::try_from(near.len()).is_ok_and(|found| found >= limit) {
                return Ok(near);
            }
        }
        let statements = match self.longest.chars().count() {
            3.. => (FRAGMENT_POSTGRES, FRAGMENT_SQLITE),
            _ if self.has_digits => (DIGITS_POSTGRES, DIGITS_SQLITE),
            0 => return Ok(Vec::new()),
            2 if is_short(&self.longest) => (BEGINS_POSTGRES, BEGINS_SQLITE),
            _ if is_short(&self.longest) => (BEGINS_POSTGRES, SHORT_SQLITE),
            _ => (SHORT_POSTGRES, SHORT_SQLITE),
        };
        self.run(desk, from, limit, statements, self.range()).await
    }

    /// Whether an index of fragments leads to few patients.
    async fn is_rare(&self, desk: &mut Desk) -> Result<bool, StoreError> {
        if self.longest.chars().count() < 3 {
            return Ok(false);
        }
        let fitting: i64 = match desk.conn() {
            Conn::Postgres(conn) => {
                sqlx::query_scalar(FITTING_POSTGRES).bind(&self.words[0]).fetch_one(conn).await?
            }
            Conn::Sqlite(conn) => {
                sqlx::query_scalar(FITTING_SQLITE).bind(&self.trigrams).fetch_one(conn).await?
            }
        };
        Ok(fitting < NEAR)
    }

    /// From the prefix to above it; an empty range where there is none.
    fn range(&self) -> (String, String) {
        let start = self.begins.clone().unwrap_or_else(|| LAST.to_string());
        let end = format!("{start}{LAST}");
        (start, end)
    }

    async fn run(
        &self,
        desk: &mut Desk,
        from: &Place,
        limit: i64,
        (on_postgres, on_sqlite): (&'static str, &'static str),
        (start, end): (String, String),
    ) -> Result<Vec<ListedRow>, StoreError> {
        let [first, second, third] = &self.words;
        macro_rules! asked {
            ($sql:expr) => {
                sqlx::query_as($sql)
                    .bind(&from.name)
                    .bind(Key(from.id))
                    .bind(first)
                    .bind(second)
                    .bind(third)
                    .bind(self.born)
                    .bind(&self.digits)
                    .bind(limit)
                    .bind(start)
                    .bind(end)
            };
        }
        let longest = &self.longest;
        Ok(match desk.conn() {
            Conn::Postgres(conn) if on_postgres == BEGINS_POSTGRES => {
                asked!(on_postgres).bind(format!("{longest}%")).fetch_all(conn).await?
            }
            Conn::Postgres(conn) => asked!(on_postgres).fetch_all(conn).await?,
            Conn::Sqlite(conn) if on_sqlite == BEGINS_SQLITE => {
                asked!(on_sqlite)
                    .bind(format!("\" {longest}\""))
                    .bind(longest)
                    .bind(format!("{longest}{LAST}"))
                    .fetch_all(conn)
                    .await?
            }
            Conn::Sqlite(conn) if [FRAGMENT_SQLITE, DIGITS_SQLITE].contains(&on_sqlite) => {
                asked!(on_sqlite).bind(&self.trigrams).fetch_all(conn).await?
            }
            Conn::Sqlite(conn) => asked!(on_sqlite).fetch_all(conn).await?,
        })
    }
}

/// Whether a word is so short that it is looked for at the beginning of names alone. A sign that is no letter of ours
/// may be a whole name, so there one is enough.
fn is_short(word: &str) -> bool {
    word.len() < 3 && word.is_ascii()
}

/// A record number is found in capitals, in small letters, and typed without its hyphen.
async fn by_number(desk: &mut Desk, number: &str) -> Result<Vec<ListedRow>, StoreError> {
    let hyphened = match (number.get(..4), number.get(4..)) {
        (Some(left), Some(right)) if number.len() == 8 => format!("{left}-{right}"),
        _ => number.to_owned(),
    };
    Ok(on!(desk, conn => {
        sqlx::query_as(NUMBER)
            .bind(number)
            .bind(number.to_lowercase())
            .bind(hyphened)
            .fetch_all(conn)
            .await
    })?)
}

fn add_new(rows: &mut Vec<ListedRow>, more: Vec<ListedRow>) {
    for row in more {
        if !rows.iter().any(|known| known.patient.id == row.patient.id) {
            rows.push(row);
        }
    }
}

fn page(desk: &mut Desk, rows: Vec<ListedRow>, limit: u32, how: &'static str) -> Page {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    let items: Vec<Listed> = rows
        .into_iter()
        .take(limit)
        .map(|row| Listed { patient: row.patient.into(), last_visit_at: row.last_visit_at.map(|at| at.0) })
        .collect();
    desk.record(
        Event::new(Verb::Search, "patient").with(serde_json::json!({ "how": how, "found": items.len() })),
    );
    let next = items.last().filter(|_| more).map(|last| last.patient.id);
    Page { items, next }
}
