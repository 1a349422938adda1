-- What was heard of a recording that goes on: at its end only the rest is to be heard, also after a restart. The rows go
-- when the transcript is kept.

CREATE TABLE heard_stretches (
    recording_id uuid NOT NULL,
    mark varchar(64) NOT NULL,
    start_ms integer NOT NULL,
    end_ms integer NOT NULL,
    pieces jsonb NOT NULL,
    heard_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT heard_stretches_pkey PRIMARY KEY (recording_id, mark),
    CONSTRAINT heard_stretches_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recordings (id) ON DELETE CASCADE,
    CONSTRAINT heard_stretches_mark_check CHECK (mark ~ '^[0-9a-f]{64}$'),
    CONSTRAINT heard_stretches_start_ms_check CHECK (start_ms >= 0),
    CONSTRAINT heard_stretches_times_check CHECK (end_ms >= start_ms)
);
COMMENT ON TABLE heard_stretches IS 'What was heard of recordings that go on, stretch by stretch.';
COMMENT ON COLUMN heard_stretches.recording_id IS 'The recording it belongs to.';
COMMENT ON COLUMN heard_stretches.mark IS 'SHA-256 of what the words depend on: the sound, its place, and who heard it.';
COMMENT ON COLUMN heard_stretches.start_ms IS 'Where it begins, in milliseconds from the start of the recording.';
COMMENT ON COLUMN heard_stretches.end_ms IS 'Where it ends.';
COMMENT ON COLUMN heard_stretches.pieces IS 'The words with their times.';
COMMENT ON COLUMN heard_stretches.heard_at IS 'When it was heard.';
