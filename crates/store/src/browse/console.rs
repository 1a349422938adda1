//! The console: one statement of the person's own, which can only read, for at most so long.
//!
//! It runs on a connection of its own that cannot write: on SQLite a file opened read-only with `query_only`, on
//! PostgreSQL a transaction that becomes READ ONLY, which nothing in it can take back, with a `statement_timeout`. The
//! server itself refuses a second statement behind the first, since the text is prepared before it runs. Tables with
//! secrets are hidden behind views of the same name without them. All of that ends with the transaction, so that
//! nothing of it is left in a session that a pooler lends to others.

use super::catalogue::{Catalogue, Dialect};
use super::lexer::{Word, without_values, words};
use super::limit::{Limit, STEPS};
use super::plan::{self, Step};
use super::privacy::SECRETS;
use super::sql::quoted;
use crate::audit::{Event, Outcome, Verb};
use crate::database::{Pools, Store};
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::url::postgres::loan_begins;
use futures_util::TryStreamExt as _;
use medrecord_clinic::access::Action;
use serde_json::json;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::SqliteConnection;
use sqlx::{
    AssertSqlSafe, Column as _, ConnectOptions as _, Connection as _, Executor as _, Row as _,
    SqlSafeStr as _,
};
use std::time::{Duration, Instant};

/// What a statement gave.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows, each value as text.
    pub rows: Vec<Vec<Option<String>>>,
    /// Whether there were more than are shown.
    pub more: bool,
    /// How long it took.
    pub millis: u128,
    /// How the database went about it, where that was asked.
    pub plan: Vec<Step>,
}

/// What is asked of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// The rows.
    Rows,
    /// How the database would go about it, without doing it.
    Plan,
    /// How it went about it, having done it.
    Measured,
}

/// The longest that a statement may take.
pub const LIMIT: Duration = Duration::from_secs(5);
/// The most rows that are shown.
pub const MOST_ROWS: usize = 500;
/// The longest statement.
const LONGEST: usize = 20_000;

/// Functions and tables that reach around the views, out of the database, or into what others do there.
const REFUSED: [&str; 22] = [
    "pg_authid",
    "pg_cancel_backend",
    "pg_shadow",
    "pg_stats",
    "pg_statistic",
    "pg_stats_ext",
    "pg_stats_ext_exprs",
    "pg_statistic_ext_data",
    "pg_terminate_backend",
    "pg_user_mapping",
    "pg_user_mappings",
    "connectby",
    "get_raw_page",
    "pg_rotate_logfile",
    "set_config",
    "ts_rewrite",
    "ts_stat",
    "xpath_table",
    "sqlite_dbpage",
    "sqlite_stat4",
    "load_extension",
    "pg_reload_conf",
];
/// The same by how they begin.
const REFUSED_BEGINNINGS: [&str; 7] =
    ["crosstab", "dblink", "lo_", "pg_logical_", "pg_ls_", "pg_read_", "pg_sleep"];
/// The same by a part of the name: each runs a statement that is given as a text, or a whole schema.
const REFUSED_PARTS: [&str; 1] = ["_to_xml"];

fn is_refused(name: &str) -> bool {
    REFUSED.contains(&name)
        || REFUSED_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        || REFUSED_PARTS.iter().any(|part| name.contains(part))
}

/// Runs one statement that only reads. The desk is for the permission and the trail; the work has its own connection.
///
/// # Errors
/// [`Refusal::NotAllowed`]; [`Refusal::Rule`] with what the database said, or why it was not asked.
pub async fn run(
    desk: &mut Desk,
    store: &Store,
    catalogue: &Catalogue,
    sql: &str,
    ask: Ask,
) -> Result<Answer, Refusal> {
    desk.require(Action::BrowseDatabase)?;
    let sql = sql.trim().trim_end_matches(';').trim_end();
    let statement = without_values(sql, catalogue.dialect);
    let detail = json!({ "studio": true, "statement": statement, "asked": format!("{ask:?}") });
    let event = Event::new(Verb::Search, "console").with(detail);
    let outcome = match look_over(sql, catalogue.dialect) {
        Ok(()) => ask_database(store, catalogue, sql, ask).await,
        Err(words) => Err(Refusal::Rule(words)),
    };
    desk.record(if outcome.is_ok() { event } else { event.ended(Outcome::Refused) });
    outcome
}

/// What is said of a statement that cannot be read.
const UNREAD: &str =
    "A quote or a comment of this does not end, or it is quoted in a way that is not read here.";

/// Whether a statement may be put to the database at all.
fn look_over(sql: &str, dialect: Dialect) -> Result<(), String> {
    if sql.len() > LONGEST {
        return Err(format!("A statement has at most {LONGEST} signs."));
    }
    let Some(words) = words(sql, dialect) else { return Err(UNREAD.to_owned()) };
    match words.first() {
        Some(Word::Name(first)) if matches!(first.as_str(), "select" | "with" | "values") => {}
        _ => return Err("The console reads: begin with SELECT, WITH or VALUES.".to_owned()),
    }
    if words.contains(&Word::Sign(';')) {
        return Err("One statement at a time.".to_owned());
    }
    // SQLite takes 'a text' for a name where one is due.
    if words.windows(2).any(|two| matches!(two, [Word::Sign('.'), Word::Literal])) {
        return Err(UNREAD.to_owned());
    }
    let names = words.iter().enumerate().filter_map(|(at, word)| match word {
        Word::Name(name) => Some((at, name.as_str())),
        Word::Sign(_) | Word::Literal => None,
    });
    for (at, name) in names {
        if is_refused(name) {
            return Err(format!("{name} is not at hand in the console."));
        }
        let qualified = at.checked_sub(1).and_then(|before| words.get(before)) == Some(&Word::Sign('.'));
        if qualified && SECRETS.iter().any(|(table, _)| *table == name) {
            return Err(format!("Name {name} without its schema: the console sees it without its secrets."));
        }
    }
    Ok(())
}

async fn ask_database(store: &Store, catalogue: &Catalogue, sql: &str, ask: Ask) -> Result<Answer, Refusal> {
    let start = Instant::now();
    let answer = match &store.pools {
        Pools::Sqlite { read, .. } => {
            let options = (*read.connect_options()).clone().read_only(true).create_if_missing(false);
            let mut conn = options.connect().await?;
            let answer = on_sqlite(&mut conn, catalogue, sql, ask).await;
            conn.close().await?;
            answer
        }
        Pools::Postgres(pool) => {
            let begin = if store.url.pgbouncer { loan_begins(&store.url) } else { "BEGIN".to_owned() };
            let mut conn = pool.connect_options().connect().await?;
            let answer = on_postgres(&mut conn, catalogue, &begin, (sql, ask)).await;
            conn.close().await?;
            answer
        }
    };
    let mut answer = answer.map_err(explained)?;
    answer.millis = start.elapsed().as_millis();
    Ok(answer)
}

/// The views that hide secrets, as statements; they live in this connection alone.
fn views(catalogue: &Catalogue) -> Vec<String> {
    let hiding = catalogue.tables.iter().filter(|table| table.columns.iter().any(super::Column::is_secret));
    let view = hiding.map(|table| {
        let open: Vec<String> = table
            .columns
            .iter()
            .filter(|column| !column.is_secret())
            .map(|column| quoted(&column.name))
            .collect();
        let (name, schema) = (quoted(&table.name), if catalogue.is_postgres() { "" } else { "main." });
        format!("CREATE TEMP VIEW {name} AS SELECT {} FROM {schema}{name}", open.join(", "))
    });
    view.collect()
}

async fn on_sqlite(
    conn: &mut SqliteConnection,
    catalogue: &Catalogue,
    sql: &str,
    ask: Ask,
) -> Result<Answer, sqlx::Error> {
    for view in views(catalogue) {
        sqlx::query(AssertSqlSafe(view)).execute(&mut *conn).await?;
    }
    sqlx::query("PRAGMA query_only = ON").execute(&mut *conn).await?;
    let (_limit, going_on) = Limit::new(LIMIT);
    conn.lock_handle().await?.set_progress_handler(STEPS, going_on);
    if ask != Ask::Rows {
        let rows =
            sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut *conn).await?;
        let lines: Result<Vec<(i64, i64, String)>, sqlx::Error> =
            rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(3)?))).collect();
        return Ok(Answer { plan: plan::from_sqlite(&lines?), ..Answer::default() });
    }
    let mut answer = Answer::default();
    let described = (&mut *conn).prepare(AssertSqlSafe(sql.to_owned()).into_sql_str()).await?;
    answer.columns =
        sqlx::Statement::columns(&described).iter().map(|column| column.name().to_owned()).collect();
    let mut found = sqlx::query(AssertSqlSafe(sql.to_owned())).persistent(false).fetch(&mut *conn);
    while let Some(row) = found.try_next().await? {
        if answer.rows.len() == MOST_ROWS {
            answer.more = true;
            break;
        }
        let texts: Result<Vec<Option<String>>, sqlx::Error> =
            (0..row.len()).map(|at| row.try_get_unchecked(at)).collect();
        answer.rows.push(texts?);
    }
    Ok(answer)
}

async fn on_postgres(
    conn: &mut PgConnection,
    catalogue: &Catalogue,
    begin: &str,
    (sql, ask): (&str, Ask),
) -> Result<Answer, sqlx::Error> {
    let mut words = vec![begin.to_owned()];
    words.extend(views(catalogue));
    words.push(format!("SET LOCAL statement_timeout = {}; SET TRANSACTION READ ONLY", LIMIT.as_millis()));
    sqlx::raw_sql(AssertSqlSafe(words.join("; "))).execute(&mut *conn).await?;
    let answer = read_postgres(conn, sql, ask).await;
    sqlx::raw_sql("ROLLBACK").execute(conn).await?;
    answer
}

async fn read_postgres(conn: &mut PgConnection, sql: &str, ask: Ask) -> Result<Answer, sqlx::Error> {
    let text = match ask {
        Ask::Rows => sql.to_owned(),
        Ask::Plan => format!("EXPLAIN (FORMAT JSON) {sql}"),
        Ask::Measured => format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}"),
    };
    // Prepared first: the server refuses two statements in one text, whatever our own look at it said.
    (&mut *conn).prepare(AssertSqlSafe(text.clone()).into_sql_str()).await?;
    let mut answer = Answer::default();
    {
        // Run in the simple protocol, whose values are texts of any type.
        let mut found = sqlx::raw_sql(AssertSqlSafe(text)).fetch(&mut *conn);
        while let Some(row) = found.try_next().await? {
            if answer.rows.len() == MOST_ROWS {
                answer.more = true;
                break;
            }
            if answer.columns.is_empty() {
                answer.columns = row.columns().iter().map(|column| column.name().to_owned()).collect();
            }
            let texts: Result<Vec<Option<String>>, sqlx::Error> = (0..row.len())
                .map(|at| {
                    let raw = row.try_get_raw(at)?;
                    let null = sqlx::ValueRef::is_null(&raw);
                    if null {
                        Ok(None)
                    } else {
                        raw.as_str().map(|t| Some(t.to_owned())).map_err(sqlx::Error::Decode)
                    }
                })
                .collect();
            answer.rows.push(texts?);
        }
    }
    if ask != Ask::Rows {
        let json = answer.rows.pop().and_then(|mut row| row.pop().flatten()).unwrap_or_default();
        return Ok(Answer { plan: plan::from_postgres(&json), ..Answer::default() });
    }
    Ok(answer)
}

/// What the database said, for the person whose statement it was.
fn explained(error: sqlx::Error) -> Refusal {
    let error = StoreError::from(error);
    if super::limit::is_over(&error) {
        return Refusal::Rule(format!("This took longer than {} seconds and was stopped.", LIMIT.as_secs()));
    }
    if let StoreError::Driver(sqlx::Error::Database(cause)) = &error {
        return Refusal::Rule(format!("The database says: {}", cause.message()));
    }
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Dialect; 2] = [Dialect::Sqlite, Dialect::Postgres];

    #[test]
    fn what_does_not_read_or_reaches_around_is_refused_before_it_is_asked() {
        for sql in [
            "DELETE FROM patients",
            "SELECT 1; COMMIT; DELETE FROM patients",
            "SELECT 1 /* ; */ ; SELECT 2",
            "COMMIT",
            "PRAGMA query_only = OFF",
            "ATTACH 'x' AS y",
            "COPY patients TO '/tmp/x'",
            "EXPLAIN ANALYZE DELETE FROM patients",
            "select password_hash from main.providers",
            "select password_hash from \"public\" . \"PROVIDERS\"",
            "select histogram_bounds from pg_stats",
            "select query_to_xml('select 1', true, true, '')",
            "select schema_to_xml_and_xmlschema('public', true, true, '')",
            "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, plainto_tsquery(secret) from second_factors')",
            "select 'unfinished",
            "",
        ] {
            for dialect in BOTH {
                assert!(look_over(sql, dialect).is_err(), "{dialect:?}: {sql}");
            }
        }
        for sql in [
            "SELECT 1",
            "with a as (select ';' as b) select * from a",
            "VALUES (1)",
            "select * from providers p",
            "select .5, 1.5 from patients a where a.version = 1",
        ] {
            for dialect in BOTH {
                assert_eq!(look_over(sql, dialect), Ok(()), "{dialect:?}: {sql}");
            }
        }
        let arrays = "select a[1], '{1}'::int[] from (select array['x', 'y']) as t (a) where a @> array['x']";
        assert_eq!(look_over(arrays, Dialect::Postgres), Ok(()));
    }
}
