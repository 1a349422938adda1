//! Judges migrations before they run: what would lose data, unlock signed records, block a clinic at work, or break
//! the program that still runs; each with file, line and the safe way.
//!
//! A finding is accepted by a comment at its statement: `-- lint: allow RULE, because …`. The reason is needed.

mod alter;
mod rebuild;
mod whole;

use super::files::{File, Files};
use super::statements::{Kind, Statement, Token, statements};
use super::{Dialect, files::file_of};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What a change would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Harm {
    /// Data or a protection is gone afterwards.
    Loses,
    /// Nobody can work on the table meanwhile.
    Blocks,
    /// It fails, or the program that still runs does.
    Breaks,
}

impl Harm {
    /// The word that is printed.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Loses => "loses",
            Self::Blocks => "blocks",
            Self::Breaks => "breaks",
        }
    }
}

/// One thing that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule's name, by which it can be allowed.
    pub rule: &'static str,
    /// What the change would do.
    pub harm: Harm,
    /// `postgres/20261122100000_create_providers_and_patients.sql`.
    pub file: String,
    /// From 1.
    pub line: usize,
    /// What is wrong.
    pub words: String,
    /// What to do instead.
    pub instead: &'static str,
}

/// What the files before this one have made, as far as the rules need it.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// Tables made in the file at hand: they are empty, so nothing on them hurts.
    fresh: BTreeSet<String>,
    /// Index, trigger → its table.
    attached: BTreeMap<String, String>,
}

impl Known {
    pub(super) fn is_fresh(&self, table: &str) -> bool {
        self.fresh.contains(table)
    }
}

/// What a rule says of one statement.
pub(super) struct Verdict {
    rule: &'static str,
    harm: Harm,
    words: String,
    instead: &'static str,
}

/// Tables that stay small however long a practice works, so that a moment's lock on them is none.
const SMALL: [&str; 8] = [
    "practice",
    "providers",
    "api_tokens",
    "second_factors",
    "audit_lanes",
    "database_marks",
    "jobs",
    "patient_merges",
];

pub(super) fn is_big(known: &Known, table: &str) -> bool {
    !known.is_fresh(table) && is_big_table(table)
}

/// Whether a table grows with the practice.
pub(crate) fn is_big_table(table: &str) -> bool {
    !SMALL.contains(&table)
}

/// Judges all files of both databases.
pub fn lint(files: &Files) -> Vec<Finding> {
    Dialect::ALL.into_iter().flat_map(|dialect| lint_texts(&files.texts(dialect))).collect()
}

/// Judges the files of one database, of which only those from a number on are reported.
pub(crate) fn lint_from(files: &Files, dialect: Dialect, version: i64) -> Vec<Finding> {
    let reported: BTreeSet<String> = files
        .of(dialect)
        .iter()
        .filter(|file| file.version >= version)
        .map(|file| file_of(dialect, file).path)
        .collect();
    lint_texts(&files.texts(dialect)).into_iter().filter(|finding| reported.contains(&finding.file)).collect()
}

fn lint_texts(files: &[File]) -> Vec<Finding> {
    let mut known = Known::default();
    let mut found = Vec::new();
    for file in files {
        known.fresh.clear();
        let all = statements(&file.text);
        for verdict in whole::judge(file, &all) {
            found.push(finding(file, 1, verdict));
        }
        if file.dialect == Dialect::Sqlite {
            for (line, verdict) in rebuild::judge(&all, &known) {
                found.push(finding(file, line, verdict));
            }
        }
        for statement in &all {
            let verdicts = alter::judge(file.dialect, statement, &all, &known);
            let kept = verdicts.into_iter().filter(|verdict| !is_allowed(statement, verdict.rule));
            found.extend(kept.map(|verdict| finding(file, statement.line, verdict)));
            remember(statement, &mut known);
        }
    }
    found
}

fn finding(file: &File, line: usize, verdict: Verdict) -> Finding {
    let Verdict { rule, harm, words, instead } = verdict;
    Finding { rule, harm, file: file.path.clone(), line, words, instead }
}

/// `-- lint: allow drop-column, because nothing was ever written into it`.
pub(super) fn is_allowed(statement: &Statement, rule: &str) -> bool {
    statement.comments.iter().any(|comment| {
        let said = comment.strip_prefix("lint: allow ").and_then(|rest| rest.strip_prefix(rule));
        said.and_then(|rest| rest.split_once("because ")).is_some_and(|(_, reason)| reason.len() > 9)
    })
}

fn remember(statement: &Statement, known: &mut Known) {
    if let Some(table) = created_table(statement) {
        known.fresh.insert(table);
    } else if let Some((name, table)) = attached(statement) {
        known.attached.insert(name, table);
    } else if let Some(dropped) = dropped(statement, "INDEX").or_else(|| dropped(statement, "TRIGGER")) {
        known.attached.remove(&dropped);
    } else if let Some((from, to)) = renamed(statement) {
        if known.fresh.remove(&from) {
            known.fresh.insert(to.clone());
        }
        for table in known.attached.values_mut().filter(|table| **table == from) {
            table.clone_from(&to);
        }
    }
    if let Some(table) = dropped(statement, "TABLE") {
        known.attached.retain(|_, on| *on != table);
    }
}

/// The name that begins a list of tokens, past IF EXISTS and the like and past a schema.
pub(crate) fn name(tokens: &[Token]) -> Option<String> {
    let skip = |token: &&Token| {
        ["IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY", "COLUMN"].iter().any(|word| token.is(word))
    };
    let rest: Vec<&Token> = tokens.iter().skip_while(skip).collect();
    let named = |at: usize| {
        rest.get(at)
            .filter(|token| matches!(token.kind, Kind::Word | Kind::Name))
            .map(|token| token.text.clone())
    };
    if rest.get(1).is_some_and(|token| token.is(".")) { named(2) } else { named(0) }
}

pub(crate) fn created_table(statement: &Statement) -> Option<String> {
    let made = statement.begins(&["CREATE", "TABLE"]) || statement.begins(&["CREATE", "VIRTUAL", "TABLE"]);
    made.then(|| statement.after(&["TABLE"]).and_then(name)).flatten()
}

pub(crate) fn dropped(statement: &Statement, what: &str) -> Option<String> {
    statement.begins(&["DROP", what]).then(|| statement.after(&[what]).and_then(name)).flatten()
}

/// `ALTER TABLE from RENAME TO to`.
pub(crate) fn renamed(statement: &Statement) -> Option<(String, String)> {
    let from =
        statement.begins(&["ALTER", "TABLE"]).then(|| statement.after(&["TABLE"]).and_then(name))??;
    Some((from, statement.after(&["RENAME", "TO"]).and_then(name)?))
}

/// An index or a trigger and the table it belongs to.
fn attached(statement: &Statement) -> Option<(String, String)> {
    let kind = ["INDEX", "TRIGGER"]
        .into_iter()
        .find(|kind| statement.begins(&["CREATE", kind]) || statement.begins(&["CREATE", "UNIQUE", kind]))?;
    let named = statement.after(&[kind]).and_then(name)?;
    Some((named, statement.after(&["ON"]).and_then(name)?))
}
