-- Why something was prescribed in spite of a warning: kept with the record, and locked with it.

CREATE TABLE prescribing_overrides (
    id uuid NOT NULL,
    medical_record_id uuid NOT NULL,
    kind varchar(40) NOT NULL,
    warning varchar(1000) NOT NULL,
    source varchar(255) NOT NULL,
    reason varchar(255) NOT NULL,
    given_by uuid NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT prescribing_overrides_pkey PRIMARY KEY (id),
    CONSTRAINT prescribing_overrides_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE CASCADE,
    CONSTRAINT prescribing_overrides_given_by_fkey FOREIGN KEY (given_by) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE prescribing_overrides IS 'Warnings at signing that somebody overrode, with the reason.';
COMMENT ON COLUMN prescribing_overrides.id IS 'The override; UUIDv7 made by the application.';
COMMENT ON COLUMN prescribing_overrides.medical_record_id IS 'The record that was signed in spite of it.';
COMMENT ON COLUMN prescribing_overrides.kind IS 'Kind of warning, such as interaction or allergy.';
COMMENT ON COLUMN prescribing_overrides.warning IS 'The warning as it was read.';
COMMENT ON COLUMN prescribing_overrides.source IS 'Where the warning came from, with the date of the list.';
COMMENT ON COLUMN prescribing_overrides.reason IS 'Why it was prescribed all the same.';
COMMENT ON COLUMN prescribing_overrides.given_by IS 'Who gave the reason.';
COMMENT ON COLUMN prescribing_overrides.created_at IS 'When the row was first written.';
CREATE INDEX prescribing_overrides_medical_record_id_idx ON prescribing_overrides (medical_record_id);
CREATE INDEX prescribing_overrides_given_by_idx ON prescribing_overrides (given_by);

CREATE TRIGGER prescribing_overrides_signed BEFORE INSERT OR UPDATE OR DELETE ON prescribing_overrides
FOR EACH ROW EXECUTE FUNCTION refuse_if_record_signed('prescribing_overrides_signed');
