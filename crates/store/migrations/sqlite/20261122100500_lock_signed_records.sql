-- A signed record never changes; corrections are addenda. What must stay as it was refuses to be changed here, in the database,
-- whatever program asks. The message of each refusal is the name the application translates.

-- INSERT OR REPLACE would take a row away without its delete trigger, so the insert triggers look for what it would take away.
CREATE TRIGGER medical_records_signed_insert BEFORE INSERT ON medical_records
WHEN EXISTS (SELECT 1 FROM medical_records WHERE (id = NEW.id OR appointment_id = NEW.appointment_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'medical_records_signed');
END;

CREATE TRIGGER medical_records_signed_update BEFORE UPDATE ON medical_records
WHEN OLD.is_draft = 0
BEGIN
    SELECT RAISE(ABORT, 'medical_records_signed');
END;

CREATE TRIGGER medical_records_signed_delete BEFORE DELETE ON medical_records
WHEN OLD.is_draft = 0
BEGIN
    SELECT RAISE(ABORT, 'medical_records_signed');
END;

CREATE TRIGGER symptoms_signed_insert BEFORE INSERT ON symptoms
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (NEW.medical_record_id, (SELECT medical_record_id FROM symptoms WHERE id = NEW.id)) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'symptoms_signed');
END;

CREATE TRIGGER symptoms_signed_update BEFORE UPDATE ON symptoms
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id, NEW.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'symptoms_signed');
END;

CREATE TRIGGER symptoms_signed_delete BEFORE DELETE ON symptoms
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'symptoms_signed');
END;

CREATE TRIGGER prescriptions_signed_insert BEFORE INSERT ON prescriptions
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (NEW.medical_record_id, (SELECT medical_record_id FROM prescriptions WHERE id = NEW.id)) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'prescriptions_signed');
END;

CREATE TRIGGER prescriptions_signed_update BEFORE UPDATE ON prescriptions
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id, NEW.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'prescriptions_signed');
END;

CREATE TRIGGER prescriptions_signed_delete BEFORE DELETE ON prescriptions
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'prescriptions_signed');
END;

CREATE TRIGGER evidence_signed_insert BEFORE INSERT ON evidence
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (NEW.medical_record_id, (SELECT medical_record_id FROM evidence WHERE id = NEW.id)) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'evidence_signed');
END;

CREATE TRIGGER evidence_signed_update BEFORE UPDATE ON evidence
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id, NEW.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'evidence_signed');
END;

CREATE TRIGGER evidence_signed_delete BEFORE DELETE ON evidence
WHEN EXISTS (SELECT 1 FROM medical_records WHERE id IN (OLD.medical_record_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'evidence_signed');
END;

CREATE TRIGGER vital_signs_signed_insert BEFORE INSERT ON vital_signs
WHEN EXISTS (SELECT 1 FROM medical_records WHERE appointment_id IN (NEW.appointment_id, (SELECT appointment_id FROM vital_signs WHERE id = NEW.id)) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'vital_signs_signed');
END;

CREATE TRIGGER vital_signs_signed_update BEFORE UPDATE ON vital_signs
WHEN EXISTS (SELECT 1 FROM medical_records WHERE appointment_id IN (OLD.appointment_id, NEW.appointment_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'vital_signs_signed');
END;

CREATE TRIGGER vital_signs_signed_delete BEFORE DELETE ON vital_signs
WHEN EXISTS (SELECT 1 FROM medical_records WHERE appointment_id IN (OLD.appointment_id) AND is_draft = 0)
BEGIN
    SELECT RAISE(ABORT, 'vital_signs_signed');
END;

CREATE TRIGGER addenda_append_only_insert BEFORE INSERT ON addenda
WHEN EXISTS (SELECT 1 FROM addenda WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'addenda_append_only');
END;

CREATE TRIGGER addenda_append_only_update BEFORE UPDATE ON addenda
BEGIN
    SELECT RAISE(ABORT, 'addenda_append_only');
END;

CREATE TRIGGER addenda_append_only_delete BEFORE DELETE ON addenda
BEGIN
    SELECT RAISE(ABORT, 'addenda_append_only');
END;

-- A merge of duplicates may move a consent to the patient who stays; nothing else of it changes.
CREATE TRIGGER consents_append_only_insert BEFORE INSERT ON consents
WHEN EXISTS (SELECT 1 FROM consents WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'consents_append_only');
END;

CREATE TRIGGER consents_append_only_update BEFORE UPDATE OF id, appointment_id, kind, decision, note, asked_by, asked_at ON consents
BEGIN
    SELECT RAISE(ABORT, 'consents_append_only');
END;

CREATE TRIGGER consents_append_only_delete BEFORE DELETE ON consents
BEGIN
    SELECT RAISE(ABORT, 'consents_append_only');
END;

CREATE TRIGGER audit_events_append_only_insert BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE (lane = NEW.lane AND seq = NEW.seq) OR id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'audit_events_append_only');
END;

CREATE TRIGGER audit_events_append_only_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events_append_only');
END;

CREATE TRIGGER audit_events_append_only_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events_append_only');
END;

CREATE TRIGGER audit_seals_append_only_insert BEFORE INSERT ON audit_seals
WHEN EXISTS (SELECT 1 FROM audit_seals WHERE id = NEW.id)
BEGIN
    SELECT RAISE(ABORT, 'audit_seals_append_only');
END;

CREATE TRIGGER audit_seals_append_only_update BEFORE UPDATE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals_append_only');
END;

CREATE TRIGGER audit_seals_append_only_delete BEFORE DELETE ON audit_seals
BEGIN
    SELECT RAISE(ABORT, 'audit_seals_append_only');
END;
