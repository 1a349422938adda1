-- New table draft_templates: What is drafted for a provider at one kind of visit.
-- New index draft_templates_provider_id_appointment_type_key on draft_templates.
-- New table own_wordings: Words that a provider writes in place of drafted ones.
-- New index own_wordings_provider_id_drafted_key on own_wordings.

CREATE TABLE draft_templates (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    appointment_type appointment_type NOT NULL,
    left_out jsonb NOT NULL DEFAULT '[]',
    by_problem boolean NOT NULL DEFAULT false,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT draft_templates_pkey PRIMARY KEY (id),
    CONSTRAINT draft_templates_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE draft_templates IS 'What is drafted for a provider at one kind of visit.';
COMMENT ON COLUMN draft_templates.id IS 'The row; UUIDv7 made by the application.';
COMMENT ON COLUMN draft_templates.provider_id IS 'For whom it is drafted so.';
COMMENT ON COLUMN draft_templates.appointment_type IS 'The kind of visit that it is for.';
COMMENT ON COLUMN draft_templates.left_out IS 'Names of the sections whose sentences are offered beside the draft and not part of it.';
COMMENT ON COLUMN draft_templates.by_problem IS 'Whether the plan is put in the order of the problems, each sentence under the name of its own.';
COMMENT ON COLUMN draft_templates.created_at IS 'When the row was first written.';
COMMENT ON COLUMN draft_templates.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN draft_templates.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX draft_templates_provider_id_appointment_type_key ON draft_templates (provider_id, appointment_type);

CREATE TABLE own_wordings (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    drafted varchar(100) NOT NULL,
    written varchar(100) NOT NULL,
    is_used boolean NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT own_wordings_pkey PRIMARY KEY (id),
    CONSTRAINT own_wordings_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE own_wordings IS 'Words that a provider writes in place of drafted ones.';
COMMENT ON COLUMN own_wordings.id IS 'The row; UUIDv7 made by the application.';
COMMENT ON COLUMN own_wordings.provider_id IS 'Whose words they are.';
COMMENT ON COLUMN own_wordings.drafted IS 'What is drafted, in small letters.';
COMMENT ON COLUMN own_wordings.written IS 'What stands in its place.';
COMMENT ON COLUMN own_wordings.is_used IS 'Whether drafts are written so; otherwise it was refused and is not proposed again.';
COMMENT ON COLUMN own_wordings.created_at IS 'When the row was first written.';
COMMENT ON COLUMN own_wordings.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN own_wordings.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX own_wordings_provider_id_drafted_key ON own_wordings (provider_id, drafted);
