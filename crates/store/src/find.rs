//! Finds words in charts: notes, addenda, problems, medications and documents, newest first. Each hit names the patient
//! whom it concerns; the words themselves are never noted.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::{Conn, on};
use crate::desk::Desk;
use crate::error::Refusal;
use crate::patients;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{AppointmentId, PatientId};
use medrecord_clinic::patient::Patient;
use medrecord_clinic::time::Instant;
use serde_json::json;

/// Where a word was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the note of a visit.
    Note(AppointmentId),
    /// In what was added to a signed note.
    Addendum(AppointmentId),
    /// On the problem list.
    Problem,
    /// Among the medications.
    Medication,
    /// In the name or description of a document.
    Document,
}

/// A text in which the words stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Where.
    pub place: Place,
    /// Whom it concerns.
    pub patient: Patient,
    /// When the visit was, or since when it is on the list.
    pub at: Instant,
    /// The whole text; [`medrecord_clinic::search::excerpt`] cuts it.
    pub text: String,
}

#[derive(sqlx::FromRow)]
struct HitRow {
    kind: String,
    appointment_id: Option<Key>,
    patient_id: Key,
    at: At,
    body: String,
}

/// The newest texts first, among the two hundred written last in which the words stand.
const FIND_SQLITE: &str = "WITH hit AS (SELECT source, kind FROM chart_search WHERE chart_search MATCH $1 ORDER BY rowid DESC LIMIT 200)
    SELECT hit.kind, r.appointment_id, a.patient_id, a.appointment_date AS at,
        coalesce(r.chief_complaint, '') || ' ' || coalesce(r.history_of_present_illness, '') || ' ' || coalesce(r.review_of_systems, '') || ' ' || coalesce(r.physical_exam_notes, '') || ' ' || coalesce(r.diagnosis, '') || ' ' || coalesce(r.diagnosis_notes, '') || ' ' || coalesce(r.treatment_plan, '') || ' ' || coalesce(r.follow_up_instructions, '') || ' ' || coalesce(r.patient_education, '') AS body
        FROM hit JOIN medical_records AS r ON r.id = hit.source JOIN appointments AS a ON a.id = r.appointment_id
        WHERE hit.kind = 'note'
    UNION ALL SELECT hit.kind, r.appointment_id, a.patient_id, d.created_at, coalesce(d.reason, '') || ' ' || coalesce(d.text, '')
        FROM hit JOIN addenda AS d ON d.id = hit.source JOIN medical_records AS r ON r.id = d.medical_record_id
        JOIN appointments AS a ON a.id = r.appointment_id
        WHERE hit.kind = 'addendum'
    UNION ALL SELECT hit.kind, NULL, c.patient_id, c.created_at, coalesce(c.condition_name, '') || ' ' || coalesce(c.notes, '')
        FROM hit JOIN chronic_conditions AS c ON c.id = hit.source
        WHERE hit.kind = 'problem' AND coalesce(c.status, '') <> 'entered_in_error'
    UNION ALL SELECT hit.kind, NULL, m.patient_id, m.created_at, coalesce(m.medication_name, '') || ' ' || coalesce(m.strength, '') || ' ' || coalesce(m.indication, '')
        FROM hit JOIN medications AS m ON m.id = hit.source
        WHERE hit.kind = 'medication' AND m.status <> 'entered_in_error'
    UNION ALL SELECT hit.kind, NULL, f.patient_id, f.created_at, coalesce(f.file_name, '') || ' ' || coalesce(f.description, '')
        FROM hit JOIN attachments AS f ON f.id = hit.source
        WHERE hit.kind = 'document' AND f.entered_in_error_at IS NULL
    ORDER BY 4 DESC
    LIMIT $2";
/// The same; where words are in more than two thousand texts of a kind, among any two thousand. These are taken before anything is
/// ordered: to find the newest, PostgreSQL would read note after note from the newest visit on, all of them where the words are in none.
const FIND_POSTGRES: &str = "SELECT kind, appointment_id, patient_id, at, body FROM (
        (SELECT CAST('note' AS text) AS kind, r.appointment_id, a.patient_id, a.appointment_date AS at,
            coalesce(r.chief_complaint, '') || ' ' || coalesce(r.history_of_present_illness, '') || ' ' || coalesce(r.review_of_systems, '') || ' ' || coalesce(r.physical_exam_notes, '') || ' ' || coalesce(r.diagnosis, '') || ' ' || coalesce(r.diagnosis_notes, '') || ' ' || coalesce(r.treatment_plan, '') || ' ' || coalesce(r.follow_up_instructions, '') || ' ' || coalesce(r.patient_education, '') AS body
            FROM (SELECT found.id FROM (SELECT id FROM medical_records WHERE words_of(coalesce(chief_complaint, '') || ' ' || coalesce(history_of_present_illness, '') || ' ' || coalesce(review_of_systems, '') || ' ' || coalesce(physical_exam_notes, '') || ' ' || coalesce(diagnosis, '') || ' ' || coalesce(diagnosis_notes, '') || ' ' || coalesce(treatment_plan, '') || ' ' || coalesce(follow_up_instructions, '') || ' ' || coalesce(patient_education, '')) @@ to_tsquery('simple', $1) LIMIT 2000) AS found ORDER BY found.id DESC LIMIT 200) AS newest
            JOIN medical_records AS r ON r.id = newest.id
            CROSS JOIN LATERAL (SELECT patient_id, appointment_date FROM appointments WHERE id = r.appointment_id LIMIT 1) AS a
            ORDER BY at DESC LIMIT $2)
        UNION ALL (SELECT 'addendum', r.appointment_id, a.patient_id, d.created_at, coalesce(d.reason, '') || ' ' || coalesce(d.text, '')
            FROM (SELECT * FROM addenda WHERE words_of(coalesce(reason, '') || ' ' || coalesce(text, '')) @@ to_tsquery('simple', $1) LIMIT 2000) AS d
            CROSS JOIN LATERAL (SELECT appointment_id FROM medical_records WHERE id = d.medical_record_id LIMIT 1) AS r
            CROSS JOIN LATERAL (SELECT patient_id, appointment_date FROM appointments WHERE id = r.appointment_id LIMIT 1) AS a
            ORDER BY 4 DESC LIMIT $2)
        UNION ALL (SELECT 'problem', NULL, c.patient_id, c.created_at, coalesce(c.condition_name, '') || ' ' || coalesce(c.notes, '')
            FROM (SELECT * FROM chronic_conditions WHERE words_of(coalesce(condition_name, '') || ' ' || coalesce(notes, '')) @@ to_tsquery('simple', $1) LIMIT 2000) AS c
            WHERE coalesce(c.status, '') <> 'entered_in_error'
            ORDER BY 4 DESC LIMIT $2)
        UNION ALL (SELECT 'medication', NULL, m.patient_id, m.created_at, coalesce(m.medication_name, '') || ' ' || coalesce(m.strength, '') || ' ' || coalesce(m.indication, '')
            FROM (SELECT * FROM medications WHERE words_of(coalesce(medication_name, '') || ' ' || coalesce(strength, '') || ' ' || coalesce(indication, '')) @@ to_tsquery('simple', $1) LIMIT 2000) AS m
            WHERE m.status <> 'entered_in_error'
            ORDER BY 4 DESC LIMIT $2)
        UNION ALL (SELECT 'document', NULL, f.patient_id, f.created_at, coalesce(f.file_name, '') || ' ' || coalesce(f.description, '')
            FROM (SELECT * FROM attachments WHERE words_of(coalesce(file_name, '') || ' ' || coalesce(description, '')) @@ to_tsquery('simple', $1) LIMIT 2000) AS f
            WHERE f.entered_in_error_at IS NULL
            ORDER BY 4 DESC LIMIT $2)) AS found
    ORDER BY at DESC
    LIMIT $2";
/// Whose charts a person opened, the last first.
const RECENT: &str = "SELECT patient_id FROM audit_events
    WHERE actor_id = $1 AND at > $2 AND entity = 'chart' AND action = 'read' AND patient_id IS NOT NULL
    GROUP BY patient_id
    ORDER BY max(at) DESC
    LIMIT $3";

/// What a search takes of what was typed, such as a page that was pasted into the box: so many words, and none of more
/// signs, since PostgreSQL fails on words of 2 KiB.
const MOST_WORDS: usize = 20;
const LONGEST_WORD: usize = 400;

/// How far back a chart counts as recent, in minutes: two weeks, this project's own figure.
const RECENTLY: i64 = 14 * 24 * 60;

/// Finds texts in which every one of the words, or a longer one that begins so, stands; the newest first. The words
/// are as [`medrecord_clinic::search::words`] gives them.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn find(desk: &mut Desk, words: &[String], limit: i64) -> Result<Vec<Hit>, Refusal> {
    desk.require(Action::ReadChart)?;
    let words = words.get(..MOST_WORDS).unwrap_or(words);
    if words.is_empty() || words.iter().any(|word| word.chars().count() > LONGEST_WORD) {
        return Ok(Vec::new());
    }
    let rows: Vec<HitRow> = match desk.conn() {
        Conn::Sqlite(conn) => {
            let each: Vec<String> = words.iter().map(|word| format!("\"{word}\"*")).collect();
            let asked = format!("body : ({})", each.join(" AND "));
            sqlx::query_as(FIND_SQLITE).bind(asked).bind(limit).fetch_all(conn).await?
        }
        Conn::Postgres(conn) => {
            let each: Vec<String> = words.iter().map(|word| format!("{word}:*")).collect();
            sqlx::query_as(FIND_POSTGRES).bind(each.join(" & ")).bind(limit).fetch_all(conn).await?
        }
    };
    let ids: Vec<PatientId> = rows.iter().map(|row| row.patient_id.id()).collect();
    let people = patients::many(desk, &ids).await?;
    let mut shown: Vec<String> = ids.iter().map(ToString::to_string).collect();
    shown.sort();
    shown.dedup();
    desk.record(Event::new(Verb::Search, "chart").with(json!({ "how": "words", "shown": shown })));
    let hit = |row: HitRow| {
        let visit = row.appointment_id.map(Key::id);
        let place = match (row.kind.as_str(), visit) {
            ("note", Some(visit)) => Place::Note(visit),
            ("addendum", Some(visit)) => Place::Addendum(visit),
            ("problem", _) => Place::Problem,
            ("medication", _) => Place::Medication,
            _ => Place::Document,
        };
        let patient = people.iter().find(|patient| patient.id == row.patient_id.id())?.clone();
        let text = row.body.split_whitespace().collect::<Vec<_>>().join(" ");
        Some(Hit { place, patient, at: row.at.0, text })
    };
    Ok(rows.into_iter().filter_map(hit).collect())
}

/// The patients whose charts the person opened last.
///
/// # Errors
/// [`Refusal::NotAllowed`], [`Refusal::NobodySignedIn`].
pub async fn recent(desk: &mut Desk, limit: i64) -> Result<Vec<Patient>, Refusal> {
    desk.require(Action::ReadPatients)?;
    let me = desk.provider()?;
    desk.store().settle().await;
    let since = At(desk.now().plus_minutes(-RECENTLY));
    let ids: Vec<Key> = on!(desk, conn => {
        sqlx::query_scalar(RECENT).bind(Key::of(me)).bind(since).bind(limit).fetch_all(conn).await
    })?;
    let ids: Vec<PatientId> = ids.into_iter().map(Key::id).collect();
    let people = patients::many(desk, &ids).await?;
    Ok(ids.iter().filter_map(|id| people.iter().find(|patient| patient.id == *id).cloned()).collect())
}
