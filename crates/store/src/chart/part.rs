//! The parts of a chart: what of which table lies in which place of a line. [`super::read`] takes it out again.

pub(super) const IDS: usize = 3;
pub(super) const INSTANTS: usize = 4;
pub(super) const NUMBERS: usize = 7;
pub(super) const TENTHS: usize = 2;
pub(super) const HUNDREDTHS: usize = 2;
pub(super) const FLAGS: usize = 2;
pub(super) const DAYS: usize = 2;
pub(super) const WORDS: usize = 12;

/// A part of the chart; its number stands in each of its lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Patient = 1,
    Allergy,
    Condition,
    Medication,
    Consent,
    Visit,
    Record,
    Vitals,
    Symptom,
    Prescription,
}

impl Part {
    /// Whether it belongs to a visit rather than to the patient.
    pub(super) fn is_of_visit(self) -> bool {
        match self {
            Self::Patient | Self::Allergy | Self::Condition | Self::Medication | Self::Consent => false,
            Self::Visit | Self::Record | Self::Vitals | Self::Symptom | Self::Prescription => true,
        }
    }

    /// The table that it lies in.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Patient => "patients",
            Self::Allergy => "allergies",
            Self::Condition => "chronic_conditions",
            Self::Medication => "medications",
            Self::Consent => "consents",
            Self::Visit => "appointments",
            Self::Record => "medical_records",
            Self::Vitals => "vital_signs",
            Self::Symptom => "symptoms",
            Self::Prescription => "prescriptions",
        }
    }
}

/// Where a part comes from: a column for each place that it uses, in the order in which it is read.
pub(super) struct Source {
    pub(super) part: Part,
    pub(super) ids: &'static [&'static str],
    pub(super) instants: &'static [&'static str],
    pub(super) numbers: &'static [&'static str],
    pub(super) tenths: &'static [&'static str],
    pub(super) hundredths: &'static [&'static str],
    pub(super) flags: &'static [&'static str],
    pub(super) days: &'static [&'static str],
    pub(super) words: &'static [&'static str],
    pub(super) from: &'static str,
}

impl Source {
    /// That of the part with a number.
    pub(super) fn numbered(number: i32) -> Option<&'static Self> {
        SOURCES.iter().find(|source| source.part as i32 == number)
    }

    /// The columns of each kind, in the order of a line's places.
    pub(super) fn columns(&self) -> [&'static [&'static str]; 8] {
        [
            self.ids,
            self.instants,
            self.numbers,
            self.tenths,
            self.hundredths,
            self.flags,
            self.days,
            self.words,
        ]
    }
}

const fn from(part: Part, from: &'static str) -> Source {
    Source {
        part,
        ids: &[],
        instants: &[],
        numbers: &[],
        tenths: &[],
        hundredths: &[],
        flags: &[],
        days: &[],
        words: &[],
        from,
    }
}

/// All parts. `CROSS JOIN` holds SQLite's planner to beginning with the few visits.
pub(super) static SOURCES: [Source; 10] = [
    Source {
        ids: &["p.id", "p.no_known_allergies_by"],
        instants: &["p.no_known_allergies_at", "p.created_at", "p.updated_at"],
        numbers: &["p.version"],
        days: &["p.date_of_birth", "p.deceased_on"],
        words: &[
            "p.record_number",
            "p.first_name",
            "p.last_name",
            "p.preferred_name",
            "CAST(p.sex AS text)",
            "p.phone",
            "p.email",
            "p.address",
            "p.emergency_contact_name",
            "p.emergency_contact_phone",
            "p.emergency_contact_relationship",
            "p.language",
        ],
        ..from(Part::Patient, "patients AS p WHERE p.id = (SELECT id FROM who)")
    },
    Source {
        ids: &["l.id", "l.recorded_by"],
        instants: &["l.status_at", "l.created_at", "l.updated_at"],
        numbers: &["l.version"],
        days: &["l.onset_date"],
        words: &[
            "l.allergen",
            "l.reaction",
            "CAST(l.severity AS text)",
            "CAST(l.status AS text)",
            "l.status_reason",
        ],
        ..from(Part::Allergy, "allergies AS l WHERE l.patient_id = (SELECT id FROM who)")
    },
    Source {
        ids: &["c.id", "c.recorded_by"],
        instants: &["c.status_at", "c.created_at", "c.updated_at"],
        numbers: &["c.version"],
        days: &["c.diagnosis_date", "c.ended_on"],
        words: &["c.condition_name", "c.status", "c.notes", "c.status_reason"],
        ..from(Part::Condition, "chronic_conditions AS c WHERE c.patient_id = (SELECT id FROM who)")
    },
    Source {
        ids: &["d.id", "d.prescription_id", "d.recorded_by"],
        instants: &["d.created_at", "d.updated_at"],
        numbers: &["d.version"],
        days: &["d.started_on", "d.stopped_on"],
        words: &[
            "d.medication_name",
            "d.strength",
            "d.dosage",
            "d.frequency",
            "d.route",
            "d.instructions",
            "d.indication",
            "CAST(d.status AS text)",
            "d.stop_reason",
        ],
        ..from(Part::Medication, "medications AS d WHERE d.patient_id = (SELECT id FROM who)")
    },
    Source {
        instants: &["q.asked_at"],
        words: &["CAST(q.decision AS text)"],
        ..from(
            Part::Consent,
            "(SELECT decision, asked_at FROM consents
        WHERE patient_id = (SELECT id FROM who) AND kind = 'scribe_recording'
        ORDER BY asked_at DESC, id DESC LIMIT 1) AS q",
        )
    },
    Source {
        ids: &["a.id", "a.provider_id"],
        instants: &["a.appointment_date", "a.ends_at", "a.created_at", "a.updated_at"],
        numbers: &["a.duration_minutes", "a.version"],
        words: &[
            "CAST(a.appointment_type AS text)",
            "a.reason_for_visit",
            "CAST(a.status AS text)",
            "a.status_reason",
            "w.first_name",
            "w.last_name",
        ],
        ..from(Part::Visit, "visit AS a CROSS JOIN providers AS w WHERE w.id = a.provider_id")
    },
    Source {
        ids: &["m.id", "m.appointment_id", "m.signed_by"],
        instants: &["m.signed_at", "m.created_at", "m.updated_at"],
        numbers: &["m.version"],
        flags: &["m.is_ai_generated", "m.is_draft"],
        words: &[
            "m.chief_complaint",
            "m.history_of_present_illness",
            "m.review_of_systems",
            "m.physical_exam_notes",
            "m.diagnosis",
            "m.diagnosis_notes",
            "m.treatment_plan",
            "m.follow_up_instructions",
            "m.patient_education",
            "m.audio_file_url",
            "m.transcript",
        ],
        ..from(Part::Record, "visit AS a CROSS JOIN medical_records AS m WHERE m.id = a.record_id")
    },
    Source {
        ids: &["v.id", "v.appointment_id"],
        instants: &["v.recorded_at"],
        numbers: &[
            "v.blood_pressure_systolic",
            "v.blood_pressure_diastolic",
            "v.heart_rate",
            "v.respiratory_rate",
            "v.oxygen_saturation",
            "v.pain_level",
            "v.version",
        ],
        tenths: &["v.temperature", "v.bmi"],
        hundredths: &["v.weight", "v.height"],
        ..from(Part::Vitals, "visit AS a CROSS JOIN vital_signs AS v WHERE v.appointment_id = a.id")
    },
    Source {
        ids: &["s.id", "s.medical_record_id"],
        instants: &["s.created_at"],
        numbers: &["s.position", "s.severity"],
        flags: &["s.negated", "s.is_ai_extracted"],
        words: &["s.symptom_name", "s.body_site", "s.duration", "s.notes"],
        ..from(Part::Symptom, "visit AS a CROSS JOIN symptoms AS s WHERE s.medical_record_id = a.record_id")
    },
    Source {
        ids: &["r.id", "r.medical_record_id"],
        instants: &["r.created_at"],
        numbers: &["r.position", "r.quantity", "r.refills"],
        flags: &["r.is_ai_extracted"],
        days: &["r.starts_on", "r.ends_on"],
        words: &[
            "r.medication_name",
            "r.strength",
            "r.dosage",
            "r.frequency",
            "r.route",
            "r.duration",
            "r.instructions",
            "r.indication",
            "CAST(r.action AS text)",
        ],
        ..from(
            Part::Prescription,
            "visit AS a CROSS JOIN prescriptions AS r WHERE r.medical_record_id = a.record_id",
        )
    },
];
