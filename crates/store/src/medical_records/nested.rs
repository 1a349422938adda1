//! What belongs to several records at once: rows and addenda, with one statement a kind whatever their number.

use super::addenda::AddendumRow;
use super::rows::{PrescriptionRow, SymptomRow};
use crate::column::Key;
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::many;
use medrecord_clinic::access::Action;
use medrecord_clinic::addendum::Addendum;
use medrecord_clinic::ids::RecordId;
use medrecord_clinic::medical_record::MedicalRecord;

macro_rules! of_records {
    ($select:literal, $order:literal) => {
        (
            concat!(
                $select,
                " WHERE t.medical_record_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($1 AS json))) ORDER BY ",
                $order
            ),
            concat!($select, " WHERE t.medical_record_id IN (SELECT value FROM json_each($1)) ORDER BY ", $order),
        )
    };
}

const SYMPTOMS: (&str, &str) = of_records!(
    "SELECT t.medical_record_id, t.id, t.symptom_name, t.body_site, t.severity, t.duration, t.notes, t.negated,
        t.is_ai_extracted FROM symptoms AS t",
    "t.position, t.id"
);
const PRESCRIPTIONS: (&str, &str) = of_records!(
    "SELECT t.medical_record_id, t.id, t.medication_name, t.strength, t.dosage, t.frequency, t.route, t.duration,
        t.quantity, t.refills, t.instructions, t.indication, t.action, t.is_ai_extracted FROM prescriptions AS t",
    "t.position, t.id"
);
const ADDENDA: (&str, &str) = of_records!(
    "SELECT t.id, t.medical_record_id, t.author_id, p.first_name, p.last_name, t.reason, t.text, t.created_at
    FROM addenda AS t JOIN providers AS p ON p.id = t.author_id",
    "t.created_at, t.id"
);

#[derive(sqlx::FromRow)]
struct OwnedSymptom {
    medical_record_id: Key,
    #[sqlx(flatten)]
    row: SymptomRow,
}

#[derive(sqlx::FromRow)]
struct OwnedPrescription {
    medical_record_id: Key,
    #[sqlx(flatten)]
    row: PrescriptionRow,
}

/// Puts their symptoms and prescriptions into records that were loaded without.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn fill_rows(desk: &mut Desk, records: &mut [MedicalRecord]) -> Result<(), Refusal> {
    desk.require(Action::ReadChart)?;
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    let sql = many::pick(desk, SYMPTOMS.0, SYMPTOMS.1);
    let symptoms: Vec<OwnedSymptom> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(&ids)).fetch_all(conn).await)?;
    let sql = many::pick(desk, PRESCRIPTIONS.0, PRESCRIPTIONS.1);
    let prescriptions: Vec<OwnedPrescription> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(&ids)).fetch_all(conn).await)?;
    for OwnedSymptom { medical_record_id, row } in symptoms {
        let owner = records.iter_mut().find(|record| record.id == medical_record_id.id());
        if let Some(record) = owner {
            record.symptoms.push(row.into());
        }
    }
    for OwnedPrescription { medical_record_id, row } in prescriptions {
        let owner = records.iter_mut().find(|record| record.id == medical_record_id.id());
        if let Some(record) = owner {
            record.prescriptions.push(row.into());
        }
    }
    Ok(())
}

/// The addenda of several records, each record's in the order in which they were written.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn addenda_of(desk: &mut Desk, records: &[RecordId]) -> Result<Vec<Addendum>, Refusal> {
    desk.require(Action::ReadChart)?;
    let sql = many::pick(desk, ADDENDA.0, ADDENDA.1);
    let rows: Vec<AddendumRow> =
        on!(desk, conn => sqlx::query_as(sql).bind(many::keys(records)).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Addendum::from).collect())
}
