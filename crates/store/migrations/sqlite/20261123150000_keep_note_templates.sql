-- New table note_templates: A provider's own beginning of a note, with blanks to fill in.
-- New index note_templates_provider_id_name_key on note_templates.

-- A provider's own beginning of a note, with blanks to fill in.
CREATE TABLE note_templates (
    id TEXT NOT NULL CONSTRAINT note_templates_id_form CHECK (length(id) = 36), -- The template; UUIDv7 made by the application.
    provider_id TEXT NOT NULL CONSTRAINT note_templates_provider_id_form CHECK (length(provider_id) = 36), -- Whose it is.
    name TEXT NOT NULL CONSTRAINT note_templates_name_form CHECK (length(name) <= 100), -- What its owner calls it.
    appointment_type TEXT CONSTRAINT note_templates_appointment_type_form CHECK (appointment_type IN ('new_patient', 'follow_up', 'routine_checkup', 'sick_visit', 'telehealth')), -- The kind of visit that it is for; empty for all.
    chief_complaint TEXT CONSTRAINT note_templates_chief_complaint_form CHECK (length(chief_complaint) <= 255), -- Text for the chief complaint.
    history_of_present_illness TEXT, -- Text for the history of present illness.
    review_of_systems TEXT, -- Text for the review of systems.
    physical_exam_notes TEXT, -- Text for the physical exam.
    diagnosis TEXT CONSTRAINT note_templates_diagnosis_form CHECK (length(diagnosis) <= 255), -- Text for the diagnosis.
    diagnosis_notes TEXT, -- Text for the diagnosis notes.
    treatment_plan TEXT, -- Text for the treatment plan.
    follow_up_instructions TEXT, -- Text for the follow-up.
    patient_education TEXT, -- Text for the patient education.
    created_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT note_templates_created_at_form CHECK (created_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was first written.
    updated_at TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')) CONSTRAINT note_templates_updated_at_form CHECK (updated_at GLOB '????-??-??T??:??:??.???Z'), -- When the row was last written.
    version INTEGER NOT NULL DEFAULT 1, -- Counts the writes; an update names the version it saw.
    CONSTRAINT note_templates_pkey PRIMARY KEY (id),
    CONSTRAINT note_templates_provider_id_fkey FOREIGN KEY (provider_id) REFERENCES providers (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX note_templates_provider_id_name_key ON note_templates (provider_id, name);
