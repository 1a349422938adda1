-- Words in charts are found: notes, addenda, problems, medications and documents, whatever accents are typed. Names of
-- patients have an index of their own.

-- One row for each text. Its number is made of the 60 random bits at the end of the id and a digit for the table, so that
-- a row is found again without a search, and VACUUM changes nothing; '0x...' ->> '$' reads hexadecimal digits.
CREATE VIRTUAL TABLE chart_search USING fts5 (body, source UNINDEXED, kind UNINDEXED, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3');

INSERT INTO chart_search (rowid, body, source, kind)
SELECT (('0x' || substr(replace(id, '-', ''), 18, 15)) ->> '$') * 8 + 0, coalesce(chief_complaint, '') || ' ' || coalesce(history_of_present_illness, '') || ' ' || coalesce(review_of_systems, '') || ' ' || coalesce(physical_exam_notes, '') || ' ' || coalesce(diagnosis, '') || ' ' || coalesce(diagnosis_notes, '') || ' ' || coalesce(treatment_plan, '') || ' ' || coalesce(follow_up_instructions, '') || ' ' || coalesce(patient_education, ''), id, 'note'
FROM medical_records;

CREATE TRIGGER medical_records_search_insert AFTER INSERT ON medical_records
BEGIN
    INSERT INTO chart_search (rowid, body, source, kind)
    VALUES ((('0x' || substr(replace(NEW.id, '-', ''), 18, 15)) ->> '$') * 8 + 0, coalesce(NEW.chief_complaint, '') || ' ' || coalesce(NEW.history_of_present_illness, '') || ' ' || coalesce(NEW.review_of_systems, '') || ' ' || coalesce(NEW.physical_exam_notes, '') || ' ' || coalesce(NEW.diagnosis, '') || ' ' || coalesce(NEW.diagnosis_notes, '') || ' ' || coalesce(NEW.treatment_plan, '') || ' ' || coalesce(NEW.follow_up_instructions, '') || ' ' || coalesce(NEW.patient_education, ''), NEW.id, 'note');
END;

CREATE TRIGGER medical_records_search_update AFTER UPDATE OF chief_complaint, history_of_present_illness, review_of_systems, physical_exam_notes, diagnosis, diagnosis_notes, treatment_plan, follow_up_instructions, patient_education ON medical_records
BEGIN
    UPDATE chart_search SET body = coalesce(NEW.chief_complaint, '') || ' ' || coalesce(NEW.history_of_present_illness, '') || ' ' || coalesce(NEW.review_of_systems, '') || ' ' || coalesce(NEW.physical_exam_notes, '') || ' ' || coalesce(NEW.diagnosis, '') || ' ' || coalesce(NEW.diagnosis_notes, '') || ' ' || coalesce(NEW.treatment_plan, '') || ' ' || coalesce(NEW.follow_up_instructions, '') || ' ' || coalesce(NEW.patient_education, '')
    WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 0;
END;

CREATE TRIGGER medical_records_search_delete AFTER DELETE ON medical_records
BEGIN
    DELETE FROM chart_search WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 0;
END;

INSERT INTO chart_search (rowid, body, source, kind)
SELECT (('0x' || substr(replace(id, '-', ''), 18, 15)) ->> '$') * 8 + 1, coalesce(reason, '') || ' ' || coalesce(text, ''), id, 'addendum'
FROM addenda;

CREATE TRIGGER addenda_search_insert AFTER INSERT ON addenda
BEGIN
    INSERT INTO chart_search (rowid, body, source, kind)
    VALUES ((('0x' || substr(replace(NEW.id, '-', ''), 18, 15)) ->> '$') * 8 + 1, coalesce(NEW.reason, '') || ' ' || coalesce(NEW.text, ''), NEW.id, 'addendum');
END;

CREATE TRIGGER addenda_search_update AFTER UPDATE OF reason, text ON addenda
BEGIN
    UPDATE chart_search SET body = coalesce(NEW.reason, '') || ' ' || coalesce(NEW.text, '')
    WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 1;
END;

CREATE TRIGGER addenda_search_delete AFTER DELETE ON addenda
BEGIN
    DELETE FROM chart_search WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 1;
END;

INSERT INTO chart_search (rowid, body, source, kind)
SELECT (('0x' || substr(replace(id, '-', ''), 18, 15)) ->> '$') * 8 + 2, coalesce(condition_name, '') || ' ' || coalesce(notes, ''), id, 'problem'
FROM chronic_conditions;

CREATE TRIGGER chronic_conditions_search_insert AFTER INSERT ON chronic_conditions
BEGIN
    INSERT INTO chart_search (rowid, body, source, kind)
    VALUES ((('0x' || substr(replace(NEW.id, '-', ''), 18, 15)) ->> '$') * 8 + 2, coalesce(NEW.condition_name, '') || ' ' || coalesce(NEW.notes, ''), NEW.id, 'problem');
END;

CREATE TRIGGER chronic_conditions_search_update AFTER UPDATE OF condition_name, notes ON chronic_conditions
BEGIN
    UPDATE chart_search SET body = coalesce(NEW.condition_name, '') || ' ' || coalesce(NEW.notes, '')
    WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 2;
END;

CREATE TRIGGER chronic_conditions_search_delete AFTER DELETE ON chronic_conditions
BEGIN
    DELETE FROM chart_search WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 2;
END;

INSERT INTO chart_search (rowid, body, source, kind)
SELECT (('0x' || substr(replace(id, '-', ''), 18, 15)) ->> '$') * 8 + 3, coalesce(medication_name, '') || ' ' || coalesce(strength, '') || ' ' || coalesce(indication, ''), id, 'medication'
FROM medications;

CREATE TRIGGER medications_search_insert AFTER INSERT ON medications
BEGIN
    INSERT INTO chart_search (rowid, body, source, kind)
    VALUES ((('0x' || substr(replace(NEW.id, '-', ''), 18, 15)) ->> '$') * 8 + 3, coalesce(NEW.medication_name, '') || ' ' || coalesce(NEW.strength, '') || ' ' || coalesce(NEW.indication, ''), NEW.id, 'medication');
END;

CREATE TRIGGER medications_search_update AFTER UPDATE OF medication_name, strength, indication ON medications
BEGIN
    UPDATE chart_search SET body = coalesce(NEW.medication_name, '') || ' ' || coalesce(NEW.strength, '') || ' ' || coalesce(NEW.indication, '')
    WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 3;
END;

CREATE TRIGGER medications_search_delete AFTER DELETE ON medications
BEGIN
    DELETE FROM chart_search WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 3;
END;

INSERT INTO chart_search (rowid, body, source, kind)
SELECT (('0x' || substr(replace(id, '-', ''), 18, 15)) ->> '$') * 8 + 4, coalesce(file_name, '') || ' ' || coalesce(description, ''), id, 'document'
FROM attachments;

CREATE TRIGGER attachments_search_insert AFTER INSERT ON attachments
BEGIN
    INSERT INTO chart_search (rowid, body, source, kind)
    VALUES ((('0x' || substr(replace(NEW.id, '-', ''), 18, 15)) ->> '$') * 8 + 4, coalesce(NEW.file_name, '') || ' ' || coalesce(NEW.description, ''), NEW.id, 'document');
END;

CREATE TRIGGER attachments_search_update AFTER UPDATE OF file_name, description ON attachments
BEGIN
    UPDATE chart_search SET body = coalesce(NEW.file_name, '') || ' ' || coalesce(NEW.description, '')
    WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 4;
END;

CREATE TRIGGER attachments_search_delete AFTER DELETE ON attachments
BEGIN
    DELETE FROM chart_search WHERE rowid = (('0x' || substr(replace(OLD.id, '-', ''), 18, 15)) ->> '$') * 8 + 4;
END;
