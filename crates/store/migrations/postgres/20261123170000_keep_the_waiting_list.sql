-- The waiting list: who wants a time that is not free, or an earlier one, and what became of it. And which times a move
-- set free, so that they can be offered to those who wait; those of cancelled visits are known from the visits.

CREATE TYPE waiting_urgency AS ENUM ('routine', 'soon', 'urgent');
COMMENT ON TYPE waiting_urgency IS 'How much somebody needs the earlier time.';
CREATE TYPE day_part AS ENUM ('any', 'morning', 'afternoon');
COMMENT ON TYPE day_part IS 'Which part of the day suits.';
CREATE TYPE waiting_state AS ENUM ('waiting', 'booked', 'withdrawn');
COMMENT ON TYPE waiting_state IS 'What became of somebody on the waiting list.';

CREATE TABLE waiting_entries (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    appointment_id uuid,
    provider_id uuid,
    appointment_type appointment_type NOT NULL,
    earliest_on date NOT NULL,
    latest_on date,
    part_of_day day_part NOT NULL DEFAULT 'any',
    urgency waiting_urgency NOT NULL DEFAULT 'routine',
    note varchar(255),
    state waiting_state NOT NULL DEFAULT 'waiting',
    state_reason varchar(255),
    booked_appointment_id uuid,
    ended_at timestamptz(3),
    ended_by uuid,
    created_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT waiting_entries_pkey PRIMARY KEY (id),
    CONSTRAINT waiting_entries_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT waiting_entries_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE SET NULL,
    CONSTRAINT waiting_entries_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT waiting_entries_booked_appointment_id_fkey FOREIGN KEY (booked_appointment_id) REFERENCES appointments (id) ON DELETE SET NULL,
    CONSTRAINT waiting_entries_ended_by_fkey FOREIGN KEY (ended_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT waiting_entries_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT waiting_entries_latest_on_check CHECK (latest_on >= earliest_on),
    CONSTRAINT waiting_entries_ended_at_check CHECK ((state = 'waiting') = (ended_at IS NULL))
);
COMMENT ON TABLE waiting_entries IS 'Patients who wait for a time, or for an earlier one.';
COMMENT ON COLUMN waiting_entries.id IS 'The entry; UUIDv7 made by the application.';
COMMENT ON COLUMN waiting_entries.patient_id IS 'Who waits.';
COMMENT ON COLUMN waiting_entries.appointment_id IS 'The booked visit that the patient wants earlier.';
COMMENT ON COLUMN waiting_entries.provider_id IS 'Who is wished for; empty for anybody.';
COMMENT ON COLUMN waiting_entries.appointment_type IS 'What kind of visit it is to be.';
COMMENT ON COLUMN waiting_entries.earliest_on IS 'The first day that suits.';
COMMENT ON COLUMN waiting_entries.latest_on IS 'The last day that suits; empty where any later one does.';
COMMENT ON COLUMN waiting_entries.part_of_day IS 'Which part of the day suits.';
COMMENT ON COLUMN waiting_entries.urgency IS 'How much the patient needs it.';
COMMENT ON COLUMN waiting_entries.note IS 'More, such as when to call.';
COMMENT ON COLUMN waiting_entries.state IS 'What became of it.';
COMMENT ON COLUMN waiting_entries.state_reason IS 'Why it was taken off the list.';
COMMENT ON COLUMN waiting_entries.booked_appointment_id IS 'The visit that came of it.';
COMMENT ON COLUMN waiting_entries.ended_at IS 'When it was taken off the list.';
COMMENT ON COLUMN waiting_entries.ended_by IS 'Who took it off the list.';
COMMENT ON COLUMN waiting_entries.created_by IS 'Who entered it.';
COMMENT ON COLUMN waiting_entries.created_at IS 'When the row was first written.';
COMMENT ON COLUMN waiting_entries.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN waiting_entries.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX waiting_entries_patient_id_idx ON waiting_entries (patient_id);
CREATE INDEX waiting_entries_appointment_id_idx ON waiting_entries (appointment_id);
CREATE INDEX waiting_entries_booked_appointment_id_idx ON waiting_entries (booked_appointment_id);
CREATE INDEX waiting_entries_provider_id_idx ON waiting_entries (provider_id);
CREATE INDEX waiting_entries_state_urgency_created_at_id_idx ON waiting_entries (state, urgency DESC, created_at, id);
CREATE INDEX waiting_entries_ended_at_idx ON waiting_entries (ended_at);

CREATE TRIGGER waiting_entries_patient_merged BEFORE INSERT ON waiting_entries
FOR EACH ROW EXECUTE FUNCTION refuse_if_patient_merged();

CREATE TABLE freed_times (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    starts_at timestamptz(3) NOT NULL,
    ends_at timestamptz(3) NOT NULL,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT freed_times_pkey PRIMARY KEY (id),
    CONSTRAINT freed_times_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE,
    CONSTRAINT freed_times_ends_at_check CHECK (ends_at > starts_at)
);
COMMENT ON TABLE freed_times IS 'Times that a visit left when it was moved elsewhere.';
COMMENT ON COLUMN freed_times.id IS 'The entry; UUIDv7 made by the application.';
COMMENT ON COLUMN freed_times.provider_id IS 'Whose time it is.';
COMMENT ON COLUMN freed_times.starts_at IS 'When it begins.';
COMMENT ON COLUMN freed_times.ends_at IS 'When it is over.';
COMMENT ON COLUMN freed_times.created_at IS 'When the row was first written.';
CREATE INDEX freed_times_provider_id_idx ON freed_times (provider_id);
CREATE INDEX freed_times_ends_at_idx ON freed_times (ends_at);
