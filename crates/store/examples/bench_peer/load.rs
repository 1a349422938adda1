//! Copies the benchmark's rows (tables as Prisma makes them, on PostgreSQL) into this project's schema.

use crate::Failed;
use medrecord_clinic::search::search_name;
use medrecord_store::{Store, migrate};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, PgPool, SqlitePool};

/// A table here, the statement that reads it there from an id on, and decimals with what they are scaled by.
struct Table {
    name: &'static str,
    source: &'static str,
    scaled: &'static [(&'static str, u32)],
}

macro_rules! at {
    ($column:literal) => {
        concat!("to_char(\"", $column, "\", 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
    };
}

/// Every visit carries a reason for being double-booked: the benchmark's visits overlap. Its temperatures are degrees
/// Fahrenheit.
const TABLES: [Table; 9] = [
    Table {
        name: "providers",
        source: r#"SELECT id, email, '!' AS password_hash, "firstName" AS first_name, "lastName" AS last_name
            FROM providers"#,
        scaled: &[],
    },
    Table {
        name: "patients",
        source: r#"SELECT id, "firstName" AS first_name, "lastName" AS last_name, "dateOfBirth" AS date_of_birth, sex, phone,
            email, address, "emergencyContactName" AS emergency_contact_name,
            "emergencyContactPhone" AS emergency_contact_phone,
            "emergencyContactRelationship" AS emergency_contact_relationship FROM patients"#,
        scaled: &[],
    },
    Table {
        name: "allergies",
        source: r#"SELECT id, "patientId" AS patient_id, allergen, reaction, severity, "onsetDate" AS onset_date
            FROM allergies"#,
        scaled: &[],
    },
    Table {
        name: "chronic_conditions",
        source: r#"SELECT id, "patientId" AS patient_id, "conditionName" AS condition_name,
            "diagnosisDate" AS diagnosis_date, status, notes FROM chronic_conditions"#,
        scaled: &[],
    },
    Table {
        name: "appointments",
        source: concat!(
            r#"SELECT id, "patientId" AS patient_id, "providerId" AS provider_id, "#,
            at!("appointmentDate"),
            r#" AS appointment_date,
            to_char("appointmentDate" + "durationMinutes" * interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
                AS ends_at, "appointmentType" AS appointment_type, "reasonForVisit" AS reason_for_visit,
            "durationMinutes" AS duration_minutes, status, 'Benchmark' AS double_booking_reason
            FROM appointments"#
        ),
        scaled: &[],
    },
    Table {
        name: "medical_records",
        source: r#"SELECT id, "appointmentId" AS appointment_id, "chiefComplaint" AS chief_complaint,
            "historyOfPresentIllness" AS history_of_present_illness, "physicalExamNotes" AS physical_exam_notes,
            diagnosis, "diagnosisNotes" AS diagnosis_notes, "treatmentPlan" AS treatment_plan,
            "followUpInstructions" AS follow_up_instructions, "patientEducation" AS patient_education, transcript,
            "isAIGenerated" AS is_ai_generated FROM medical_records"#,
        scaled: &[],
    },
    Table {
        name: "symptoms",
        source: r#"SELECT id, "medicalRecordId" AS medical_record_id, "symptomName" AS symptom_name,
            "bodySite" AS body_site, severity, duration, notes, "isAIExtracted" AS is_ai_extracted FROM symptoms"#,
        scaled: &[],
    },
    Table {
        name: "prescriptions",
        source: r#"SELECT id, "medicalRecordId" AS medical_record_id, "medicationName" AS medication_name, strength, dosage,
            frequency, duration, quantity, refills, instructions, indication FROM prescriptions"#,
        scaled: &[],
    },
    Table {
        name: "vital_signs",
        source: r#"SELECT id, "appointmentId" AS appointment_id, "bloodPressureSystolic" AS blood_pressure_systolic,
            "bloodPressureDiastolic" AS blood_pressure_diastolic, "heartRate" AS heart_rate,
            round((temperature - 32) * 5 / 9, 1) AS temperature,
            "respiratoryRate" AS respiratory_rate, "oxygenSaturation" AS oxygen_saturation, weight, height, bmi,
            "painLevel" AS pain_level FROM vital_signs"#,
        scaled: &[("temperature", 10), ("weight", 100), ("height", 100), ("bmi", 10)],
    },
];

/// Records are signed last: the database takes no rows for a signed one.
const SIGN: &str = "UPDATE medical_records SET is_draft = FALSE, signed_at = created_at,
        signed_by = (SELECT id FROM providers LIMIT 1),
        content_digest = '0000000000000000000000000000000000000000000000000000000000000000'";

enum Target {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// Makes the schema in `target`, an address as `DATABASE_URL` has it, and copies the rows of `source` into it.
pub(crate) async fn copy(target: &str, source: &str) -> Result<(), Failed> {
    let store = Store::open(&target.parse()?).await?;
    migrate::deploy(&store).await?;
    store.close().await;
    let source = PgPool::connect(source).await?;
    let target = match target.strip_prefix("file:").or_else(|| target.strip_prefix("sqlite:")) {
        Some(file) => Target::Sqlite(SqlitePool::connect(&format!("sqlite:{file}")).await?),
        None => Target::Postgres(PgPool::connect(target).await?),
    };
    for table in &TABLES {
        let mut last = String::new();
        while let Some(rows) = part(&source, table, &last).await? {
            last = rows.last().and_then(|row| row["id"].as_str()).unwrap_or_default().to_owned();
            target.take(table, rows).await?;
        }
    }
    for sql in [SIGN, "ANALYZE"] {
        match &target {
            Target::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
            Target::Sqlite(pool) => sqlx::query(sql).execute(pool).await.map(|_| ())?,
        }
    }
    Ok(())
}

async fn part(source: &PgPool, table: &Table, last: &str) -> Result<Option<Vec<Value>>, Failed> {
    let sql = format!(
        "SELECT CAST(json_agg(row_to_json(t)) AS text)
        FROM ({} WHERE id > $1 ORDER BY id LIMIT 5000) AS t",
        table.source
    );
    let text: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql)).bind(last).fetch_one(source).await?;
    let Some(text) = text else { return Ok(None) };
    let mut rows: Vec<Value> = serde_json::from_str(&text)?;
    if table.name == "patients" {
        for row in &mut rows {
            let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let digits: String = text(row, "phone").chars().filter(char::is_ascii_digit).collect();
            row["search_name"] = json!(search_name(&text(row, "first_name"), &text(row, "last_name")));
            row["record_number"] = json!(text(row, "id"));
            row["phone_digits"] = json!(digits);
        }
    }
    Ok(Some(rows))
}

impl Target {
    async fn take(&self, table: &Table, rows: Vec<Value>) -> Result<(), Failed> {
        let columns: Vec<String> = rows
            .first()
            .and_then(Value::as_object)
            .map(|row| row.keys().cloned().collect())
            .unwrap_or_default();
        let names = columns.join(", ");
        let name = table.name;
        let json = Value::from(rows).to_string();
        match self {
            Self::Postgres(pool) => {
                let sql = format!(
                    "INSERT INTO {name} ({names})
                    SELECT {names} FROM json_populate_recordset(CAST(NULL AS {name}), CAST($1 AS json))"
                );
                sqlx::query(AssertSqlSafe(sql)).bind(json).execute(pool).await?;
            }
            Self::Sqlite(pool) => {
                let read = |column: &String| {
                    let scale = table.scaled.iter().find(|(scaled, _)| scaled == column);
                    match scale {
                        Some((_, by)) => format!("CAST(round((value ->> '{column}') * {by}) AS INTEGER)"),
                        None => format!("value ->> '{column}'"),
                    }
                };
                let values = columns.iter().map(read).collect::<Vec<_>>().join(", ");
                let sql = format!("INSERT INTO {name} ({names}) SELECT {values} FROM json_each($1)");
                sqlx::query(AssertSqlSafe(sql)).bind(json).execute(pool).await?;
            }
        }
        Ok(())
    }
}
