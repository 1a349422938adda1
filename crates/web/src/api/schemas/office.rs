//! Shapes of what the practice keeps beside charts: documents, duplicates, blocked times, settings.

use super::super::schema::Kind::{self, Anything, Flag, Id, Instant, Many, Of, Text, Texts, Whole, Word};
use super::super::schema::{Schema, may, must};
use super::ANY;
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::blocked_time::BlockedTimeKind;

pub(super) const ALL: [Schema; 23] = [
    DOCUMENT,
    ERROR_INPUT,
    CANDIDATE,
    PAIR,
    APART_INPUT,
    MERGE,
    MERGE_INPUT,
    UNDONE,
    ROWS_LEFT,
    BLOCKED_TIME,
    BLOCKED_TIME_INPUT,
    FREE_TIME,
    PRACTICE,
    PRACTICE_INPUT,
    VISIT_TYPES,
    VISIT_TYPE,
    VISIT_TYPE_INPUT,
    ARRIVAL_INPUT,
    SERIES_INPUT,
    PLANNED_VISIT,
    SERIES,
    SERIES_VISIT,
    CANCELLED,
];

const VERDICT: Kind = Word(|| vec!["likely", "possible"]);

const DOCUMENT: Schema = Schema::given(
    "Document",
    "A document of a patient.",
    &[
        must("id", Id),
        must("patientId", Id),
        may("appointmentId", Id),
        must("fileName", Text),
        must("mediaType", Text),
        must("byteCount", Whole(ANY.0, ANY.1)),
        must("sha256", Text),
        may("description", Text),
        may("addedBy", Id),
        may("enteredInErrorAt", Instant),
        may("enteredInErrorReason", Text),
        must("createdAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const ERROR_INPUT: Schema =
    Schema::sent("ErrorInput", "Why something was entered in error.", &[must("reason", Text)]);

const CANDIDATE: Schema = Schema::given(
    "Candidate",
    "Somebody on file who may be the same person, and why.",
    &[
        must("patient", Of("Patient")),
        must("score", Whole(0, 100)),
        may("verdict", VERDICT),
        must("reasons", Texts),
    ],
);

const PAIR: Schema = Schema::given(
    "Pair",
    "Two on file who may be the same person, the one registered earlier first.",
    &[
        must("one", Of("Patient")),
        must("other", Of("Patient")),
        must("score", Whole(0, 100)),
        may("verdict", VERDICT),
        must("reasons", Texts),
    ],
);

const APART_INPUT: Schema = Schema::sent(
    "ApartInput",
    "Two who look alike and are different people.",
    &[must("oneId", Id), must("otherId", Id)],
);

const MERGE: Schema = Schema::given(
    "Merge",
    "Two charts that were made one; undoneBy says who took it back.",
    &[
        must("id", Id),
        must("kept", Of("Patient")),
        must("givenUp", Of("Patient")),
        must("reason", Text),
        must("mergedBy", Text),
        must("mergedAt", Instant),
        may("undoneBy", Text),
        may("undoneAt", Instant),
    ],
);

const MERGE_INPUT: Schema = Schema::sent(
    "MergeInput",
    "Which chart stays, which is given up, their versions as they were looked at, and the details that the chart that \
     stays takes from the other, such as phone.",
    &[
        must("keptId", Id),
        must("keptVersion", Whole(ANY.0, ANY.1)),
        must("givenUpId", Id),
        must("givenUpVersion", Whole(ANY.0, ANY.1)),
        may("fromGivenUp", Texts),
        must("reason", Text),
    ],
);

const UNDONE: Schema = Schema::given(
    "Undone",
    "A merge that was taken back: details changed since stay as they are, rows entered since stay with the chart that was kept.",
    &[
        must("keptId", Id),
        must("givenUpId", Id),
        must("fieldsLeft", Texts),
        must("rowsLeft", Many("RowsLeft")),
    ],
);

const ROWS_LEFT: Schema = Schema::given(
    "RowsLeft",
    "How many rows of a kind stay.",
    &[must("table", Text), must("count", Whole(ANY.0, ANY.1))],
);

const BLOCKED_TIME: Schema = Schema::given(
    "BlockedTime",
    "Time that is kept free of visits; without providerId, of the whole practice.",
    &[
        must("id", Id),
        may("providerId", Id),
        must("startsAt", Instant),
        must("endsAt", Instant),
        must("kind", words!(BlockedTimeKind)),
        may("note", Text),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const BLOCKED_TIME_INPUT: Schema = Schema::sent(
    "BlockedTimeInput",
    "Time to keep free, in days and times of the practice's clock: whole days without times, one day without untilDate.",
    &[
        may("providerId", Id),
        must("kind", words!(BlockedTimeKind)),
        must("fromDate", Kind::Day),
        may("fromTime", Text),
        may("untilDate", Kind::Day),
        may("untilTime", Text),
        may("note", Text),
    ],
);

const FREE_TIME: Schema = Schema::given(
    "FreeTime",
    "A time at which a visit can be booked.",
    &[must("startsAt", Instant), must("endsAt", Instant)],
);

const PRACTICE: Schema = Schema::given(
    "Practice",
    "The practice; times as on the clock, such as 08:00.",
    &[
        must("name", Text),
        may("address", Text),
        may("phone", Text),
        must("timeZone", Text),
        must("opensAt", Text),
        must("closesAt", Text),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const PRACTICE_INPUT: Schema = Schema::sent(
    "PracticeInput",
    "How the practice is set up.",
    &[
        must("name", Text),
        may("address", Text),
        may("phone", Text),
        must("timeZone", Text),
        must("opensAt", Text),
        must("closesAt", Text),
    ],
);

const VISIT_TYPES: Schema = Schema::given(
    "VisitTypes",
    "The kinds of visit as the practice uses them, in its order.",
    &[must("types", Many("VisitType")), must("version", Whole(ANY.0, ANY.1))],
);

const VISIT_TYPE: Schema = Schema::given(
    "VisitType",
    "A kind of visit as the practice uses it.",
    &[must("kind", words!(AppointmentType)), must("minutes", Whole(5, 480)), must("isOffered", Flag)],
);

const VISIT_TYPE_INPUT: Schema = Schema::sent(
    "VisitTypeInput",
    "How a kind of visit is used; place is 1 for the first of the five.",
    &[may("minutes", Whole(5, 480)), may("isOffered", Flag), may("place", Whole(1, 5))],
);

const ARRIVAL_INPUT: Schema = Schema::sent(
    "ArrivalInput",
    "What the patient said at the desk. What is left out was confirmed; what differs is corrected under patientVersion.",
    &[
        may("phone", Text),
        may("address", Text),
        may("patientVersion", Whole(ANY.0, ANY.1)),
        may("consent", Word(|| vec!["granted", "refused", "withdrawn"])),
    ],
);

const SERIES_INPUT: Schema = Schema::sent(
    "SeriesInput",
    "A first visit and how it is repeated: every 7d, 14d, 1m and so on, so many times in all; visits chooses some of the plan.",
    &[
        must("patientId", Id),
        must("providerId", Id),
        must("appointmentDate", Instant),
        must("appointmentType", words!(AppointmentType)),
        may("durationMinutes", Whole(5, 480)),
        may("reasonForVisit", Text),
        may("doubleBookingReason", Text),
        must("every", Text),
        must("times", Whole(2, 26)),
        may("visits", Texts),
    ],
);

const PLANNED_VISIT: Schema = Schema::given(
    "PlannedVisit",
    "A visit of a row before it is booked; without appointmentDate where the clocks skip its time on that day.",
    &[must("date", Kind::Day), may("appointmentDate", Instant), must("conflicts", Anything)],
);

const SERIES: Schema =
    Schema::given("Series", "The visits that were booked as one row.", &[must("appointmentIds", Texts)]);

const SERIES_VISIT: Schema = Schema::given(
    "SeriesVisit",
    "A visit of a row that was booked.",
    &[
        must("id", Id),
        must("appointmentDate", Instant),
        must("status", words!(AppointmentStatus)),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const CANCELLED: Schema =
    Schema::given("Cancelled", "How many visits were called off.", &[must("cancelled", Whole(0, 26))]);
