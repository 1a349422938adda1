-- How long recordings and transcripts are kept after the signature, each by its own rule, and holds that suspend both:
-- while a hold stands, nothing of the patient is forgotten.

-- Days after the signature for which recordings are kept; empty is for ever.
ALTER TABLE practice ADD COLUMN audio_kept_days INTEGER CONSTRAINT practice_audio_kept_days_check CHECK (audio_kept_days > 0);
-- Days after the signature for which transcripts are kept; empty is for ever.
ALTER TABLE practice ADD COLUMN transcript_kept_days INTEGER CONSTRAINT practice_transcript_kept_days_check CHECK (transcript_kept_days > 0);

-- When its bytes were deleted by the rule; the receipt is in the audit trail.
ALTER TABLE recordings ADD COLUMN forgotten_at TEXT CONSTRAINT recordings_forgotten_at_form CHECK (forgotten_at GLOB '????-??-??T??:??:??.???Z');
-- When its words were deleted by the rule; the receipt is in the audit trail.
ALTER TABLE transcripts ADD COLUMN forgotten_at TEXT CONSTRAINT transcripts_forgotten_at_form CHECK (forgotten_at GLOB '????-??-??T??:??:??.???Z');

-- Holds: nothing of a patient is forgotten while one stands.
CREATE TABLE legal_holds (
    id TEXT NOT NULL CONSTRAINT legal_holds_id_form CHECK (length(id) = 36), -- The hold; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT legal_holds_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    reason TEXT NOT NULL CONSTRAINT legal_holds_reason_form CHECK (length(reason) <= 255), -- Why nothing may be deleted.
    placed_by TEXT NOT NULL CONSTRAINT legal_holds_placed_by_form CHECK (length(placed_by) = 36), -- Who placed it.
    placed_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT legal_holds_placed_at_form CHECK (placed_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    released_by TEXT CONSTRAINT legal_holds_released_by_form CHECK (length(released_by) = 36), -- Who took it back.
    released_at TEXT CONSTRAINT legal_holds_released_at_form CHECK (released_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken back.
    CONSTRAINT legal_holds_pkey PRIMARY KEY (id),
    CONSTRAINT legal_holds_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT legal_holds_placed_by_fkey FOREIGN KEY (placed_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT legal_holds_released_by_fkey FOREIGN KEY (released_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT legal_holds_released_check CHECK ((released_by IS NULL) = (released_at IS NULL))
) STRICT;
CREATE INDEX legal_holds_patient_id_idx ON legal_holds (patient_id);
