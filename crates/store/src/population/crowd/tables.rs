//! Rows by the thousand: gathered as the database likes them best (COPY on PostgreSQL, one JSON array for one INSERT
//! on SQLite), then written table by table.

use crate::database::Conn;
use crate::desk::Desk;
use crate::error::StoreError;
use crate::hex;
use chrono::NaiveDate;
use medrecord_clinic::time::Instant;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use uuid::Uuid;

/// A value on its way into a column.
pub(super) enum Cell<'a> {
    None,
    Text(&'a str),
    Number(i32),
    /// Units and how many of their digits stand behind the point.
    Fixed(i32, usize),
    Day(NaiveDate),
    At(Instant),
    Id(Uuid),
}

impl Cell<'_> {
    /// The cell of something that may be missing.
    pub(super) fn maybe<T>(value: Option<T>, cell: impl FnOnce(T) -> Self) -> Self {
        value.map_or(Self::None, cell)
    }

    pub(super) fn maybe_text(value: Option<&String>) -> Cell<'_> {
        value.map_or(Cell::None, |text| Cell::Text(text))
    }
}

struct Table {
    copy: &'static str,
    insert: &'static str,
}

/// A table with its columns in the order of their numbers.
macro_rules! table {
    ($name:literal: $first:literal $(, $at:literal $column:literal)*) => {
        Table {
            copy: concat!("COPY ", $name, " (", $first, $(", ", $column,)* ") FROM STDIN"),
            insert: concat!(
                "INSERT INTO ", $name, " (", $first, $(", ", $column,)* ") SELECT value ->> 0",
                $(", value ->> ", $at,)* " FROM json_each($1)"
            ),
        }
    };
}

/// The tables in the order in which their rows may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Patient,
    Allergy,
    Condition,
    Medication,
    Appointment,
    Vitals,
    Record,
    Symptom,
    Prescription,
    /// Signing comes last: the database takes no rows for a signed record.
    Signature,
}

const KINDS: [Kind; 10] = [
    Kind::Patient,
    Kind::Allergy,
    Kind::Condition,
    Kind::Medication,
    Kind::Appointment,
    Kind::Vitals,
    Kind::Record,
    Kind::Symptom,
    Kind::Prescription,
    Kind::Signature,
];

impl Kind {
    fn table(self) -> Table {
        match self {
            Self::Patient => table!("patients": "id", 1 "record_number", 2 "first_name", 3 "last_name",
                4 "date_of_birth", 5 "sex", 6 "phone", 7 "phone_digits", 8 "email", 9 "address",
                10 "emergency_contact_name", 11 "emergency_contact_phone", 12 "emergency_contact_relationship",
                13 "search_name", 14 "no_known_allergies_by", 15 "no_known_allergies_at", 16 "created_at",
                17 "updated_at"),
            Self::Allergy => {
                table!("allergies": "id", 1 "patient_id", 2 "allergen", 3 "reaction", 4 "severity",
                5 "recorded_by", 6 "created_at", 7 "updated_at")
            }
            Self::Condition => table!("chronic_conditions": "id", 1 "patient_id", 2 "condition_name",
                3 "diagnosis_date", 4 "status", 5 "recorded_by", 6 "created_at", 7 "updated_at"),
            Self::Medication => {
                table!("medications": "id", 1 "patient_id", 2 "medication_name", 3 "strength",
                4 "dosage", 5 "frequency", 6 "instructions", 7 "indication", 8 "started_on", 9 "recorded_by",
                10 "created_at", 11 "updated_at")
            }
            Self::Appointment => table!("appointments": "id", 1 "patient_id", 2 "provider_id",
                3 "appointment_date", 4 "ends_at", 5 "appointment_type", 6 "reason_for_visit", 7 "duration_minutes",
                8 "status", 9 "status_reason", 10 "double_booking_reason", 11 "checked_in_at", 12 "started_at",
                13 "completed_at", 14 "created_by", 15 "created_at", 16 "updated_at"),
            Self::Vitals => table!("vital_signs": "id", 1 "appointment_id", 2 "blood_pressure_systolic",
                3 "blood_pressure_diastolic", 4 "heart_rate", 5 "temperature", 6 "respiratory_rate",
                7 "oxygen_saturation", 8 "weight", 9 "height", 10 "bmi", 11 "recorded_at", 12 "recorded_by",
                13 "updated_at"),
            Self::Record => table!("medical_records": "id", 1 "appointment_id", 2 "chief_complaint",
                3 "history_of_present_illness", 4 "physical_exam_notes", 5 "diagnosis", 6 "treatment_plan",
                7 "follow_up_instructions", 8 "created_at", 9 "updated_at"),
            Self::Symptom => table!("symptoms": "id", 1 "medical_record_id", 2 "position", 3 "symptom_name",
                4 "body_site", 5 "severity", 6 "duration", 7 "created_at", 8 "updated_at"),
            Self::Prescription => table!("prescriptions": "id", 1 "medical_record_id", 2 "position",
                3 "medication_name", 4 "strength", 5 "dosage", 6 "frequency", 7 "duration", 8 "quantity",
                9 "refills", 10 "instructions", 11 "indication", 12 "action", 13 "created_at", 14 "updated_at"),
            Self::Signature => Table { copy: SIGN_POSTGRES, insert: SIGN_SQLITE },
        }
    }
}

const SIGN_POSTGRES: &str =
    "UPDATE medical_records AS r SET is_draft = FALSE, signed_at = CAST(s.value ->> 1 AS timestamptz),
        signed_by = CAST(s.value ->> 2 AS uuid), content_digest = s.value ->> 3,
        updated_at = CAST(s.value ->> 1 AS timestamptz)
    FROM json_array_elements(CAST($1 AS json)) AS s (value)
    WHERE r.id = CAST(s.value ->> 0 AS uuid)";
const SIGN_SQLITE: &str =
    "UPDATE medical_records SET is_draft = FALSE, signed_at = s.signed_at, signed_by = s.signed_by,
        content_digest = s.content_digest, updated_at = s.signed_at
    FROM (SELECT value ->> 0 AS id, value ->> 1 AS signed_at, value ->> 2 AS signed_by, value ->> 3 AS content_digest
        FROM json_each($1)) AS s
    WHERE medical_records.id = s.id";

/// Rows that wait to be written, in the words of one database.
pub(super) struct Bulk {
    for_copy: bool,
    texts: [String; KINDS.len()],
    content: Sha256,
}

impl Bulk {
    pub(super) fn new(desk: &mut Desk) -> Self {
        let for_copy = matches!(desk.conn(), Conn::Postgres(_));
        Self { for_copy, texts: std::array::from_fn(|_| String::new()), content: Sha256::new() }
    }

    /// Adds a row; its cells stand in the order of the columns.
    pub(super) fn add(&mut self, kind: Kind, cells: &[Cell<'_>]) {
        let as_copy = self.for_copy && kind != Kind::Signature;
        let Some(text) = self.texts.get_mut(kind as usize) else { return };
        let begun = text.len();
        if as_copy {
            for (at, cell) in cells.iter().enumerate() {
                if at > 0 {
                    text.push('\t');
                }
                copy_cell(text, cell);
            }
            text.push('\n');
        } else {
            text.push(if text.is_empty() { '[' } else { ',' });
            for (at, cell) in cells.iter().enumerate() {
                text.push(if at > 0 { ',' } else { '[' });
                json_cell(text, cell);
            }
            text.push(']');
        }
        // The fingerprint covers what is the same for both databases.
        if kind == Kind::Signature {
            self.content.update(text.get(begun + 1..).unwrap_or_default());
        }
    }

    /// Writes everything that waits.
    pub(super) async fn flush(&mut self, desk: &mut Desk) -> Result<(), StoreError> {
        for kind in KINDS {
            let Some(text) = self.texts.get_mut(kind as usize) else { continue };
            if text.is_empty() {
                continue;
            }
            let mut rows = std::mem::take(text);
            if !self.for_copy || kind == Kind::Signature {
                rows.push(']');
            }
            let table = kind.table();
            match desk.conn() {
                Conn::Sqlite(conn) => {
                    sqlx::query(table.insert).bind(rows).execute(conn).await?;
                }
                Conn::Postgres(conn) if kind == Kind::Signature => {
                    sqlx::query(table.copy).bind(rows).execute(conn).await?;
                }
                Conn::Postgres(conn) => {
                    let mut copy = conn.copy_in_raw(table.copy).await?;
                    copy.send(rows.into_bytes()).await?;
                    copy.finish().await?;
                }
            }
        }
        Ok(())
    }

    /// The fingerprint of all signatures so far, each of which covers its visit: the same for the same plan and day.
    pub(super) fn fingerprint(self) -> String {
        hex::encode(&self.content.finalize())
    }
}

/// Writing to a text cannot fail.
fn put(text: &mut String, words: std::fmt::Arguments<'_>) {
    let _never = text.write_fmt(words);
}

fn copy_cell(text: &mut String, cell: &Cell<'_>) {
    match cell {
        Cell::None => text.push_str("\\N"),
        Cell::Text(words) => {
            for sign in words.chars() {
                match sign {
                    '\\' => text.push_str("\\\\"),
                    '\t' => text.push_str("\\t"),
                    '\n' => text.push_str("\\n"),
                    '\r' => text.push_str("\\r"),
                    plain => text.push(plain),
                }
            }
        }
        Cell::Number(number) => put(text, format_args!("{number}")),
        Cell::Fixed(units, places) => {
            let digits = format!("{:0>width$}", units.unsigned_abs(), width = places + 1);
            let (whole, part) = digits.split_at(digits.len() - places);
            put(text, format_args!("{}{whole}.{part}", if *units < 0 { "-" } else { "" }));
        }
        Cell::Day(day) => put(text, format_args!("{day}")),
        Cell::At(at) => put(text, format_args!("{at}")),
        Cell::Id(id) => put(text, format_args!("{}", id.hyphenated())),
    }
}

fn json_cell(text: &mut String, cell: &Cell<'_>) {
    match cell {
        Cell::None => text.push_str("null"),
        Cell::Text(words) => put(text, format_args!("{}", serde_json::Value::from(*words))),
        Cell::Number(number) | Cell::Fixed(number, _) => put(text, format_args!("{number}")),
        Cell::Day(day) => put(text, format_args!("\"{day}\"")),
        Cell::At(at) => put(text, format_args!("\"{at}\"")),
        Cell::Id(id) => put(text, format_args!("\"{}\"", id.hyphenated())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_written_as_either_database_reads_it() {
        for (cell, copy, json) in [
            (Cell::None, "\\N", "null"),
            (Cell::Text("a\t\"b\"\\\n"), "a\\t\"b\"\\\\\\n", r#""a\t\"b\"\\\n""#),
            (Cell::Fixed(372, 1), "37.2", "372"),
            (Cell::Fixed(5, 2), "0.05", "5"),
            (Cell::Number(-3), "-3", "-3"),
        ] {
            let (mut one, mut other) = (String::new(), String::new());
            copy_cell(&mut one, &cell);
            json_cell(&mut other, &cell);
            assert_eq!((one.as_str(), other.as_str()), (copy, json));
        }
    }
}
