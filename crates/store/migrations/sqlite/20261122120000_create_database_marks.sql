-- What a database is, in the database itself, so that a copy or a wrong setting cannot make it forget: one that was
-- deployed as production is never reset.

-- What the database is; a mark is set once and stays.
CREATE TABLE database_marks (
    mark TEXT NOT NULL CONSTRAINT database_marks_mark_form CHECK (length(mark) <= 40), -- The mark; production is the only one so far.
    set_at TEXT NOT NULL CONSTRAINT database_marks_set_at_form CHECK (set_at GLOB '????-??-??T??:??:??.???Z'), -- When it was set.
    CONSTRAINT database_marks_pkey PRIMARY KEY (mark)
) STRICT;

CREATE TRIGGER database_marks_append_only_insert BEFORE INSERT ON database_marks
WHEN EXISTS (SELECT 1 FROM database_marks WHERE mark = NEW.mark)
BEGIN
    SELECT RAISE(ABORT, 'database_marks_append_only');
END;

CREATE TRIGGER database_marks_append_only_update BEFORE UPDATE ON database_marks
BEGIN
    SELECT RAISE(ABORT, 'database_marks_append_only');
END;

CREATE TRIGGER database_marks_append_only_delete BEFORE DELETE ON database_marks
BEGIN
    SELECT RAISE(ABORT, 'database_marks_append_only');
END;
