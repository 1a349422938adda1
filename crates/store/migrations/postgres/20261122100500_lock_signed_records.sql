-- A signed record never changes; corrections are addenda. What must stay as it was refuses to be changed here, in the database,
-- whatever program asks. The message of each refusal is the name the application translates.

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0]
        USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
END
$$;
COMMENT ON FUNCTION refuse_change() IS 'Refuses any change; its argument is the name of the rule.';

CREATE FUNCTION refuse_if_record_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    record_before uuid;
    record_after uuid;
    signed boolean;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        record_before := OLD.medical_record_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        record_after := NEW.medical_record_id;
    END IF;
    -- The lock makes a signature and a late change wait for one another, so that neither misses the other.
    SELECT coalesce(bool_or(NOT locked.is_draft), false)
    INTO signed
    FROM (
        SELECT is_draft
        FROM medical_records
        WHERE id IN (record_before, record_after)
        FOR NO KEY UPDATE
    ) AS locked;
    IF signed THEN
        RAISE EXCEPTION '%', TG_ARGV[0]
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION refuse_if_record_signed() IS 'Refuses a change to a row whose record is signed; its argument is the name of the rule.';

CREATE FUNCTION refuse_if_visit_signed() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    visit_before uuid;
    visit_after uuid;
    signed boolean;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        visit_before := OLD.appointment_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        visit_after := NEW.appointment_id;
    END IF;
    -- The lock makes a signature and a late change wait for one another, so that neither misses the other.
    SELECT coalesce(bool_or(NOT locked.is_draft), false)
    INTO signed
    FROM (
        SELECT is_draft
        FROM medical_records
        WHERE appointment_id IN (visit_before, visit_after)
        FOR NO KEY UPDATE
    ) AS locked;
    IF signed THEN
        RAISE EXCEPTION '%', TG_ARGV[0]
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_ARGV[0], TABLE = TG_TABLE_NAME;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION refuse_if_visit_signed() IS 'Refuses a change to a row whose visit has a signed record; its argument is the name of the rule.';

CREATE TRIGGER medical_records_signed BEFORE UPDATE OR DELETE ON medical_records
FOR EACH ROW WHEN (NOT OLD.is_draft) EXECUTE FUNCTION refuse_change('medical_records_signed');

CREATE TRIGGER symptoms_signed BEFORE INSERT OR UPDATE OR DELETE ON symptoms
FOR EACH ROW EXECUTE FUNCTION refuse_if_record_signed('symptoms_signed');

CREATE TRIGGER prescriptions_signed BEFORE INSERT OR UPDATE OR DELETE ON prescriptions
FOR EACH ROW EXECUTE FUNCTION refuse_if_record_signed('prescriptions_signed');

CREATE TRIGGER evidence_signed BEFORE INSERT OR UPDATE OR DELETE ON evidence
FOR EACH ROW EXECUTE FUNCTION refuse_if_record_signed('evidence_signed');

CREATE TRIGGER vital_signs_signed BEFORE INSERT OR UPDATE OR DELETE ON vital_signs
FOR EACH ROW EXECUTE FUNCTION refuse_if_visit_signed('vital_signs_signed');

CREATE TRIGGER addenda_append_only BEFORE UPDATE OR DELETE ON addenda
FOR EACH ROW EXECUTE FUNCTION refuse_change('addenda_append_only');

-- A merge of duplicates may move a consent to the patient who stays; nothing else of it changes.
CREATE TRIGGER consents_append_only BEFORE UPDATE OF id, appointment_id, kind, decision, note, asked_by, asked_at OR DELETE ON consents
FOR EACH ROW EXECUTE FUNCTION refuse_change('consents_append_only');

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION refuse_change('audit_events_append_only');

CREATE TRIGGER audit_events_append_only_truncate BEFORE TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('audit_events_append_only');

CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE ON audit_seals
FOR EACH ROW EXECUTE FUNCTION refuse_change('audit_seals_append_only');

CREATE TRIGGER audit_seals_append_only_truncate BEFORE TRUNCATE ON audit_seals
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('audit_seals_append_only');
