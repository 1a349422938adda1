-- The schedule: appointments, one provider in one place at a time, and the paths a status may take.
-- A deliberate double booking carries its reason and stands outside the rule, as cancelled and missed ones do.

-- Visits, booked or walked in.
CREATE TABLE appointments (
    id TEXT NOT NULL CONSTRAINT appointments_id_form CHECK (length(id) = 36), -- The appointment; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT appointments_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    provider_id TEXT NOT NULL CONSTRAINT appointments_provider_id_form CHECK (length(provider_id) = 36), -- Who sees the patient.
    appointment_date TEXT NOT NULL CONSTRAINT appointments_appointment_date_form CHECK (appointment_date GLOB '????-??-??T??:??:??.???Z'), -- When it begins.
    ends_at TEXT NOT NULL CONSTRAINT appointments_ends_at_form CHECK (ends_at GLOB '????-??-??T??:??:??.???Z'), -- When it ends; at most eight hours after it begins.
    appointment_type TEXT NOT NULL CONSTRAINT appointments_appointment_type_form CHECK (appointment_type IN ('new_patient', 'follow_up', 'routine_checkup', 'sick_visit', 'telehealth')), -- What kind of visit it is.
    reason_for_visit TEXT CONSTRAINT appointments_reason_for_visit_form CHECK (length(reason_for_visit) <= 255), -- Why the patient comes.
    duration_minutes INTEGER DEFAULT 30, -- Planned length in minutes.
    status TEXT NOT NULL DEFAULT 'scheduled' CONSTRAINT appointments_status_form CHECK (status IN ('scheduled', 'checked_in', 'in_progress', 'completed', 'cancelled', 'no_show')), -- Where the visit stands.
    status_reason TEXT CONSTRAINT appointments_status_reason_form CHECK (length(status_reason) <= 255), -- Why it was cancelled, missed or set back.
    double_booking_reason TEXT CONSTRAINT appointments_double_booking_reason_form CHECK (length(double_booking_reason) <= 255), -- Why the same time was given twice on purpose.
    checked_in_at TEXT CONSTRAINT appointments_checked_in_at_form CHECK (checked_in_at GLOB '????-??-??T??:??:??.???Z'), -- When the patient arrived.
    started_at TEXT CONSTRAINT appointments_started_at_form CHECK (started_at GLOB '????-??-??T??:??:??.???Z'), -- When the visit began.
    completed_at TEXT CONSTRAINT appointments_completed_at_form CHECK (completed_at GLOB '????-??-??T??:??:??.???Z'), -- When the visit was over.
    created_by TEXT CONSTRAINT appointments_created_by_form CHECK (length(created_by) = 36), -- Who booked it.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT appointments_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT appointments_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT appointments_pkey PRIMARY KEY (id),
    CONSTRAINT appointments_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT appointments_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT appointments_duration_minutes_check CHECK (duration_minutes BETWEEN 5 AND 480),
    CONSTRAINT appointments_double_booking_reason_check CHECK (trim(double_booking_reason) <> ''),
    CONSTRAINT appointments_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT appointments_ends_at_check CHECK (ends_at > appointment_date AND ends_at <= strftime('%Y-%m-%dT%H:%M:%fZ', appointment_date, '+480 minutes'))
) STRICT;
CREATE INDEX appointments_patient_id_appointment_date_idx ON appointments (patient_id, appointment_date DESC);
CREATE INDEX appointments_provider_id_appointment_date_idx ON appointments (provider_id, appointment_date);
CREATE INDEX appointments_appointment_date_idx ON appointments (appointment_date);
CREATE INDEX appointments_status_idx ON appointments (status);
CREATE INDEX appointments_open_idx ON appointments (status, appointment_date) WHERE status IN ('scheduled', 'checked_in', 'in_progress');

-- The twin of the exclusion constraint in PostgreSQL; no visit is longer than 480 minutes, which bounds the search.
CREATE TRIGGER appointments_provider_slot_insert BEFORE INSERT ON appointments
WHEN NEW.status NOT IN ('cancelled', 'no_show')
    AND NEW.double_booking_reason IS NULL
    AND EXISTS (
        SELECT 1
        FROM appointments AS other
        WHERE other.provider_id = NEW.provider_id
            AND other.appointment_date > strftime('%Y-%m-%dT%H:%M:%fZ', NEW.appointment_date, '-480 minutes')
            AND other.appointment_date < NEW.ends_at
            AND other.ends_at > NEW.appointment_date
            AND other.status NOT IN ('cancelled', 'no_show')
            AND other.double_booking_reason IS NULL
            AND other.id <> NEW.id
    )
BEGIN
    SELECT RAISE(ABORT, 'appointments_provider_slot_excl');
END;

CREATE TRIGGER appointments_provider_slot_update BEFORE UPDATE OF id, provider_id, appointment_date, ends_at, status, double_booking_reason ON appointments
WHEN NEW.status NOT IN ('cancelled', 'no_show')
    AND NEW.double_booking_reason IS NULL
    AND EXISTS (
        SELECT 1
        FROM appointments AS other
        WHERE other.provider_id = NEW.provider_id
            AND other.appointment_date > strftime('%Y-%m-%dT%H:%M:%fZ', NEW.appointment_date, '-480 minutes')
            AND other.appointment_date < NEW.ends_at
            AND other.ends_at > NEW.appointment_date
            AND other.status NOT IN ('cancelled', 'no_show')
            AND other.double_booking_reason IS NULL
            AND other.id <> OLD.id
    )
BEGIN
    SELECT RAISE(ABORT, 'appointments_provider_slot_excl');
END;

CREATE TRIGGER appointments_status_path BEFORE UPDATE OF status ON appointments
WHEN OLD.status <> NEW.status
    AND NOT CASE OLD.status
        WHEN 'scheduled' THEN NEW.status IN ('checked_in', 'in_progress', 'cancelled', 'no_show')
        WHEN 'checked_in' THEN NEW.status IN ('in_progress', 'scheduled', 'cancelled', 'no_show')
        WHEN 'in_progress' THEN NEW.status IN ('completed', 'checked_in')
        WHEN 'completed' THEN NEW.status IN ('in_progress')
        WHEN 'cancelled' THEN NEW.status IN ('scheduled')
        WHEN 'no_show' THEN NEW.status IN ('scheduled')
    END
BEGIN
    SELECT RAISE(ABORT, 'appointments_status_path');
END;
