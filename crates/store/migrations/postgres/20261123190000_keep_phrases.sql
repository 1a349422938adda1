-- New table phrases: Short words that a note's fields turn into a text while typing, of one provider or of all.
-- New index phrases_provider_id_abbreviation_key on phrases.
-- New index phrases_abbreviation_key on phrases, for those of the whole practice, whose empty provider the other one passes over.

CREATE TABLE phrases (
    id uuid NOT NULL,
    provider_id uuid,
    abbreviation varchar(32) NOT NULL,
    words text NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT phrases_pkey PRIMARY KEY (id),
    CONSTRAINT phrases_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE phrases IS 'Short words that a note''s fields turn into a text while typing, of one provider or of all.';
COMMENT ON COLUMN phrases.id IS 'The phrase; UUIDv7 made by the application.';
COMMENT ON COLUMN phrases.provider_id IS 'Whose it is; empty for the whole practice.';
COMMENT ON COLUMN phrases.abbreviation IS 'What is typed, with its dot: .nfl.';
COMMENT ON COLUMN phrases.words IS 'What it becomes.';
COMMENT ON COLUMN phrases.created_at IS 'When the row was first written.';
COMMENT ON COLUMN phrases.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN phrases.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX phrases_provider_id_abbreviation_key ON phrases (provider_id, abbreviation);
CREATE UNIQUE INDEX phrases_abbreviation_key ON phrases (abbreviation) WHERE provider_id IS NULL;
