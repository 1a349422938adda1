-- Times when nobody is booked: leave, meetings, breaks, days on which the practice is closed. And which visits were
-- booked together, as a row of follow-ups is.

-- Times when nobody is booked, of one provider or of the practice.
CREATE TABLE blocked_times (
    id TEXT NOT NULL CONSTRAINT blocked_times_id_form CHECK (length(id) = 36), -- The entry; UUIDv7 made by the application.
    provider_id TEXT CONSTRAINT blocked_times_provider_id_form CHECK (length(provider_id) = 36), -- Whose time it is; empty for the whole practice.
    starts_at TEXT NOT NULL CONSTRAINT blocked_times_starts_at_form CHECK (starts_at GLOB '????-??-??T??:??:??.???Z'), -- When it begins.
    ends_at TEXT NOT NULL CONSTRAINT blocked_times_ends_at_form CHECK (ends_at GLOB '????-??-??T??:??:??.???Z'), -- When it is over.
    kind TEXT NOT NULL CONSTRAINT blocked_times_kind_form CHECK (kind IN ('leave', 'meeting', 'break', 'closed')), -- Leave, meeting, break, or closed.
    note TEXT CONSTRAINT blocked_times_note_form CHECK (length(note) <= 255), -- More, such as the name of the holiday.
    created_by TEXT CONSTRAINT blocked_times_created_by_form CHECK (length(created_by) = 36), -- Who entered it.
    removed_at TEXT CONSTRAINT blocked_times_removed_at_form CHECK (removed_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken back; it no longer counts then.
    removed_by TEXT CONSTRAINT blocked_times_removed_by_form CHECK (length(removed_by) = 36), -- Who took it back.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT blocked_times_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT blocked_times_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT blocked_times_pkey PRIMARY KEY (id),
    CONSTRAINT blocked_times_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT blocked_times_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT blocked_times_removed_by_fkey FOREIGN KEY (removed_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT blocked_times_ends_at_check CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX blocked_times_ends_at_idx ON blocked_times (ends_at);
CREATE INDEX blocked_times_provider_id_idx ON blocked_times (provider_id);

-- What the visits of one row of follow-ups have in common.
ALTER TABLE appointments ADD COLUMN series_id TEXT CONSTRAINT appointments_series_id_form CHECK (length(series_id) = 36);
-- lint: allow index, because only visits booked in a row are in it, and there are none before this column
CREATE INDEX appointments_series_id_idx ON appointments (series_id) WHERE series_id IS NOT NULL;
