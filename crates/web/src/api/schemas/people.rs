//! Shapes of people and of what is known about them.

use super::super::schema::Kind::{Anything, Day, Flag, Id, Instant, Many, Text, Whole, Word};
use super::super::schema::{Schema, asked, may, must};
use super::ANY;
use medrecord_clinic::allergy::{AllergySeverity, AllergyStatus};
use medrecord_clinic::language::Language;
use medrecord_clinic::medication::MedicationStatus;
use medrecord_clinic::patient::Sex;
use medrecord_clinic::provider::Role;

pub(super) const ALL: [Schema; 14] = [
    PROVIDER,
    PATIENT,
    PATIENT_INPUT,
    ALLERGY,
    ALLERGY_INPUT,
    ALLERGY_STATUS_INPUT,
    NO_KNOWN_ALLERGIES_INPUT,
    CONDITION,
    CONDITION_INPUT,
    CONDITION_STATUS_INPUT,
    MEDICATION,
    MEDICATION_INPUT,
    MEDICATION_STATUS_INPUT,
    AUDIT_EVENT,
];

const PROVIDER: Schema = Schema::given(
    "Provider",
    "Somebody who works in the practice.",
    &[
        must("id", Id),
        asked("email", Text),
        must("firstName", Text),
        must("lastName", Text),
        asked("specialty", Text),
        asked("licenseNumber", Text),
        asked("phone", Text),
        asked("role", words!(Role)),
        asked("disabled", Flag),
        asked("version", Whole(ANY.0, ANY.1)),
    ],
);

const PATIENT: Schema = Schema::given(
    "Patient",
    "A registered patient.",
    &[
        must("id", Id),
        must("recordNumber", Text),
        must("firstName", Text),
        must("lastName", Text),
        may("preferredName", Text),
        must("dateOfBirth", Day),
        must("sex", words!(Sex)),
        must("phone", Text),
        may("email", Text),
        may("address", Text),
        must("emergencyContactName", Text),
        must("emergencyContactPhone", Text),
        may("emergencyContactRelationship", Text),
        may("language", words!(Language)),
        may("deceasedOn", Day),
        may("noKnownAllergiesBy", Id),
        may("noKnownAllergiesAt", Instant),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
        asked("lastVisitAt", Instant),
        asked("allergies", Many("Allergy")),
        asked("chronicConditions", Many("ChronicCondition")),
        asked("medications", Many("Medication")),
    ],
);

const PATIENT_INPUT: Schema = Schema::sent(
    "PatientInput",
    "Who a patient is.",
    &[
        must("firstName", Text),
        must("lastName", Text),
        may("preferredName", Text),
        must("dateOfBirth", Day),
        must("sex", words!(Sex)),
        must("phone", Text),
        may("email", Text),
        may("address", Text),
        must("emergencyContactName", Text),
        must("emergencyContactPhone", Text),
        may("emergencyContactRelationship", Text),
        may("language", words!(Language)),
    ],
);

const ALLERGY: Schema = Schema::given(
    "Allergy",
    "An allergy on a patient's list.",
    &[
        must("id", Id),
        must("patientId", Id),
        must("allergen", Text),
        may("reaction", Text),
        may("severity", words!(AllergySeverity)),
        may("onsetDate", Day),
        must("status", words!(AllergyStatus)),
        may("statusReason", Text),
        may("statusAt", Instant),
        may("recordedBy", Id),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const ALLERGY_INPUT: Schema = Schema::sent(
    "AllergyInput",
    "What a patient must not be given.",
    &[
        must("allergen", Text),
        may("reaction", Text),
        may("severity", words!(AllergySeverity)),
        may("onsetDate", Day),
    ],
);

const ALLERGY_STATUS_INPUT: Schema = Schema::sent(
    "AllergyStatusInput",
    "Whether an allergy counts; anything but active needs a reason.",
    &[must("status", words!(AllergyStatus)), may("reason", Text)],
);

const NO_KNOWN_ALLERGIES_INPUT: Schema = Schema::sent(
    "NoKnownAllergiesInput",
    "Whether the patient was asked and has no known allergies.",
    &[must("asserted", Flag)],
);

const CONDITION: Schema = Schema::given(
    "ChronicCondition",
    "A line of a patient's problem list.",
    &[
        must("id", Id),
        must("patientId", Id),
        must("conditionName", Text),
        may("diagnosisDate", Day),
        may("status", Text),
        may("notes", Text),
        may("statusReason", Text),
        may("statusAt", Instant),
        may("endedOn", Day),
        may("recordedBy", Id),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const CONDITION_INPUT: Schema = Schema::sent(
    "ChronicConditionInput",
    "A line of a problem list; the status is a word such as active.",
    &[must("conditionName", Text), may("diagnosisDate", Day), may("status", Text), may("notes", Text)],
);

const CONDITION_STATUS_INPUT: Schema = Schema::sent(
    "ChronicConditionStatusInput",
    "A word such as active, resolved or entered_in_error; the last needs a reason.",
    &[must("status", Text), may("reason", Text)],
);

const MEDICATION: Schema = Schema::given(
    "Medication",
    "A medication on a patient's list.",
    &[
        must("id", Id),
        must("patientId", Id),
        must("medicationName", Text),
        may("strength", Text),
        may("dosage", Text),
        may("frequency", Text),
        may("route", Text),
        may("instructions", Text),
        may("indication", Text),
        must("status", words!(MedicationStatus)),
        may("startedOn", Day),
        may("stoppedOn", Day),
        may("stopReason", Text),
        may("prescriptionId", Id),
        may("recordedBy", Id),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const MEDICATION_INPUT: Schema = Schema::sent(
    "MedicationInput",
    "What a patient takes, and how.",
    &[
        must("medicationName", Text),
        may("strength", Text),
        may("dosage", Text),
        may("frequency", Text),
        may("route", Text),
        may("instructions", Text),
        may("indication", Text),
        may("startedOn", Day),
    ],
);

const MEDICATION_STATUS_INPUT: Schema = Schema::sent(
    "MedicationStatusInput",
    "Whether a medication was stopped or never taken, and why.",
    &[must("status", Word(|| vec!["stopped", "entered_in_error"])), must("reason", Text)],
);

const AUDIT_EVENT: Schema = Schema::given(
    "AuditEvent",
    "Who did what to which record when.",
    &[
        must("id", Id),
        must("at", Instant),
        may("actorId", Id),
        must("actorName", Text),
        must("actorRole", Text),
        must("via", Word(|| vec!["page", "api", "command", "system"])),
        must("action", Text),
        must("entity", Text),
        may("entityId", Id),
        may("patientId", Id),
        must("outcome", Word(|| vec!["done", "refused", "failed"])),
        may("detail", Anything),
        may("address", Text),
    ],
);
