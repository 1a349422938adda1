-- New table draft_templates: What is drafted for a provider at one kind of visit.
-- New index draft_templates_provider_id_appointment_type_key on draft_templates.
-- New table own_wordings: Words that a provider writes in place of drafted ones.
-- New index own_wordings_provider_id_drafted_key on own_wordings.

-- What is drafted for a provider at one kind of visit.
CREATE TABLE draft_templates (
    id TEXT NOT NULL CONSTRAINT draft_templates_id_form CHECK (length(id) = 36), -- The row; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT draft_templates_provider_id_form CHECK (length(provider_id) = 36), -- For whom it is drafted so.
    appointment_type TEXT NOT NULL CONSTRAINT draft_templates_appointment_type_form CHECK (appointment_type IN ('new_patient', 'follow_up', 'routine_checkup', 'sick_visit', 'telehealth')), -- The kind of visit that it is for.
    left_out TEXT NOT NULL DEFAULT '[]' CONSTRAINT draft_templates_left_out_form CHECK (json_valid(left_out)), -- Names of the sections whose sentences are offered beside the draft and not part of it.
    by_problem INTEGER NOT NULL DEFAULT 0 CONSTRAINT draft_templates_by_problem_form CHECK (by_problem IN (0, 1)), -- Whether the plan is put in the order of the problems, each sentence under the name of its own.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT draft_templates_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT draft_templates_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT draft_templates_pkey PRIMARY KEY (id),
    CONSTRAINT draft_templates_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;

-- Words that a provider writes in place of drafted ones.
CREATE TABLE own_wordings (
    id TEXT NOT NULL CONSTRAINT own_wordings_id_form CHECK (length(id) = 36), -- The row; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT own_wordings_provider_id_form CHECK (length(provider_id) = 36), -- Whose words they are.
    drafted TEXT NOT NULL CONSTRAINT own_wordings_drafted_form CHECK (length(drafted) <= 100), -- What is drafted, in small letters.
    written TEXT NOT NULL CONSTRAINT own_wordings_written_form CHECK (length(written) <= 100), -- What stands in its place.
    is_used INTEGER NOT NULL CONSTRAINT own_wordings_is_used_form CHECK (is_used IN (0, 1)), -- Whether drafts are written so; otherwise it was refused and is not proposed again.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT own_wordings_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT own_wordings_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT own_wordings_pkey PRIMARY KEY (id),
    CONSTRAINT own_wordings_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX draft_templates_provider_id_appointment_type_key ON draft_templates (provider_id, appointment_type);
CREATE UNIQUE INDEX own_wordings_provider_id_drafted_key ON own_wordings (provider_id, drafted);
