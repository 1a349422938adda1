-- Pairs that look alike and were told apart by a person, so that they are not shown again. And nothing new is written
-- to a chart that was merged into another: whoever still has it open is told.

CREATE TABLE distinct_patients (
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    said_by uuid NOT NULL,
    said_at timestamptz(3) NOT NULL,
    CONSTRAINT distinct_patients_pkey PRIMARY KEY (one_id, other_id),
    CONSTRAINT distinct_patients_one_id_fkey FOREIGN KEY (one_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT distinct_patients_other_id_fkey FOREIGN KEY (other_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT distinct_patients_said_by_fkey FOREIGN KEY (said_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT distinct_patients_order_check CHECK (one_id < other_id)
);
COMMENT ON TABLE distinct_patients IS 'Patients who look alike and are different people.';
COMMENT ON COLUMN distinct_patients.one_id IS 'The one whose id comes first.';
COMMENT ON COLUMN distinct_patients.other_id IS 'The other one.';
COMMENT ON COLUMN distinct_patients.said_by IS 'Who told them apart.';
COMMENT ON COLUMN distinct_patients.said_at IS 'When.';
CREATE INDEX distinct_patients_other_id_idx ON distinct_patients (other_id);

CREATE FUNCTION refuse_if_patient_merged() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    into_id uuid;
BEGIN
    -- The lock waits for a merge that is under way, and lets everything else pass.
    SELECT merged_into_id INTO into_id FROM patients WHERE id = NEW.patient_id FOR KEY SHARE;
    IF into_id IS NOT NULL THEN
        RAISE EXCEPTION 'patients_merged'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'patients_merged', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION refuse_if_patient_merged() IS 'Refuses a new row for a patient who was merged into another.';

CREATE TRIGGER allergies_patient_merged BEFORE INSERT ON allergies
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TRIGGER chronic_conditions_patient_merged BEFORE INSERT ON chronic_conditions
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TRIGGER medications_patient_merged BEFORE INSERT ON medications
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TRIGGER appointments_patient_merged BEFORE INSERT ON appointments
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TRIGGER attachments_patient_merged BEFORE INSERT ON attachments
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TRIGGER consents_patient_merged BEFORE INSERT ON consents
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TRIGGER recordings_patient_merged BEFORE INSERT ON recordings
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();
