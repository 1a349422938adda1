-- The schedule: appointments, one provider in one place at a time, and the paths a status may take.
-- A deliberate double booking carries its reason and stands outside the rule, as cancelled and missed ones do.

CREATE TYPE appointment_type AS ENUM ('new_patient', 'follow_up', 'routine_checkup', 'sick_visit', 'telehealth');
COMMENT ON TYPE appointment_type IS 'What kind of visit it is.';

CREATE TYPE appointment_status AS ENUM ('scheduled', 'checked_in', 'in_progress', 'completed', 'cancelled', 'no_show');
COMMENT ON TYPE appointment_status IS 'Where the visit stands.';

CREATE TABLE appointments (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    provider_id uuid NOT NULL,
    appointment_date timestamptz(3) NOT NULL,
    ends_at timestamptz(3) NOT NULL,
    appointment_type appointment_type NOT NULL,
    reason_for_visit varchar(255),
    duration_minutes integer DEFAULT 30,
    status appointment_status NOT NULL DEFAULT 'scheduled',
    status_reason varchar(255),
    double_booking_reason varchar(255),
    checked_in_at timestamptz(3),
    started_at timestamptz(3),
    completed_at timestamptz(3),
    created_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT appointments_pkey PRIMARY KEY (id),
    CONSTRAINT appointments_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT appointments_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT appointments_duration_minutes_check CHECK (duration_minutes BETWEEN 5 AND 480),
    CONSTRAINT appointments_double_booking_reason_check CHECK (trim(double_booking_reason) <> ''),
    CONSTRAINT appointments_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT appointments_ends_at_check CHECK (ends_at > appointment_date AND ends_at <= appointment_date + interval '480 minutes')
);
COMMENT ON TABLE appointments IS 'Visits, booked or walked in.';
COMMENT ON COLUMN appointments.id IS 'The appointment; UUIDv7 made by the application.';
COMMENT ON COLUMN appointments.patient_id IS 'Whose it is.';
COMMENT ON COLUMN appointments.provider_id IS 'Who sees the patient.';
COMMENT ON COLUMN appointments.appointment_date IS 'When it begins.';
COMMENT ON COLUMN appointments.ends_at IS 'When it ends; at most eight hours after it begins.';
COMMENT ON COLUMN appointments.appointment_type IS 'What kind of visit it is.';
COMMENT ON COLUMN appointments.reason_for_visit IS 'Why the patient comes.';
COMMENT ON COLUMN appointments.duration_minutes IS 'Planned length in minutes.';
COMMENT ON COLUMN appointments.status IS 'Where the visit stands.';
COMMENT ON COLUMN appointments.status_reason IS 'Why it was cancelled, missed or set back.';
COMMENT ON COLUMN appointments.double_booking_reason IS 'Why the same time was given twice on purpose.';
COMMENT ON COLUMN appointments.checked_in_at IS 'When the patient arrived.';
COMMENT ON COLUMN appointments.started_at IS 'When the visit began.';
COMMENT ON COLUMN appointments.completed_at IS 'When the visit was over.';
COMMENT ON COLUMN appointments.created_by IS 'Who booked it.';
COMMENT ON COLUMN appointments.created_at IS 'When the row was first written.';
COMMENT ON COLUMN appointments.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN appointments.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX appointments_patient_id_appointment_date_idx ON appointments (patient_id, appointment_date DESC);
CREATE INDEX appointments_provider_id_appointment_date_idx ON appointments (provider_id, appointment_date);
CREATE INDEX appointments_appointment_date_idx ON appointments (appointment_date);
CREATE INDEX appointments_status_idx ON appointments (status);
CREATE INDEX appointments_open_idx ON appointments (status, appointment_date) WHERE status IN ('scheduled', 'checked_in', 'in_progress');

ALTER TABLE appointments ADD CONSTRAINT appointments_provider_slot_excl
    EXCLUDE USING gist (provider_id WITH =, tstzrange(appointment_date, ends_at) WITH &&)
    WHERE (status NOT IN ('cancelled', 'no_show') AND double_booking_reason IS NULL);
COMMENT ON CONSTRAINT appointments_provider_slot_excl ON appointments IS 'A provider cannot be in two places, unless a reason says so.';

CREATE FUNCTION appointments_check_status_path() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.status
        WHEN 'scheduled' THEN NEW.status IN ('checked_in', 'in_progress', 'cancelled', 'no_show')
        WHEN 'checked_in' THEN NEW.status IN ('in_progress', 'scheduled', 'cancelled', 'no_show')
        WHEN 'in_progress' THEN NEW.status IN ('completed', 'checked_in')
        WHEN 'completed' THEN NEW.status IN ('in_progress')
        WHEN 'cancelled' THEN NEW.status IN ('scheduled')
        WHEN 'no_show' THEN NEW.status IN ('scheduled')
    END) THEN
        RAISE EXCEPTION 'appointments_status_path'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'appointments_status_path', TABLE = 'appointments';
    END IF;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION appointments_check_status_path() IS 'Refuses a status that cannot follow the one before.';

CREATE TRIGGER appointments_status_path BEFORE UPDATE OF status ON appointments
FOR EACH ROW WHEN (OLD.status <> NEW.status) EXECUTE FUNCTION appointments_check_status_path();
