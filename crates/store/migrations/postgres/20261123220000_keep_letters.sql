-- Letters that were written from a signed record are kept as they went out: what each shows, and which signed record it was
-- written from. The database takes none from a draft, changes none, and lets one be withdrawn once, with a reason.

CREATE TYPE letter_kind AS ENUM ('referral', 'sick_note', 'plain_summary');
COMMENT ON TYPE letter_kind IS 'What a letter is for.';

CREATE TABLE letters (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    medical_record_id uuid NOT NULL,
    record_digest varchar(64) NOT NULL,
    kind letter_kind NOT NULL,
    letterhead text NOT NULL,
    recipient text,
    written_on date NOT NULL,
    subject varchar(255) NOT NULL,
    about text NOT NULL,
    text text NOT NULL,
    signer text NOT NULL,
    content_digest varchar(64) NOT NULL,
    kept_by uuid NOT NULL,
    kept_at timestamptz(3) NOT NULL DEFAULT now(),
    withdrawn_at timestamptz(3),
    withdrawn_by uuid,
    withdrawn_reason varchar(255),
    CONSTRAINT letters_pkey PRIMARY KEY (id),
    CONSTRAINT letters_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT letters_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE RESTRICT,
    CONSTRAINT letters_kept_by_fkey FOREIGN KEY (kept_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT letters_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT letters_record_digest_check CHECK (record_digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT letters_content_digest_check CHECK (content_digest ~ '^[0-9a-f]{64}$'),
    CONSTRAINT letters_withdrawn_check CHECK ((withdrawn_at IS NULL AND withdrawn_by IS NULL AND withdrawn_reason IS NULL) OR (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL AND withdrawn_reason IS NOT NULL))
);
COMMENT ON TABLE letters IS 'Letters that went out, as they went out.';
COMMENT ON COLUMN letters.id IS 'The letter; UUIDv7 made by the application.';
COMMENT ON COLUMN letters.patient_id IS 'Whom it is about.';
COMMENT ON COLUMN letters.medical_record_id IS 'The signed record it was written from.';
COMMENT ON COLUMN letters.record_digest IS 'SHA-256 of that record as it was signed, in lower-case hexadecimal.';
COMMENT ON COLUMN letters.kind IS 'What it is for.';
COMMENT ON COLUMN letters.letterhead IS 'Name, address and phone of the practice, a line each.';
COMMENT ON COLUMN letters.recipient IS 'To whom, lines kept.';
COMMENT ON COLUMN letters.written_on IS 'Its date.';
COMMENT ON COLUMN letters.subject IS 'What it is about.';
COMMENT ON COLUMN letters.about IS 'Whom it is about, as it says: name, birth date, record number.';
COMMENT ON COLUMN letters.text IS 'What it says.';
COMMENT ON COLUMN letters.signer IS 'Whose name it bears: name and licence, a line each.';
COMMENT ON COLUMN letters.content_digest IS 'SHA-256 of all that it shows, in lower-case hexadecimal.';
COMMENT ON COLUMN letters.kept_by IS 'Who finished it.';
COMMENT ON COLUMN letters.kept_at IS 'When it was finished.';
COMMENT ON COLUMN letters.withdrawn_at IS 'When it was withdrawn.';
COMMENT ON COLUMN letters.withdrawn_by IS 'Who withdrew it.';
COMMENT ON COLUMN letters.withdrawn_reason IS 'Why.';
CREATE INDEX letters_patient_id_kept_at_id_idx ON letters (patient_id, kept_at DESC, id DESC);
CREATE INDEX letters_medical_record_id_kept_at_idx ON letters (medical_record_id, kept_at);
-- The same letter is kept once, however often its button is pressed; once withdrawn it may be written again.
CREATE UNIQUE INDEX letters_medical_record_id_content_digest_key ON letters (medical_record_id, content_digest) WHERE withdrawn_at IS NULL;

CREATE TRIGGER letters_patient_merged BEFORE INSERT ON letters
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE FUNCTION refuse_letter_without_signature() RETURNS trigger
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM medical_records AS r
        WHERE r.id = NEW.medical_record_id AND NOT r.is_draft AND r.content_digest = NEW.record_digest
    ) THEN
        RAISE EXCEPTION 'letters_record_signed'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'letters_record_signed', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION refuse_letter_without_signature() IS 'Refuses a letter that was not written from a record as it was signed.';

CREATE TRIGGER letters_record_signed BEFORE INSERT ON letters
FOR EACH ROW EXECUTE FUNCTION refuse_letter_without_signature();

CREATE TRIGGER letters_kept_delete BEFORE DELETE ON letters
FOR EACH ROW EXECUTE FUNCTION refuse_change('letters_kept');

-- A letter is withdrawn once, and goes to another chart where a merge moves it; nothing else of it changes.
CREATE TRIGGER letters_kept_update BEFORE UPDATE ON letters
FOR EACH ROW WHEN (
    (OLD.id, OLD.medical_record_id, OLD.record_digest, OLD.kind, OLD.letterhead, OLD.recipient, OLD.written_on, OLD.subject, OLD.about,
        OLD.text, OLD.signer, OLD.content_digest, OLD.kept_by, OLD.kept_at)
    IS DISTINCT FROM
    (NEW.id, NEW.medical_record_id, NEW.record_digest, NEW.kind, NEW.letterhead, NEW.recipient, NEW.written_on, NEW.subject, NEW.about,
        NEW.text, NEW.signer, NEW.content_digest, NEW.kept_by, NEW.kept_at)
    OR (OLD.withdrawn_at IS NOT NULL AND (OLD.withdrawn_at, OLD.withdrawn_by, OLD.withdrawn_reason)
        IS DISTINCT FROM (NEW.withdrawn_at, NEW.withdrawn_by, NEW.withdrawn_reason))
) EXECUTE FUNCTION refuse_change('letters_kept');
