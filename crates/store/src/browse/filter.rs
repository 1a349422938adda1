//! Filters: by any column and operator, also of rows that are linked, written as one text that stands in the address.
//!
//! `sex:is:female`, `patient_id.last_name:contains:doe` (the row it points to), `allergies-patient_id.severity:is:severe`
//! (some row that points to it), `!allergies-patient_id.id:filled:` (no such row).

use super::catalogue::{Catalogue, Column, Kind, Table};
use super::privacy::Lens;
use super::sql::Sql;
use super::value::canonical;
use crate::error::Refusal;
use medrecord_clinic::field::Problems;
use std::fmt;
use std::str::FromStr;

/// A step from one table to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Hop {
    /// To the row that this column points to.
    Up(String),
    /// To the rows of a table whose column points here.
    Down(String, String),
}

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// Whether no linked row may meet it.
    pub none: bool,
    /// The way to the table of the column.
    pub hops: Vec<Hop>,
    /// The column.
    pub column: String,
    /// How it is compared.
    pub op: Op,
    /// With what, as typed.
    pub value: String,
}

/// How a column is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// Equal.
    Is,
    /// Not equal, or empty.
    IsNot,
    /// Has the text in it, whatever the case.
    Contains,
    /// Begins with it.
    Starts,
    /// Ends with it.
    Ends,
    /// Less, or before.
    Less,
    /// At most, or not after.
    AtMost,
    /// More, or after.
    More,
    /// At least, or not before.
    AtLeast,
    /// One of several, with commas between.
    OneOf,
    /// None of several, or empty.
    NoneOf,
    /// Nothing is in it.
    Empty,
    /// Something is in it.
    Filled,
}

impl Op {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Is,
        Self::IsNot,
        Self::Contains,
        Self::Starts,
        Self::Ends,
        Self::Less,
        Self::AtMost,
        Self::More,
        Self::AtLeast,
        Self::OneOf,
        Self::NoneOf,
        Self::Empty,
        Self::Filled,
    ];

    /// Its word in an address.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "not",
            Self::Contains => "contains",
            Self::Starts => "starts",
            Self::Ends => "ends",
            Self::Less => "lt",
            Self::AtMost => "lte",
            Self::More => "gt",
            Self::AtLeast => "gte",
            Self::OneOf => "in",
            Self::NoneOf => "notin",
            Self::Empty => "empty",
            Self::Filled => "filled",
        }
    }

    /// Its words for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Is => "is",
            Self::IsNot => "is not",
            Self::Contains => "contains",
            Self::Starts => "starts with",
            Self::Ends => "ends with",
            Self::Less => "is less than",
            Self::AtMost => "is at most",
            Self::More => "is more than",
            Self::AtLeast => "is at least",
            Self::OneOf => "is one of",
            Self::NoneOf => "is none of",
            Self::Empty => "is empty",
            Self::Filled => "is not empty",
        }
    }

    /// Whether it is compared with a value at all.
    pub fn takes_value(self) -> bool {
        !matches!(self, Self::Empty | Self::Filled)
    }

    fn suits(self, kind: &Kind) -> bool {
        match self {
            Self::Is | Self::IsNot | Self::OneOf | Self::NoneOf => *kind != Kind::Bytes,
            Self::Contains | Self::Starts | Self::Ends => !matches!(kind, Kind::Bytes | Kind::YesNo),
            Self::Less | Self::AtMost | Self::More | Self::AtLeast => {
                kind.is_ordered() || matches!(kind, Kind::Text | Kind::Long | Kind::Id)
            }
            Self::Empty | Self::Filled => true,
        }
    }
}

impl FromStr for Op {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|op| op.as_str() == text).ok_or(())
    }
}

impl FromStr for Filter {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        let wrong =
            || Refusal::from(Problems::one("filter", "form", "A filter reads column:operator:value."));
        let mut parts = text.splitn(3, ':');
        let (path, op, value) = (
            parts.next().ok_or_else(wrong)?,
            parts.next().ok_or_else(wrong)?,
            parts.next().unwrap_or_default(),
        );
        let none = path.starts_with('!');
        let mut steps: Vec<&str> = path.trim_start_matches('!').split('.').collect();
        let column = steps.pop().unwrap_or_default().to_owned();
        let hops = steps.into_iter().map(|step| match step.split_once('-') {
            Some((table, column)) => Hop::Down(table.to_owned(), column.to_owned()),
            None => Hop::Up(step.to_owned()),
        });
        let op = op.parse().map_err(|()| wrong())?;
        Ok(Self { none, hops: hops.collect(), column, op, value: value.to_owned() })
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.none {
            f.write_str("!")?;
        }
        for hop in &self.hops {
            match hop {
                Hop::Up(column) => write!(f, "{column}.")?,
                Hop::Down(table, column) => write!(f, "{table}-{column}.")?,
            }
        }
        write!(f, "{}:{}:{}", self.column, self.op.as_str(), self.value)
    }
}

/// The most steps of one filter; each is a query within the query.
const MOST_HOPS: usize = 3;

impl Filter {
    /// Appends the condition on a row called `a` of this table.
    pub(super) fn put(
        &self,
        sql: &mut Sql,
        catalogue: &Catalogue,
        table: &Table,
        lens: &Lens,
    ) -> Result<(), Refusal> {
        if self.hops.len() > MOST_HOPS {
            return Err(Refusal::Rule(format!("A filter goes over at most {MOST_HOPS} links.")));
        }
        if self.none {
            sql.push("NOT ");
        }
        self.step(sql, (catalogue, lens), table, "a", &self.hops)
    }

    fn step(
        &self,
        sql: &mut Sql,
        (catalogue, lens): (&Catalogue, &Lens),
        table: &Table,
        alias: &str,
        hops: &[Hop],
    ) -> Result<(), Refusal> {
        let Some((hop, rest)) = hops.split_first() else {
            let column = table.column(&self.column)?;
            if !lens.shows(&table.name, column.privacy) && !matches!(self.op, Op::Empty | Op::Filled) {
                return Err(Refusal::Rule(format!(
                    "{} of {} is covered: say why it must be seen before filtering by it.",
                    column.name, table.name
                )));
            }
            return self.compare(sql, column, alias);
        };
        let next_alias = format!("{alias}a");
        let (next, here, there) = match hop {
            Hop::Up(column) => {
                let link = table.link_of(column).ok_or(Refusal::NotFound("link"))?;
                let next = catalogue.table(&link.table)?;
                let to = link.to.first().ok_or(Refusal::NotFound("link"))?;
                (next, table.column(column)?, next.column(to)?)
            }
            Hop::Down(from, column) => {
                let next = catalogue.table(from)?;
                let link = next.link_of(column).filter(|link| link.table == table.name);
                let to = link.and_then(|link| link.to.first()).ok_or(Refusal::NotFound("link"))?;
                (next, table.column(to)?, next.column(column)?)
            }
        };
        sql.push("EXISTS (SELECT 1 FROM ").table(next).push(" ").push(&next_alias).push(" WHERE ");
        sql.column(&next_alias, there).push(" = ").column(alias, here).push(" AND ");
        self.step(sql, (catalogue, lens), next, &next_alias, rest)?;
        sql.push(")");
        Ok(())
    }

    fn compare(&self, sql: &mut Sql, column: &Column, alias: &str) -> Result<(), Refusal> {
        let wrong = |words: String| Refusal::from(Problems::one("filter", "value", words));
        if !self.op.suits(&column.kind) {
            let words = format!(
                "“{}” does not fit {}, which holds a {}.",
                self.op.words(),
                column.name,
                column.kind.words()
            );
            return Err(wrong(words));
        }
        let read = |text: &str| canonical(column, text).map_err(wrong);
        let sign = match self.op {
            Op::Empty => {
                sql.column(alias, column).push(" IS NULL");
                return Ok(());
            }
            Op::Filled => {
                sql.column(alias, column).push(" IS NOT NULL");
                return Ok(());
            }
            Op::Contains | Op::Starts | Op::Ends => {
                sql.push("LOWER(").reading(alias, column).push(") LIKE LOWER(");
                sql.text(&self.pattern()).push(") ESCAPE '\\'");
                return Ok(());
            }
            Op::OneOf | Op::NoneOf => {
                let values: Vec<String> = self.value.split(',').map(read).collect::<Result<_, _>>()?;
                sql.push("(").column(alias, column);
                sql.push(if self.op == Op::OneOf { " IN (" } else { " NOT IN (" });
                for (at, value) in values.iter().enumerate() {
                    sql.push(if at == 0 { "" } else { ", " }).value(column, Some(value));
                }
                sql.push(")");
                self.or_empty(sql, column, alias);
                return Ok(());
            }
            Op::Is => " = ",
            Op::IsNot => " <> ",
            Op::Less => " < ",
            Op::AtMost => " <= ",
            Op::More => " > ",
            Op::AtLeast => " >= ",
        };
        let value = read(&self.value)?;
        sql.push("(");
        // JSON has no equality of its own in PostgreSQL, so it is compared as the text that is shown.
        if matches!(column.kind, Kind::Json | Kind::Other) {
            sql.reading(alias, column).push(sign).text(&value);
        } else {
            sql.column(alias, column).push(sign).value(column, Some(&value));
        }
        self.or_empty(sql, column, alias);
        Ok(())
    }

    /// What is empty is not a value either: people who ask for “not x” mean those rows too.
    fn or_empty(&self, sql: &mut Sql, column: &Column, alias: &str) {
        if matches!(self.op, Op::IsNot | Op::NoneOf) {
            sql.push(" OR ").column(alias, column).push(" IS NULL");
        }
        sql.push(")");
    }

    fn pattern(&self) -> String {
        let plain = self.value.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        match self.op {
            Op::Starts => format!("{plain}%"),
            Op::Ends => format!("%{plain}"),
            Op::Contains
            | Op::Is
            | Op::IsNot
            | Op::Less
            | Op::AtMost
            | Op::More
            | Op::AtLeast
            | Op::OneOf
            | Op::NoneOf
            | Op::Empty
            | Op::Filled => format!("%{plain}%"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_the_address() {
        for text in [
            "sex:is:female",
            "patient_id.last_name:contains:a:b",
            "allergies-patient_id.severity:in:severe,mild",
            "!allergies-patient_id.id:filled:",
        ] {
            assert_eq!(text.parse::<Filter>().unwrap().to_string(), text);
        }
        assert!("sex".parse::<Filter>().is_err() && "sex:like:x".parse::<Filter>().is_err());
    }
}
