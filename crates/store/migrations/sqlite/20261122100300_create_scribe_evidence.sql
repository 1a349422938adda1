-- The scribe's path: consent, recording, transcript, run, and the evidence behind each drafted sentence or item,
-- with what a person decided about it. Nothing here is part of the chart until a person takes it over.

-- What the patient agreed to, each answer a row; never changed.
CREATE TABLE consents (
    id TEXT NOT NULL CONSTRAINT consents_id_form CHECK (length(id) = 36), -- The answer; UUIDv7 made by the application.
    patient_id TEXT NOT NULL CONSTRAINT consents_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    appointment_id TEXT CONSTRAINT consents_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    kind TEXT NOT NULL CONSTRAINT consents_kind_form CHECK (kind IN ('scribe_recording')), -- What is consented to.
    decision TEXT NOT NULL CONSTRAINT consents_decision_form CHECK (decision IN ('granted', 'refused', 'withdrawn')), -- What the patient said.
    note TEXT CONSTRAINT consents_note_form CHECK (length(note) <= 255), -- Remarks.
    asked_by TEXT NOT NULL CONSTRAINT consents_asked_by_form CHECK (length(asked_by) = 36), -- Who asked.
    asked_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT consents_asked_at_form CHECK (asked_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    CONSTRAINT consents_pkey PRIMARY KEY (id),
    CONSTRAINT consents_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE RESTRICT,
    CONSTRAINT consents_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE RESTRICT,
    CONSTRAINT consents_asked_by_fkey FOREIGN KEY (asked_by) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX consents_patient_id_asked_at_idx ON consents (patient_id, asked_at);
CREATE INDEX consents_appointment_id_idx ON consents (appointment_id);

-- Recordings of consultations; the bytes lie in the data folder.
CREATE TABLE recordings (
    id TEXT NOT NULL CONSTRAINT recordings_id_form CHECK (length(id) = 36), -- The recording; UUIDv7 made by the application.
    appointment_id TEXT NOT NULL CONSTRAINT recordings_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    patient_id TEXT NOT NULL CONSTRAINT recordings_patient_id_form CHECK (length(patient_id) = 36), -- Whose it is.
    state TEXT NOT NULL DEFAULT 'recording' CONSTRAINT recordings_state_form CHECK (state IN ('recording', 'finished', 'transcribed', 'failed', 'discarded')), -- How far it is.
    media_type TEXT NOT NULL CONSTRAINT recordings_media_type_form CHECK (length(media_type) <= 255), -- Kind of audio, such as audio/webm.
    file_name TEXT CONSTRAINT recordings_file_name_form CHECK (length(file_name) <= 255), -- Name it came with.
    byte_count INTEGER NOT NULL DEFAULT 0, -- Bytes received so far.
    duration_ms INTEGER, -- Length in milliseconds.
    sha256 TEXT, -- SHA-256 of the whole, in lower-case hexadecimal, once finished.
    started_by TEXT NOT NULL CONSTRAINT recordings_started_by_form CHECK (length(started_by) = 36), -- Who started it.
    started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT recordings_started_at_form CHECK (started_at GLOB '????-??-??T??:??:??.???Z'), -- When it began.
    finished_at TEXT CONSTRAINT recordings_finished_at_form CHECK (finished_at GLOB '????-??-??T??:??:??.???Z'), -- When the last part came.
    failure TEXT, -- What went wrong, without personal detail.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT recordings_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT recordings_pkey PRIMARY KEY (id),
    CONSTRAINT recordings_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT recordings_patient_id_fkey FOREIGN KEY (patient_id) REFERENCES patients (id) ON DELETE CASCADE,
    CONSTRAINT recordings_byte_count_check CHECK (byte_count >= 0),
    CONSTRAINT recordings_duration_ms_check CHECK (duration_ms >= 0),
    CONSTRAINT recordings_sha256_check CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
    CONSTRAINT recordings_started_by_fkey FOREIGN KEY (started_by) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX recordings_appointment_id_idx ON recordings (appointment_id);
CREATE INDEX recordings_patient_id_idx ON recordings (patient_id);
CREATE INDEX recordings_open_idx ON recordings (started_at) WHERE state IN ('recording', 'finished');

-- The parts of a recording, as they came.
CREATE TABLE recording_chunks (
    recording_id TEXT NOT NULL CONSTRAINT recording_chunks_recording_id_form CHECK (length(recording_id) = 36), -- The recording it belongs to.
    number INTEGER NOT NULL, -- Place in the recording, from 0.
    byte_count INTEGER NOT NULL, -- Size in bytes.
    sha256 TEXT NOT NULL, -- SHA-256 of the part, in lower-case hexadecimal.
    received_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT recording_chunks_received_at_form CHECK (received_at GLOB '????-??-??T??:??:??.???Z'), -- When it was on disk.
    CONSTRAINT recording_chunks_pkey PRIMARY KEY (recording_id, number),
    CONSTRAINT recording_chunks_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recordings (id) ON DELETE CASCADE,
    CONSTRAINT recording_chunks_number_check CHECK (number >= 0),
    CONSTRAINT recording_chunks_byte_count_check CHECK (byte_count >= 0),
    CONSTRAINT recording_chunks_sha256_check CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*')
) STRICT;

-- What was said, as text.
CREATE TABLE transcripts (
    id TEXT NOT NULL CONSTRAINT transcripts_id_form CHECK (length(id) = 36), -- The transcript; UUIDv7 made by the application.
    appointment_id TEXT NOT NULL CONSTRAINT transcripts_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    recording_id TEXT CONSTRAINT transcripts_recording_id_form CHECK (length(recording_id) = 36), -- The recording it was made from.
    source TEXT NOT NULL CONSTRAINT transcripts_source_form CHECK (source IN ('pasted', 'uploaded', 'speech')), -- Where it comes from.
    text TEXT NOT NULL, -- The whole text.
    engine TEXT CONSTRAINT transcripts_engine_form CHECK (length(engine) <= 255), -- Program that heard it.
    model_hash TEXT CONSTRAINT transcripts_model_hash_form CHECK (length(model_hash) <= 255), -- Hash of the speech model.
    created_by TEXT CONSTRAINT transcripts_created_by_form CHECK (length(created_by) = 36), -- Who brought it in.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT transcripts_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    CONSTRAINT transcripts_pkey PRIMARY KEY (id),
    CONSTRAINT transcripts_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT transcripts_recording_id_fkey FOREIGN KEY (recording_id) REFERENCES recordings (id) ON DELETE SET NULL,
    CONSTRAINT transcripts_created_by_fkey FOREIGN KEY (created_by) REFERENCES providers (id) ON DELETE RESTRICT
) STRICT;
CREATE INDEX transcripts_appointment_id_idx ON transcripts (appointment_id);
CREATE INDEX transcripts_recording_id_idx ON transcripts (recording_id);

-- A transcript cut into turns, with times.
CREATE TABLE transcript_segments (
    transcript_id TEXT NOT NULL CONSTRAINT transcript_segments_transcript_id_form CHECK (length(transcript_id) = 36), -- The transcript it belongs to.
    position INTEGER NOT NULL, -- Place in the transcript, from 0.
    speaker TEXT NOT NULL DEFAULT 'unknown' CONSTRAINT transcript_segments_speaker_form CHECK (speaker IN ('doctor', 'patient', 'other', 'unknown')), -- Who is speaking.
    start_ms INTEGER, -- Where it begins in the recording.
    end_ms INTEGER, -- Where it ends in the recording.
    text TEXT NOT NULL, -- What was said.
    confidence INTEGER, -- How sure the engine was, in thousandths.
    CONSTRAINT transcript_segments_pkey PRIMARY KEY (transcript_id, position),
    CONSTRAINT transcript_segments_transcript_id_fkey FOREIGN KEY (transcript_id) REFERENCES transcripts (id) ON DELETE CASCADE,
    CONSTRAINT transcript_segments_position_check CHECK (position >= 0),
    CONSTRAINT transcript_segments_start_ms_check CHECK (start_ms >= 0),
    CONSTRAINT transcript_segments_end_ms_check CHECK (end_ms >= 0),
    CONSTRAINT transcript_segments_confidence_check CHECK (confidence BETWEEN 0 AND 1000),
    CONSTRAINT transcript_segments_times_check CHECK (end_ms >= start_ms)
) STRICT;

-- Each time the scribe drafted something.
CREATE TABLE scribe_runs (
    id TEXT NOT NULL CONSTRAINT scribe_runs_id_form CHECK (length(id) = 36), -- The run; UUIDv7 made by the application.
    appointment_id TEXT NOT NULL CONSTRAINT scribe_runs_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    transcript_id TEXT NOT NULL CONSTRAINT scribe_runs_transcript_id_form CHECK (length(transcript_id) = 36), -- What it read.
    engine TEXT NOT NULL CONSTRAINT scribe_runs_engine_form CHECK (length(engine) <= 255), -- Program that drafted.
    engine_version TEXT NOT NULL CONSTRAINT scribe_runs_engine_version_form CHECK (length(engine_version) <= 255), -- Its version.
    model_hash TEXT CONSTRAINT scribe_runs_model_hash_form CHECK (length(model_hash) <= 255), -- Hash of its model, where it has one.
    state TEXT NOT NULL DEFAULT 'running' CONSTRAINT scribe_runs_state_form CHECK (state IN ('running', 'done', 'failed')), -- How far it is.
    started_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT scribe_runs_started_at_form CHECK (started_at GLOB '????-??-??T??:??:??.???Z'), -- When it began.
    finished_at TEXT CONSTRAINT scribe_runs_finished_at_form CHECK (finished_at GLOB '????-??-??T??:??:??.???Z'), -- When it was over.
    raw TEXT CONSTRAINT scribe_runs_raw_form CHECK (raw IS NULL OR json_valid(raw)), -- The result as the engine gave it.
    failure TEXT, -- What went wrong, without personal detail.
    CONSTRAINT scribe_runs_pkey PRIMARY KEY (id),
    CONSTRAINT scribe_runs_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT scribe_runs_transcript_id_fkey FOREIGN KEY (transcript_id) REFERENCES transcripts (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX scribe_runs_appointment_id_started_at_idx ON scribe_runs (appointment_id, started_at DESC);
CREATE INDEX scribe_runs_transcript_id_idx ON scribe_runs (transcript_id);

-- Each drafted sentence or item, what it rests on, and what a person did with it.
CREATE TABLE evidence (
    id TEXT NOT NULL CONSTRAINT evidence_id_form CHECK (length(id) = 36), -- The drafted sentence or item; UUIDv7 made by the application.
    scribe_run_id TEXT NOT NULL CONSTRAINT evidence_scribe_run_id_form CHECK (length(scribe_run_id) = 36), -- The run that drafted it.
    appointment_id TEXT NOT NULL CONSTRAINT evidence_appointment_id_form CHECK (length(appointment_id) = 36), -- The visit it belongs to.
    medical_record_id TEXT CONSTRAINT evidence_medical_record_id_form CHECK (length(medical_record_id) = 36), -- The record it was offered to.
    position INTEGER NOT NULL DEFAULT 0, -- Place in the list, from 0.
    target TEXT NOT NULL CONSTRAINT evidence_target_form CHECK (length(target) <= 40), -- Field it is meant for, such as chiefComplaint, or symptom, prescription, vitals, order, allergy, history.
    text TEXT NOT NULL, -- What was drafted.
    payload TEXT CONSTRAINT evidence_payload_form CHECK (payload IS NULL OR json_valid(payload)), -- The parts of an item, such as a symptom.
    segments TEXT NOT NULL DEFAULT '[]' CONSTRAINT evidence_segments_form CHECK (json_valid(segments)), -- Array of the positions of the segments it rests on.
    start_ms INTEGER, -- Where the words begin in the recording.
    end_ms INTEGER, -- Where they end.
    kind TEXT NOT NULL CONSTRAINT evidence_kind_form CHECK (kind IN ('supported', 'chart_only', 'unsupported', 'contradicts')), -- How it stands to what was said.
    flags TEXT NOT NULL DEFAULT '[]' CONSTRAINT evidence_flags_form CHECK (json_valid(flags)), -- Array of warnings.
    decision TEXT NOT NULL DEFAULT 'proposed' CONSTRAINT evidence_decision_form CHECK (decision IN ('proposed', 'accepted', 'edited', 'rejected')), -- What a person did with it.
    decided_by TEXT CONSTRAINT evidence_decided_by_form CHECK (length(decided_by) = 36), -- Who decided.
    decided_at TEXT CONSTRAINT evidence_decided_at_form CHECK (decided_at GLOB '????-??-??T??:??:??.???Z'), -- When.
    final_text TEXT, -- What it became after editing.
    row_id TEXT CONSTRAINT evidence_row_id_form CHECK (length(row_id) = 36), -- The symptom or prescription made from it.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT evidence_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT evidence_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT evidence_pkey PRIMARY KEY (id),
    CONSTRAINT evidence_scribe_run_id_fkey FOREIGN KEY (scribe_run_id) REFERENCES scribe_runs (id) ON DELETE CASCADE,
    CONSTRAINT evidence_appointment_id_fkey FOREIGN KEY (appointment_id) REFERENCES appointments (id) ON DELETE CASCADE,
    CONSTRAINT evidence_medical_record_id_fkey FOREIGN KEY (medical_record_id) REFERENCES medical_records (id) ON DELETE SET NULL,
    CONSTRAINT evidence_position_check CHECK (position >= 0),
    CONSTRAINT evidence_start_ms_check CHECK (start_ms >= 0),
    CONSTRAINT evidence_end_ms_check CHECK (end_ms >= 0),
    CONSTRAINT evidence_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES providers (id) ON DELETE RESTRICT,
    CONSTRAINT evidence_decision_check CHECK ((decision = 'proposed') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided_at IS NULL))
) STRICT;
CREATE INDEX evidence_appointment_id_position_idx ON evidence (appointment_id, position);
CREATE INDEX evidence_scribe_run_id_idx ON evidence (scribe_run_id);
CREATE INDEX evidence_medical_record_id_idx ON evidence (medical_record_id);

-- Work that goes on in the background and survives a restart.
CREATE TABLE jobs (
    id TEXT NOT NULL CONSTRAINT jobs_id_form CHECK (length(id) = 36), -- The job; UUIDv7 made by the application.
    kind TEXT NOT NULL CONSTRAINT jobs_kind_form CHECK (length(kind) <= 40), -- What is done, such as transcribe.
    subject_id TEXT NOT NULL CONSTRAINT jobs_subject_id_form CHECK (length(subject_id) = 36), -- What it is done to.
    state TEXT NOT NULL DEFAULT 'queued' CONSTRAINT jobs_state_form CHECK (state IN ('queued', 'running', 'done', 'failed')), -- How far it is.
    progress INTEGER NOT NULL DEFAULT 0, -- Done so far, in thousandths.
    attempts INTEGER NOT NULL DEFAULT 0, -- How often it was begun.
    failure TEXT, -- What went wrong, without personal detail.
    queued_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT jobs_queued_at_form CHECK (queued_at GLOB '????-??-??T??:??:??.???Z'), -- When it was asked for.
    started_at TEXT CONSTRAINT jobs_started_at_form CHECK (started_at GLOB '????-??-??T??:??:??.???Z'), -- When it last began.
    finished_at TEXT CONSTRAINT jobs_finished_at_form CHECK (finished_at GLOB '????-??-??T??:??:??.???Z'), -- When it was over.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT jobs_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    CONSTRAINT jobs_pkey PRIMARY KEY (id),
    CONSTRAINT jobs_progress_check CHECK (progress BETWEEN 0 AND 1000),
    CONSTRAINT jobs_attempts_check CHECK (attempts >= 0)
) STRICT;
CREATE UNIQUE INDEX jobs_kind_subject_id_key ON jobs (kind, subject_id) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_open_idx ON jobs (queued_at) WHERE state IN ('queued', 'running');
CREATE INDEX jobs_subject_id_idx ON jobs (subject_id);
