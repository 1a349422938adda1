-- What a database is, in the database itself, so that a copy or a wrong setting cannot make it forget: one that was
-- deployed as production is never reset.

CREATE TABLE database_marks (
    mark varchar(40) NOT NULL,
    set_at timestamptz(3) NOT NULL,
    CONSTRAINT database_marks_pkey PRIMARY KEY (mark)
);
COMMENT ON TABLE database_marks IS 'What the database is; a mark is set once and stays.';
COMMENT ON COLUMN database_marks.mark IS 'The mark; production is the only one so far.';
COMMENT ON COLUMN database_marks.set_at IS 'When it was set.';

CREATE TRIGGER database_marks_append_only BEFORE UPDATE OR DELETE ON database_marks
FOR EACH ROW EXECUTE FUNCTION refuse_change('database_marks_append_only');

CREATE TRIGGER database_marks_append_only_truncate BEFORE TRUNCATE ON database_marks
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change('database_marks_append_only');
