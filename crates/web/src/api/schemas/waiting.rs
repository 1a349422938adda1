//! The shapes of the waiting list.

use super::super::schema::Kind::{self, Id, Instant, Many, Text, Whole};
use super::super::schema::{Schema, may, must};
use super::ANY;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::waiting_list::{DayPart, Urgency, WaitingState};

pub(super) const ALL: [Schema; 5] = [ENTRY, ENTRY_INPUT, BOOKED_INPUT, FREED_TIME, FIT];

const ENTRY: Schema = Schema::given(
    "WaitingEntry",
    "Somebody who wants a time, or an earlier one; without providerId, with anybody.",
    &[
        must("id", Id),
        must("patientId", Id),
        may("appointmentId", Id),
        may("providerId", Id),
        must("appointmentType", words!(AppointmentType)),
        must("earliestOn", Kind::Day),
        may("latestOn", Kind::Day),
        must("partOfDay", words!(DayPart)),
        must("urgency", words!(Urgency)),
        may("note", Text),
        must("state", words!(WaitingState)),
        may("stateReason", Text),
        may("bookedAppointmentId", Id),
        may("endedAt", Instant),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const ENTRY_INPUT: Schema = Schema::sent(
    "WaitingEntryInput",
    "What is wished for; appointmentId names the booked visit that is wanted earlier. earliestOn is today unless told otherwise, \
     partOfDay any, urgency routine.",
    &[
        must("patientId", Id),
        may("appointmentId", Id),
        may("providerId", Id),
        must("appointmentType", words!(AppointmentType)),
        may("earliestOn", Kind::Day),
        may("latestOn", Kind::Day),
        may("partOfDay", words!(DayPart)),
        may("urgency", words!(Urgency)),
        may("note", Text),
    ],
);

const BOOKED_INPUT: Schema = Schema::sent(
    "BookedInput",
    "The visit that came of an entry of the waiting list, booked anew or moved.",
    &[must("appointmentId", Id)],
);

const FREED_TIME: Schema = Schema::given(
    "FreedTime",
    "What is still free of a time that a visit left, with those whom it suits, the most urgent first.",
    &[
        must("providerId", Id),
        must("startsAt", Instant),
        must("endsAt", Instant),
        must("fits", Many("FreedTimeFit")),
    ],
);

const FIT: Schema = Schema::given(
    "FreedTimeFit",
    "Somebody whom a freed time suits, and when the visit could begin.",
    &[must("waitingEntryId", Id), must("patientId", Id), must("beginsAt", Instant)],
);
