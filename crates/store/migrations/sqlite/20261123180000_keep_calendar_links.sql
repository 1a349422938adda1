-- Secret links to a calendar without names, for a person's own telephone or calendar program.

-- Secret addresses under which a calendar program reads when visits are, without names.
CREATE TABLE calendar_links (
    id TEXT NOT NULL CONSTRAINT calendar_links_id_form CHECK (length(id) = 36), -- The link; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT calendar_links_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    is_of_everybody INTEGER NOT NULL DEFAULT 0 CONSTRAINT calendar_links_is_of_everybody_form CHECK (is_of_everybody IN (0, 1)), -- Whether it shows the visits of all; else those of its owner.
    token_hash TEXT NOT NULL, -- SHA-256 of the secret in the address, in lower-case hexadecimal; the secret itself is shown once.
    last_used_at TEXT CONSTRAINT calendar_links_last_used_at_form CHECK (last_used_at GLOB '????-??-??T??:??:??.???Z'), -- When it was last read.
    withdrawn_at TEXT CONSTRAINT calendar_links_withdrawn_at_form CHECK (withdrawn_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken back or replaced.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT calendar_links_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    CONSTRAINT calendar_links_pkey PRIMARY KEY (id),
    CONSTRAINT calendar_links_token_hash_check CHECK (length(token_hash) = 64 AND token_hash NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT calendar_links_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX calendar_links_token_hash_key ON calendar_links (token_hash);
CREATE INDEX calendar_links_provider_id_idx ON calendar_links (provider_id);
