//! Shapes of the scribe: a transcript, a draft that nobody kept, and the drafted items of a visit.

use super::super::schema::Kind::{
    Anything, Decimal, Flag, Id, Instant, Many, Numbers, Of, Text, Texts, Whole, Word,
};
use super::super::schema::{Schema, asked, may, must};
use super::ANY;
use crate::api::schema::Kind;

pub(super) const ALL: [Schema; 24] = [
    TRANSCRIPT_INPUT,
    DRAFT,
    SPOKEN,
    TURN,
    SECTIONS,
    SENTENCE,
    SYMPTOM,
    PRESCRIPTION,
    ORDER,
    VITALS,
    ALLERGY,
    HISTORY,
    NOTICE,
    OMISSION,
    ENGINE,
    VISIT_DRAFT,
    TRANSCRIPT,
    SEGMENT,
    ITEM,
    TO_CONFIRM,
    DECISION_INPUT,
    CONFIRMATION_INPUT,
    CONSENT,
    CONSENT_INPUT,
];

const SPEAKER: Kind = Word(|| vec!["doctor", "patient", "other", "unknown"]);
const DECISION: Kind = Word(|| vec!["proposed", "accepted", "edited", "rejected"]);
const CONSENTED: Kind = Word(|| vec!["granted", "refused", "withdrawn"]);
const MILLIS: Kind = Whole(ANY.0, ANY.1);

const TRANSCRIPT_INPUT: Schema = Schema::sent(
    "TranscriptInput",
    "What was said, one turn a line; `[doctor]` or `[patient]` in front helps.",
    &[must("transcript", Text)],
);

const DRAFT: Schema = Schema::given(
    "Draft",
    "What the scribe proposes; `evidence` names the segments of the transcript that something rests on.",
    &[
        must("transcript", Of("DraftTranscript")),
        must("record", Of("DraftRecord")),
        must("symptoms", Many("DraftSymptom")),
        must("prescriptions", Many("DraftPrescription")),
        must("orders", Many("DraftOrder")),
        must("vitals", Of("DraftVitals")),
        must("allergies", Many("DraftAllergy")),
        must("history", Many("DraftHistory")),
        must("flags", Many("DraftFlag")),
        must("omissions", Many("DraftOmission")),
        must("engine", Of("DraftEngine")),
    ],
);

const SPOKEN: Schema =
    Schema::given("DraftTranscript", "A visit in words.", &[must("segments", Many("DraftSegment"))]);

const TURN: Schema = Schema::given(
    "DraftSegment",
    "One turn of a transcript.",
    &[
        must("index", MILLIS),
        may("startMs", MILLIS),
        may("endMs", MILLIS),
        must("speaker", SPEAKER),
        must("text", Text),
        asked("unsure", Numbers),
    ],
);

const SECTIONS: Schema = Schema::given(
    "DraftRecord",
    "The sections of a note, each as sentences.",
    &[
        must("chiefComplaint", Many("DraftSentence")),
        must("historyOfPresentIllness", Many("DraftSentence")),
        must("reviewOfSystems", Many("DraftSentence")),
        must("physicalExamNotes", Many("DraftSentence")),
        must("diagnosis", Many("DraftSentence")),
        must("treatmentPlan", Many("DraftSentence")),
        must("followUpInstructions", Many("DraftSentence")),
        must("patientEducation", Many("DraftSentence")),
    ],
);

const SENTENCE: Schema = Schema::given(
    "DraftSentence",
    "One drafted sentence.",
    &[
        must("text", Text),
        must("evidence", Numbers),
        must(
            "kind",
            Word(|| {
                vec!["reported", "denied", "history", "observed", "result", "assessment", "plan", "advice"]
            }),
        ),
    ],
);

const SYMPTOM: Schema = Schema::given(
    "DraftSymptom",
    "A complaint that was reported or denied.",
    &[
        must("symptomName", Text),
        may("bodySite", Text),
        may("severity", Whole(1, 10)),
        may("duration", Text),
        may("notes", Text),
        must("negated", Flag),
        must("evidence", Numbers),
    ],
);

const PRESCRIPTION: Schema = Schema::given(
    "DraftPrescription",
    "A medicine that is started, continued, changed or stopped.",
    &[
        must("medicationName", Text),
        may("genericName", Text),
        may("strength", Text),
        may("dosage", Text),
        may("frequency", Text),
        may("route", Text),
        may("duration", Text),
        may("quantity", Whole(ANY.0, ANY.1)),
        may("refills", Whole(ANY.0, ANY.1)),
        must("instructions", Text),
        may("indication", Text),
        must("action", Word(|| vec!["start", "continue", "change", "stop"])),
        must("evidence", Numbers),
    ],
);

const ORDER: Schema = Schema::given(
    "DraftOrder",
    "Something to be done.",
    &[
        must("orderType", Word(|| vec!["medication", "lab", "imaging", "followup"])),
        must("description", Text),
        may("reason", Text),
        may("medicationName", Text),
        must("evidence", Numbers),
    ],
);

const VITALS: Schema = Schema::given(
    "DraftVitals",
    "Measurements said aloud, in the units of VitalSigns.",
    &[
        may("bloodPressureSystolic", Whole(ANY.0, ANY.1)),
        may("bloodPressureDiastolic", Whole(ANY.0, ANY.1)),
        may("heartRate", Whole(ANY.0, ANY.1)),
        may("temperature", Decimal),
        may("respiratoryRate", Whole(ANY.0, ANY.1)),
        may("oxygenSaturation", Whole(ANY.0, ANY.1)),
        may("weight", Decimal),
        may("height", Decimal),
        may("bmi", Decimal),
        may("painLevel", Whole(0, 10)),
        must("evidence", Numbers),
        must("evidenceByField", Anything),
        must("asSaid", Anything),
    ],
);

const ALLERGY: Schema = Schema::given(
    "DraftAllergy",
    "An allergy spoken of.",
    &[must("allergen", Text), may("reaction", Text), must("negated", Flag), must("evidence", Numbers)],
);

const HISTORY: Schema = Schema::given(
    "DraftHistory",
    "Past, family or social history, or a medicine already taken.",
    &[
        must("kind", Word(|| vec!["condition", "surgery", "family", "social", "medication"])),
        must("text", Text),
        must("negated", Flag),
        must("evidence", Numbers),
    ],
);

const NOTICE: Schema = Schema::given(
    "DraftFlag",
    "Something to look at before accepting.",
    &[must("code", Text), must("message", Text), must("evidence", Numbers)],
);

const OMISSION: Schema = Schema::given(
    "DraftOmission",
    "Something that was said, matters, and stands nowhere in the draft.",
    &[
        must("kind", Word(|| vec!["grave", "allergy", "medicine", "complaint", "measurement"])),
        must("text", Text),
        must("field", Text),
        must("evidence", Numbers),
    ],
);

const ENGINE: Schema = Schema::given(
    "DraftEngine",
    "What made the draft.",
    &[must("name", Text), must("version", Text), may("modelHash", Text)],
);

const VISIT_DRAFT: Schema = Schema::given(
    "VisitDraft",
    "What was said in a visit and what was drafted from it; nothing of it is in the record until it is taken over.",
    &[may("transcript", Of("Transcript")), must("items", Many("DraftedItem"))],
);

const TRANSCRIPT: Schema = Schema::given(
    "Transcript",
    "A visit in words, as it was kept.",
    &[
        must("id", Id),
        may("recordingId", Id),
        must("source", Word(|| vec!["speech", "pasted", "uploaded"])),
        may("engine", Text),
        must("createdAt", Instant),
        must("segments", Many("Segment")),
    ],
);

const SEGMENT: Schema = Schema::given(
    "Segment",
    "One turn of a kept transcript.",
    &[
        must("index", MILLIS),
        must("speaker", SPEAKER),
        may("startMs", MILLIS),
        may("endMs", MILLIS),
        must("text", Text),
    ],
);

const ITEM: Schema = Schema::given(
    "DraftedItem",
    "A drafted sentence, row or measurement with the segments it rests on and what a person did with it.",
    &[
        must("id", Id),
        must("position", MILLIS),
        must("target", Text),
        must("text", Text),
        may("payload", Anything),
        must("segments", Numbers),
        may("startMs", MILLIS),
        must("kind", Word(|| vec!["supported", "chart_only", "unsupported", "contradicts"])),
        must("flags", Texts),
        must("toConfirm", Many("WordToConfirm")),
        must("decision", DECISION),
        may("decidedBy", Text),
        may("decidedAt", Instant),
        may("finalText", Text),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const TO_CONFIRM: Schema = Schema::given(
    "WordToConfirm",
    "A word that must be right and that nobody said in this form.",
    &[
        must(
            "kind",
            Word(|| vec!["drug", "dose", "unit", "frequency", "side", "negation", "allergy", "suicidality"]),
        ),
        must("words", Text),
        may("confirmedAt", Instant),
    ],
);

const DECISION_INPUT: Schema = Schema::sent(
    "DecisionInput",
    "What becomes of a drafted item; `edited` brings the words that are taken over, `proposed` takes a rejection back.",
    &[must("decision", DECISION), may("text", Text)],
);

const CONFIRMATION_INPUT: Schema = Schema::sent(
    "ConfirmationInput",
    "Which word of toConfirm is right, counted from 0.",
    &[must("place", Whole(ANY.0, ANY.1))],
);

const CONSENT: Schema = Schema::given(
    "Consent",
    "What the patient answered to the question whether a visit may be recorded.",
    &[
        must("id", Id),
        must("decision", CONSENTED),
        must("askedBy", Text),
        must("askedAt", Instant),
        must("forThisVisit", Flag),
    ],
);

const CONSENT_INPUT: Schema =
    Schema::sent("ConsentInput", "What the patient answered.", &[must("decision", CONSENTED)]);
