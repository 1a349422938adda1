//! The chart's one statement, the same for both databases: every part's lines one after the other.
//!
//! It used to build its JSON inside the database; rows alone cost half of that on PostgreSQL and a third on SQLite.

use super::line::SHAPE;
use super::part::{SOURCES, Source};
use std::fmt::Write as _;
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

/// Everything about patient $1, with the newest 20 visits.
pub(super) static OVERVIEW: LazyLock<String> = LazyLock::new(|| statement("", "20", |_| true));

/// The visits of patient $1 before that of the instant $2 and the id $3; $4 at the most.
pub(super) static OLDER: LazyLock<String> = LazyLock::new(|| {
    statement(" AND (appointment_date, id) < ($2, $3)", "$4", |source| source.part.is_of_visit())
});

/// The patient's id comes out of a `WITH`, into which PostgreSQL's planner does not look: it then keeps one plan for all
/// patients. Planning ten tables anew for each chart took twice as long as reading them.
fn statement(bound: &str, limit: &str, wanted: impl Fn(&Source) -> bool) -> String {
    let [before, order, after] = VISITS;
    let mut sql = format!(
        "WITH who AS (SELECT id FROM patients WHERE id = $1),\n{before}{bound}{order}{limit}{after}\n{}",
        mould()
    );
    for source in SOURCES.iter().filter(|source| wanted(source)) {
        let columns = columns(source).join(", ");
        let _ = write!(sql, "\nUNION ALL\nSELECT {}, {columns} FROM {}", source.part as i32, source.from);
    }
    sql
}

/// No line at all: it tells PostgreSQL which types the places have.
fn mould() -> String {
    let mut sql = String::from("SELECT 0 AS part");
    for places in &SHAPE {
        for at in 1..=places.number {
            let _ = write!(sql, ", CAST(NULL AS {}) AS {}{at}", places.kind, places.name);
        }
    }
    sql + " WHERE 1 = 0"
}

/// What a part puts into each place.
fn columns(source: &Source) -> Vec<&'static str> {
    let given = [
        source.ids,
        source.instants,
        source.numbers,
        source.tenths,
        source.hundredths,
        source.flags,
        source.days,
        source.words,
    ];
    let filled = given.into_iter().zip(&SHAPE).flat_map(|(columns, places)| {
        columns.iter().copied().chain(std::iter::repeat("NULL")).take(places.number.max(columns.len()))
    });
    filled.collect()
}
