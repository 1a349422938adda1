-- What is written down in a visit: the record, its symptoms and prescriptions, vital signs, addenda and attachments,
-- and the patient's running list of medications. The mission's MedicalRecord, Symptom, Prescription and VitalSigns.

CREATE TYPE prescription_action AS ENUM ('start', 'continue', 'change', 'stop');
COMMENT ON TYPE prescription_action IS 'What the prescription does to the medication.';

CREATE TYPE medication_status AS ENUM ('active', 'stopped', 'entered_in_error');
COMMENT ON TYPE medication_status IS 'Whether the patient takes it.';

CREATE TABLE medical_records (
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    chief_complaint varchar(255),
    history_of_present_illness text,
    review_of_systems text,
    physical_exam_notes text,
    diagnosis varchar(255),
    diagnosis_notes text,
    treatment_plan text,
    follow_up_instructions text,
    patient_education text,
    audio_file_url varchar(255),
    transcript text,
    is_ai_generated boolean NOT NULL DEFAULT false,
    is_draft boolean NOT NULL DEFAULT true,
    signed_at timestamptz(3),
    signed_by uuid,
    content_digest varchar(64),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT medical_records_pkey PRIMARY KEY (id),
    CONSTRAINT medical_records_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT medical_records_signed_by_fkey FOREIGN KEY (signed_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT medical_records_content_digest_check CHECK (content_digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT medical_records_signature_check CHECK ((is_draft AND signed_at IS NULL AND signed_by IS NULL AND content_digest IS NULL) OR (NOT is_draft AND signed_at IS NOT NULL AND signed_by IS NOT NULL AND content_digest IS NOT NULL))
);
COMMENT ON TABLE medical_records IS 'The note of one visit; locked once signed.';
COMMENT ON COLUMN medical_records.id IS 'The record; UUIDv7 made by the application.';
COMMENT ON COLUMN medical_records.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN medical_records.chief_complaint IS 'Why the patient came, in their words.';
COMMENT ON COLUMN medical_records.history_of_present_illness IS 'How it began and went on.';
COMMENT ON COLUMN medical_records.review_of_systems IS 'What was asked system by system.';
COMMENT ON COLUMN medical_records.physical_exam_notes IS 'What was found.';
COMMENT ON COLUMN medical_records.diagnosis IS 'What it is.';
COMMENT ON COLUMN medical_records.diagnosis_notes IS 'Why.';
COMMENT ON COLUMN medical_records.treatment_plan IS 'What is done about it.';
COMMENT ON COLUMN medical_records.follow_up_instructions IS 'When to come back.';
COMMENT ON COLUMN medical_records.patient_education IS 'What was explained.';
COMMENT ON COLUMN medical_records.audio_file_url IS 'Where the recording is.';
COMMENT ON COLUMN medical_records.transcript IS 'What was said.';
COMMENT ON COLUMN medical_records.is_ai_generated IS 'Whether any of it was drafted by the scribe.';
COMMENT ON COLUMN medical_records.is_draft IS 'True until signed.';
COMMENT ON COLUMN medical_records.signed_at IS 'When it was signed.';
COMMENT ON COLUMN medical_records.signed_by IS 'Who signed it.';
COMMENT ON COLUMN medical_records.content_digest IS 'SHA-256 of what was signed, in lower-case hexadecimal.';
COMMENT ON COLUMN medical_records.created_at IS 'When the row was first written.';
COMMENT ON COLUMN medical_records.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN medical_records.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX medical_records_appointment_id_key ON medical_records (appointment_id);
CREATE INDEX medical_records_draft_idx ON medical_records (created_at) WHERE is_draft;

CREATE TABLE symptoms (
    id uuid NOT NULL,
    medical_record_id uuid NOT NULL,
    position integer NOT NULL DEFAULT 0,
    symptom_name varchar(255) NOT NULL,
    body_site varchar(255),
    severity smallint,
    duration varchar(255),
    notes text,
    negated boolean NOT NULL DEFAULT false,
    is_ai_extracted boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT symptoms_pkey PRIMARY KEY (id),
    CONSTRAINT symptoms_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE CASCADE,
    CONSTRAINT symptoms_position_check CHECK (position >= 0),
    CONSTRAINT symptoms_severity_check CHECK (severity BETWEEN 1 AND 10)
);
COMMENT ON TABLE symptoms IS 'What the patient reports, or says is absent.';
COMMENT ON COLUMN symptoms.id IS 'The symptom; UUIDv7 made by the application.';
COMMENT ON COLUMN symptoms.medical_record_id IS 'The record it belongs to.';
COMMENT ON COLUMN symptoms.position IS 'Place in the list, from 0.';
COMMENT ON COLUMN symptoms.symptom_name IS 'Name of the symptom.';
COMMENT ON COLUMN symptoms.body_site IS 'Where.';
COMMENT ON COLUMN symptoms.severity IS 'From 1 to 10.';
COMMENT ON COLUMN symptoms.duration IS 'Since when or how long.';
COMMENT ON COLUMN symptoms.notes IS 'Remarks.';
COMMENT ON COLUMN symptoms.negated IS 'True where the patient says it is absent.';
COMMENT ON COLUMN symptoms.is_ai_extracted IS 'Whether the scribe drafted it.';
COMMENT ON COLUMN symptoms.created_at IS 'When the row was first written.';
COMMENT ON COLUMN symptoms.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN symptoms.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX symptoms_medical_record_id_idx ON symptoms (medical_record_id);

CREATE TABLE prescriptions (
    id uuid NOT NULL,
    medical_record_id uuid NOT NULL,
    position integer NOT NULL DEFAULT 0,
    medication_name varchar(255) NOT NULL,
    strength varchar(255) NOT NULL,
    dosage varchar(255) NOT NULL,
    frequency varchar(255) NOT NULL,
    route varchar(255),
    duration varchar(255),
    quantity integer,
    refills integer DEFAULT 0,
    instructions text NOT NULL,
    indication varchar(255),
    action prescription_action NOT NULL DEFAULT 'start',
    starts_on date,
    ends_on date,
    is_ai_extracted boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT prescriptions_pkey PRIMARY KEY (id),
    CONSTRAINT prescriptions_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE CASCADE,
    CONSTRAINT prescriptions_position_check CHECK (position >= 0),
    CONSTRAINT prescriptions_quantity_check CHECK (quantity >= 0),
    CONSTRAINT prescriptions_refills_check CHECK (refills >= 0),
    CONSTRAINT prescriptions_dates_check CHECK (ends_on >= starts_on)
);
COMMENT ON TABLE prescriptions IS 'What is prescribed in a visit.';
COMMENT ON COLUMN prescriptions.id IS 'The prescription; UUIDv7 made by the application.';
COMMENT ON COLUMN prescriptions.medical_record_id IS 'The record it belongs to.';
COMMENT ON COLUMN prescriptions.position IS 'Place in the list, from 0.';
COMMENT ON COLUMN prescriptions.medication_name IS 'Name of the medication.';
COMMENT ON COLUMN prescriptions.strength IS 'Strength, such as 500 mg.';
COMMENT ON COLUMN prescriptions.dosage IS 'How much at a time.';
COMMENT ON COLUMN prescriptions.frequency IS 'How often.';
COMMENT ON COLUMN prescriptions.route IS 'By which way.';
COMMENT ON COLUMN prescriptions.duration IS 'For how long.';
COMMENT ON COLUMN prescriptions.quantity IS 'How many are dispensed.';
COMMENT ON COLUMN prescriptions.refills IS 'How often it may be repeated.';
COMMENT ON COLUMN prescriptions.instructions IS 'What the patient is told.';
COMMENT ON COLUMN prescriptions.indication IS 'What it is for.';
COMMENT ON COLUMN prescriptions.action IS 'Start, continue, change or stop.';
COMMENT ON COLUMN prescriptions.starts_on IS 'First day.';
COMMENT ON COLUMN prescriptions.ends_on IS 'Last day.';
COMMENT ON COLUMN prescriptions.is_ai_extracted IS 'Whether the scribe drafted it.';
COMMENT ON COLUMN prescriptions.created_at IS 'When the row was first written.';
COMMENT ON COLUMN prescriptions.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN prescriptions.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX prescriptions_medical_record_id_idx ON prescriptions (medical_record_id);

CREATE TABLE medications (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    medication_name varchar(255) NOT NULL,
    strength varchar(255),
    dosage varchar(255),
    frequency varchar(255),
    route varchar(255),
    instructions text,
    indication varchar(255),
    status medication_status NOT NULL DEFAULT 'active',
    started_on date,
    stopped_on date,
    stop_reason varchar(255),
    prescription_id uuid,
    recorded_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT medications_pkey PRIMARY KEY (id),
    CONSTRAINT medications_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT medications_prescription_id_fkey FOREIGN KEY (prescription_id) REFERENCES prescriptions (id) ON DELETE SET NULL,
    CONSTRAINT medications_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT medications_dates_check CHECK (stopped_on >= started_on)
);
COMMENT ON TABLE medications IS 'What the patient takes: the list of the chart, across visits.';
COMMENT ON COLUMN medications.id IS 'The medication; UUIDv7 made by the application.';
COMMENT ON COLUMN medications.patient_id IS 'Whose it is.';
COMMENT ON COLUMN medications.medication_name IS 'Name of the medication.';
COMMENT ON COLUMN medications.strength IS 'Strength, such as 500 mg.';
COMMENT ON COLUMN medications.dosage IS 'How much at a time.';
COMMENT ON COLUMN medications.frequency IS 'How often.';
COMMENT ON COLUMN medications.route IS 'By which way.';
COMMENT ON COLUMN medications.instructions IS 'What the patient is told.';
COMMENT ON COLUMN medications.indication IS 'What it is for.';
COMMENT ON COLUMN medications.status IS 'Whether the patient takes it.';
COMMENT ON COLUMN medications.started_on IS 'Since when.';
COMMENT ON COLUMN medications.stopped_on IS 'Until when.';
COMMENT ON COLUMN medications.stop_reason IS 'Why it was stopped.';
COMMENT ON COLUMN medications.prescription_id IS 'The prescription that started it.';
COMMENT ON COLUMN medications.recorded_by IS 'Who wrote it down.';
COMMENT ON COLUMN medications.created_at IS 'When the row was first written.';
COMMENT ON COLUMN medications.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN medications.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX medications_patient_id_status_idx ON medications (patient_id, status);
CREATE INDEX medications_prescription_id_idx ON medications (prescription_id);

CREATE TABLE vital_signs (
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    blood_pressure_systolic integer,
    blood_pressure_diastolic integer,
    heart_rate integer,
    temperature numeric(4, 1),
    respiratory_rate integer,
    oxygen_saturation integer,
    weight numeric(5, 2),
    height numeric(5, 2),
    bmi numeric(4, 1),
    pain_level smallint,
    recorded_at timestamptz(3) NOT NULL DEFAULT now(),
    recorded_by uuid,
    note text,
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT vital_signs_pkey PRIMARY KEY (id),
    CONSTRAINT vital_signs_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT vital_signs_blood_pressure_systolic_check CHECK (blood_pressure_systolic BETWEEN 40 AND 300),
    CONSTRAINT vital_signs_blood_pressure_diastolic_check CHECK (blood_pressure_diastolic BETWEEN 20 AND 200),
    CONSTRAINT vital_signs_heart_rate_check CHECK (heart_rate BETWEEN 20 AND 300),
    CONSTRAINT vital_signs_temperature_check CHECK (temperature BETWEEN 25.0 AND 45.0),
    CONSTRAINT vital_signs_respiratory_rate_check CHECK (respiratory_rate BETWEEN 4 AND 80),
    CONSTRAINT vital_signs_oxygen_saturation_check CHECK (oxygen_saturation BETWEEN 40 AND 100),
    CONSTRAINT vital_signs_weight_check CHECK (weight BETWEEN 0.20 AND 500),
    CONSTRAINT vital_signs_height_check CHECK (height BETWEEN 20 AND 260),
    CONSTRAINT vital_signs_bmi_check CHECK (bmi BETWEEN 5 AND 150),
    CONSTRAINT vital_signs_pain_level_check CHECK (pain_level BETWEEN 0 AND 10),
    CONSTRAINT vital_signs_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT vital_signs_blood_pressure_check CHECK (blood_pressure_systolic > blood_pressure_diastolic)
);
COMMENT ON TABLE vital_signs IS 'Measurements of one visit. Hard limits refuse what no living person has; softer warnings are the application''s.';
COMMENT ON COLUMN vital_signs.id IS 'The set of measurements; UUIDv7 made by the application.';
COMMENT ON COLUMN vital_signs.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN vital_signs.blood_pressure_systolic IS 'Upper value in mmHg.';
COMMENT ON COLUMN vital_signs.blood_pressure_diastolic IS 'Lower value in mmHg.';
COMMENT ON COLUMN vital_signs.heart_rate IS 'Beats a minute.';
COMMENT ON COLUMN vital_signs.temperature IS 'Body temperature in degrees Celsius';
COMMENT ON COLUMN vital_signs.respiratory_rate IS 'Breaths a minute.';
COMMENT ON COLUMN vital_signs.oxygen_saturation IS 'SpO2 in percent.';
COMMENT ON COLUMN vital_signs.weight IS 'Weight in kilograms';
COMMENT ON COLUMN vital_signs.height IS 'Height in centimetres';
COMMENT ON COLUMN vital_signs.bmi IS 'Body mass index in kg/m2, computed by the application';
COMMENT ON COLUMN vital_signs.pain_level IS 'From 0 to 10.';
COMMENT ON COLUMN vital_signs.recorded_at IS 'When it was measured.';
COMMENT ON COLUMN vital_signs.recorded_by IS 'Who measured.';
COMMENT ON COLUMN vital_signs.note IS 'Remarks, such as arm or position.';
COMMENT ON COLUMN vital_signs.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN vital_signs.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX vital_signs_appointment_id_key ON vital_signs (appointment_id);

CREATE TABLE addenda (
    id uuid NOT NULL,
    medical_record_id uuid NOT NULL,
    author_id uuid NOT NULL,
    reason varchar(255) NOT NULL,
    text text NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT addenda_pkey PRIMARY KEY (id),
    CONSTRAINT addenda_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE RESTRICT,
    CONSTRAINT addenda_author_id_fkey FOREIGN KEY (author_id) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE addenda IS 'What is added after signing; never changed.';
COMMENT ON COLUMN addenda.id IS 'The addendum; UUIDv7 made by the application.';
COMMENT ON COLUMN addenda.medical_record_id IS 'The record it belongs to.';
COMMENT ON COLUMN addenda.author_id IS 'Who wrote it.';
COMMENT ON COLUMN addenda.reason IS 'Why it was added.';
COMMENT ON COLUMN addenda.text IS 'What was added.';
COMMENT ON COLUMN addenda.created_at IS 'When the row was first written.';
CREATE INDEX addenda_medical_record_id_created_at_idx ON addenda (medical_record_id, created_at);

CREATE TABLE attachments (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    appointment_id uuid,
    file_name varchar(255) NOT NULL,
    media_type varchar(255) NOT NULL,
    byte_count bigint NOT NULL,
    sha256 varchar(64) NOT NULL,
    stored_as varchar(255) NOT NULL,
    description varchar(255),
    added_by uuid,
    entered_in_error_at timestamptz(3),
    entered_in_error_by uuid,
    entered_in_error_reason varchar(255),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT attachments_pkey PRIMARY KEY (id),
    CONSTRAINT attachments_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT attachments_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE SET NULL,
    CONSTRAINT attachments_byte_count_check CHECK (byte_count >= 0),
    CONSTRAINT attachments_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT attachments_added_by_fkey FOREIGN KEY (added_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT attachments_entered_in_error_by_fkey FOREIGN KEY (entered_in_error_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT attachments_entered_in_error_check CHECK ((entered_in_error_at IS NULL) = (entered_in_error_reason IS NULL))
);
COMMENT ON TABLE attachments IS 'Files that belong to a patient or a visit; the bytes lie in the data folder.';
COMMENT ON COLUMN attachments.id IS 'The attachment; UUIDv7 made by the application.';
COMMENT ON COLUMN attachments.patient_id IS 'Whose it is.';
COMMENT ON COLUMN attachments.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN attachments.file_name IS 'Name it came with.';
COMMENT ON COLUMN attachments.media_type IS 'Kind of file, such as application/pdf.';
COMMENT ON COLUMN attachments.byte_count IS 'Size in bytes.';
COMMENT ON COLUMN attachments.sha256 IS 'SHA-256 of the bytes, in lower-case hexadecimal.';
COMMENT ON COLUMN attachments.stored_as IS 'Name in the data folder.';
COMMENT ON COLUMN attachments.description IS 'What it is.';
COMMENT ON COLUMN attachments.added_by IS 'Who added it.';
COMMENT ON COLUMN attachments.entered_in_error_at IS 'When it was taken off the chart as entered in error; the bytes stay.';
COMMENT ON COLUMN attachments.entered_in_error_by IS 'Who took it off.';
COMMENT ON COLUMN attachments.entered_in_error_reason IS 'Why.';
COMMENT ON COLUMN attachments.created_at IS 'When the row was first written.';
COMMENT ON COLUMN attachments.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN attachments.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX attachments_patient_id_created_at_idx ON attachments (patient_id, created_at DESC);
CREATE INDEX attachments_appointment_id_idx ON attachments (appointment_id);
