//! What is declared and not yet migrated, and the other way round.

use super::super::catalogue::{Column as There, Item, Key, Kind, Object, Shape, of_table, read_item};
use super::super::statements::{plain, tokens};
use super::current::Current;
use super::{Column, Declared, Index, Reference, Table, write};

/// One change to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change<'a> {
    NewEnum(&'a str),
    /// An enum and the words it has.
    OtherLabels(&'a str, Vec<String>),
    NewTable(&'a Table),
    LostTable(String),
    NewColumn(&'a Table, &'a Column),
    LostColumn(String, String),
    OtherColumn(&'a Table, &'a Column, Otherwise),
    NewReference(&'a Table, &'a Reference),
    NewIndex(&'a Table, &'a Index),
    LostIndex(String),
}

/// How a column differs from its declaration.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Otherwise {
    /// The type it has in PostgreSQL, where that is another.
    pub(crate) type_was: Option<String>,
    pub(crate) required: bool,
    pub(crate) default: bool,
}

/// All changes, in an order in which they can be made.
pub(crate) fn changes<'a>(declared: &'a Declared, current: &Current) -> Vec<Change<'a>> {
    let mut found = Vec::new();
    for (name, wanted) in &declared.enums {
        match current.enums.get(name) {
            None => found.push(Change::NewEnum(name)),
            Some(there) if !same_words(there, &wanted.labels) => {
                found.push(Change::OtherLabels(name, there.clone()));
            }
            Some(_) => {}
        }
    }
    for table in &declared.tables {
        if current.sqlite.contains_key(&Key::new(Kind::Table, "", &table.name)) {
            columns(&mut found, declared, table, current);
            references(&mut found, table, current);
        } else {
            found.push(Change::NewTable(table));
        }
        indexes(&mut found, table, current);
    }
    for (key, object) in of_table(&current.sqlite, Kind::Table, "") {
        let searches = matches!(&object.shape, Shape::Text(text) if text.starts_with("CREATE VIRTUAL"));
        if !searches && declared.table(&key.name).is_none() {
            found.push(Change::LostTable(key.name.clone()));
        }
    }
    found
}

fn same_words(one: &[String], other: &[String]) -> bool {
    one.len() == other.len() && one.iter().all(|label| other.contains(label))
}

fn columns<'a>(found: &mut Vec<Change<'a>>, declared: &'a Declared, table: &'a Table, current: &Current) {
    for column in &table.columns {
        let key = Key::new(Kind::Column, &table.name, &column.name);
        let Some(Object { shape: Shape::Column(there), .. }) = current.sqlite.get(&key) else {
            found.push(Change::NewColumn(table, column));
            continue;
        };
        let at = (table.name.clone(), column.name.clone());
        let was = current.types.get(&at).map(|text| squeezed(text));
        let other = compare(declared, table, column, there, was);
        if other != Otherwise::default() {
            found.push(Change::OtherColumn(table, column, other));
        }
    }
    for (key, object) in of_table(&current.sqlite, Kind::Column, &table.name) {
        // A row number that only SQLite has is its own key.
        let own = matches!(&object.shape, Shape::Column(column) if column.rest.contains("PRIMARY KEY"));
        if !own && table.column(&key.name).is_none() {
            found.push(Change::LostColumn(table.name.clone(), key.name.clone()));
        }
    }
}

fn compare(
    declared: &Declared,
    table: &Table,
    column: &Column,
    there: &There,
    was: Option<String>,
) -> Otherwise {
    let text = write::column_sqlite(&table.name, column, declared);
    let Item::Column(_, wanted) = read_item(&tokens(&text)) else { return Otherwise::default() };
    let type_now = squeezed(&write::type_postgres(&column.of));
    // PostgreSQL's type says more than SQLite's, whose checks of form may also be narrower than the type.
    let other = was.as_ref().map_or(wanted.of_type != there.of_type, |was| *was != type_now);
    Otherwise {
        type_was: other.then(|| was.unwrap_or_else(|| there.of_type.clone())),
        required: wanted.required != there.required,
        default: wanted.default.as_deref().map(squeezed) != there.default.as_deref().map(squeezed),
    }
}

/// The same text without blanks and outer brackets.
fn squeezed(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')).map_or(text.clone(), str::to_owned)
}

fn references<'a>(found: &mut Vec<Change<'a>>, table: &'a Table, current: &Current) {
    for it in &table.references {
        let name = format!("{}_{}_fkey", table.name, it.columns.join("_"));
        let as_rule = current.sqlite.contains_key(&Key::new(Kind::Constraint, &table.name, &name));
        let in_column = of_table(&current.sqlite, Kind::Column, &table.name).any(|(key, object)| {
            it.columns.contains(&key.name)
                && matches!(&object.shape, Shape::Column(column) if column.rest.contains("REFERENCES"))
        });
        // A new column brings its reference along.
        let is_new = it
            .columns
            .iter()
            .any(|column| !current.sqlite.contains_key(&Key::new(Kind::Column, &table.name, column)));
        if !as_rule && !in_column && !is_new {
            found.push(Change::NewReference(table, it));
        }
    }
}

/// Whether an index can be declared: not a partial one, and not one over an expression.
fn is_sayable(index: &str) -> bool {
    index.matches('(').count() == 1 && !index.contains(" WHERE ")
}

fn indexes<'a>(found: &mut Vec<Change<'a>>, table: &'a Table, current: &Current) {
    for index in &table.indexes {
        // An index of a kind that SQLite lacks is looked for in PostgreSQL alone, and so is one over an expression.
        if index.method.is_some() {
            if !current.indexes.contains(&index.name) {
                found.push(Change::NewIndex(table, index));
            }
            continue;
        }
        let wanted = plain(&tokens(&write::index(&table.name, index, "")));
        let there = current.sqlite.get(&Key::new(Kind::Index, &table.name, &index.name));
        match there.map(|object| &object.shape) {
            Some(Shape::Text(text)) if *text == wanted || !is_sayable(text) => {}
            Some(_) => {
                found.push(Change::LostIndex(index.name.clone()));
                found.push(Change::NewIndex(table, index));
            }
            None => found.push(Change::NewIndex(table, index)),
        }
    }
    for (key, object) in of_table(&current.sqlite, Kind::Index, &table.name) {
        let Shape::Text(text) = &object.shape else { continue };
        if is_sayable(text) && !table.indexes.iter().any(|index| index.name == key.name) {
            found.push(Change::LostIndex(key.name.clone()));
        }
    }
}
