-- A session may be held: until the second factor is shown, and after lying unused until the password is typed again.
-- Recovery codes stand in for a lost telephone. The secret in second_factors is kept in base32; like everything else
-- here it is not encrypted by the program, whatever the comment in its table says.

ALTER TABLE sessions ADD COLUMN awaits_code INTEGER NOT NULL DEFAULT 0 CONSTRAINT sessions_awaits_code_form CHECK (awaits_code IN (0, 1)); -- Whether the password was right and the second factor is still to come; opens nothing until then.

ALTER TABLE sessions ADD COLUMN locked_at TEXT CONSTRAINT sessions_locked_at_form CHECK (locked_at GLOB '????-??-??T??:??:??.???Z'); -- Since when it is locked; opens nothing until the password is typed again.

-- Codes that stand in for a lost second factor, each once.
CREATE TABLE recovery_codes (
    id TEXT NOT NULL CONSTRAINT recovery_codes_id_form CHECK (length(id) = 36), -- The code; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT recovery_codes_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    code_hash TEXT NOT NULL, -- SHA-256 of the code, in lower-case hexadecimal; the code itself is shown once.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT recovery_codes_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    used_at TEXT CONSTRAINT recovery_codes_used_at_form CHECK (used_at GLOB '????-??-??T??:??:??.???Z'), -- When it was used; it counts no more.
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (id),
    CONSTRAINT recovery_codes_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT recovery_codes_code_hash_check CHECK (length(code_hash) = 64 AND code_hash NOT GLOB '*[^0-9a-f]*')
) STRICT;
CREATE INDEX recovery_codes_provider_id_idx ON recovery_codes (provider_id);
