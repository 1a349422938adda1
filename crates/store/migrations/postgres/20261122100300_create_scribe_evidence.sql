-- The scribe's path: consent, recording, transcript, run, and the evidence behind each drafted sentence or item,
-- with what a person decided about it. Nothing here is part of the chart until a person takes it over.

CREATE TYPE consent_kind AS ENUM ('scribe_recording');
COMMENT ON TYPE consent_kind IS 'What is consented to.';

CREATE TYPE consent_decision AS ENUM ('granted', 'refused', 'withdrawn');
COMMENT ON TYPE consent_decision IS 'What the patient said.';

CREATE TYPE recording_state AS ENUM ('recording', 'finished', 'transcribed', 'failed', 'discarded');
COMMENT ON TYPE recording_state IS 'How far a recording is.';

CREATE TYPE transcript_source AS ENUM ('pasted', 'uploaded', 'speech');
COMMENT ON TYPE transcript_source IS 'Where a transcript comes from.';

CREATE TYPE speaker AS ENUM ('doctor', 'patient', 'other', 'unknown');
COMMENT ON TYPE speaker IS 'Who is speaking.';

CREATE TYPE scribe_run_state AS ENUM ('running', 'done', 'failed');
COMMENT ON TYPE scribe_run_state IS 'How far a run of the scribe is.';

CREATE TYPE evidence_kind AS ENUM ('supported', 'chart_only', 'unsupported', 'contradicts');
COMMENT ON TYPE evidence_kind IS 'How the drafted text stands to what was said.';

CREATE TYPE evidence_decision AS ENUM ('proposed', 'accepted', 'edited', 'rejected');
COMMENT ON TYPE evidence_decision IS 'What a person did with it.';

CREATE TYPE job_state AS ENUM ('queued', 'running', 'done', 'failed');
COMMENT ON TYPE job_state IS 'How far background work is.';

CREATE TABLE consents (
    id uuid NOT NULL,
    patient_id uuid NOT NULL,
    appointment_id uuid,
    kind consent_kind NOT NULL,
    decision consent_decision NOT NULL,
    note varchar(255),
    asked_by uuid NOT NULL,
    asked_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT consents_pkey PRIMARY KEY (id),
    CONSTRAINT consents_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT consents_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE RESTRICT,
    CONSTRAINT consents_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE consents IS 'What the patient agreed to, each answer a row; never changed.';
COMMENT ON COLUMN consents.id IS 'The answer; UUIDv7 made by the application.';
COMMENT ON COLUMN consents.patient_id IS 'Whose it is.';
COMMENT ON COLUMN consents.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN consents.kind IS 'What is consented to.';
COMMENT ON COLUMN consents.decision IS 'What the patient said.';
COMMENT ON COLUMN consents.note IS 'Remarks.';
COMMENT ON COLUMN consents.asked_by IS 'Who asked.';
COMMENT ON COLUMN consents.asked_at IS 'When.';
CREATE INDEX consents_patient_id_asked_at_idx ON consents (patient_id, asked_at);
CREATE INDEX consents_appointment_id_idx ON consents (appointment_id);

CREATE TABLE recordings (
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    state recording_state NOT NULL DEFAULT 'recording',
    media_type varchar(255) NOT NULL,
    file_name varchar(255),
    byte_count bigint NOT NULL DEFAULT 0,
    duration_ms bigint,
    sha256 varchar(64),
    started_by uuid NOT NULL,
    started_at timestamptz(3) NOT NULL DEFAULT now(),
    finished_at timestamptz(3),
    failure text,
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT recordings_pkey PRIMARY KEY (id),
    CONSTRAINT recordings_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT recordings_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT recordings_byte_count_check CHECK (byte_count >= 0),
    CONSTRAINT recordings_duration_ms_check CHECK (duration_ms >= 0),
    CONSTRAINT recordings_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT recordings_started_by_fkey FOREIGN KEY (started_by) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE recordings IS 'Recordings of consultations; the bytes lie in the data folder.';
COMMENT ON COLUMN recordings.id IS 'The recording; UUIDv7 made by the application.';
COMMENT ON COLUMN recordings.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN recordings.patient_id IS 'Whose it is.';
COMMENT ON COLUMN recordings.state IS 'How far it is.';
COMMENT ON COLUMN recordings.media_type IS 'Kind of audio, such as audio/webm.';
COMMENT ON COLUMN recordings.file_name IS 'Name it came with.';
COMMENT ON COLUMN recordings.byte_count IS 'Bytes received so far.';
COMMENT ON COLUMN recordings.duration_ms IS 'Length in milliseconds.';
COMMENT ON COLUMN recordings.sha256 IS 'SHA-256 of the whole, in lower-case hexadecimal, once finished.';
COMMENT ON COLUMN recordings.started_by IS 'Who started it.';
COMMENT ON COLUMN recordings.started_at IS 'When it began.';
COMMENT ON COLUMN recordings.finished_at IS 'When the last part came.';
COMMENT ON COLUMN recordings.failure IS 'What went wrong, without personal detail.';
COMMENT ON COLUMN recordings.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN recordings.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX recordings_appointment_id_idx ON recordings (appointment_id);
CREATE INDEX recordings_patient_id_idx ON recordings (patient_id);
CREATE INDEX recordings_open_idx ON recordings (started_at) WHERE state IN ('recording', 'finished');

CREATE TABLE recording_chunks (
    recording_id uuid NOT NULL,
    number integer NOT NULL,
    byte_count bigint NOT NULL,
    sha256 varchar(64) NOT NULL,
    received_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT recording_chunks_pkey PRIMARY KEY (recording_id, number),
    CONSTRAINT recording_chunks_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recordings (id) ON DELETE CASCADE,
    CONSTRAINT recording_chunks_number_check CHECK (number >= 0),
    CONSTRAINT recording_chunks_byte_count_check CHECK (byte_count >= 0),
    CONSTRAINT recording_chunks_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
COMMENT ON TABLE recording_chunks IS 'The parts of a recording, as they came.';
COMMENT ON COLUMN recording_chunks.recording_id IS 'The recording it belongs to.';
COMMENT ON COLUMN recording_chunks.number IS 'Place in the recording, from 0.';
COMMENT ON COLUMN recording_chunks.byte_count IS 'Size in bytes.';
COMMENT ON COLUMN recording_chunks.sha256 IS 'SHA-256 of the part, in lower-case hexadecimal.';
COMMENT ON COLUMN recording_chunks.received_at IS 'When it was on disk.';

CREATE TABLE transcripts (
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    recording_id uuid,
    source transcript_source NOT NULL,
    text text NOT NULL,
    engine varchar(255),
    model_hash varchar(255),
    created_by uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT transcripts_pkey PRIMARY KEY (id),
    CONSTRAINT transcripts_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT transcripts_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recordings (id) ON DELETE SET NULL,
    CONSTRAINT transcripts_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT
);
COMMENT ON TABLE transcripts IS 'What was said, as text.';
COMMENT ON COLUMN transcripts.id IS 'The transcript; UUIDv7 made by the application.';
COMMENT ON COLUMN transcripts.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN transcripts.recording_id IS 'The recording it was made from.';
COMMENT ON COLUMN transcripts.source IS 'Where it comes from.';
COMMENT ON COLUMN transcripts.text IS 'The whole text.';
COMMENT ON COLUMN transcripts.engine IS 'Program that heard it.';
COMMENT ON COLUMN transcripts.model_hash IS 'Hash of the speech model.';
COMMENT ON COLUMN transcripts.created_by IS 'Who brought it in.';
COMMENT ON COLUMN transcripts.created_at IS 'When the row was first written.';
CREATE INDEX transcripts_appointment_id_idx ON transcripts (appointment_id);
CREATE INDEX transcripts_recording_id_idx ON transcripts (recording_id);

CREATE TABLE transcript_segments (
    transcript_id uuid NOT NULL,
    position integer NOT NULL,
    speaker speaker NOT NULL DEFAULT 'unknown',
    start_ms integer,
    end_ms integer,
    text text NOT NULL,
    confidence smallint,
    CONSTRAINT transcript_segments_pkey PRIMARY KEY (transcript_id, position),
    CONSTRAINT transcript_segments_transcript_id_fkey FOREIGN KEY (transcript_id) REFERENCES transcripts (id) ON DELETE CASCADE,
    CONSTRAINT transcript_segments_position_check CHECK (position >= 0),
    CONSTRAINT transcript_segments_start_ms_check CHECK (start_ms >= 0),
    CONSTRAINT transcript_segments_end_ms_check CHECK (end_ms >= 0),
    CONSTRAINT transcript_segments_confidence_check CHECK (confidence BETWEEN 0 AND 1000),
    CONSTRAINT transcript_segments_times_check CHECK (end_ms >= start_ms)
);
COMMENT ON TABLE transcript_segments IS 'A transcript cut into turns, with times.';
COMMENT ON COLUMN transcript_segments.transcript_id IS 'The transcript it belongs to.';
COMMENT ON COLUMN transcript_segments.position IS 'Place in the transcript, from 0.';
COMMENT ON COLUMN transcript_segments.speaker IS 'Who is speaking.';
COMMENT ON COLUMN transcript_segments.start_ms IS 'Where it begins in the recording.';
COMMENT ON COLUMN transcript_segments.end_ms IS 'Where it ends in the recording.';
COMMENT ON COLUMN transcript_segments.text IS 'What was said.';
COMMENT ON COLUMN transcript_segments.confidence IS 'How sure the engine was, in thousandths.';

CREATE TABLE scribe_runs (
    id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    transcript_id uuid NOT NULL,
    engine varchar(255) NOT NULL,
    engine_version varchar(255) NOT NULL,
    model_hash varchar(255),
    state scribe_run_state NOT NULL DEFAULT 'running',
    started_at timestamptz(3) NOT NULL DEFAULT now(),
    finished_at timestamptz(3),
    raw jsonb,
    failure text,
    CONSTRAINT scribe_runs_pkey PRIMARY KEY (id),
    CONSTRAINT scribe_runs_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT scribe_runs_transcript_id_fkey FOREIGN KEY (transcript_id) REFERENCES transcripts (id) ON DELETE CASCADE
);
COMMENT ON TABLE scribe_runs IS 'Each time the scribe drafted something.';
COMMENT ON COLUMN scribe_runs.id IS 'The run; UUIDv7 made by the application.';
COMMENT ON COLUMN scribe_runs.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN scribe_runs.transcript_id IS 'What it read.';
COMMENT ON COLUMN scribe_runs.engine IS 'Program that drafted.';
COMMENT ON COLUMN scribe_runs.engine_version IS 'Its version.';
COMMENT ON COLUMN scribe_runs.model_hash IS 'Hash of its model, where it has one.';
COMMENT ON COLUMN scribe_runs.state IS 'How far it is.';
COMMENT ON COLUMN scribe_runs.started_at IS 'When it began.';
COMMENT ON COLUMN scribe_runs.finished_at IS 'When it was over.';
COMMENT ON COLUMN scribe_runs.raw IS 'The result as the engine gave it.';
COMMENT ON COLUMN scribe_runs.failure IS 'What went wrong, without personal detail.';
CREATE INDEX scribe_runs_appointment_id_started_at_idx ON scribe_runs (appointment_id, started_at DESC);
CREATE INDEX scribe_runs_transcript_id_idx ON scribe_runs (transcript_id);

CREATE TABLE evidence (
    id uuid NOT NULL,
    scribe_run_id uuid NOT NULL,
    appointment_id uuid NOT NULL,
    medical_record_id uuid,
    position integer NOT NULL DEFAULT 0,
    target varchar(40) NOT NULL,
    text text NOT NULL,
    payload jsonb,
    segments jsonb NOT NULL DEFAULT '[]',
    start_ms integer,
    end_ms integer,
    kind evidence_kind NOT NULL,
    flags jsonb NOT NULL DEFAULT '[]',
    decision evidence_decision NOT NULL DEFAULT 'proposed',
    decided_by uuid,
    decided_at timestamptz(3),
    final_text text,
    row_id uuid,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT evidence_pkey PRIMARY KEY (id),
    CONSTRAINT evidence_scribe_run_id_fkey FOREIGN KEY (scribe_run_id) REFERENCES scribe_runs (id) ON DELETE CASCADE,
    CONSTRAINT evidence_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT evidence_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE SET NULL,
    CONSTRAINT evidence_position_check CHECK (position >= 0),
    CONSTRAINT evidence_start_ms_check CHECK (start_ms >= 0),
    CONSTRAINT evidence_end_ms_check CHECK (end_ms >= 0),
    CONSTRAINT evidence_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT evidence_decision_check CHECK ((decision = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
);
COMMENT ON TABLE evidence IS 'Each drafted sentence or item, what it rests on, and what a person did with it.';
COMMENT ON COLUMN evidence.id IS 'The drafted sentence or item; UUIDv7 made by the application.';
COMMENT ON COLUMN evidence.scribe_run_id IS 'The run that drafted it.';
COMMENT ON COLUMN evidence.appointment_id IS 'The visit it belongs to.';
COMMENT ON COLUMN evidence.medical_record_id IS 'The record it was offered to.';
COMMENT ON COLUMN evidence.position IS 'Place in the list, from 0.';
COMMENT ON COLUMN evidence.target IS 'Field it is meant for, such as chiefComplaint, or symptom, prescription, vitals, order, allergy, history.';
COMMENT ON COLUMN evidence.text IS 'What was drafted.';
COMMENT ON COLUMN evidence.payload IS 'The parts of an item, such as a symptom.';
COMMENT ON COLUMN evidence.segments IS 'Array of the positions of the segments it rests on.';
COMMENT ON COLUMN evidence.start_ms IS 'Where the words begin in the recording.';
COMMENT ON COLUMN evidence.end_ms IS 'Where they end.';
COMMENT ON COLUMN evidence.kind IS 'How it stands to what was said.';
COMMENT ON COLUMN evidence.flags IS 'Array of warnings.';
COMMENT ON COLUMN evidence.decision IS 'What a person did with it.';
COMMENT ON COLUMN evidence.decided_by IS 'Who decided.';
COMMENT ON COLUMN evidence.decided_at IS 'When.';
COMMENT ON COLUMN evidence.final_text IS 'What it became after editing.';
COMMENT ON COLUMN evidence.row_id IS 'The symptom or prescription made from it.';
COMMENT ON COLUMN evidence.created_at IS 'When the row was first written.';
COMMENT ON COLUMN evidence.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN evidence.version IS 'Counts the writes; an update names the version it saw.';
CREATE INDEX evidence_appointment_id_position_idx ON evidence (appointment_id, position);
CREATE INDEX evidence_scribe_run_id_idx ON evidence (scribe_run_id);
CREATE INDEX evidence_medical_record_id_idx ON evidence (medical_record_id);

CREATE TABLE jobs (
    id uuid NOT NULL,
    kind varchar(40) NOT NULL,
    subject_id uuid NOT NULL,
    state job_state NOT NULL DEFAULT 'queued',
    progress smallint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    failure text,
    queued_at timestamptz(3) NOT NULL DEFAULT now(),
    started_at timestamptz(3),
    finished_at timestamptz(3),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_progress_check CHECK (progress BETWEEN 0 AND 1000),
    CONSTRAINT jobs_attempts_check CHECK (attempts >= 0)
);
COMMENT ON TABLE jobs IS 'Work that goes on in the background and survives a restart.';
COMMENT ON COLUMN jobs.id IS 'The job; UUIDv7 made by the application.';
COMMENT ON COLUMN jobs.kind IS 'What is done, such as transcribe.';
COMMENT ON COLUMN jobs.subject_id IS 'What it is done to.';
COMMENT ON COLUMN jobs.state IS 'How far it is.';
COMMENT ON COLUMN jobs.progress IS 'Done so far, in thousandths.';
COMMENT ON COLUMN jobs.attempts IS 'How often it was begun.';
COMMENT ON COLUMN jobs.failure IS 'What went wrong, without personal detail.';
COMMENT ON COLUMN jobs.queued_at IS 'When it was asked for.';
COMMENT ON COLUMN jobs.started_at IS 'When it last began.';
COMMENT ON COLUMN jobs.finished_at IS 'When it was over.';
COMMENT ON COLUMN jobs.updated_at IS 'When the row was last written.';
CREATE UNIQUE INDEX jobs_kind_subject_id_key ON jobs (kind, subject_id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_open_idx ON jobs (queued_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_subject_id_idx ON jobs (subject_id);
