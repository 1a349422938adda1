-- What is collected in the studio and not saved yet, so that a studio that is stopped, killed or updated loses nothing
-- of it. It lies here and not in a file, under the same lock as the values it is made of, and goes with its session.

-- Changes collected in the studio and not saved yet.
CREATE TABLE studio_drafts (
    session_id TEXT NOT NULL CONSTRAINT studio_drafts_session_id_form CHECK (length(session_id) = 36), -- The session in which they are collected.
    changes TEXT NOT NULL CONSTRAINT studio_drafts_changes_form CHECK (json_valid(changes)), -- The changes in their order, each with the row as it was.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT studio_drafts_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    CONSTRAINT studio_drafts_pkey PRIMARY KEY (session_id),
    CONSTRAINT studio_drafts_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
) STRICT;
