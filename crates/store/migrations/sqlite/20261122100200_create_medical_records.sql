-- What is written down in a visit: the record, its symptoms and prescriptions, vital signs, addenda and attachments,
-- and the patient's running list of medications. The mission's MedicalRecord, Symptom, Prescription and VitalSigns.

-- The note of one visit; locked once signed.
CREATE TABLE medical_records (
    id TEXT NOT NULL CONSTRAINT medical_records_id_form CHECK (length(id) = 36), -- The record; UUIDv7 made by the application.
    appointment_id TEXT NOT NULL CONSTRAINT medical_records_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    chief_complaint TEXT CONSTRAINT medical_records_chief_complaint_form CHECK (length(chief_complaint) <= 255), -- Why the patient came, in their words.
    history_of_present_illness TEXT, -- How it began and went on.
    review_of_systems TEXT, -- What was asked system by system.
    physical_exam_notes TEXT, -- What was found.
    diagnosis TEXT CONSTRAINT medical_records_diagnosis_form CHECK (length(diagnosis) <= 255), -- What it is.
    diagnosis_notes TEXT, -- Why.
    treatment_plan TEXT, -- What is done about it.
    follow_up_instructions TEXT, -- When to come back.
    patient_education TEXT, -- What was explained.
    audio_file_url TEXT CONSTRAINT medical_records_audio_file_url_form CHECK (length(audio_file_url) <= 255), -- Where the recording is.
    transcript TEXT, -- What was said.
    is_ai_generated INTEGER NOT NULL DEFAULT 0 CONSTRAINT medical_records_is_ai_generated_form CHECK (is_ai_generated IN (0, 1)), -- Whether any of it was drafted by the scribe.
    is_draft INTEGER NOT NULL DEFAULT 1 CONSTRAINT medical_records_is_draft_form CHECK (is_draft IN (0, 1)), -- True until signed.
    signed_at TEXT CONSTRAINT medical_records_signed_at_form CHECK (signed_at GLOB '????-??-??T??:??:??.???Z'), -- When it was signed.
    signed_by TEXT CONSTRAINT medical_records_signed_by_form CHECK (length(signed_by) = 36), -- Who signed it.
    content_digest TEXT, -- SHA-256 of what was signed, in lower-case hexadecimal.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT medical_records_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT medical_records_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT medical_records_pkey PRIMARY KEY (id),
    CONSTRAINT medical_records_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT medical_records_signed_by_fkey FOREIGN KEY (signed_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT medical_records_content_digest_check CHECK (length(content_digest) = 64 AND content_digest NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT medical_records_signature_check CHECK ((is_draft = 1 AND signed_at IS NULL AND signed_by IS NULL AND content_digest IS NULL) OR (is_draft = 0 AND signed_at IS NOT NULL AND signed_by IS NOT NULL AND content_digest IS NOT NULL))
) STRICT;
CREATE UNIQUE INDEX medical_records_appointment_id_key ON medical_records (appointment_id);
CREATE INDEX medical_records_draft_idx ON medical_records (created_at) WHERE is_draft = 1;

-- What the patient reports, or says is absent.
CREATE TABLE symptoms (
    id TEXT NOT NULL CONSTRAINT symptoms_id_form CHECK (length(id) = 36), -- The symptom; UUIDv7 made by the application.
    medical_record_id TEXT NOT NULL CONSTRAINT symptoms_medical_record_id_form CHECK (length(medical_record_id) = 36), -- The record it belongs to.
    position INTEGER NOT NULL DEFAULT 0, -- Place in the list, from 0.
    symptom_name TEXT NOT NULL CONSTRAINT symptoms_symptom_name_form CHECK (length(symptom_name) <= 255), -- Name of the symptom.
    body_site TEXT CONSTRAINT symptoms_body_site_form CHECK (length(body_site) <= 255), -- Where.
    severity INTEGER, -- From 1 to 10.
    duration TEXT CONSTRAINT symptoms_duration_form CHECK (length(duration) <= 255), -- Since when or how long.
    notes TEXT, -- Remarks.
    negated INTEGER NOT NULL DEFAULT 0 CONSTRAINT symptoms_negated_form CHECK (negated IN (0, 1)), -- True where the patient says it is absent.
    is_ai_extracted INTEGER NOT NULL DEFAULT 0 CONSTRAINT symptoms_is_ai_extracted_form CHECK (is_ai_extracted IN (0, 1)), -- Whether the scribe drafted it.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT symptoms_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT symptoms_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT symptoms_pkey PRIMARY KEY (id),
    CONSTRAINT symptoms_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE CASCADE,
    CONSTRAINT symptoms_position_check CHECK (position >= 0),
    CONSTRAINT symptoms_severity_check CHECK (severity BETWEEN 1 AND 10)
) STRICT;
CREATE INDEX symptoms_medical_record_id_idx ON symptoms (medical_record_id);

-- What is prescribed in a visit.
CREATE TABLE prescriptions (
    id TEXT NOT NULL CONSTRAINT prescriptions_id_form CHECK (length(id) = 36), -- The prescription; UUIDv7 made by the application.
    medical_record_id TEXT NOT NULL CONSTRAINT prescriptions_medical_record_id_form CHECK (length(medical_record_id) = 36), -- The record it belongs to.
    position INTEGER NOT NULL DEFAULT 0, -- Place in the list, from 0.
    medication_name TEXT NOT NULL CONSTRAINT prescriptions_medication_name_form CHECK (length(medication_name) <= 255), -- Name of the medication.
    strength TEXT NOT NULL CONSTRAINT prescriptions_strength_form CHECK (length(strength) <= 255), -- Strength, such as 500 mg.
    dosage TEXT NOT NULL CONSTRAINT prescriptions_dosage_form CHECK (length(dosage) <= 255), -- How much at a time.
    frequency TEXT NOT NULL CONSTRAINT prescriptions_frequency_form CHECK (length(frequency) <= 255), -- How often.
    route TEXT CONSTRAINT prescriptions_route_form CHECK (length(route) <= 255), -- By which way.
    duration TEXT CONSTRAINT prescriptions_duration_form CHECK (length(duration) <= 255), -- For how long.
    quantity INTEGER, -- How many are dispensed.
    refills INTEGER DEFAULT 0, -- How often it may be repeated.
    instructions TEXT NOT NULL, -- What the patient is told.
    indication TEXT CONSTRAINT prescriptions_indication_form CHECK (length(indication) <= 255), -- What it is for.
    action TEXT NOT NULL DEFAULT 'start' CONSTRAINT prescriptions_action_form CHECK (action IN ('start', 'continue', 'change', 'stop')), -- Start, continue, change or stop.
    starts_on TEXT CONSTRAINT prescriptions_starts_on_form CHECK (date(starts_on, '+0 days') IS starts_on), -- First day.
    ends_on TEXT CONSTRAINT prescriptions_ends_on_form CHECK (date(ends_on, '+0 days') IS ends_on), -- Last day.
    is_ai_extracted INTEGER NOT NULL DEFAULT 0 CONSTRAINT prescriptions_is_ai_extracted_form CHECK (is_ai_extracted IN (0, 1)), -- Whether the scribe drafted it.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT prescriptions_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT prescriptions_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT prescriptions_pkey PRIMARY KEY (id),
    CONSTRAINT prescriptions_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE CASCADE,
    CONSTRAINT prescriptions_position_check CHECK (position >= 0),
    CONSTRAINT prescriptions_quantity_check CHECK (quantity >= 0),
    CONSTRAINT prescriptions_refills_check CHECK (refills >= 0),
    CONSTRAINT prescriptions_dates_check CHECK (ends_on >= starts_on)
) STRICT;
CREATE INDEX prescriptions_medical_record_id_idx ON prescriptions (medical_record_id);

-- What the patient takes: the list of the chart, across visits.
CREATE TABLE medications (
    id TEXT NOT NULL CONSTRAINT medications_id_form CHECK (length(id) = 36), -- The medication; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT medications_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    medication_name TEXT NOT NULL CONSTRAINT medications_medication_name_form CHECK (length(medication_name) <= 255), -- Name of the medication.
    strength TEXT CONSTRAINT medications_strength_form CHECK (length(strength) <= 255), -- Strength, such as 500 mg.
    dosage TEXT CONSTRAINT medications_dosage_form CHECK (length(dosage) <= 255), -- How much at a time.
    frequency TEXT CONSTRAINT medications_frequency_form CHECK (length(frequency) <= 255), -- How often.
    route TEXT CONSTRAINT medications_route_form CHECK (length(route) <= 255), -- By which way.
    instructions TEXT, -- What the patient is told.
    indication TEXT CONSTRAINT medications_indication_form CHECK (length(indication) <= 255), -- What it is for.
    status TEXT NOT NULL DEFAULT 'active' CONSTRAINT medications_status_form CHECK (status IN ('active', 'stopped', 'entered_in_error')), -- Whether the patient takes it.
    started_on TEXT CONSTRAINT medications_started_on_form CHECK (date(started_on, '+0 days') IS started_on), -- Since when.
    stopped_on TEXT CONSTRAINT medications_stopped_on_form CHECK (date(stopped_on, '+0 days') IS stopped_on), -- Until when.
    stop_reason TEXT CONSTRAINT medications_stop_reason_form CHECK (length(stop_reason) <= 255), -- Why it was stopped.
    prescription_id TEXT CONSTRAINT medications_prescription_id_form CHECK (length(prescription_id) = 36), -- The prescription that started it.
    recorded_by TEXT CONSTRAINT medications_recorded_by_form CHECK (length(recorded_by) = 36), -- Who wrote it down.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT medications_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT medications_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT medications_pkey PRIMARY KEY (id),
    CONSTRAINT medications_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT medications_prescription_id_fkey FOREIGN KEY (prescription_id) REFERENCES prescriptions (id) ON DELETE SET NULL,
    CONSTRAINT medications_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT medications_dates_check CHECK (stopped_on >= started_on)
) STRICT;
CREATE INDEX medications_patient_id_status_idx ON medications (patient_id, status);
CREATE INDEX medications_prescription_id_idx ON medications (prescription_id);

-- Measurements of one visit. Hard limits refuse what no living person has; softer warnings are the application's.
CREATE TABLE vital_signs (
    id TEXT NOT NULL CONSTRAINT vital_signs_id_form CHECK (length(id) = 36), -- The set of measurements; UUIDv7 made by the application.
    appointment_id TEXT NOT NULL CONSTRAINT vital_signs_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    blood_pressure_systolic INTEGER, -- Upper value in mmHg.
    blood_pressure_diastolic INTEGER, -- Lower value in mmHg.
    heart_rate INTEGER, -- Beats a minute.
    temperature INTEGER, -- Body temperature in degrees Celsius; scaled: tenths as a whole number
    respiratory_rate INTEGER, -- Breaths a minute.
    oxygen_saturation INTEGER, -- SpO2 in percent.
    weight INTEGER, -- Weight in kilograms; scaled: hundredths as a whole number
    height INTEGER, -- Height in centimetres; scaled: hundredths as a whole number
    bmi INTEGER, -- Body mass index in kg/m2, computed by the application; scaled: tenths as a whole number
    pain_level INTEGER, -- From 0 to 10.
    recorded_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT vital_signs_recorded_at_form CHECK (recorded_at GLOB '????-??-??T??:??:??.???Z'), -- When it was measured.
    recorded_by TEXT CONSTRAINT vital_signs_recorded_by_form CHECK (length(recorded_by) = 36), -- Who measured.
    note TEXT, -- Remarks, such as arm or position.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT vital_signs_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT vital_signs_pkey PRIMARY KEY (id),
    CONSTRAINT vital_signs_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT vital_signs_blood_pressure_systolic_check CHECK (blood_pressure_systolic BETWEEN 40 AND 300),
    CONSTRAINT vital_signs_blood_pressure_diastolic_check CHECK (blood_pressure_diastolic BETWEEN 20 AND 200),
    CONSTRAINT vital_signs_heart_rate_check CHECK (heart_rate BETWEEN 20 AND 300),
    CONSTRAINT vital_signs_temperature_check CHECK (temperature BETWEEN 250 AND 450),
    CONSTRAINT vital_signs_respiratory_rate_check CHECK (respiratory_rate BETWEEN 4 AND 80),
    CONSTRAINT vital_signs_oxygen_saturation_check CHECK (oxygen_saturation BETWEEN 40 AND 100),
    CONSTRAINT vital_signs_weight_check CHECK (weight BETWEEN 20 AND 50000),
    CONSTRAINT vital_signs_height_check CHECK (height BETWEEN 2000 AND 26000),
    CONSTRAINT vital_signs_bmi_check CHECK (bmi BETWEEN 50 AND 1500),
    CONSTRAINT vital_signs_pain_level_check CHECK (pain_level BETWEEN 0 AND 10),
    CONSTRAINT vital_signs_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT vital_signs_blood_pressure_check CHECK (blood_pressure_systolic > blood_pressure_diastolic)
) STRICT;
CREATE UNIQUE INDEX vital_signs_appointment_id_key ON vital_signs (appointment_id);

-- What is added after signing; never changed.
CREATE TABLE addenda (
    id TEXT NOT NULL CONSTRAINT addenda_id_form CHECK (length(id) = 36), -- The addendum; UUIDv7 made by the application.
    medical_record_id TEXT NOT NULL CONSTRAINT addenda_medical_record_id_form CHECK (length(medical_record_id) = 36), -- The record it belongs to.
    author_id TEXT NOT NULL CONSTRAINT addenda_author_id_form CHECK (length(author_id) = 36), -- Who wrote it.
    reason TEXT NOT NULL CONSTRAINT addenda_reason_form CHECK (length(reason) <= 255), -- Why it was added.
    text TEXT NOT NULL, -- What was added.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT addenda_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    CONSTRAINT addenda_pkey PRIMARY KEY (id),
    CONSTRAINT addenda_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE RESTRICT,
    CONSTRAINT addenda_author_id_fkey FOREIGN KEY (author_id) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX addenda_medical_record_id_created_at_idx ON addenda (medical_record_id, created_at);

-- Files that belong to a patient or a visit; the bytes lie in the data folder.
CREATE TABLE attachments (
    id TEXT NOT NULL CONSTRAINT attachments_id_form CHECK (length(id) = 36), -- The attachment; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT attachments_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    appointment_id TEXT CONSTRAINT attachments_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    file_name TEXT NOT NULL CONSTRAINT attachments_file_name_form CHECK (length(file_name) <= 255), -- Name it came with.
    media_type TEXT NOT NULL CONSTRAINT attachments_media_type_form CHECK (length(media_type) <= 255), -- Kind of file, such as application/pdf.
    byte_count INTEGER NOT NULL, -- Size in bytes.
    sha256 TEXT NOT NULL, -- SHA-256 of the bytes, in lower-case hexadecimal.
    stored_as TEXT NOT NULL CONSTRAINT attachments_stored_as_form CHECK (length(stored_as) <= 255), -- Name in the data folder.
    description TEXT CONSTRAINT attachments_description_form CHECK (length(description) <= 255), -- What it is.
    added_by TEXT CONSTRAINT attachments_added_by_form CHECK (length(added_by) = 36), -- Who added it.
    entered_in_error_at TEXT CONSTRAINT attachments_entered_in_error_at_form CHECK (entered_in_error_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken off the chart as entered in error; the bytes stay.
    entered_in_error_by TEXT CONSTRAINT attachments_entered_in_error_by_form CHECK (length(entered_in_error_by) = 36), -- Who took it off.
    entered_in_error_reason TEXT CONSTRAINT attachments_entered_in_error_reason_form CHECK (length(entered_in_error_reason) <= 255), -- Why.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT attachments_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT attachments_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT attachments_pkey PRIMARY KEY (id),
    CONSTRAINT attachments_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT attachments_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE SET NULL,
    CONSTRAINT attachments_byte_count_check CHECK (byte_count >= 0),
    CONSTRAINT attachments_sha256_check CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT attachments_added_by_fkey FOREIGN KEY (added_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT attachments_entered_in_error_by_fkey FOREIGN KEY (entered_in_error_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT attachments_entered_in_error_check CHECK ((entered_in_error_at IS NULL) = (entered_in_error_reason IS NULL))
) STRICT;
CREATE INDEX attachments_patient_id_created_at_idx ON attachments (patient_id, created_at DESC);
CREATE INDEX attachments_appointment_id_idx ON attachments (appointment_id);
