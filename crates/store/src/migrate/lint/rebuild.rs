//! SQLite changes a table by building it anew: copy, drop, rename. What that must not forget.

use super::super::statements::Statement;
use super::{Harm, Known, Verdict, attached, created_table, dropped, is_allowed, renamed};

/// Judges the rebuilds of a file.
pub(super) fn judge(all: &[Statement], known: &Known) -> Vec<(usize, Verdict)> {
    let mut found = Vec::new();
    for (at, statement) in all.iter().enumerate() {
        let Some(table) = dropped(statement, "TABLE") else { continue };
        let later = all.get(at..).unwrap_or_default();
        let Some(from) = later.iter().filter_map(renamed).find(|(_, to)| *to == table).map(|(from, _)| from)
        else {
            continue;
        };
        if !later.iter().any(|other| other.begins(&["PRAGMA", "foreign_key_check"])) {
            found.push((
                statement.line,
                Verdict {
                    rule: "rebuild-unchecked",
                    harm: Harm::Loses,
                    words: format!("{table} is built anew, and nothing looks whether its children still find their parents"),
                    instead: "end the rebuild with PRAGMA foreign_key_check; deploy refuses to commit where it finds something",
                },
            ));
        }
        if !copies(all.get(..at).unwrap_or_default(), &from, &table) {
            found.push((
                statement.line,
                Verdict {
                    rule: "rebuild-empty",
                    harm: Harm::Loses,
                    words: format!("{table} is dropped before its rows were copied into {from}"),
                    instead: "INSERT INTO the new table … SELECT … FROM the old one before the DROP",
                },
            ));
        }
        for name in forgotten(&table, all, later, known) {
            found.push((
                statement.line,
                Verdict {
                    rule: "rebuild-forgets",
                    harm: Harm::Loses,
                    words: format!("{name} goes with the old {table} and is not made again"),
                    instead: "create its indexes and triggers again after the RENAME",
                },
            ));
        }
        found.retain(|(line, verdict)| *line != statement.line || !is_allowed(statement, verdict.rule));
    }
    found
}

fn copies(before: &[Statement], new: &str, old: &str) -> bool {
    let named = |statement: &Statement, word: &str| statement.tokens.iter().any(|token| token.text == word);
    before.iter().any(|statement| created_table(statement).as_deref() == Some(new))
        && before.iter().any(|statement| {
            statement.begins(&["INSERT", "INTO"]) && named(statement, new) && named(statement, old)
        })
}

fn forgotten(table: &str, all: &[Statement], later: &[Statement], known: &Known) -> Vec<String> {
    let meant = all.iter().filter_map(|other| dropped(other, "INDEX").or_else(|| dropped(other, "TRIGGER")));
    let again: Vec<String> = later.iter().filter_map(attached).map(|(name, _)| name).chain(meant).collect();
    let of_table = known.attached.iter().filter(|(_, on)| *on == table).map(|(name, _)| name);
    of_table.filter(|name| !again.contains(name)).cloned().collect()
}
