//! Every statement of this crate is understood by the database it is for, and none reads a big table from end to end.
//!
//! Plans are asked for on an empty database with sequential scans made dear, so that one is left only where no index
//! serves the statement at all; a walk of a whole index counts the same, unless it is listed with a reason.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot ask must fail"
)]

mod chart;
mod source;

use medrecord_testkit::clinic::Clinic;
use medrecord_testkit::postgres;
use serde_json::Value;
use source::Statement;
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row, SqliteConnection};

/// Tables that grow with the years of a practice.
const BIG: [&str; 19] = [
    "patients",
    "allergies",
    "chronic_conditions",
    "medications",
    "appointments",
    "medical_records",
    "symptoms",
    "prescriptions",
    "vital_signs",
    "addenda",
    "attachments",
    "letters",
    "audit_events",
    "evidence",
    "transcripts",
    "transcript_segments",
    "recordings",
    "consents",
    "waiting_entries",
];

/// Statements that do walk a whole table or index, and why that is right.
const WALKS: [(&str, &str); 7] = [
    (
        "merges/pairs.rs::PAIRS",
        "compares everybody with whoever shares something; asked once for a work list",
    ),
    ("patients/statements.rs::LIST", "ordered by name and ends with the page"),
    (
        "patients/statements.rs::LIST_FROM",
        "ordered by name; its cost is that of the pages skipped, which its callers count",
    ),
    ("patients/statements.rs::COUNT", "counts all; no screen asks it"),
    (
        "patients/statements.rs::SHORT_SQLITE",
        "one letter: nearly every name fits, so the walk by name ends soon",
    ),
    (
        "patients/statements.rs::SHORT_POSTGRES",
        "one letter: nearly every name fits, so the walk by name ends soon",
    ),
    ("audit/events.rs::LIST", "ordered by time and ends with the page"),
];

/// Parts of the crate whose work is whole tables: no screen of the practice waits for them.
const WHOLE_TABLES: [&str; 9] =
    ["migrate", "backup", "restore", "browse", "studio", "integrity", "population", "server", "keeping"];

/// Every statement of the crate.
fn statements() -> Vec<Statement> {
    source::statements().into_iter().chain(chart::statements()).collect()
}

fn excused(statement: &Statement) -> bool {
    WALKS.iter().any(|(name, _)| *name == statement.name)
        || WHOLE_TABLES.iter().any(|part| statement.name.starts_with(part))
        // Ids in a JSON array: an empty table is read first, a full one is asked id by id.
        || statement.sql.contains("json_array_elements")
}

#[test]
fn every_statement_is_found_and_every_excuse_is_needed() {
    let all = statements();
    assert!(all.len() > 150, "only {} statements were found", all.len());
    for (name, why) in WALKS {
        assert!(
            all.iter().any(|statement| statement.name == name),
            "{name} ({why}) is no statement any more"
        );
    }
}

#[tokio::test]
async fn sqlite_understands_every_statement_and_reads_no_big_table_from_end_to_end() {
    let clinic = Clinic::on_sqlite().await;
    let file = clinic.folder().join("clinic.db");
    let mut conn = SqliteConnection::connect(&format!("sqlite:{}", file.display())).await.unwrap();
    let mut faults = Vec::new();
    for statement in statements().iter().filter(|statement| statement.runs_on_sqlite()) {
        for sql in statement.sql.split(";\n") {
            let asked = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"));
            match sqlx::query(asked).fetch_all(&mut conn).await {
                Err(error) => faults.push(format!("{} cannot be prepared: {error}", statement.name)),
                Ok(_) if excused(statement) => {}
                Ok(plan) => faults.extend(plan.iter().filter_map(|step| {
                    let step: String = step.get("detail");
                    let scanned = step.strip_prefix("SCAN ")?.split(' ').next()?;
                    let table = table_of(sql, scanned);
                    BIG.contains(&table.as_str()).then(|| format!("{}: {step} ({table})", statement.name))
                })),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    clinic.end().await;
}

/// The table that goes by a name in a statement: itself, or an alias of it.
fn table_of(sql: &str, name: &str) -> String {
    let words: Vec<&str> =
        sql.split(|c: char| c.is_whitespace() || c == '(' || c == ')' || c == ',').collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    for at in 0..words.len() {
        if ["FROM", "JOIN"].contains(&words[at]) && at + 2 < words.len() {
            let alias = if words[at + 2] == "AS" { words.get(at + 3).copied() } else { Some(words[at + 2]) };
            if alias == Some(name) {
                return words[at + 1].to_owned();
            }
        }
    }
    name.to_owned()
}

#[tokio::test]
async fn postgres_understands_every_statement_and_reads_no_big_table_from_end_to_end() {
    let Some(clinic) = Clinic::on_postgres().await else { return };
    let admin = postgres::server().unwrap().admin_url.clone();
    let url = format!("{}/{}", admin.rsplit_once('/').unwrap().0, clinic.database().unwrap());
    let mut conn = PgConnection::connect(&url).await.unwrap();
    for setting in ["SET enable_seqscan = off", "SET plan_cache_mode = force_generic_plan"] {
        sqlx::query(AssertSqlSafe(setting.to_owned())).execute(&mut conn).await.unwrap();
    }
    let mut faults = Vec::new();
    for statement in statements().iter().filter(|statement| statement.runs_on_postgres()) {
        match plan(&mut conn, statement).await {
            // The types of some parameters come with their values alone; their functions' own tests run them.
            Err(error) if matches!(code(&error).as_deref(), Some("42P08" | "42P18")) => {}
            Err(error) => faults.push(format!("{} cannot be prepared: {error}", statement.name)),
            Ok(_) if excused(statement) => {}
            Ok(plan) => walks(&plan, &mut |walk| faults.push(format!("{}: {walk}", statement.name))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    conn.close().await.unwrap();
    clinic.end().await;
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}

/// The plan as PostgreSQL keeps it for any value.
async fn plan(conn: &mut PgConnection, statement: &Statement) -> Result<Value, sqlx::Error> {
    let parameters = (1..40).rev().find(|at| statement.sql.contains(&format!("${at}"))).unwrap_or(0);
    let prepare = format!("PREPARE asked AS {}", statement.sql);
    sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut *conn).await?;
    let values = vec!["NULL"; parameters].join(", ");
    let values = if parameters > 0 { format!("({values})") } else { values };
    let explain = format!("EXPLAIN (FORMAT JSON) EXECUTE asked {values}");
    let told = sqlx::raw_sql(AssertSqlSafe(explain)).fetch_one(&mut *conn).await;
    sqlx::raw_sql("DEALLOCATE asked").execute(&mut *conn).await?;
    let told: Value = told?.try_get(0)?;
    Ok(told[0]["Plan"].clone())
}

/// Calls `found` for each step that reads a big table or a whole index of one.
fn walks(step: &Value, found: &mut impl FnMut(String)) {
    let kind = step["Node Type"].as_str().unwrap_or_default();
    let table = step["Relation Name"].as_str().unwrap_or_default();
    let whole_index = kind.starts_with("Index") && step.get("Index Cond").is_none();
    if BIG.contains(&table) && (kind == "Seq Scan" || whole_index) {
        found(format!("{kind} on {table}"));
    }
    for below in step["Plans"].as_array().into_iter().flatten() {
        walks(below, found);
    }
}
