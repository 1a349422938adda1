-- How the practice uses the kinds of visit: their lengths, their order, which are offered. Until it says anything there are
-- no rows, and the lengths of the program hold.

CREATE TABLE visit_types (
    kind appointment_type NOT NULL,
    minutes smallint NOT NULL,
    position smallint NOT NULL,
    is_offered boolean NOT NULL DEFAULT true,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT visit_types_pkey PRIMARY KEY (kind),
    CONSTRAINT visit_types_minutes_check CHECK (minutes BETWEEN 5 AND 480)
);
COMMENT ON TABLE visit_types IS 'The kinds of visit as the practice uses them.';
COMMENT ON COLUMN visit_types.kind IS 'Which kind it is.';
COMMENT ON COLUMN visit_types.minutes IS 'Usual length in minutes.';
COMMENT ON COLUMN visit_types.position IS 'Place in the list, from 0.';
COMMENT ON COLUMN visit_types.is_offered IS 'Whether it stands to choose from.';
COMMENT ON COLUMN visit_types.created_at IS 'When the row was first written.';
COMMENT ON COLUMN visit_types.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN visit_types.version IS 'Counts the writes; an update names the version it saw.';
