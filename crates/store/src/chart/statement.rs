//! The chart's one statement: the lines of every part, one after the other.
//!
//! It used to build nested JSON inside the database. Records alone cost PostgreSQL half of that, and arrays of values alone
//! cost SQLite a quarter (docs/benchmarks.md). Rows wide enough for every part cost PostgreSQL a quarter more than records: it
//! prepares and checks each place of each part at each execution.

use super::part::{SOURCES, Source};
use std::sync::LazyLock;

/// The newest visits, each with the id of its record, so that no part below looks that up again. The order of the lines is
/// not promised: whoever reads them sorts.
const VISITS: [&str; 3] = [
    "visit AS MATERIALIZED (
    SELECT a.id, a.provider_id, a.appointment_date, a.ends_at, a.appointment_type, a.reason_for_visit, a.duration_minutes,
        a.status, a.status_reason, a.created_at, a.updated_at, a.version, m.id AS record_id
    FROM (SELECT id, provider_id, appointment_date, ends_at, appointment_type, reason_for_visit, duration_minutes, status,
            status_reason, created_at, updated_at, version
        FROM appointments WHERE patient_id = (SELECT id FROM who)",
    "\n        ORDER BY appointment_date DESC, id DESC LIMIT ",
    ") AS a
    LEFT JOIN medical_records AS m ON m.appointment_id = a.id)",
];

/// A statement in the words of both databases.
pub(super) struct Statement {
    pub(super) postgres: String,
    pub(super) sqlite: String,
}

/// Everything about patient $1, with the newest 20 visits.
pub(super) static OVERVIEW: LazyLock<Statement> = LazyLock::new(|| Statement::of("", "20", |_| true));

/// The visits of patient $1 before that of the instant $2 and the id $3; $4 at the most.
pub(super) static OLDER: LazyLock<Statement> = LazyLock::new(|| {
    Statement::of(" AND (appointment_date, id) < ($2, $3)", "$4", |source| source.part.is_of_visit())
});

impl Statement {
    /// The patient's id comes out of a `WITH`, into which PostgreSQL's planner does not look: it then keeps one plan for all
    /// patients. Planning ten tables anew for each chart took twice as long as reading them.
    fn of(bound: &str, limit: &str, wanted: impl Fn(&Source) -> bool) -> Self {
        let [before, order, after] = VISITS;
        let with = format!(
            "WITH who AS (SELECT id FROM patients WHERE id = $1),\n{before}{bound}{order}{limit}{after}\n"
        );
        let wanted = || SOURCES.iter().filter(|source| wanted(source));
        let records: Vec<String> = wanted().map(record).collect();
        let arrays: Vec<String> = wanted().map(array).collect();
        let arrays = arrays.join("\nUNION ALL\n");
        Self {
            postgres: with.clone() + &records.join("\nUNION ALL\n"),
            sqlite: format!("{with}SELECT group_concat(line, char(10)) FROM (\n{arrays})"),
        }
    }
}

/// A part as its number and records of what it has; numbers are of one width, whatever their column's.
fn record(source: &Source) -> String {
    let columns = source.columns().concat().into_iter().map(|name| {
        if source.numbers.contains(&name) { format!("CAST({name} AS integer)") } else { name.to_owned() }
    });
    let columns: Vec<String> = columns.collect();
    format!("SELECT {}, ROW({}) FROM {}", source.part as i32, columns.join(", "), source.from)
}

/// A part as JSON arrays of what it has.
fn array(source: &Source) -> String {
    let columns = source.columns().concat().join(", ");
    format!("SELECT json_array({}, {columns}) AS line FROM {}", source.part as i32, source.from)
}
