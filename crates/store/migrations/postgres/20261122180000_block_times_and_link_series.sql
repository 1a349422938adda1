-- Times when nobody is booked: leave, meetings, breaks, days on which the practice is closed. And which visits were
-- booked together, as a row of follow-ups is.

CREATE TYPE blocked_time_kind AS ENUM ('leave', 'meeting', 'break', 'closed');
COMMENT ON TYPE blocked_time_kind IS 'Why nobody is booked.';

CREATE TABLE blocked_times (
    id uuid NOT NULL,
    provider_id uuid,
    starts_at timestamptz(3) NOT NULL,
    ends_at timestamptz(3) NOT NULL,
    kind blocked_time_kind NOT NULL,
    note varchar(255),
    created_by uuid,
    removed_at timestamptz(3),
    removed_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT blocked_times_pkey PRIMARY KEY (id),
    CONSTRAINT blocked_times_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT blocked_times_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT blocked_times_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT blocked_times_ends_at_check CHECK (ends_at > starts_at)
);
COMMENT ON TABLE blocked_times IS 'Times when nobody is booked, of one provider or of the practice.';
COMMENT ON COLUMN blocked_times.id IS 'The entry; UUIDv7 made by the application.';
COMMENT ON COLUMN blocked_times.provider_id IS 'Whose time it is; empty for the whole practice.';
COMMENT ON COLUMN blocked_times.starts_at IS 'When it begins.';
COMMENT ON COLUMN blocked_times.ends_at IS 'When it is over.';
COMMENT ON COLUMN blocked_times.kind IS 'Leave, meeting, break, or closed.';
COMMENT ON COLUMN blocked_times.note IS 'More, such as the name of the holiday.';
COMMENT ON COLUMN blocked_times.created_by IS 'Who entered it.';
COMMENT ON COLUMN blocked_times.removed_at IS 'When it was taken back; it no longer counts then.';
COMMENT ON COLUMN blocked_times.removed_by IS 'Who took it back.';
COMMENT ON COLUMN blocked_times.created_at IS 'When the row was first written.';
COMMENT ON COLUMN blocked_times.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN blocked_times.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX blocked_times_ends_at_idx ON blocked_times (ends_at);
CREATE INDEX blocked_times_provider_id_idx ON blocked_times (provider_id);

ALTER TABLE appointments ADD COLUMN series_id uuid;
COMMENT ON COLUMN appointments.series_id IS 'What the visits of one row of follow-ups have in common.';
-- lint: allow index, because only visits booked in a row are in it, and there are none before this column
CREATE INDEX appointments_series_id_idx ON appointments (series_id) WHERE series_id IS NOT NULL;
