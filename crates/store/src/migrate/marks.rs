//! What a database remembers about itself: once deployed as production it stays so, wherever it is copied.

use super::history::has_table;
use super::work::Work;
use crate::column::At;
use crate::database::{Conn, Store, on};
use crate::desk::Actor;
use crate::error::StoreError;
use medrecord_clinic::time::Instant;

const PRODUCTION: &str = "SELECT set_at FROM database_marks WHERE mark = 'production'";
const MARK: &str = "INSERT INTO database_marks (mark, set_at) VALUES ('production', $1)";

/// Since when the database is a production one; `None` where it is not.
///
/// # Errors
/// [`StoreError`] where it cannot be asked.
pub async fn production_since(store: &Store) -> Result<Option<Instant>, StoreError> {
    let mut desk = store.read_desk(Actor::machine("migrate", crate::Via::Command)).await?;
    read(&mut desk.conn()).await
}

pub(super) async fn read(conn: &mut Conn<'_>) -> Result<Option<Instant>, StoreError> {
    if !has_table(conn, "database_marks").await? {
        return Ok(None);
    }
    let at: Option<At> = match conn {
        Conn::Sqlite(conn) => sqlx::query_scalar(PRODUCTION).fetch_optional(&mut **conn).await?,
        Conn::Postgres(conn) => sqlx::query_scalar(PRODUCTION).fetch_optional(&mut **conn).await?,
    };
    Ok(at.map(|at| at.0))
}

/// Marks the database as a production one, for good; nothing happens where it is marked or has no such table.
///
/// # Errors
/// [`StoreError`] where it cannot be written.
pub async fn mark_production(store: &Store) -> Result<(), StoreError> {
    if production_since(store).await?.is_some() {
        return Ok(());
    }
    let mut work = Work::begin(store).await?;
    set_production(&mut work, store.clock().now()).await?;
    work.commit().await
}

/// Sets the mark; returns when, if it was not set before.
pub(super) async fn set_production(work: &mut Work, now: Instant) -> Result<Option<Instant>, StoreError> {
    let mut conn = work.conn();
    if !has_table(&mut conn, "database_marks").await? || read(&mut conn).await?.is_some() {
        return Ok(None);
    }
    on!(work, conn => sqlx::query(MARK).bind(At(now)).execute(conn).await.map(|_| ()))?;
    Ok(Some(now))
}
