-- A session may be held: until the second factor is shown, and after lying unused until the password is typed again.
-- Recovery codes stand in for a lost telephone.

COMMENT ON COLUMN second_factors.secret IS 'The secret in base32. Like everything else here it is not encrypted by the program.';

ALTER TABLE sessions ADD COLUMN awaits_code boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN sessions.awaits_code IS 'Whether the password was right and the second factor is still to come; opens nothing until then.';

ALTER TABLE sessions ADD COLUMN locked_at timestamptz(3);
COMMENT ON COLUMN sessions.locked_at IS 'Since when it is locked; opens nothing until the password is typed again.';

CREATE TABLE recovery_codes (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    code_hash varchar(64) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    used_at timestamptz(3),
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (id),
    CONSTRAINT recovery_codes_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT recovery_codes_code_hash_check CHECK (code_hash ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE recovery_codes IS 'Codes that stand in for a lost second factor, each once.';
COMMENT ON COLUMN recovery_codes.id IS 'The code; UUIDv7 made by the application.';
COMMENT ON COLUMN recovery_codes.provider_id IS 'Whose it is.';
COMMENT ON COLUMN recovery_codes.code_hash IS 'SHA-256 of the code, in lower-case hexadecimal; the code itself is shown once.';
COMMENT ON COLUMN recovery_codes.created_at IS 'When the row was first written.';
COMMENT ON COLUMN recovery_codes.used_at IS 'When it was used; it counts no more.';
CREATE INDEX recovery_codes_provider_id_idx ON recovery_codes (provider_id);
