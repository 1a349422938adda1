-- Secret links to a calendar without names, for a person's own telephone or calendar program.

CREATE TABLE calendar_links (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    is_of_everybody boolean NOT NULL DEFAULT false,
    token_hash varchar(64) NOT NULL,
    last_used_at timestamptz(3),
    withdrawn_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT calendar_links_pkey PRIMARY KEY (id),
    CONSTRAINT calendar_links_token_hash_check CHECK (token_hash ~ '^[0-9a-f]{64}$'),
    CONSTRAINT calendar_links_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE calendar_links IS 'Secret addresses under which a calendar program reads when visits are, without names.';
COMMENT ON COLUMN calendar_links.id IS 'The link; UUIDv7 made by the application.';
COMMENT ON COLUMN calendar_links.provider_id IS 'Whose it is.';
COMMENT ON COLUMN calendar_links.is_of_everybody IS 'Whether it shows the visits of all; else those of its owner.';
COMMENT ON COLUMN calendar_links.token_hash IS 'SHA-256 of the secret in the address, in lower-case hexadecimal; the secret itself is shown once.';
COMMENT ON COLUMN calendar_links.last_used_at IS 'When it was last read.';
COMMENT ON COLUMN calendar_links.withdrawn_at IS 'When it was taken back or replaced.';
COMMENT ON COLUMN calendar_links.created_at IS 'When the row was first written.';
CREATE UNIQUE INDEX calendar_links_token_hash_key ON calendar_links (token_hash);
CREATE INDEX calendar_links_provider_id_idx ON calendar_links (provider_id);
