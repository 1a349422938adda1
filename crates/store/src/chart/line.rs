//! One line of the chart's one statement: which part of the chart it is, and so many places for values of each kind.
//!
//! The chart lies in ten tables, and one statement reads them all. [`super::part`] says what of which table lies in which
//! place; what a part has no use for stays empty and is not sent. PostgreSQL answers a number and a record for each line;
//! SQLite one text, of which each line is a JSON array: there a row costs more than writing it.

use super::part::{DAYS, FLAGS, HUNDREDTHS, IDS, INSTANTS, NUMBERS, Source, TENTHS, WORDS};
use crate::column::{At, Fixed, Key};
use chrono::NaiveDate;
use medrecord_clinic::time::Instant;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use sqlx::error::BoxDynError;
use sqlx::postgres::types::PgRecordDecoder;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::{Decode, FromRow, Row as _, Type};
use std::fmt;

/// A line, read.
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

impl FromRow<'_, PgRow> for Line {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let part = row.try_get(0)?;
        let record = || {
            let source = Source::numbered(part).ok_or("no such part")?;
            Self::of_record(source, &mut PgRecordDecoder::new(row.try_get_raw(1)?)?)
        };
        record().map_err(|source| sqlx::Error::ColumnDecode { index: "1".to_owned(), source })
    }
}

impl Line {
    fn of_record(source: &Source, from: &mut PgRecordDecoder<'_>) -> Result<Self, BoxDynError> {
        Ok(Self {
            part: source.part as i32,
            ids: read(from, source.ids.len())?,
            instants: read(from, source.instants.len())?,
            numbers: read(from, source.numbers.len())?,
            tenths: read(from, source.tenths.len())?,
            hundredths: read(from, source.hundredths.len())?,
            flags: read(from, source.flags.len())?,
            days: read(from, source.days.len())?,
            words: read(from, source.words.len())?,
        })
    }
}

/// Reads the next so many columns.
fn read<T, const N: usize>(
    from: &mut PgRecordDecoder<'_>,
    number: usize,
) -> Result<[Option<T>; N], BoxDynError>
where
    T: for<'a> Decode<'a, Postgres> + Type<Postgres>,
{
    let mut found = [const { None }; N];
    for place in found.iter_mut().take(number) {
        *place = from.try_decode()?;
    }
    Ok(found)
}

/// Reads the one text that SQLite answers.
pub(super) fn parse(text: &str) -> Result<Vec<Line>, serde_json::Error> {
    text.lines().map(serde_json::from_str).collect()
}

impl<'de> Deserialize<'de> for Line {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Columns)
    }
}

/// The number of a part, and its columns without those that it has no use for.
struct Columns;

impl<'de> Visitor<'de> for Columns {
    type Value = Line;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the columns of a part of the chart")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Line, A::Error> {
        let part = from.next_element()?.unwrap_or_default();
        let source = Source::numbered(part).ok_or_else(|| A::Error::custom("no such part"))?;
        Ok(Line {
            part,
            ids: take(&mut from, source.ids.len(), Key)?,
            instants: take(&mut from, source.instants.len(), |at: Instant| At(at))?,
            numbers: take(&mut from, source.numbers.len(), |number| number)?,
            tenths: take(&mut from, source.tenths.len(), Fixed)?,
            hundredths: take(&mut from, source.hundredths.len(), Fixed)?,
            flags: take(&mut from, source.flags.len(), |flag: u8| flag != 0)?,
            days: take(&mut from, source.days.len(), |day| day)?,
            words: take(&mut from, source.words.len(), |word| word)?,
        })
    }
}

/// Takes the next so many columns.
fn take<'de, A: SeqAccess<'de>, J: Deserialize<'de>, T, const N: usize>(
    from: &mut A,
    number: usize,
    value: impl Fn(J) -> T,
) -> Result<[Option<T>; N], A::Error> {
    let mut found = [const { None }; N];
    for place in found.iter_mut().take(number) {
        *place = from.next_element::<Option<J>>()?.flatten().map(&value);
    }
    Ok(found)
}
