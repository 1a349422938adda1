-- A day's numbers and the order of its visits are read from one index, without the visits themselves.
CREATE INDEX appointments_day_idx ON appointments (appointment_date, id, provider_id, status, checked_in_at);
DROP INDEX appointments_appointment_date_idx;
