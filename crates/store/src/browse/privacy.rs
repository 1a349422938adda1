//! Which columns are covered until somebody says why they must be seen. Covered unless named here: a new column of
//! text, a day or JSON is personal by itself; ids, instants, and numbers and fixed words that tell nothing of a body are
//! shown.

use super::catalogue::Kind;
use std::collections::BTreeSet;

/// Whether a column's values are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Privacy {
    /// Always shown.
    Open,
    /// Covered until a reason is given: names, birth dates, telephones, addresses, what was said and found.
    Personal,
    /// Never shown and never written here: passwords, tokens, keys.
    Secret,
}

/// What the reader may see: the tables for which a reason was given.
#[derive(Debug, Clone, Default)]
pub struct Lens {
    /// Their names.
    pub uncovered: BTreeSet<String>,
}

impl Lens {
    /// Whether the values of a column are shown through this lens.
    pub fn shows(&self, table: &str, privacy: Privacy) -> bool {
        match privacy {
            Privacy::Open => true,
            Privacy::Personal => self.uncovered.contains(table),
            Privacy::Secret => false,
        }
    }
}

pub(super) const SECRETS: [(&str, &str); 9] = [
    ("providers", "password_hash"),
    ("sessions", "token_hash"),
    ("sessions", "csrf_secret"),
    ("api_tokens", "token_hash"),
    ("calendar_links", "token_hash"),
    ("second_factors", "secret"),
    ("recovery_codes", "code_hash"),
    ("sign_in_attempts", "email_hash"),
    ("idempotency_keys", "body"),
];

/// Tables that know nothing of a person.
const OPEN_TABLES: [&str; 5] =
    ["practice", "audit_lanes", "audit_seals", "database_marks", "_sqlx_migrations"];

/// Columns of text that know nothing of a person, whatever their table.
const OPEN_EVERYWHERE: [&str; 16] = [
    "status",
    "kind",
    "engine",
    "engine_version",
    "model_hash",
    "media_type",
    "sha256",
    "content_digest",
    "hash",
    "prev_hash",
    "head_hash",
    "source",
    "target",
    "timing",
    "interaction",
    "method",
];

/// Fixed words and numbers that say something of a person's body or health, and are covered as texts are.
const OF_THE_BODY: [(&str, &str); 3] =
    [("patients", "sex"), ("allergies", "severity"), ("symptoms", "severity")];

/// Tables whose numbers were measured on a person.
const MEASURED: [&str; 1] = ["vital_signs"];

const OPEN: [(&str, &str); 10] = [
    ("audit_events", "actor_role"),
    ("letters", "record_digest"),
    ("audit_events", "action"),
    ("audit_events", "entity"),
    ("providers", "specialty"),
    ("api_tokens", "name"),
    ("studio_changes", "table_name"),
    ("sessions", "ended_reason"),
    ("symptoms", "duration"),
    ("prescriptions", "duration"),
];

pub(super) fn privacy(table: &str, column: &str, kind: &Kind) -> Privacy {
    if SECRETS.contains(&(table, column)) {
        return Privacy::Secret;
    }
    if OF_THE_BODY.contains(&(table, column)) {
        return Privacy::Personal;
    }
    let personal = match kind {
        Kind::Text | Kind::Long | Kind::Day | Kind::Json | Kind::Other => true,
        Kind::Whole | Kind::Decimal(_) => MEASURED.contains(&table) && column != "version",
        Kind::Id | Kind::YesNo | Kind::Instant | Kind::Choice(_) | Kind::Bytes => false,
    };
    let named =
        OPEN_TABLES.contains(&table) || OPEN_EVERYWHERE.contains(&column) || OPEN.contains(&(table, column));
    if personal && !named { Privacy::Personal } else { Privacy::Open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_named_is_covered() {
        for (table, column, kind) in [
            ("patients", "last_name", Kind::Text),
            ("patients", "date_of_birth", Kind::Day),
            ("patients", "address", Kind::Text),
            ("medical_records", "physical_exam_notes", Kind::Long),
            ("studio_changes", "before", Kind::Json),
            ("a_table_of_tomorrow", "remarks", Kind::Long),
            ("vital_signs", "heart_rate", Kind::Whole),
            ("vital_signs", "temperature", Kind::Decimal(1)),
            ("patients", "sex", Kind::Choice(vec!["female".to_owned()])),
        ] {
            assert_eq!(privacy(table, column, &kind), Privacy::Personal, "{table}.{column}");
        }
        assert_eq!(privacy("appointments", "appointment_date", &Kind::Instant), Privacy::Open);
        assert_eq!(privacy("vital_signs", "version", &Kind::Whole), Privacy::Open);
        let everything = Lens { uncovered: ["providers".to_owned()].into() };
        assert!(!everything.shows("providers", privacy("providers", "password_hash", &Kind::Text)));
    }
}
