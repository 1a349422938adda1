//! Shapes of medical records: note, rows, signature, addenda.

use super::super::schema::Kind::{Day, Flag, Id, Instant, Many, Of, Text, Whole, Word};
use super::super::schema::{Schema, asked, may, must};
use super::ANY;
use medrecord_clinic::prescription::PrescriptionAction;

pub(super) const ALL: [Schema; 15] = [
    RECORD,
    RECORD_INPUT,
    REVIEW,
    GAP,
    WARNING,
    WARNING_REASON,
    SIGN_INPUT,
    SIGNATURE,
    SYMPTOM,
    SYMPTOM_INPUT,
    PRESCRIPTION,
    PRESCRIPTION_INPUT,
    RENEWAL_INPUT,
    ADDENDUM,
    ADDENDUM_INPUT,
];

const RECORD: Schema = Schema::given(
    "MedicalRecord",
    "The record of one visit: a draft until somebody signs it.",
    &[
        must("id", Id),
        must("appointmentId", Id),
        may("chiefComplaint", Text),
        may("historyOfPresentIllness", Text),
        may("reviewOfSystems", Text),
        may("physicalExamNotes", Text),
        may("diagnosis", Text),
        may("diagnosisNotes", Text),
        may("treatmentPlan", Text),
        may("followUpInstructions", Text),
        may("patientEducation", Text),
        may("audioFileUrl", Text),
        may("transcript", Text),
        must("isAIGenerated", Flag),
        must("isDraft", Flag),
        may("signedAt", Instant),
        may("signedBy", Id),
        asked("contentDigest", Text),
        asked("symptoms", Many("Symptom")),
        asked("prescriptions", Many("Prescription")),
        asked("addenda", Many("Addendum")),
        asked("appointment", Of("Appointment")),
        asked("vitalSigns", Of("VitalSigns")),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const RECORD_INPUT: Schema = Schema::sent(
    "MedicalRecordInput",
    "The sections of a draft; a list of rows that is sent takes the place of all rows. Rows keep their id.",
    &[
        may("chiefComplaint", Text),
        may("historyOfPresentIllness", Text),
        may("reviewOfSystems", Text),
        may("physicalExamNotes", Text),
        may("diagnosis", Text),
        may("diagnosisNotes", Text),
        may("treatmentPlan", Text),
        may("followUpInstructions", Text),
        may("patientEducation", Text),
        may("symptoms", Many("SymptomInput")),
        may("prescriptions", Many("PrescriptionInput")),
    ],
);

const REVIEW: Schema = Schema::given(
    "Review",
    "A record as it would be signed, with what is missing; sign with its contentDigest.",
    &[
        must("record", Of("MedicalRecord")),
        must("patientId", Id),
        may("vitalSigns", Of("VitalSigns")),
        must("contentDigest", Text),
        must("gaps", Many("Gap")),
        must("warnings", Many("Warning")),
    ],
);

const GAP: Schema = Schema::given(
    "Gap",
    "Something that is missing or doubtful before signing.",
    &[must("field", Text), must("severity", Word(|| vec!["block", "advise"])), must("message", Text)],
);

const WARNING: Schema = Schema::given(
    "Warning",
    "What speaks against a prescription, or could not be checked.",
    &[
        must("warning", Text),
        must("kind", Word(|| vec!["allergy", "interaction", "same_medicine", "same_class", "not_checked"])),
        must("field", Text),
        must("message", Text),
        must("source", Text),
        must("needsReason", Flag),
    ],
);

const WARNING_REASON: Schema = Schema::sent(
    "WarningReason",
    "Why something is prescribed in spite of a warning; stays with the record.",
    &[must("warning", Text), must("reason", Text)],
);

const SIGN_INPUT: Schema = Schema::sent(
    "SignInput",
    "The provider's password, and the contentDigest of the review; without the digest, what stands now is signed. Warnings \
     of the review that need a reason are answered here.",
    &[must("password", Text), may("contentDigest", Text), may("reasons", Many("WarningReason"))],
);

const SIGNATURE: Schema = Schema::given(
    "Signature",
    "Who signed what when.",
    &[must("recordId", Id), must("signedAt", Instant), must("signedBy", Id), must("contentDigest", Text)],
);

const SYMPTOM: Schema = Schema::given(
    "Symptom",
    "What the patient reports in a visit, or says is absent.",
    &[
        must("id", Id),
        asked("medicalRecordId", Id),
        must("symptomName", Text),
        may("bodySite", Text),
        may("severity", Whole(1, 10)),
        may("duration", Text),
        may("notes", Text),
        must("negated", Flag),
        must("isAIExtracted", Flag),
        asked("createdAt", Instant),
    ],
);

const SYMPTOM_INPUT: Schema = Schema::sent(
    "SymptomInput",
    "A row of symptoms.",
    &[
        may("id", Id),
        must("symptomName", Text),
        may("bodySite", Text),
        may("severity", Whole(1, 10)),
        may("duration", Text),
        may("notes", Text),
        may("negated", Flag),
    ],
);

const PRESCRIPTION: Schema = Schema::given(
    "Prescription",
    "What is to be taken, how, and what happens to it in this visit.",
    &[
        must("id", Id),
        asked("medicalRecordId", Id),
        must("medicationName", Text),
        must("strength", Text),
        must("dosage", Text),
        must("frequency", Text),
        may("route", Text),
        may("duration", Text),
        may("quantity", Whole(0, 10_000)),
        may("refills", Whole(0, 99)),
        must("instructions", Text),
        may("indication", Text),
        must("action", words!(PrescriptionAction)),
        asked("startsOn", Day),
        asked("endsOn", Day),
        must("isAIExtracted", Flag),
        asked("createdAt", Instant),
    ],
);

const PRESCRIPTION_INPUT: Schema = Schema::sent(
    "PrescriptionInput",
    "A row of prescriptions; what is missing is found at signing.",
    &[
        may("id", Id),
        must("medicationName", Text),
        may("strength", Text),
        may("dosage", Text),
        may("frequency", Text),
        may("route", Text),
        may("duration", Text),
        may("quantity", Whole(0, 10_000)),
        may("refills", Whole(0, 99)),
        may("instructions", Text),
        may("indication", Text),
        may("action", words!(PrescriptionAction)),
    ],
);

const RENEWAL_INPUT: Schema = Schema::sent(
    "RenewalInput",
    "Which medication of the patient's list goes on.",
    &[must("medicationId", Id)],
);

const ADDENDUM: Schema = Schema::given(
    "Addendum",
    "Something added to a signed record.",
    &[
        must("id", Id),
        must("medicalRecordId", Id),
        must("authorId", Id),
        must("authorName", Text),
        must("reason", Text),
        must("text", Text),
        must("createdAt", Instant),
    ],
);

const ADDENDUM_INPUT: Schema = Schema::sent(
    "AddendumInput",
    "What is added to a signed record, and why.",
    &[must("reason", Text), must("text", Text)],
);
