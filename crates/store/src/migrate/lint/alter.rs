//! What one statement would do.

use super::super::Dialect;
use super::super::statements::{Statement, Token};
use super::{Harm, Known, Verdict, created_table, dropped, is_big, name, renamed};

const EXPAND: &str =
    "stop using it in one release, remove it in a later one, and say why with -- lint: allow";
const REWRITE: &str =
    "add a new column, copy in small steps, switch the program, remove the old column in a later release";
const WITHOUT_DEFAULT: &str =
    "add the column with a DEFAULT, or allow NULL, fill it, and only then set NOT NULL";
const SET_NOT_NULL: &str = "ADD CONSTRAINT … CHECK (… IS NOT NULL) NOT VALID; VALIDATE CONSTRAINT; then SET NOT NULL, which needs no scan any more";
const CONCURRENTLY: &str =
    "in a file of its own that begins with -- no-transaction: CREATE INDEX CONCURRENTLY";
const NOT_VALID: &str =
    "ADD CONSTRAINT … NOT VALID, then VALIDATE CONSTRAINT in a second statement, which lets others work";
const USING_INDEX: &str =
    "CREATE UNIQUE INDEX CONCURRENTLY in a file of its own, then ADD CONSTRAINT … USING INDEX";
const ADD_NEW: &str = "add the new name beside the old, write both for one release, then remove the old";

/// Judges one statement; `all` is the whole file.
pub(super) fn judge(
    dialect: Dialect,
    statement: &Statement,
    all: &[Statement],
    known: &Known,
) -> Vec<Verdict> {
    let mut found = Vec::new();
    found.extend(drops(statement, all, known));
    found.extend(rows(statement, known));
    found.extend(protection(statement, all));
    if statement.begins(&["ALTER", "TABLE"]) {
        let Some(table) = statement.after(&["TABLE"]).and_then(name) else { return found };
        found.extend(columns(statement, &table, all, known));
        found.extend(rename(statement, &table, all));
        if dialect == Dialect::Postgres && !known.is_fresh(&table) {
            found.extend(constraints(statement, &table));
        }
    }
    if dialect == Dialect::Postgres {
        found.extend(index(statement, known));
    }
    if statement.begins(&["ALTER", "TYPE"]) && statement.has(&["RENAME"]) {
        let words = "the program that still runs asks for the old name".to_owned();
        found.push(Verdict { rule: "rename", harm: Harm::Breaks, words, instead: ADD_NEW });
    }
    found
}

fn drops(statement: &Statement, all: &[Statement], known: &Known) -> Option<Verdict> {
    if let Some(table) = dropped(statement, "TABLE") {
        // A rebuild in SQLite takes the old table away after copying; `rebuild` judges that.
        let rebuilt = all.iter().any(|other| renamed(other).is_some_and(|(_, to)| to == table));
        let words = format!("table {table} and every row of it are gone");
        let verdict = Verdict { rule: "drop-table", harm: Harm::Loses, words, instead: EXPAND };
        return (!rebuilt && !known.is_fresh(&table)).then_some(verdict);
    }
    let schema = statement.begins(&["DROP", "SCHEMA"]) || statement.begins(&["DROP", "OWNED"]);
    schema.then(|| Verdict {
        rule: "drop-table",
        harm: Harm::Loses,
        words: "a whole schema is gone".to_owned(),
        instead: EXPAND,
    })
}

/// Statements that change rows.
fn rows(statement: &Statement, known: &Known) -> Option<Verdict> {
    let everything = !statement.has(&["WHERE"]);
    if statement.begins(&["TRUNCATE"]) || (statement.begins(&["DELETE", "FROM"]) && everything) {
        return Some(Verdict {
            rule: "delete-all",
            harm: Harm::Loses,
            words: "every row is gone".to_owned(),
            instead: "name the rows with WHERE; nothing clinical is deleted, it is marked entered in error",
        });
    }
    let table = statement.begins(&["UPDATE"]).then(|| name(statement.tokens.get(1..)?)).flatten()?;
    (everything && is_big(known, &table)).then(|| Verdict {
        rule: "update-all",
        harm: Harm::Blocks,
        words: format!("every row of {table} is written anew while all others wait"),
        instead: "name the rows that need it with WHERE, or let the program fill them in small steps",
    })
}

/// A trigger that guards signed records or the trail, taken away and not put back.
fn protection(statement: &Statement, all: &[Statement]) -> Option<Verdict> {
    let guards = |name: &str| name.contains("_signed") || name.contains("_append_only");
    let taken = dropped(statement, "TRIGGER").filter(|name| guards(name)).or_else(|| {
        let off = statement.begins(&["ALTER", "TABLE"]) && statement.has(&["DISABLE", "TRIGGER"]);
        off.then(|| statement.after(&["DISABLE", "TRIGGER"]).and_then(name)).flatten()
    })?;
    let put_back = all.iter().any(|other| {
        other.begins(&["CREATE", "TRIGGER"])
            && other.after(&["TRIGGER"]).and_then(name).as_ref() == Some(&taken)
    });
    (!put_back).then(|| Verdict {
        rule: "unlock-records",
        harm: Harm::Loses,
        words: format!("{taken} guards signed records or the audit trail and is taken away"),
        instead: "leave it; where a rebuild takes it along, create it again in the same file",
    })
}

fn columns(statement: &Statement, table: &str, all: &[Statement], known: &Known) -> Vec<Verdict> {
    let mut found = Vec::new();
    if known.is_fresh(table) {
        return found;
    }
    if let Some(column) = dropped_column(statement) {
        let words = format!("column {table}.{column} and what it holds are gone");
        found.push(Verdict { rule: "drop-column", harm: Harm::Loses, words, instead: EXPAND });
    }
    if let Some(added) = statement.after(&["ADD", "COLUMN"]) {
        let has = |words: &[&str]| {
            added.windows(words.len()).any(|at| at.iter().zip(words).all(|(token, word)| token.is(word)))
        };
        let column = name(added).unwrap_or_default();
        if has(&["NOT", "NULL"]) && !has(&["DEFAULT"]) && !has(&["GENERATED"]) {
            let words =
                format!("{table}.{column} is NOT NULL without a default: it fails where there are rows");
            found.push(Verdict { rule: "not-null", harm: Harm::Breaks, words, instead: WITHOUT_DEFAULT });
        }
        let moving = ["random", "gen_random_uuid", "clock_timestamp", "nextval", "uuid_generate_v4"];
        if has(&["DEFAULT"]) && moving.iter().any(|function| has(&[*function, "("])) {
            let words = format!(
                "the default of {table}.{column} differs from row to row: the whole table is written anew"
            );
            found.push(Verdict { rule: "rewrite", harm: Harm::Blocks, words, instead: REWRITE });
        }
    }
    if let Some(column) = statement.after(&["ALTER", "COLUMN"]).and_then(name) {
        if statement.has(&["TYPE"]) {
            let words =
                format!("another type of {table}.{column} writes the whole table anew while all others wait");
            found.push(Verdict { rule: "rewrite", harm: Harm::Blocks, words, instead: REWRITE });
        }
        let tried = all.iter().any(|other| other.has(&["IS", "NOT", "NULL"]))
            && all.iter().any(|other| other.has(&["VALIDATE", "CONSTRAINT"]));
        if statement.has(&["SET", "NOT", "NULL"]) && is_big(known, table) && !tried {
            let words = format!("NOT NULL on {table}.{column} reads the whole table while all others wait");
            found.push(Verdict { rule: "set-not-null", harm: Harm::Blocks, words, instead: SET_NOT_NULL });
        }
    }
    found
}

/// `DROP COLUMN name`, or PostgreSQL's `DROP name`.
fn dropped_column(statement: &Statement) -> Option<String> {
    let rest: &[Token] = statement.after(&["DROP"])?;
    let first = rest.first()?;
    let other = ["CONSTRAINT", "DEFAULT", "NOT", "EXPRESSION", "IDENTITY"].iter().any(|word| first.is(word));
    if other { None } else { name(rest) }
}

fn rename(statement: &Statement, table: &str, all: &[Statement]) -> Option<Verdict> {
    let rest = statement.after(&["RENAME"])?;
    // The last step of a rebuild gives the old name to the new table.
    let rebuilt = renamed(statement).is_some_and(|(_, to)| {
        all.iter().any(|other| dropped(other, "TABLE").as_ref() == Some(&to))
            && all.iter().any(|other| created_table(other).as_deref() == Some(table))
    });
    let harmless = rest.first().is_some_and(|token| token.is("CONSTRAINT"));
    (!rebuilt && !harmless).then(|| Verdict {
        rule: "rename",
        harm: Harm::Breaks,
        words: format!("the program that still runs asks {table} for the old name"),
        instead: ADD_NEW,
    })
}

fn constraints(statement: &Statement, table: &str) -> Option<Verdict> {
    let adds = statement.has(&["ADD", "CONSTRAINT"]) || statement.has(&["ADD", "CHECK"]);
    let key = statement.has(&["REFERENCES"]);
    if !adds && !key {
        return None;
    }
    if (statement.has(&["UNIQUE"]) || statement.has(&["PRIMARY", "KEY"]))
        && !statement.has(&["USING", "INDEX"])
    {
        let words = format!("the index behind the rule is built on {table} while all others wait");
        return Some(Verdict { rule: "add-unique", harm: Harm::Blocks, words, instead: USING_INDEX });
    }
    let scans = statement.has(&["CHECK"]) || (key && !statement.has(&["ADD", "COLUMN"]));
    (scans && !statement.has(&["NOT", "VALID"])).then(|| Verdict {
        rule: "add-constraint",
        harm: Harm::Blocks,
        words: format!("every row of {table} is checked while all others wait"),
        instead: NOT_VALID,
    })
}

fn index(statement: &Statement, known: &Known) -> Option<Verdict> {
    let made = statement.begins(&["CREATE", "INDEX"]) || statement.begins(&["CREATE", "UNIQUE", "INDEX"]);
    if !made || statement.has(&["CONCURRENTLY"]) {
        return None;
    }
    let table = statement.after(&["ON"]).and_then(name)?;
    is_big(known, &table).then(|| Verdict {
        rule: "index",
        harm: Harm::Blocks,
        words: format!("nobody can write into {table} until the index is built"),
        instead: CONCURRENTLY,
    })
}
