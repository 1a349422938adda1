//! How long a statement may take: the studio is for looking, and must not hold up the clinic.

use super::sql::{Sql, Texts};
use crate::database::Conn;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How many of SQLite's steps pass between two looks at the clock; some tens of microseconds.
pub(super) const STEPS: i32 = 10_000;

/// As long as it lives, SQLite looks at the clock; a request that is given up takes its limit along.
pub(super) struct Limit(Arc<AtomicBool>);

impl Drop for Limit {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

impl Limit {
    /// A limit, and what tells the database whether to go on.
    pub(super) fn new(at_most: Duration) -> (Self, impl FnMut() -> bool + Send + 'static) {
        let (end, active) = (Instant::now() + at_most, Arc::new(AtomicBool::new(true)));
        let watched = Arc::clone(&active);
        (Self(active), move || !watched.load(Ordering::Relaxed) || Instant::now() < end)
    }
}

/// Reads the rows of a statement that ends after so long.
pub(super) async fn fetch(desk: &mut Desk, sql: &Sql, at_most: Duration) -> Result<Vec<Texts>, StoreError> {
    let _timer = desk.timer();
    let is_lent = desk.store().url.pgbouncer;
    match desk.conn() {
        Conn::Sqlite(conn) => {
            let (_limit, going_on) = Limit::new(at_most);
            conn.lock_handle().await?.set_progress_handler(STEPS, going_on);
            let found = sql.fetch_sqlite(conn).await;
            conn.lock_handle().await?.remove_progress_handler();
            found
        }
        Conn::Postgres(conn) => {
            // The limit ends with a transaction or a savepoint of its own: a pooler lends the session to others.
            let limit = format!("SET LOCAL statement_timeout = {}", at_most.as_millis());
            if is_lent && !conn.is_in_transaction() {
                // The loan is a transaction that the driver knows nothing of; its end takes whatever is left here.
                said(conn, format!("SAVEPOINT looking; {limit}")).await?;
                let found = sql.fetch_postgres(conn).await;
                said(conn, "ROLLBACK TO SAVEPOINT looking; RELEASE SAVEPOINT looking".to_owned()).await?;
                return found;
            }
            let mut looking = conn.begin().await?;
            said(&mut looking, limit).await?;
            let found = sql.fetch_postgres(&mut looking).await;
            looking.rollback().await?;
            found
        }
    }
}

async fn said(conn: &mut PgConnection, words: String) -> Result<(), StoreError> {
    // Made of fixed words and a number.
    Ok(sqlx::raw_sql(AssertSqlSafe(words)).execute(conn).await.map(|_| ())?)
}

/// Whether a statement ended because its time was over.
pub(super) fn is_over(error: &StoreError) -> bool {
    let StoreError::Driver(sqlx::Error::Database(error)) = error else { return false };
    // 57014: PostgreSQL's query_canceled; 9: SQLITE_INTERRUPT.
    error.code().is_some_and(|code| code == "57014" || code == "9")
}

/// The same as a refusal that names the way out.
pub(super) fn refusal(error: StoreError, at_most: Duration) -> Refusal {
    if is_over(&error) {
        return Refusal::Rule(format!(
            "This took longer than {} seconds and was stopped. Narrow it with a filter, or sort by a column with an index.",
            at_most.as_secs()
        ));
    }
    error.into()
}
