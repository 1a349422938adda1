-- Words in charts are found: notes, addenda, problems, medications and documents, whatever accents are typed. Names of
-- patients have an index of their own.

CREATE FUNCTION words_of(body text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN to_tsvector('simple'::regconfig, translate(lower(body), 'áàâäãåāăąçćčďéèêëēėęěíìîïīįńňñóòôöõōőŕřśšşťúùûüūůűýÿžźż', 'aaaaaaaaacccdeeeeeeeeiiiiiinnnooooooorrssstuuuuuuuyyzzz'));
COMMENT ON FUNCTION words_of(text) IS 'The words of a text for searching, lower case and without the commoner accents.';

-- lint: allow index, because it is built before the server that uses it starts
CREATE INDEX medical_records_words_idx ON medical_records USING gin (words_of(coalesce(chief_complaint, '') || ' ' || coalesce(history_of_present_illness, '') || ' ' || coalesce(review_of_systems, '') || ' ' || coalesce(physical_exam_notes, '') || ' ' || coalesce(diagnosis, '') || ' ' || coalesce(diagnosis_notes, '') || ' ' || coalesce(treatment_plan, '') || ' ' || coalesce(follow_up_instructions, '') || ' ' || coalesce(patient_education, '')));

-- lint: allow index, because it is built before the server that uses it starts
CREATE INDEX addenda_words_idx ON addenda USING gin (words_of(coalesce(reason, '') || ' ' || coalesce(text, '')));

-- lint: allow index, because it is built before the server that uses it starts
CREATE INDEX chronic_conditions_words_idx ON chronic_conditions USING gin (words_of(coalesce(condition_name, '') || ' ' || coalesce(notes, '')));

-- lint: allow index, because it is built before the server that uses it starts
CREATE INDEX medications_words_idx ON medications USING gin (words_of(coalesce(medication_name, '') || ' ' || coalesce(strength, '') || ' ' || coalesce(indication, '')));

-- lint: allow index, because it is built before the server that uses it starts
CREATE INDEX attachments_words_idx ON attachments USING gin (words_of(coalesce(file_name, '') || ' ' || coalesce(description, '')));
