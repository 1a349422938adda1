-- The waiting list: who wants a time that is not free, or an earlier one, and what became of it. And which times a move
-- set free, so that they can be offered to those who wait; those of cancelled visits are known from the visits.

-- Patients who wait for a time, or for an earlier one.
CREATE TABLE waiting_entries (
    id TEXT NOT NULL CONSTRAINT waiting_entries_id_form CHECK (length(id) = 36), -- The entry; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT waiting_entries_patient_id_form CHECK (length(patient_id) = 36), -- Who waits.
    appointment_id TEXT CONSTRAINT waiting_entries_appointment_id_form CHECK (length(appointment_id) = 36), -- The booked visit that the patient wants earlier.
    provider_id TEXT CONSTRAINT waiting_entries_provider_id_form CHECK (length(provider_id) = 36), -- Who is wished for; empty for anybody.
    appointment_type TEXT NOT NULL CONSTRAINT waiting_entries_appointment_type_form CHECK (appointment_type IN ('new_patient', 'follow_up', 'routine_checkup', 'sick_visit', 'telehealth')), -- What kind of visit it is to be.
    earliest_on TEXT NOT NULL CONSTRAINT waiting_entries_earliest_on_form CHECK (date(earliest_on, '+0 days') IS earliest_on), -- The first day that suits.
    latest_on TEXT CONSTRAINT waiting_entries_latest_on_form CHECK (date(latest_on, '+0 days') IS latest_on), -- The last day that suits; empty where any later one does.
    part_of_day TEXT NOT NULL DEFAULT 'any' CONSTRAINT waiting_entries_part_of_day_form CHECK (part_of_day IN ('any', 'morning', 'afternoon')), -- Which part of the day suits.
    urgency TEXT NOT NULL DEFAULT 'routine' CONSTRAINT waiting_entries_urgency_form CHECK (urgency IN ('routine', 'soon', 'urgent')), -- How much the patient needs it.
    note TEXT CONSTRAINT waiting_entries_note_form CHECK (length(note) <= 255), -- More, such as when to call.
    state TEXT NOT NULL DEFAULT 'waiting' CONSTRAINT waiting_entries_state_form CHECK (state IN ('waiting', 'booked', 'withdrawn')), -- What became of it.
    state_reason TEXT CONSTRAINT waiting_entries_state_reason_form CHECK (length(state_reason) <= 255), -- Why it was taken off the list.
    booked_appointment_id TEXT CONSTRAINT waiting_entries_booked_appointment_id_form CHECK (length(booked_appointment_id) = 36), -- The visit that came of it.
    ended_at TEXT CONSTRAINT waiting_entries_ended_at_form CHECK (ended_at GLOB '????-??-??T??:??:??.???Z'), -- When it was taken off the list.
    ended_by TEXT CONSTRAINT waiting_entries_ended_by_form CHECK (length(ended_by) = 36), -- Who took it off the list.
    created_by TEXT CONSTRAINT waiting_entries_created_by_form CHECK (length(created_by) = 36), -- Who entered it.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT waiting_entries_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT waiting_entries_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT waiting_entries_pkey PRIMARY KEY (id),
    CONSTRAINT waiting_entries_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT waiting_entries_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE SET NULL,
    CONSTRAINT waiting_entries_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT waiting_entries_booked_appointment_id_fkey FOREIGN KEY (booked_appointment_id) REFERENCES appointments (id) ON DELETE SET NULL,
    CONSTRAINT waiting_entries_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT waiting_entries_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT waiting_entries_latest_on_check CHECK (latest_on >= earliest_on),
    CONSTRAINT waiting_entries_ended_at_check CHECK ((state = 'waiting') = (ended_at IS NULL))
) STRICT;
CREATE INDEX waiting_entries_patient_id_idx ON waiting_entries (patient_id);
CREATE INDEX waiting_entries_appointment_id_idx ON waiting_entries (appointment_id);
CREATE INDEX waiting_entries_booked_appointment_id_idx ON waiting_entries (booked_appointment_id);
CREATE INDEX waiting_entries_provider_id_idx ON waiting_entries (provider_id);
CREATE INDEX waiting_entries_state_urgency_created_at_id_idx ON waiting_entries (state, urgency DESC, created_at, id);
CREATE INDEX waiting_entries_ended_at_idx ON waiting_entries (ended_at);

CREATE TRIGGER waiting_entries_patient_merged BEFORE INSERT ON waiting_entries
WHEN EXISTS (SELECT 1 FROM patients WHERE id = NEW.patient_id AND merged_into_id IS NOT NULL)
BEGIN
    SELECT RAISE(ABORT, 'patients_merged');
END;

-- Times that a visit left when it was moved elsewhere.
CREATE TABLE freed_times (
    id TEXT NOT NULL CONSTRAINT freed_times_id_form CHECK (length(id) = 36), -- The entry; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT freed_times_provider_id_form CHECK (length(provider_id) = 36), -- Whose time it is.
    starts_at TEXT NOT NULL CONSTRAINT freed_times_starts_at_form CHECK (starts_at GLOB '????-??-??T??:??:??.???Z'), -- When it begins.
    ends_at TEXT NOT NULL CONSTRAINT freed_times_ends_at_form CHECK (ends_at GLOB '????-??-??T??:??:??.???Z'), -- When it is over.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT freed_times_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    CONSTRAINT freed_times_pkey PRIMARY KEY (id),
    CONSTRAINT freed_times_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT freed_times_ends_at_check CHECK (ends_at > starts_at)
) STRICT;
CREATE INDEX freed_times_provider_id_idx ON freed_times (provider_id);
CREATE INDEX freed_times_ends_at_idx ON freed_times (ends_at);
