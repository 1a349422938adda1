-- Letters that were written from a signed record are kept as they went out: what each shows, and which signed record it was
-- written from. The database takes none from a draft, changes none, and lets one be withdrawn once, with a reason.

-- Letters that went out, as they went out.
CREATE TABLE letters (
    id TEXT NOT NULL CONSTRAINT letters_id_form CHECK (length(id) = 36), -- The letter; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT letters_patient_id_form CHECK (length(patient_id) = 36), -- Whom it is about.
    medical_record_id TEXT NOT NULL CONSTRAINT letters_medical_record_id_form CHECK (length(medical_record_id) = 36), -- The signed record it was written from.
    record_digest TEXT NOT NULL, -- SHA-256 of that record as it was signed, in lower-case hexadecimal.
    kind TEXT NOT NULL CONSTRAINT letters_kind_form CHECK (kind IN ('referral', 'sick_note', 'plain_summary')), -- What it is for.
    letterhead TEXT NOT NULL, -- Name, address and phone of the practice, a line each.
    recipient TEXT, -- To whom, lines kept.
    written_on TEXT NOT NULL CONSTRAINT letters_written_on_form CHECK (date(written_on, '+0 days') IS written_on), -- Its date.
    subject TEXT NOT NULL CONSTRAINT letters_subject_form CHECK (length(subject) <= 255), -- What it is about.
    about TEXT NOT NULL, -- Whom it is about, as it says: name, birth date, record number.
    text TEXT NOT NULL, -- What it says.
    signer TEXT NOT NULL, -- Whose name it bears: name and licence, a line each.
    content_digest TEXT NOT NULL, -- SHA-256 of all that it shows, in lower-case hexadecimal.
    kept_by TEXT NOT NULL CONSTRAINT letters_kept_by_form CHECK (length(kept_by) = 36), -- Who finished it.
    kept_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT letters_kept_at_form CHECK (kept_at GLOB '????-??-??T??:??:??.???Z'), -- When it was finished.
    withdrawn_at TEXT CONSTRAINT letters_withdrawn_at_form CHECK (withdrawn_at GLOB '????-??-??T??:??:??.???Z'), -- When it was withdrawn.
    withdrawn_by TEXT CONSTRAINT letters_withdrawn_by_form CHECK (length(withdrawn_by) = 36), -- Who withdrew it.
    withdrawn_reason TEXT CONSTRAINT letters_withdrawn_reason_form CHECK (length(withdrawn_reason) <= 255), -- Why.
    CONSTRAINT letters_pkey PRIMARY KEY (id),
    CONSTRAINT letters_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT letters_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE RESTRICT,
    CONSTRAINT letters_kept_by_fkey FOREIGN KEY (kept_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT letters_withdrawn_by_fkey FOREIGN KEY (withdrawn_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT letters_record_digest_check CHECK (length(record_digest) = 64 AND record_digest NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT letters_content_digest_check CHECK (length(content_digest) = 64 AND content_digest NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT letters_withdrawn_check CHECK ((withdrawn_at IS NULL AND withdrawn_by IS NULL AND withdrawn_reason IS NULL) OR (withdrawn_at IS NOT NULL AND withdrawn_by IS NOT NULL AND withdrawn_reason IS NOT NULL))
) STRICT;
CREATE INDEX letters_patient_id_kept_at_id_idx ON letters (patient_id, kept_at DESC, id DESC);
CREATE INDEX letters_medical_record_id_kept_at_idx ON letters (medical_record_id, kept_at);
-- The same letter is kept once, however often its button is pressed; once withdrawn it may be written again.
CREATE UNIQUE INDEX letters_medical_record_id_content_digest_key ON letters (medical_record_id, content_digest) WHERE withdrawn_at IS NULL;

CREATE TRIGGER letters_patient_merged BEFORE INSERT ON letters
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

CREATE TRIGGER letters_record_signed BEFORE INSERT ON letters
WHEN NOT EXISTS (SELECT 1 FROM medical_records WHERE id = NEW.medical_record_id AND is_draft = 0 AND content_digest = NEW.record_digest)
BEGIN
    SELECT RAISE(ABORT, 'letters_record_signed');
END;

-- INSERT OR REPLACE would take a row away without its delete trigger, so this one looks for what it would take away.
CREATE TRIGGER letters_kept_insert BEFORE INSERT ON letters
WHEN EXISTS (SELECT 1 FROM letters WHERE id = NEW.id OR (medical_record_id = NEW.medical_record_id AND content_digest = NEW.content_digest AND withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL))
BEGIN
    SELECT RAISE(ABORT, 'letters_kept');
END;

CREATE TRIGGER letters_kept_delete BEFORE DELETE ON letters
BEGIN
    SELECT RAISE(ABORT, 'letters_kept');
END;

-- A letter is withdrawn once, and goes to another chart where a merge moves it; nothing else of it changes.
CREATE TRIGGER letters_kept_update BEFORE UPDATE ON letters
WHEN (OLD.id, OLD.medical_record_id, OLD.record_digest, OLD.kind, OLD.letterhead, OLD.recipient, OLD.written_on, OLD.subject, OLD.about,
        OLD.text, OLD.signer, OLD.content_digest, OLD.kept_by, OLD.kept_at)
    IS NOT (NEW.id, NEW.medical_record_id, NEW.record_digest, NEW.kind, NEW.letterhead, NEW.recipient, NEW.written_on, NEW.subject, NEW.about,
        NEW.text, NEW.signer, NEW.content_digest, NEW.kept_by, NEW.kept_at)
    OR (OLD.withdrawn_at IS NOT NULL AND (OLD.withdrawn_at, OLD.withdrawn_by, OLD.withdrawn_reason)
        IS NOT (NEW.withdrawn_at, NEW.withdrawn_by, NEW.withdrawn_reason))
BEGIN
    SELECT RAISE(ABORT, 'letters_kept');
END;
