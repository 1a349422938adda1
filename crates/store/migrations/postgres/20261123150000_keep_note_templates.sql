-- New table note_templates: A provider's own beginning of a note, with blanks to fill in.
-- New index note_templates_provider_id_name_key on note_templates.

CREATE TABLE note_templates (
    id uuid NOT NULL,
    provider_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    appointment_type appointment_type,
    chief_complaint varchar(255),
    history_of_present_illness text,
    review_of_systems text,
    physical_exam_notes text,
    diagnosis varchar(255),
    diagnosis_notes text,
    treatment_plan text,
    follow_up_instructions text,
    patient_education text,
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    version integer NOT NULL DEFAULT 1,
    CONSTRAINT note_templates_pkey PRIMARY KEY (id),
    CONSTRAINT note_templates_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
);
COMMENT ON TABLE note_templates IS 'A provider''s own beginning of a note, with blanks to fill in.';
COMMENT ON COLUMN note_templates.id IS 'The template; UUIDv7 made by the application.';
COMMENT ON COLUMN note_templates.provider_id IS 'Whose it is.';
COMMENT ON COLUMN note_templates.name IS 'What its owner calls it.';
COMMENT ON COLUMN note_templates.appointment_type IS 'The kind of visit that it is for; empty for all.';
COMMENT ON COLUMN note_templates.chief_complaint IS 'Text for the chief complaint.';
COMMENT ON COLUMN note_templates.history_of_present_illness IS 'Text for the history of present illness.';
COMMENT ON COLUMN note_templates.review_of_systems IS 'Text for the review of systems.';
COMMENT ON COLUMN note_templates.physical_exam_notes IS 'Text for the physical exam.';
COMMENT ON COLUMN note_templates.diagnosis IS 'Text for the diagnosis.';
COMMENT ON COLUMN note_templates.diagnosis_notes IS 'Text for the diagnosis notes.';
COMMENT ON COLUMN note_templates.treatment_plan IS 'Text for the treatment plan.';
COMMENT ON COLUMN note_templates.follow_up_instructions IS 'Text for the follow-up.';
COMMENT ON COLUMN note_templates.patient_education IS 'Text for the patient education.';
COMMENT ON COLUMN note_templates.created_at IS 'When the row was first written.';
COMMENT ON COLUMN note_templates.updated_at IS 'When the row was last written.';
COMMENT ON COLUMN note_templates.version IS 'Counts the writes; an update names the version it saw.';
CREATE UNIQUE INDEX note_templates_provider_id_name_key ON note_templates (provider_id, name);
