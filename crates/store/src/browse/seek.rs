//! Where a page of rows lies: keyset paging over a sort column and the key.

use super::catalogue::{Catalogue, Column, Kind, Table};
use super::privacy::Lens;
use super::rows::{Look, put_key};
use super::sql::Sql;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::field::Problems;

/// Where a page lies in the order of its rows.
///
/// The order is: rows with a value in the sort column, by it and then by key; then the rows without, by key. Each part
/// is one range of an index, so that the millionth row is as near as the first.
pub(super) struct Seek<'a> {
    table: &'a Table,
    sort: Option<&'a Column>,
    descending: bool,
    pub(super) backward: bool,
    key: Option<Vec<String>>,
    /// The sort column's value in the cursor's row.
    at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Filled,
    Empty,
}

impl<'a> Seek<'a> {
    pub(super) async fn prepare(
        desk: &mut Desk,
        (catalogue, lens): (&Catalogue, &Lens),
        table: &'a Table,
        look: &Look,
    ) -> Result<Self, Refusal> {
        let sort = look.sort.as_deref().map(|name| table.column(name)).transpose()?;
        if let Some(column) = sort.filter(|column| !lens.shows(&table.name, column.privacy)) {
            let words = format!("{} is covered: say why it must be seen before sorting by it.", column.name);
            return Err(Refusal::Rule(words));
        }
        if sort.is_some_and(|column| matches!(column.kind, Kind::Json | Kind::Other | Kind::Bytes)) {
            return Err(Problems::one("sort", "kind", "This column has no order to sort by.").into());
        }
        let mut seek = Self {
            table,
            sort,
            descending: look.descending,
            backward: look.cursor.as_ref().is_some_and(|cursor| cursor.backward),
            key: look.cursor.as_ref().map(|cursor| cursor.key.clone()),
            at: None,
        };
        if let (Some(column), Some(key)) = (sort, &seek.key) {
            let mut sql = Sql::new(catalogue);
            sql.push("SELECT ").reading("a", column).push(" FROM ").table(table).push(" a WHERE ");
            put_key(&mut sql, table, key)?;
            seek.at = sql.fetch(desk).await?.pop().ok_or(Refusal::NotFound("row"))?.pop().flatten();
        } else if let Some(key) = &seek.key {
            put_key(&mut Sql::new(catalogue), table, key)?;
        }
        Ok(seek)
    }

    pub(super) fn stages(&self) -> Vec<Stage> {
        let nullable = self.sort.is_some_and(|column| column.nullable);
        let inside_empty = self.sort.is_some() && self.key.is_some() && self.at.is_none();
        match (nullable, inside_empty, self.backward) {
            (true, true, false) => vec![Stage::Empty],
            (true, true, true) => vec![Stage::Empty, Stage::Filled],
            (true, false, false) => vec![Stage::Filled, Stage::Empty],
            (true, false, true) | (false, ..) => vec![Stage::Filled],
        }
    }

    /// Appends the condition and the order of one part.
    pub(super) fn put(&self, sql: &mut Sql, stage: Stage) {
        let downward = self.descending != self.backward;
        let order: Vec<&Column> =
            self.sort.filter(|_| stage == Stage::Filled).into_iter().chain(self.keys()).collect();
        if let Some(column) = self.sort.filter(|column| column.nullable) {
            let words = if stage == Stage::Filled { " IS NOT NULL" } else { " IS NULL" };
            sql.push(" AND ").column("a", column).push(words);
        }
        // The part in which the cursor's row lies goes on from it; another part is taken whole.
        let here = self.sort.is_none() || (self.at.is_some() == (stage == Stage::Filled));
        if let Some(key) = self.key.as_ref().filter(|_| here) {
            let at =
                self.at.iter().filter(|_| stage == Stage::Filled).chain(key.iter().take(self.keys().count()));
            sql.push(" AND (");
            put_list(sql, &order);
            sql.push(if downward { ") < (" } else { ") > (" });
            for (place, (column, value)) in order.iter().zip(at).enumerate() {
                sql.push(if place == 0 { "" } else { ", " }).value(column, Some(value));
            }
            sql.push(")");
        }
        sql.push(" ORDER BY ");
        for (place, column) in order.iter().enumerate() {
            sql.push(if place == 0 { "" } else { ", " }).column("a", column);
            sql.push(if downward { " DESC" } else { "" });
        }
    }

    /// The columns of the key but the one that is sorted by.
    fn keys(&self) -> impl Iterator<Item = &'a Column> {
        let table = self.table;
        table.key_columns()
    }
}

fn put_list(sql: &mut Sql, columns: &[&Column]) {
    for (place, column) in columns.iter().enumerate() {
        sql.push(if place == 0 { "" } else { ", " }).column("a", column);
    }
}
