//! `lint`: what would lose data or block a clinic at work is named, with file, line and the safe way.

use medrecord_store::migrate::{Files, Finding, lint};
use std::path::Path;

/// The rules that a second migration breaks, after a first one with two tables that are in use.
fn rules(postgres: &str, sqlite: &str) -> Vec<(String, usize)> {
    let findings = judged(postgres, sqlite);
    findings.iter().map(|finding| (finding.rule.to_owned(), finding.line)).collect()
}

fn judged(postgres: &str, sqlite: &str) -> Vec<Finding> {
    let folder = tempfile::tempdir().unwrap();
    let first = "-- Why.\nCREATE TABLE notes (id integer PRIMARY KEY, body text);
        CREATE INDEX notes_body_idx ON notes (body);
        CREATE TRIGGER notes_signed BEFORE UPDATE ON notes BEGIN SELECT 1; END;
        CREATE TABLE practice (id integer PRIMARY KEY);";
    for (dialect, sql) in [("postgres", postgres), ("sqlite", sqlite)] {
        let place = folder.path().join(dialect);
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("20260101000000_create_notes.sql"), first).unwrap();
        let sql = if sql.starts_with("--") { sql.to_owned() } else { format!("-- Why.\n{sql}") };
        std::fs::write(place.join("20260102000000_change_notes.sql"), sql).unwrap();
    }
    lint(&Files::read(folder.path()).unwrap())
}

#[test]
fn our_own_migrations_pass() {
    assert_eq!(lint(&Files::built_in()), []);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    assert_eq!(lint(&Files::read(&folder).unwrap()), []);
}

#[test]
fn what_loses_blocks_or_breaks_in_postgres_is_named() {
    for (sql, rule) in [
        ("DROP TABLE notes;", "drop-table"),
        ("DROP SCHEMA public CASCADE;", "drop-table"),
        ("ALTER TABLE notes DROP COLUMN body;", "drop-column"),
        ("ALTER TABLE notes DROP body;", "drop-column"),
        ("TRUNCATE notes;", "delete-all"),
        ("DELETE FROM notes;", "delete-all"),
        ("UPDATE notes SET body = '';", "update-all"),
        ("DROP TRIGGER notes_signed ON notes;", "unlock-records"),
        ("ALTER TABLE notes DISABLE TRIGGER notes_signed;", "unlock-records"),
        ("ALTER TABLE notes ALTER COLUMN body TYPE varchar(20);", "rewrite"),
        ("ALTER TABLE notes ADD COLUMN key uuid DEFAULT gen_random_uuid();", "rewrite"),
        ("ALTER TABLE notes ADD COLUMN title text NOT NULL;", "not-null"),
        ("ALTER TABLE notes ALTER COLUMN body SET NOT NULL;", "set-not-null"),
        ("CREATE INDEX notes_id_idx ON notes (id);", "index"),
        ("CREATE UNIQUE INDEX notes_id_key ON notes (id);", "index"),
        ("CREATE INDEX CONCURRENTLY notes_id_idx ON notes (id);", "no-transaction"),
        ("ALTER TABLE notes RENAME TO remarks;", "rename"),
        ("ALTER TABLE notes RENAME COLUMN body TO text;", "rename"),
        ("ALTER TABLE notes ADD CONSTRAINT notes_body_key UNIQUE (body);", "add-unique"),
        ("ALTER TABLE notes ADD CONSTRAINT notes_body_check CHECK (body <> '');", "add-constraint"),
        ("ALTER TABLE notes ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES practice (id);", "add-constraint"),
        ("COMMIT;", "own-transaction"),
    ] {
        let found = rules(sql, "SELECT 1;");
        assert!(found.iter().any(|(name, _)| name == rule), "{sql} {found:?}");
        assert_eq!(found.len(), 1, "{sql} {found:?}");
    }
}

#[test]
fn the_safe_ways_pass() {
    for sql in [
        "-- no-transaction\nCREATE INDEX CONCURRENTLY notes_id_idx ON notes (id);",
        "ALTER TABLE notes ADD COLUMN title text;",
        "ALTER TABLE notes ADD COLUMN title text NOT NULL DEFAULT '';",
        "ALTER TABLE notes ADD CONSTRAINT c CHECK (body <> '') NOT VALID;",
        "ALTER TABLE notes VALIDATE CONSTRAINT c;",
        "ALTER TABLE notes ADD CONSTRAINT k UNIQUE USING INDEX notes_id_key;",
        "UPDATE notes SET body = '' WHERE body IS NULL;",
        "CREATE INDEX practice_idx ON practice (id);",
        "CREATE TABLE more (id integer);\nCREATE INDEX more_idx ON more (id);\nDROP TABLE more;",
        "-- Why.\n-- lint: allow drop-column, because nothing was ever written into it\nALTER TABLE notes DROP COLUMN body;",
    ] {
        assert_eq!(rules(sql, "SELECT 1;"), [], "{sql}");
    }
    let unreasoned = "-- Why.\n-- lint: allow drop-column\nALTER TABLE notes DROP COLUMN body;";
    assert_eq!(rules(unreasoned, "SELECT 1;"), [("drop-column".to_owned(), 3)]);
}

#[test]
fn a_rebuild_in_sqlite_must_forget_nothing() {
    let whole = "CREATE TABLE new_notes (id integer PRIMARY KEY, body text NOT NULL);
INSERT INTO new_notes (id, body) SELECT id, body FROM notes;
DROP TABLE notes;
ALTER TABLE new_notes RENAME TO notes;
CREATE INDEX notes_body_idx ON notes (body);
CREATE TRIGGER notes_signed BEFORE UPDATE ON notes BEGIN SELECT 1; END;
PRAGMA foreign_key_check;";
    assert_eq!(rules("SELECT 1;", whole), []);
    for (left_out, rule) in [
        ("PRAGMA foreign_key_check;", "rebuild-unchecked"),
        ("CREATE INDEX notes_body_idx ON notes (body);\n", "rebuild-forgets"),
        ("CREATE TRIGGER notes_signed BEFORE UPDATE ON notes BEGIN SELECT 1; END;\n", "rebuild-forgets"),
        ("INSERT INTO new_notes (id, body) SELECT id, body FROM notes;\n", "rebuild-empty"),
    ] {
        let found = rules("SELECT 1;", &whole.replace(left_out, ""));
        assert_eq!(found.len(), 1, "{left_out} {found:?}");
        assert_eq!(found[0].0, rule, "{left_out}");
    }
}

#[test]
fn a_finding_says_where_what_and_what_to_do_instead() {
    let found = judged("SELECT 1;\n\nALTER TABLE notes\n    DROP COLUMN body;", "SELECT 1;");
    assert_eq!(found[0].file, "postgres/20260102000000_change_notes.sql");
    assert_eq!(found[0].line, 4);
    assert_eq!(found[0].words, "column notes.body and what it holds are gone");
    assert!(found[0].instead.contains("later one"));
}
