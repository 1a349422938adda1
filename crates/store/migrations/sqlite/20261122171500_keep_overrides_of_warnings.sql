-- Why something was prescribed in spite of a warning: kept with the record, and locked with it.

-- Warnings at signing that somebody overrode, with the reason.
CREATE TABLE prescribing_overrides (
    id TEXT NOT NULL CONSTRAINT prescribing_overrides_id_form CHECK (length(id) = 36), -- The override; UUIDv7 made by the application.
    medical_record_id TEXT NOT NULL CONSTRAINT prescribing_overrides_medical_record_id_form CHECK (length(medical_record_id) = 36), -- The record that was signed in spite of it.
    kind TEXT NOT NULL CONSTRAINT prescribing_overrides_kind_form CHECK (length(kind) <= 40), -- Kind of warning, such as interaction or allergy.
    warning TEXT NOT NULL CONSTRAINT prescribing_overrides_warning_form CHECK (length(warning) <= 1000), -- The warning as it was read.
    source TEXT NOT NULL CONSTRAINT prescribing_overrides_source_form CHECK (length(source) <= 255), -- Where the warning came from, with the date of the list.
    reason TEXT NOT NULL CONSTRAINT prescribing_overrides_reason_form CHECK (length(reason) <= 255), -- Why it was prescribed all the same.
    given_by TEXT NOT NULL CONSTRAINT prescribing_overrides_given_by_form CHECK (length(given_by) = 36), -- Who gave the reason.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT prescribing_overrides_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    CONSTRAINT prescribing_overrides_pkey PRIMARY KEY (id),
    CONSTRAINT prescribing_overrides_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE CASCADE,
    CONSTRAINT prescribing_overrides_given_by_fkey FOREIGN KEY (given_by) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX prescribing_overrides_medical_record_id_idx ON prescribing_overrides (medical_record_id);
CREATE INDEX prescribing_overrides_given_by_idx ON prescribing_overrides (given_by);

CREATE TRIGGER prescribing_overrides_signed_insert BEFORE INSERT ON prescribing_overrides
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (NEW.medical_record_id, (SELECT medical_record_id FROM prescribing_overrides WHERE id = NEW.id)) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'prescribing_overrides_signed');
END;

CREATE TRIGGER prescribing_overrides_signed_update BEFORE UPDATE ON prescribing_overrides
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id, NEW.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'prescribing_overrides_signed');
END;

CREATE TRIGGER prescribing_overrides_signed_delete BEFORE DELETE ON prescribing_overrides
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'prescribing_overrides_signed');
END;
