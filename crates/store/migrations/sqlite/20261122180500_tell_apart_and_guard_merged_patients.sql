-- Pairs that look alike and were told apart by a person, so that they are not shown again. And nothing new is written
-- to a chart that was merged into another: whoever still has it open is told.

-- Patients who look alike and are different people.
CREATE TABLE distinct_patients (
    one_id TEXT NOT NULL CONSTRAINT distinct_patients_one_id_form CHECK (length(one_id) = 36), -- The one whose id comes first.
    other_id TEXT NOT NULL CONSTRAINT distinct_patients_other_id_form CHECK (length(other_id) = 36), -- The other one.
    said_by TEXT NOT NULL CONSTRAINT distinct_patients_said_by_form CHECK (length(said_by) = 36), -- Who told them apart.
    said_at TEXT NOT NULL CONSTRAINT distinct_patients_said_at_form CHECK (said_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    CONSTRAINT distinct_patients_pkey PRIMARY KEY (one_id, other_id),
    CONSTRAINT distinct_patients_one_id_fkey FOREIGN KEY (one_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT distinct_patients_other_id_fkey FOREIGN KEY (other_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT distinct_patients_said_by_fkey FOREIGN KEY (said_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT distinct_patients_order_check CHECK (one_id < other_id)
) STRICT;
CREATE INDEX distinct_patients_other_id_idx ON distinct_patients (other_id);

CREATE TRIGGER allergies_patient_merged BEFORE INSERT ON allergies
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER chronic_conditions_patient_merged BEFORE INSERT ON chronic_conditions
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER medications_patient_merged BEFORE INSERT ON medications
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER appointments_patient_merged BEFORE INSERT ON appointments
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER attachments_patient_merged BEFORE INSERT ON attachments
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER consents_patient_merged BEFORE INSERT ON consents
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER recordings_patient_merged BEFORE INSERT ON recordings
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;
