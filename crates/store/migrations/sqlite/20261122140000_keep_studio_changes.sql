-- What was changed by hand in the studio, with both sides of each row, so that it can be read over and taken back.
-- The audit trail names the columns and never a value; the values are here, under the same lock as the trail.

-- Changes saved in the studio.
CREATE TABLE studio_changes (
    id TEXT NOT NULL CONSTRAINT studio_changes_id_form CHECK (length(id) = 36), -- The change; UUIDv7 made by the application.
    change_set TEXT NOT NULL CONSTRAINT studio_changes_change_set_form CHECK (length(change_set) = 36), -- What was saved in one transaction.
    position INTEGER NOT NULL, -- Place in the set, from 0.
    table_name TEXT NOT NULL CONSTRAINT studio_changes_table_name_form CHECK (length(table_name) <= 63), -- Table of the row.
    row_key TEXT NOT NULL CONSTRAINT studio_changes_row_key_form CHECK (json_valid(row_key)), -- Values of the row's key, in order.
    row_id TEXT CONSTRAINT studio_changes_row_id_form CHECK (length(row_id) = 36), -- The row, where its key is an id.
    act TEXT NOT NULL CONSTRAINT studio_changes_act_form CHECK (act IN ('insert', 'update', 'delete')), -- What was done to it.
    values_before TEXT CONSTRAINT studio_changes_values_before_form CHECK (values_before IS NULL OR json_valid(values_before)), -- The row before, by column; empty where there was none.
    values_after TEXT CONSTRAINT studio_changes_values_after_form CHECK (values_after IS NULL OR json_valid(values_after)), -- The row after, by column; empty where there is none.
    undoes TEXT CONSTRAINT studio_changes_undoes_form CHECK (length(undoes) = 36), -- The change that this one took back.
    saved_by TEXT CONSTRAINT studio_changes_saved_by_form CHECK (length(saved_by) = 36), -- Who saved it.
    saved_by_name TEXT NOT NULL CONSTRAINT studio_changes_saved_by_name_form CHECK (length(saved_by_name) <= 255), -- Name of who saved it, as it was then.
    saved_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT studio_changes_saved_at_form CHECK (saved_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    CONSTRAINT studio_changes_pkey PRIMARY KEY (id),
    CONSTRAINT studio_changes_position_check CHECK (position >= 0),
    CONSTRAINT studio_changes_sides_check CHECK ((act = 'insert') = (values_before IS NULL) AND (act = 'delete') = (values_after IS NULL))
) STRICT;
CREATE UNIQUE INDEX studio_changes_change_set_position_key ON studio_changes (change_set, position);
CREATE INDEX studio_changes_row_id_saved_at_idx ON studio_changes (row_id, saved_at);
CREATE INDEX studio_changes_saved_at_idx ON studio_changes (saved_at);

CREATE TRIGGER studio_changes_append_only_insert BEFORE INSERT ON studio_changes
WHEN EXISTS (SELECT 1 FROM studio_changes WHERE id = NEW.id OR (change_set = NEW.change_set AND position = NEW.position))
BEGIN
    SELECT RAISE(ABORT, 'studio_changes_append_only');
END;

CREATE TRIGGER studio_changes_append_only_update BEFORE UPDATE ON studio_changes
BEGIN
    SELECT RAISE(ABORT, 'studio_changes_append_only');
END;

CREATE TRIGGER studio_changes_append_only_delete BEFORE DELETE ON studio_changes
BEGIN
    SELECT RAISE(ABORT, 'studio_changes_append_only');
END;

-- The history of one row, from the trail.
-- lint: allow index, because it is built in seconds, before the server that uses it starts
CREATE INDEX audit_events_entity_id_at_idx ON audit_events (entity_id, at);
