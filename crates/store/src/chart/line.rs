//! One line of the chart's one statement: which part of the chart it is, and so many places for values of each kind.
//!
//! The chart lies in ten tables. One statement reads them all, so every row must have the same shape; what a part has no
//! use for stays `NULL`. [`super::part`] says what of which table lies in which place.

use crate::column::{At, Fixed, Key};
use chrono::NaiveDate;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

/// How many places a line has for a kind of value, what the statement calls them, and their type in PostgreSQL.
pub(super) struct Places {
    pub(super) name: &'static str,
    pub(super) kind: &'static str,
    pub(super) number: usize,
}

const fn places(name: &'static str, kind: &'static str, number: usize) -> Places {
    Places { name, kind, number }
}

const IDS: usize = 3;
const INSTANTS: usize = 4;
const NUMBERS: usize = 7;
const TENTHS: usize = 2;
const HUNDREDTHS: usize = 2;
const FLAGS: usize = 2;
const DAYS: usize = 2;
const WORDS: usize = 11;

/// The places of a line, in their order after the number of the part.
pub(super) const SHAPE: [Places; 8] = [
    places("id", "uuid", IDS),
    places("at", "timestamp with time zone", INSTANTS),
    places("number", "integer", NUMBERS),
    places("tenth", "numeric", TENTHS),
    places("hundredth", "numeric", HUNDREDTHS),
    places("flag", "boolean", FLAGS),
    places("day", "date", DAYS),
    places("word", "text", WORDS),
];

/// A row of the statement.
pub(super) struct Line {
    /// The number of the part.
    pub(super) part: i32,
    pub(super) ids: [Option<Key>; IDS],
    pub(super) instants: [Option<At>; INSTANTS],
    pub(super) numbers: [Option<i32>; NUMBERS],
    pub(super) tenths: [Option<Fixed<1>>; TENTHS],
    pub(super) hundredths: [Option<Fixed<2>>; HUNDREDTHS],
    pub(super) flags: [Option<bool>; FLAGS],
    pub(super) days: [Option<NaiveDate>; DAYS],
    pub(super) words: [Option<String>; WORDS],
}

impl<'r, R: Row> FromRow<'r, R> for Line
where
    usize: ColumnIndex<R>,
    Key: Decode<'r, R::Database> + Type<R::Database>,
    At: Decode<'r, R::Database> + Type<R::Database>,
    i32: Decode<'r, R::Database> + Type<R::Database>,
    Fixed<1>: Decode<'r, R::Database> + Type<R::Database>,
    Fixed<2>: Decode<'r, R::Database> + Type<R::Database>,
    bool: Decode<'r, R::Database> + Type<R::Database>,
    NaiveDate: Decode<'r, R::Database> + Type<R::Database>,
    String: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let mut next = 1;
        Ok(Self {
            part: row.try_get(0)?,
            ids: read(row, &mut next)?,
            instants: read(row, &mut next)?,
            numbers: read(row, &mut next)?,
            tenths: read(row, &mut next)?,
            hundredths: read(row, &mut next)?,
            flags: read(row, &mut next)?,
            days: read(row, &mut next)?,
            words: read(row, &mut next)?,
        })
    }
}

/// Reads the next `N` places.
fn read<'r, R: Row, T, const N: usize>(row: &'r R, next: &mut usize) -> Result<[Option<T>; N], sqlx::Error>
where
    usize: ColumnIndex<R>,
    T: Decode<'r, R::Database> + Type<R::Database>,
{
    let mut found = [const { None }; N];
    for place in &mut found {
        *place = row.try_get(*next)?;
        *next += 1;
    }
    Ok(found)
}
