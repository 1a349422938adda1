-- What was heard of a recording that goes on: at its end only the rest is to be heard, also after a restart. The rows go
-- when the transcript is kept.

-- What was heard of recordings that go on, stretch by stretch.
CREATE TABLE heard_stretches (
    recording_id TEXT NOT NULL CONSTRAINT heard_stretches_recording_id_form CHECK (length(recording_id) = 36), -- The recording it belongs to.
    mark TEXT NOT NULL, -- SHA-256 of what the words depend on: the sound, its place, and who heard it.
    start_ms INTEGER NOT NULL, -- Where it begins, in milliseconds from the start of the recording.
    end_ms INTEGER NOT NULL, -- Where it ends.
    pieces TEXT NOT NULL CONSTRAINT heard_stretches_pieces_form CHECK (json_valid(pieces)), -- The words with their times.
    heard_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT heard_stretches_heard_at_form CHECK (heard_at GLOB '????-??-??T??:??:??.???Z'), -- When it was heard.
    CONSTRAINT heard_stretches_pkey PRIMARY KEY (recording_id, mark),
    CONSTRAINT heard_stretches_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recordings (id) ON DELETE CASCADE,
    CONSTRAINT heard_stretches_mark_check CHECK (length(mark) = 64 AND mark NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT heard_stretches_start_ms_check CHECK (start_ms >= 0),
    CONSTRAINT heard_stretches_times_check CHECK (end_ms >= start_ms)
) STRICT;
