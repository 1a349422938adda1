-- New table phrases: Short words that a note's fields turn into a text while typing, of one provider or of all.
-- New index phrases_provider_id_abbreviation_key on phrases.
-- New index phrases_abbreviation_key on phrases, for those of the whole practice, whose empty provider the other one passes over.

-- Short words that a note's fields turn into a text while typing, of one provider or of all.
CREATE TABLE phrases (
    id TEXT NOT NULL CONSTRAINT phrases_id_form CHECK (length(id) = 36), -- The phrase; UUIDv7 made by the application.
    provider_id TEXT CONSTRAINT phrases_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is; empty for the whole practice.
    abbreviation TEXT NOT NULL CONSTRAINT phrases_abbreviation_form CHECK (length(abbreviation) <= 32), -- What is typed, with its dot: .nfl.
    words TEXT NOT NULL, -- What it becomes.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT phrases_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT phrases_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT phrases_pkey PRIMARY KEY (id),
    CONSTRAINT phrases_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX phrases_provider_id_abbreviation_key ON phrases (provider_id, abbreviation);
CREATE UNIQUE INDEX phrases_abbreviation_key ON phrases (abbreviation) WHERE provider_id IS NULL;
