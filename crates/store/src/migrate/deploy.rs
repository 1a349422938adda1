//! Applies all that is pending in one transaction: the old schema or the new one, never between.
//!
//! A file that begins with `-- no-transaction` runs by itself, statement by statement; it is for PostgreSQL's
//! CREATE INDEX CONCURRENTLY, which no transaction can hold.

use super::files::{Dialect, Files, name_of};
use super::history::Row;
use super::history::{self, Ended, Standing, State, Step};
use super::marks;
use super::proof::{self, Proven};
use super::rehearsal::Aside;
use super::statements::statements;
use super::work::Work;
use crate::audit::{Event, Verb};
use crate::database::{Conn, Store};
use crate::error::StoreError;
use serde_json::{Value, json};
use sqlx::migrate::Migration;
use std::time::Instant;

/// What the database is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Real patients: the database is marked, and no reset will ever touch it.
    Production,
    /// Trying things out.
    Development,
}

/// What a deploy did.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Deployed {
    /// What was applied.
    pub steps: Vec<Step>,
    /// What was proven to be the same, where there was something before.
    pub proven: Option<Proven>,
    /// Since when the database is a production one, where this deploy marked it.
    pub marked: Option<medrecord_clinic::time::Instant>,
}

/// Applies what this program was built with; returns what was applied. Leaves no mark.
///
/// # Errors
/// As [`deploy_files`].
pub async fn deploy(store: &Store) -> Result<Vec<Step>, StoreError> {
    Ok(deploy_files(store, &Files::built_in(), Purpose::Development).await?.steps)
}

/// Applies what is pending, in order, all of it or nothing, and proves that no record and no number of rows changed.
///
/// Of two starters at once one applies and the other waits, then finds nothing to do.
///
/// # Errors
/// [`StoreError::Migration`] where an applied file was edited, is missing, came late, where a migration fails, or
/// where it would change what must stay.
pub async fn deploy_files(store: &Store, files: &Files, purpose: Purpose) -> Result<Deployed, StoreError> {
    apply(store, files, purpose, None).await
}

/// The same, and in the same transaction an event of the trail says what was applied, with the name of the copy that
/// was made before where there is one. A trail of an older program takes none.
///
/// # Errors
/// As [`deploy_files`].
pub async fn deploy_noted(
    store: &Store,
    files: &Files,
    purpose: Purpose,
    aside: Option<&Aside>,
) -> Result<Deployed, StoreError> {
    let aside = aside.and_then(|aside| aside.path.file_name());
    let detail = json!({ "aside": aside.map(|name| name.to_string_lossy()) });
    apply(store, files, purpose, Some(detail)).await
}

async fn apply(
    store: &Store,
    files: &Files,
    purpose: Purpose,
    note: Option<Value>,
) -> Result<Deployed, StoreError> {
    let dialect = Dialect::of(store);
    let mut done = Deployed::default();
    loop {
        let mut work = Work::begin(store).await?;
        let rows = history::applied(&mut work.conn()).await?;
        let standing = history::held_against(files.of(dialect), &rows);
        standing.sound()?;
        let pending = in_order(&standing, files.of(dialect));
        let alone = pending.first().is_some_and(|file| file.no_tx);
        let count = if alone { 1 } else { pending.iter().take_while(|file| !file.no_tx).count() };
        let last = count == pending.len();
        let batch: Vec<&Migration> = pending.into_iter().take(count).collect();
        history::make_table(&mut work.conn()).await?;
        done.steps.extend(batch.iter().map(|file| applied_step(file)));
        if let ([file], true) = (batch.as_slice(), alone) {
            run_alone(&mut work, file).await?;
        } else if !batch.is_empty() {
            let before = if rows.is_empty() { None } else { Some(proof::snapshot(&mut work).await?) };
            for file in &batch {
                run_in_transaction(&mut work, file).await?;
            }
            if let Some(before) = before {
                let may_change = proof::may_change(batch.iter().map(|file| file.sql.as_str()));
                let after = proof::snapshot(&mut work).await?;
                done.proven = Some(proof::compare(&before, &after, &may_change)?);
            }
        }
        if let (true, true, Some(proven)) = (last, files.are_built_in(), &mut done.proven) {
            let (again, count) = work.recompute(store).await?;
            work = again;
            proven.digests_recomputed = Some(count);
        }
        if let (true, false, Some(detail)) = (last, done.steps.is_empty(), &note)
            && is_current(&rows, &batch, dialect)
        {
            work.note(store, event(&done.steps, detail)).await?;
        }
        if last && purpose == Purpose::Production {
            done.marked = marks::set_production(&mut work, store.clock().now()).await?;
        }
        work.commit().await?;
        if last {
            return Ok(done);
        }
    }
}

/// Whether the trail is the one that this program writes to.
fn is_current(rows: &[Row], batch: &[&Migration], dialect: Dialect) -> bool {
    let is_in = |version: i64| {
        rows.iter().any(|row| row.version == version) || batch.iter().any(|file| file.version == version)
    };
    Files::built_in().of(dialect).iter().all(|file| is_in(file.version))
}

fn event(steps: &[Step], detail: &Value) -> Event {
    let mut detail = detail.clone();
    let names: Vec<String> = steps.iter().map(Step::file_name).collect();
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("applied".to_owned(), json!(names));
    }
    Event::new(Verb::Update, "schema").with(detail)
}

fn in_order<'a>(standing: &Standing, files: &'a [Migration]) -> Vec<&'a Migration> {
    let pending = |file: &&Migration| standing.pending().any(|step| step.version == file.version);
    files.iter().filter(pending).collect()
}

fn applied_step(file: &Migration) -> Step {
    Step {
        version: file.version,
        name: file.description.to_string(),
        applied: true,
        state: State::Applied,
        applied_at: None,
    }
}

/// Runs one file and writes it down, in the transaction that is open.
pub(super) async fn run_in_transaction(work: &mut Work, file: &Migration) -> Result<(), StoreError> {
    let begun = Instant::now();
    let path = search_path(work).await?;
    work.run(file.sql.clone()).await.map_err(|error| failed(file, &error))?;
    if let (Some(path), Conn::Postgres(conn)) = (path, work.conn()) {
        // A file may widen the path for itself; the next one starts from the practice's own.
        sqlx::query("SELECT set_config('search_path', $1, TRUE)").bind(path).execute(conn).await?;
    }
    history::add(work, file, Ended::In(nanos_since(begun))).await
}

async fn search_path(work: &mut Work) -> Result<Option<String>, StoreError> {
    match work.conn() {
        Conn::Sqlite(_) => Ok(None),
        Conn::Postgres(conn) => {
            Ok(Some(sqlx::query_scalar("SELECT current_setting('search_path')").fetch_one(conn).await?))
        }
    }
}

/// Writes the file down as begun, runs it outside a transaction, and writes down that it ended.
async fn run_alone(work: &mut Work, file: &Migration) -> Result<(), StoreError> {
    let begun = Instant::now();
    history::add(work, file, Ended::NotYet).await?;
    work.commit_and_go_on().await?;
    for statement in statements(file.sql.as_str()) {
        if let Err(error) = work.run_made(statement.text.clone()).await {
            let name = name_of(file);
            return Err(StoreError::Migration(format!(
                "{name} failed at line {}, outside a transaction, so what came before may stand: {error}; undo it by hand, then run medrecord migrate resolve --rolled-back {name}",
                statement.line
            )));
        }
    }
    work.begin_again().await?;
    history::end(work, file.version, nanos_since(begun)).await
}

fn nanos_since(begun: Instant) -> i64 {
    i64::try_from(begun.elapsed().as_nanos()).unwrap_or(i64::MAX)
}

fn failed(file: &Migration, error: &sqlx::Error) -> StoreError {
    let place = line_of(file.sql.as_str(), error).map(|line| format!(" at line {line}")).unwrap_or_default();
    let words =
        error.as_database_error().map_or_else(|| error.to_string(), |error| error.message().to_owned());
    StoreError::Migration(format!("{} failed{place}, and nothing was changed: {words}", name_of(file)))
}

/// The line at which PostgreSQL stopped; SQLite does not say.
fn line_of(sql: &str, error: &sqlx::Error) -> Option<usize> {
    let sqlx::Error::Database(error) = error else { return None };
    let error = error.try_downcast_ref::<sqlx::postgres::PgDatabaseError>()?;
    let Some(sqlx::postgres::PgErrorPosition::Original(at)) = error.position() else { return None };
    Some(sql.chars().take(at.saturating_sub(1)).filter(|sign| *sign == '\n').count() + 1)
}
