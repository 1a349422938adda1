//! What is never written in the studio, and the reason that is shown instead.
//!
//! The database's own triggers hold the first two kinds against every program; the rest is kept right by the
//! program's own ways of changing it, which a hand in the studio would go around.

const APPEND_ONLY: &str = "The database lets nothing of this table be changed or taken away.";
const BY_PROGRAM: &str = "The program keeps this table for itself.";
const PEOPLE: &str = "People who sign in are kept with medrecord provider.";

/// Why no row of a table is added, changed or deleted here.
pub fn table_lock(table: &str) -> Option<&'static str> {
    match table {
        "audit_events" | "audit_seals" | "addenda" | "consents" | "letters" | "studio_changes" => {
            Some(APPEND_ONLY)
        }
        "prescribing_overrides"
        | "recovery_codes"
        | "audit_lanes"
        | "sessions"
        | "studio_drafts"
        | "sign_in_attempts"
        | "api_tokens"
        | "calendar_links"
        | "second_factors"
        | "idempotency_keys"
        | "jobs"
        | "_sqlx_migrations"
        | "recordings"
        | "recording_chunks"
        | "heard_stretches"
        | "scribe_runs"
        | "legal_holds"
        | "freed_times"
        | "patient_merges"
        | "attachments"
        | "database_marks" => Some(BY_PROGRAM),
        _ => None,
    }
}

/// Why no row is added to a table or deleted from it here.
pub fn rows_lock(table: &str) -> Option<&'static str> {
    match table {
        "providers" => Some(PEOPLE),
        "practice" => Some("There is exactly one practice."),
        _ => None,
    }
}

/// Why a column is not written here.
pub fn column_lock(table: &str, column: &str) -> Option<&'static str> {
    match (table, column) {
        (_, "id") => Some("An id stays what it is."),
        (_, "version" | "created_at" | "updated_at") => Some("The program counts and dates the writes."),
        ("medical_records", "is_draft" | "signed_at" | "signed_by" | "content_digest") => {
            Some("Records are signed in the visit.")
        }
        ("patients", "search_name" | "phone_digits") => Some("Follows from the name and the telephone."),
        ("patients", "merged_into_id") => {
            Some("Duplicates are merged by the program, so that it can be undone.")
        }
        ("vital_signs", "bmi") => Some("Follows from weight and height."),
        ("providers", "email" | "role" | "disabled_at") => Some(PEOPLE),
        _ => None,
    }
}

/// Why a signed row is not written, as the person reads it.
pub const SIGNED: &str =
    "The record is signed: it never changes again. Corrections are addenda, written in the visit.";

/// The condition under which a row (called `a`) belongs to a signed record.
pub(super) fn signed(table: &str) -> Option<&'static str> {
    match table {
        "medical_records" => Some("NOT a.is_draft"),
        "symptoms" | "prescriptions" | "evidence" | "prescribing_overrides" => Some(
            "EXISTS (SELECT 1 FROM medical_records r WHERE r.id = a.medical_record_id AND NOT r.is_draft)",
        ),
        "vital_signs" => Some(
            "EXISTS (SELECT 1 FROM medical_records r WHERE r.appointment_id = a.appointment_id AND NOT r.is_draft)",
        ),
        _ => None,
    }
}
