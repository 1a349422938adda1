-- How long recordings and transcripts are kept after the signature, each by its own rule, and holds that suspend both:
-- while a hold stands, nothing of the patient is forgotten.

ALTER TABLE practice ADD COLUMN audio_kept_days integer CONSTRAINT practice_audio_kept_days_check CHECK (audio_kept_days > 0);
COMMENT ON COLUMN practice.audio_kept_days IS 'Days after the signature for which recordings are kept; empty is for ever.';
ALTER TABLE practice ADD COLUMN transcript_kept_days integer CONSTRAINT practice_transcript_kept_days_check CHECK (transcript_kept_days > 0);
COMMENT ON COLUMN practice.transcript_kept_days IS 'Days after the signature for which transcripts are kept; empty is for ever.';

ALTER TABLE recordings ADD COLUMN forgotten_at timestamptz(3);
COMMENT ON COLUMN recordings.forgotten_at IS 'When its bytes were deleted by the rule; the receipt is in the audit trail.';
ALTER TABLE transcripts ADD COLUMN forgotten_at timestamptz(3);
COMMENT ON COLUMN transcripts.forgotten_at IS 'When its words were deleted by the rule; the receipt is in the audit trail.';

CREATE TABLE legal_holds (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    reason varchar(255) NOT NULL,
    placed_by uuid NOT NULL,
    placed_at timestamptz(3) NOT NULL DEFAULT now(),
    released_by uuid,
    released_at timestamptz(3),
    CONSTRAINT legal_holds_pkey PRIMARY KEY (id),
    CONSTRAINT legal_holds_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT legal_holds_placed_by_fkey FOREIGN KEY (placed_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT legal_holds_released_by_fkey FOREIGN KEY (released_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT legal_holds_released_check CHECK ((released_by IS NULL) = (released_at IS NULL))
);
COMMENT ON TABLE legal_holds IS 'Holds: nothing of a patient is forgotten while one stands.';
COMMENT ON COLUMN legal_holds.id IS 'The hold; UUIDv7 made by the application.';
COMMENT ON COLUMN legal_holds.patient_id IS 'Whose it is.';
COMMENT ON COLUMN legal_holds.reason IS 'Why nothing may be deleted.';
COMMENT ON COLUMN legal_holds.placed_by IS 'Who placed it.';
COMMENT ON COLUMN legal_holds.placed_at IS 'When.';
COMMENT ON COLUMN legal_holds.released_by IS 'Who took it back.';
COMMENT ON COLUMN legal_holds.released_at IS 'When it was taken back.';
CREATE INDEX legal_holds_patient_id_idx ON legal_holds (patient_id);
