-- What was changed by hand in the studio, with both sides of each row, so that it can be read over and taken back.
-- The audit trail names the columns and never a value; the values are here, under the same lock as the trail.

CREATE TYPE studio_act AS ENUM ('insert', 'update', 'delete');
COMMENT ON TYPE studio_act IS 'What was done to a row by hand.';

CREATE TABLE studio_changes (
    id uuid NOT NULL,
    change_set uuid NOT NULL,
    position integer NOT NULL,
    table_name varchar(63) NOT NULL,
    row_key jsonb NOT NULL,
    row_id uuid,
    act studio_act NOT NULL,
    values_before jsonb,
    values_after jsonb,
    undoes uuid,
    saved_by uuid,
    saved_by_name varchar(255) NOT NULL,
    saved_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT studio_changes_pkey PRIMARY KEY (id),
    CONSTRAINT studio_changes_position_check CHECK (position >= 0),
    CONSTRAINT studio_changes_sides_check CHECK ((act = 'insert') = (values_before IS NULL) AND (act = 'delete') = (values_after IS NULL))
);
COMMENT ON TABLE studio_changes IS 'Changes saved in the studio.';
COMMENT ON COLUMN studio_changes.id IS 'The change; UUIDv7 made by the application.';
COMMENT ON COLUMN studio_changes.change_set IS 'What was saved in one transaction.';
COMMENT ON COLUMN studio_changes.position IS 'Place in the set, from 0.';
COMMENT ON COLUMN studio_changes.table_name IS 'Table of the row.';
COMMENT ON COLUMN studio_changes.row_key IS 'Values of the row''s key, in order.';
COMMENT ON COLUMN studio_changes.row_id IS 'The row, where its key is an id.';
COMMENT ON COLUMN studio_changes.act IS 'What was done to it.';
COMMENT ON COLUMN studio_changes.values_before IS 'The row before, by column; empty where there was none.';
COMMENT ON COLUMN studio_changes.values_after IS 'The row after, by column; empty where there is none.';
COMMENT ON COLUMN studio_changes.undoes IS 'The change that this one took back.';
COMMENT ON COLUMN studio_changes.saved_by IS 'Who saved it.';
COMMENT ON COLUMN studio_changes.saved_by_name IS 'Name of who saved it, as it was then.';
COMMENT ON COLUMN studio_changes.saved_at IS 'When.';
CREATE UNIQUE INDEX studio_changes_change_set_position_key ON studio_changes (change_set, position);
CREATE INDEX studio_changes_row_id_saved_at_idx ON studio_changes (row_id, saved_at);
CREATE INDEX studio_changes_saved_at_idx ON studio_changes (saved_at);

CREATE TRIGGER studio_changes_append_only BEFORE UPDATE OR DELETE ON studio_changes
FOR EACH ROW EXECUTE FUNCTION refuse_change('studio_changes_append_only');

CREATE TRIGGER studio_changes_append_only_truncate BEFORE TRUNCATE ON studio_changes
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('studio_changes_append_only');

-- The history of one row, from the trail.
-- lint: allow index, because it is built in seconds, before the server that uses it starts
CREATE INDEX audit_events_entity_id_at_idx ON audit_events (entity_id, at);
