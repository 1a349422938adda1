-- What is collected in the studio and not saved yet, so that a studio that is stopped, killed or updated loses nothing
-- of it. It lies here and not in a file, under the same lock as the values it is made of, and goes with its session.

CREATE TABLE studio_drafts (
    session_id uuid NOT NULL,
    changes jsonb NOT NULL,
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT studio_drafts_pkey PRIMARY KEY (session_id),
    CONSTRAINT studio_drafts_session_id_fkey FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE
);
COMMENT ON TABLE studio_drafts IS 'Changes collected in the studio and not saved yet.';
COMMENT ON COLUMN studio_drafts.session_id IS 'The session in which they are collected.';
COMMENT ON COLUMN studio_drafts.changes IS 'The changes in their order, each with the row as it was.';
COMMENT ON COLUMN studio_drafts.updated_at IS 'When the row was last written.';
