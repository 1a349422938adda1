//! The chart's statements: each builds its whole JSON answer inside the database.
//!
//! One statement instead of eight is what makes the chart fast (see `docs/decisions`); the two dialects have no common
//! way to build JSON, so everything here stands twice. Names are those of the data model. Instants are RFC 3339 with
//! milliseconds and `Z` on both, decimals are numbers without needless zeros.

/// An instant as text in PostgreSQL; in SQLite it lies so already.
macro_rules! iso {
    ($column:literal) => {
        concat!("to_char(", $column, " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')")
    };
}

/// Patient $1, in a sub-select into which PostgreSQL's planner does not look: it then keeps one plan for all patients.
/// Planning these ten tables anew for each chart took twice as long as reading them (3.0 instead of 1.5 ms a chart).
macro_rules! patient {
    () => {
        "(SELECT CAST($1 AS uuid))"
    };
}

/// The visits of patient $1, newest first, 20 at the most, as a JSON array; `$bound` says from where on.
macro_rules! visits_postgres {
    ($bound:literal, $limit:literal) => {
        concat!(
            "(SELECT coalesce(json_agg(x), '[]') FROM (
    SELECT a.id, a.patient_id AS \"patientId\", a.provider_id AS \"providerId\", ",
            iso!("a.appointment_date"),
            " AS \"appointmentDate\", ",
            iso!("a.ends_at"),
            " AS \"endsAt\", a.appointment_type AS \"appointmentType\", a.reason_for_visit AS \"reasonForVisit\",
        a.duration_minutes AS \"durationMinutes\", a.status, a.status_reason AS \"statusReason\", ",
            iso!("a.created_at"),
            " AS \"createdAt\", ",
            iso!("a.updated_at"),
            " AS \"updatedAt\", a.version,
        (SELECT row_to_json(w) FROM (
            SELECT p.id, p.first_name AS \"firstName\", p.last_name AS \"lastName\"
            FROM providers AS p WHERE p.id = a.provider_id) AS w) AS provider,
        (SELECT row_to_json(y) FROM (
            SELECT m.id, m.appointment_id AS \"appointmentId\", m.chief_complaint AS \"chiefComplaint\",
                m.history_of_present_illness AS \"historyOfPresentIllness\", m.review_of_systems AS \"reviewOfSystems\",
                m.physical_exam_notes AS \"physicalExamNotes\", m.diagnosis, m.diagnosis_notes AS \"diagnosisNotes\",
                m.treatment_plan AS \"treatmentPlan\", m.follow_up_instructions AS \"followUpInstructions\",
                m.patient_education AS \"patientEducation\", m.audio_file_url AS \"audioFileUrl\", m.transcript,
                m.is_ai_generated AS \"isAIGenerated\", m.is_draft AS \"isDraft\", ",
            iso!("m.signed_at"),
            " AS \"signedAt\", m.signed_by AS \"signedBy\", ",
            iso!("m.created_at"),
            " AS \"createdAt\", ",
            iso!("m.updated_at"),
            " AS \"updatedAt\", m.version,
                (SELECT coalesce(json_agg(s), '[]') FROM (
                    SELECT id, medical_record_id AS \"medicalRecordId\", symptom_name AS \"symptomName\",
                        body_site AS \"bodySite\", severity, duration, notes, negated,
                        is_ai_extracted AS \"isAIExtracted\", ",
            iso!("created_at"),
            " AS \"createdAt\"
                    FROM symptoms WHERE medical_record_id = m.id ORDER BY position, id) AS s) AS symptoms,
                (SELECT coalesce(json_agg(r), '[]') FROM (
                    SELECT id, medical_record_id AS \"medicalRecordId\", medication_name AS \"medicationName\", strength,
                        dosage, frequency, route, duration, quantity, refills, instructions, indication, action,
                        starts_on AS \"startsOn\", ends_on AS \"endsOn\", is_ai_extracted AS \"isAIExtracted\", ",
            iso!("created_at"),
            " AS \"createdAt\"
                    FROM prescriptions WHERE medical_record_id = m.id ORDER BY position, id) AS r) AS prescriptions
            FROM medical_records AS m WHERE m.appointment_id = a.id) AS y) AS \"medicalRecord\",
        (SELECT row_to_json(z) FROM (
            SELECT v.id, v.appointment_id AS \"appointmentId\", v.blood_pressure_systolic AS \"bloodPressureSystolic\",
                v.blood_pressure_diastolic AS \"bloodPressureDiastolic\", v.heart_rate AS \"heartRate\",
                trim_scale(v.temperature) AS temperature, v.respiratory_rate AS \"respiratoryRate\",
                v.oxygen_saturation AS \"oxygenSaturation\", trim_scale(v.weight) AS weight,
                trim_scale(v.height) AS height, trim_scale(v.bmi) AS bmi, v.pain_level AS \"painLevel\", ",
            iso!("v.recorded_at"),
            " AS \"recordedAt\", v.version
            FROM vital_signs AS v WHERE v.appointment_id = a.id) AS z) AS \"vitalSigns\"
    FROM appointments AS a
    WHERE a.patient_id = ",
            patient!(),
            $bound,
            "
    ORDER BY a.appointment_date DESC, a.id DESC LIMIT ",
            $limit,
            ") AS x)"
        )
    };
}

/// The same for SQLite.
macro_rules! visits_sqlite {
    ($bound:literal, $limit:literal) => {
        concat!(
            "(SELECT json_group_array(json(x.visit)) FROM (
    SELECT json_object('id', a.id, 'patientId', a.patient_id, 'providerId', a.provider_id,
        'appointmentDate', a.appointment_date, 'endsAt', a.ends_at, 'appointmentType', a.appointment_type,
        'reasonForVisit', a.reason_for_visit, 'durationMinutes', a.duration_minutes, 'status', a.status,
        'statusReason', a.status_reason, 'createdAt', a.created_at, 'updatedAt', a.updated_at, 'version', a.version,
        'provider', (SELECT json_object('id', p.id, 'firstName', p.first_name, 'lastName', p.last_name)
            FROM providers AS p WHERE p.id = a.provider_id),
        'medicalRecord', (SELECT json_object('id', m.id, 'appointmentId', m.appointment_id,
                'chiefComplaint', m.chief_complaint, 'historyOfPresentIllness', m.history_of_present_illness,
                'reviewOfSystems', m.review_of_systems, 'physicalExamNotes', m.physical_exam_notes,
                'diagnosis', m.diagnosis, 'diagnosisNotes', m.diagnosis_notes, 'treatmentPlan', m.treatment_plan,
                'followUpInstructions', m.follow_up_instructions, 'patientEducation', m.patient_education,
                'audioFileUrl', m.audio_file_url, 'transcript', m.transcript,
                'isAIGenerated', json(iif(m.is_ai_generated, 'true', 'false')),
                'isDraft', json(iif(m.is_draft, 'true', 'false')), 'signedAt', m.signed_at, 'signedBy', m.signed_by,
                'createdAt', m.created_at, 'updatedAt', m.updated_at, 'version', m.version,
                'symptoms', (SELECT json_group_array(json_object('id', s.id, 'medicalRecordId', s.medical_record_id,
                        'symptomName', s.symptom_name, 'bodySite', s.body_site, 'severity', s.severity,
                        'duration', s.duration, 'notes', s.notes, 'negated', json(iif(s.negated, 'true', 'false')),
                        'isAIExtracted', json(iif(s.is_ai_extracted, 'true', 'false')),
                        'createdAt', s.created_at) ORDER BY s.position, s.id)
                    FROM symptoms AS s WHERE s.medical_record_id = m.id),
                'prescriptions', (SELECT json_group_array(json_object('id', r.id,
                        'medicalRecordId', r.medical_record_id, 'medicationName', r.medication_name,
                        'strength', r.strength, 'dosage', r.dosage, 'frequency', r.frequency, 'route', r.route,
                        'duration', r.duration, 'quantity', r.quantity, 'refills', r.refills,
                        'instructions', r.instructions, 'indication', r.indication, 'action', r.action,
                        'startsOn', r.starts_on, 'endsOn', r.ends_on,
                        'isAIExtracted', json(iif(r.is_ai_extracted, 'true', 'false')),
                        'createdAt', r.created_at) ORDER BY r.position, r.id)
                    FROM prescriptions AS r WHERE r.medical_record_id = m.id))
            FROM medical_records AS m WHERE m.appointment_id = a.id),
        'vitalSigns', (SELECT json_object('id', v.id, 'appointmentId', v.appointment_id,
                'bloodPressureSystolic', v.blood_pressure_systolic,
                'bloodPressureDiastolic', v.blood_pressure_diastolic, 'heartRate', v.heart_rate,
                'temperature', v.temperature / 10.0, 'respiratoryRate', v.respiratory_rate,
                'oxygenSaturation', v.oxygen_saturation, 'weight', v.weight / 100.0, 'height', v.height / 100.0,
                'bmi', v.bmi / 10.0, 'painLevel', v.pain_level, 'recordedAt', v.recorded_at, 'version', v.version)
            FROM vital_signs AS v WHERE v.appointment_id = a.id)) AS visit
    FROM appointments AS a
    WHERE a.patient_id = $1",
            $bound,
            "
    ORDER BY a.appointment_date DESC, a.id DESC LIMIT ",
            $limit,
            ") AS x)"
        )
    };
}

/// Everything about patient $1 with the newest 20 visits.
pub(super) const OVERVIEW_POSTGRES: &str = concat!(
    "SELECT CAST(row_to_json(c) AS text) FROM (
    SELECT p.id, p.record_number AS \"recordNumber\", p.first_name AS \"firstName\", p.last_name AS \"lastName\",
        p.preferred_name AS \"preferredName\", p.date_of_birth AS \"dateOfBirth\", p.sex, p.phone, p.email, p.address,
        p.emergency_contact_name AS \"emergencyContactName\", p.emergency_contact_phone AS \"emergencyContactPhone\",
        p.emergency_contact_relationship AS \"emergencyContactRelationship\", p.deceased_on AS \"deceasedOn\",
        p.no_known_allergies_by AS \"noKnownAllergiesBy\", ",
    iso!("p.no_known_allergies_at"),
    " AS \"noKnownAllergiesAt\", ",
    iso!("p.created_at"),
    " AS \"createdAt\", ",
    iso!("p.updated_at"),
    " AS \"updatedAt\", p.version,
        (SELECT coalesce(json_agg(l), '[]') FROM (
            SELECT id, patient_id AS \"patientId\", allergen, reaction, severity, onset_date AS \"onsetDate\", status,
                status_reason AS \"statusReason\", ",
    iso!("status_at"),
    " AS \"statusAt\", recorded_by AS \"recordedBy\", ",
    iso!("created_at"),
    " AS \"createdAt\", ",
    iso!("updated_at"),
    " AS \"updatedAt\", version
            FROM allergies WHERE patient_id = p.id ORDER BY created_at, id) AS l) AS allergies,
        (SELECT coalesce(json_agg(l), '[]') FROM (
            SELECT id, patient_id AS \"patientId\", condition_name AS \"conditionName\",
                diagnosis_date AS \"diagnosisDate\", status, notes, status_reason AS \"statusReason\", ",
    iso!("status_at"),
    " AS \"statusAt\", ended_on AS \"endedOn\", recorded_by AS \"recordedBy\", ",
    iso!("created_at"),
    " AS \"createdAt\", ",
    iso!("updated_at"),
    " AS \"updatedAt\", version
            FROM chronic_conditions WHERE patient_id = p.id ORDER BY created_at, id) AS l) AS \"chronicConditions\",
        (SELECT coalesce(json_agg(l), '[]') FROM (
            SELECT id, patient_id AS \"patientId\", medication_name AS \"medicationName\", strength, dosage, frequency,
                route, instructions, indication, status, started_on AS \"startedOn\", stopped_on AS \"stoppedOn\",
                stop_reason AS \"stopReason\", prescription_id AS \"prescriptionId\", recorded_by AS \"recordedBy\", ",
    iso!("created_at"),
    " AS \"createdAt\", ",
    iso!("updated_at"),
    " AS \"updatedAt\", version
            FROM medications WHERE patient_id = p.id ORDER BY created_at, id) AS l) AS medications,
        (SELECT row_to_json(l) FROM (
            SELECT decision, ",
    iso!("asked_at"),
    " AS \"askedAt\" FROM consents
            WHERE patient_id = p.id AND kind = 'scribe_recording' ORDER BY asked_at DESC, id DESC LIMIT 1) AS l
        ) AS \"recordingConsent\",
        ",
    visits_postgres!("", "20"),
    " AS appointments
    FROM patients AS p WHERE p.id = ",
    patient!(),
    ") AS c"
);

/// The same for SQLite.
pub(super) const OVERVIEW_SQLITE: &str = concat!(
    "SELECT json_object('id', p.id, 'recordNumber', p.record_number, 'firstName', p.first_name,
        'lastName', p.last_name, 'preferredName', p.preferred_name, 'dateOfBirth', p.date_of_birth, 'sex', p.sex,
        'phone', p.phone, 'email', p.email, 'address', p.address,
        'emergencyContactName', p.emergency_contact_name, 'emergencyContactPhone', p.emergency_contact_phone,
        'emergencyContactRelationship', p.emergency_contact_relationship, 'deceasedOn', p.deceased_on,
        'noKnownAllergiesBy', p.no_known_allergies_by, 'noKnownAllergiesAt', p.no_known_allergies_at,
        'createdAt', p.created_at, 'updatedAt', p.updated_at, 'version', p.version,
        'allergies', (SELECT json_group_array(json_object('id', id, 'patientId', patient_id, 'allergen', allergen,
                'reaction', reaction, 'severity', severity, 'onsetDate', onset_date, 'status', status,
                'statusReason', status_reason, 'statusAt', status_at, 'recordedBy', recorded_by,
                'createdAt', created_at, 'updatedAt', updated_at, 'version', version) ORDER BY created_at, id)
            FROM allergies WHERE patient_id = p.id),
        'chronicConditions', (SELECT json_group_array(json_object('id', id, 'patientId', patient_id,
                'conditionName', condition_name, 'diagnosisDate', diagnosis_date, 'status', status, 'notes', notes,
                'statusReason', status_reason, 'statusAt', status_at, 'endedOn', ended_on,
                'recordedBy', recorded_by, 'createdAt', created_at, 'updatedAt', updated_at,
                'version', version) ORDER BY created_at, id)
            FROM chronic_conditions WHERE patient_id = p.id),
        'medications', (SELECT json_group_array(json_object('id', id, 'patientId', patient_id,
                'medicationName', medication_name, 'strength', strength, 'dosage', dosage, 'frequency', frequency,
                'route', route, 'instructions', instructions, 'indication', indication, 'status', status,
                'startedOn', started_on, 'stoppedOn', stopped_on, 'stopReason', stop_reason,
                'prescriptionId', prescription_id, 'recordedBy', recorded_by, 'createdAt', created_at,
                'updatedAt', updated_at, 'version', version) ORDER BY created_at, id)
            FROM medications WHERE patient_id = p.id),
        'recordingConsent', json((SELECT json_object('decision', decision, 'askedAt', asked_at) FROM consents
            WHERE patient_id = p.id AND kind = 'scribe_recording' ORDER BY asked_at DESC, id DESC LIMIT 1)),
        'appointments', ",
    visits_sqlite!("", "20"),
    ") FROM patients AS p WHERE p.id = $1"
);

/// The visits of patient $1 before that of the instant $2 and the id $3; $4 at the most.
pub(super) const VISITS_POSTGRES: &str = concat!(
    "SELECT CAST(",
    visits_postgres!(" AND (a.appointment_date, a.id) < ($2, $3)", "$4"),
    " AS text)"
);

/// The same for SQLite.
pub(super) const VISITS_SQLITE: &str =
    concat!("SELECT ", visits_sqlite!(" AND (a.appointment_date, a.id) < ($2, $3)", "$4"));
