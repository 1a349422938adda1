//! Shapes of visits: appointments, vital signs and the chart.

use super::super::schema::Kind::{Anything, Day, Decimal, Flag, Id, Instant, Many, Of, Text, Whole};
use super::super::schema::{Schema, asked, may, must};
use super::ANY;
use medrecord_clinic::appointment::{AppointmentStatus, AppointmentType};
use medrecord_clinic::growth::{Chart, Why};
use medrecord_clinic::language::Language;
use medrecord_clinic::patient::Sex;

pub(super) const ALL: [Schema; 11] = [
    APPOINTMENT,
    APPOINTMENT_INPUT,
    APPOINTMENT_EDIT,
    WALK_IN_INPUT,
    VITALS,
    VITALS_INPUT,
    CHART,
    VISIT,
    GROWTH,
    GROWTH_POINT,
    GROWTH_MISSING,
];

const APPOINTMENT: Schema = Schema::given(
    "Appointment",
    "A visit, booked or walked in.",
    &[
        must("id", Id),
        must("patientId", Id),
        must("providerId", Id),
        must("appointmentDate", Instant),
        must("endsAt", Instant),
        must("appointmentType", words!(AppointmentType)),
        may("reasonForVisit", Text),
        must("durationMinutes", Whole(5, 480)),
        must("status", words!(AppointmentStatus)),
        may("statusReason", Text),
        may("doubleBookingReason", Text),
        may("checkedInAt", Instant),
        may("startedAt", Instant),
        may("completedAt", Instant),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
        asked("patient", Of("Patient")),
        asked("provider", Of("Provider")),
        asked("medicalRecord", Of("MedicalRecord")),
        asked("vitalSigns", Of("VitalSigns")),
        asked("recordings", Many("Recording")),
    ],
);

const APPOINTMENT_INPUT: Schema = Schema::sent(
    "AppointmentInput",
    "A booking. The type sets the length unless one is given; doubleBookingReason books in spite of conflicts.",
    &[
        must("patientId", Id),
        must("providerId", Id),
        must("appointmentDate", Instant),
        must("appointmentType", words!(AppointmentType)),
        may("durationMinutes", Whole(5, 480)),
        may("reasonForVisit", Text),
        may("doubleBookingReason", Text),
    ],
);

const APPOINTMENT_EDIT: Schema = Schema::sent(
    "AppointmentEdit",
    "What changes of a booking, or where the visit stands; a cancelled one needs statusReason.",
    &[
        may("patientId", Id),
        may("providerId", Id),
        may("appointmentDate", Instant),
        may("appointmentType", words!(AppointmentType)),
        may("durationMinutes", Whole(5, 480)),
        may("reasonForVisit", Text),
        may("doubleBookingReason", Text),
        may("status", words!(AppointmentStatus)),
        may("statusReason", Text),
    ],
);

const WALK_IN_INPUT: Schema = Schema::sent(
    "WalkInInput",
    "Somebody who came without an appointment.",
    &[
        must("patientId", Id),
        must("providerId", Id),
        must("appointmentType", words!(AppointmentType)),
        may("reasonForVisit", Text),
    ],
);

const VITALS: Schema = Schema::given(
    "VitalSigns",
    "The vital signs of one visit: mmHg, beats and breaths a minute, degrees Celsius, percent, kg, cm.",
    &[
        must("id", Id),
        must("appointmentId", Id),
        may("bloodPressureSystolic", Whole(0, 400)),
        may("bloodPressureDiastolic", Whole(0, 400)),
        may("heartRate", Whole(0, 400)),
        may("temperature", Decimal),
        may("respiratoryRate", Whole(0, 200)),
        may("oxygenSaturation", Whole(0, 100)),
        may("weight", Decimal),
        may("height", Decimal),
        may("bmi", Decimal),
        may("painLevel", Whole(0, 10)),
        asked("note", Text),
        must("recordedAt", Instant),
        asked("recordedBy", Id),
        must("version", Whole(ANY.0, ANY.1)),
    ],
);

const VITALS_INPUT: Schema = Schema::sent(
    "VitalSignsInput",
    "What was measured; the body mass index is computed.",
    &[
        may("bloodPressureSystolic", Whole(0, 400)),
        may("bloodPressureDiastolic", Whole(0, 400)),
        may("heartRate", Whole(0, 400)),
        may("temperature", Decimal),
        may("respiratoryRate", Whole(0, 200)),
        may("oxygenSaturation", Whole(0, 100)),
        may("weight", Decimal),
        may("height", Decimal),
        may("painLevel", Whole(0, 10)),
        may("note", Text),
    ],
);

const CHART: Schema = Schema::given(
    "Chart",
    "Everything about one patient, with the newest 20 visits.",
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
        must("allergies", Many("Allergy")),
        must("chronicConditions", Many("ChronicCondition")),
        must("medications", Many("Medication")),
        may("recordingConsent", Anything),
        must("appointments", Many("Visit")),
    ],
);

const VISIT: Schema = Schema::given(
    "Visit",
    "A visit in a chart, with what was written down and measured.",
    &[
        must("id", Id),
        must("patientId", Id),
        must("providerId", Id),
        must("appointmentDate", Instant),
        must("endsAt", Instant),
        must("appointmentType", words!(AppointmentType)),
        may("reasonForVisit", Text),
        may("durationMinutes", Whole(5, 480)),
        must("status", words!(AppointmentStatus)),
        may("statusReason", Text),
        must("createdAt", Instant),
        must("updatedAt", Instant),
        must("version", Whole(ANY.0, ANY.1)),
        must("provider", Of("Provider")),
        may("medicalRecord", Of("MedicalRecord")),
        may("vitalSigns", Of("VitalSigns")),
    ],
);

const GROWTH: Schema = Schema::given(
    "Growth",
    "Growth of a patient under 20, oldest measurement first. WHO below the second birthday, CDC from then on.",
    &[must("patientId", Id), must("points", Many("GrowthPoint")), must("missing", Many("GrowthMissing"))],
);

const GROWTH_POINT: Schema = Schema::given(
    "GrowthPoint",
    "One measurement on one chart; at is the age in days (WHO) or in months of 30.4375 days (CDC), or the length in cm.",
    &[
        must("chart", words!(Chart)),
        must("source", Text),
        must("measuredOn", Day),
        must("ageDays", Whole(0, 7_305)),
        must("at", Decimal),
        must("value", Decimal),
        must("zScore", Decimal),
        must("percentile", Decimal),
        must("isUnlikely", Flag),
    ],
);

const GROWTH_MISSING: Schema = Schema::given(
    "GrowthMissing",
    "A measurement that is on no chart, or not on every one.",
    &[must("measuredOn", Day), must("why", words!(Why))],
);
