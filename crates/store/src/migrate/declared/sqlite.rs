//! SQLite's part of a migration: a column is added where SQLite can, else the table is built anew, once for all that
//! changes in it.

use super::super::catalogue::{Item, Key, Kind, items_of, of_table, read_item};
use super::super::rebuild;
use super::super::statements::{tokens, written};
use super::changes::Change;
use super::current::Current;
use super::scaffold::{Sheets, is_wider};
use super::write::add;
use super::{Column, Declared, Default, Of, Table, write};

/// Writes all changes; what PostgreSQL's part left to a person is left here too.
pub(super) fn write(sheets: &mut Sheets, changes: &[&Change<'_>], declared: &Declared, current: &Current) {
    for change in changes {
        match change {
            Change::NewTable(table) => {
                sheets.sqlite.push('\n');
                sheets.sqlite.push_str(&write::table_sqlite(table, declared));
            }
            Change::LostIndex(name) => add(&mut sheets.sqlite, &format!("\nDROP INDEX {name};\n")),
            Change::NewEnum(_)
            | Change::OtherLabels(..)
            | Change::LostTable(_)
            | Change::NewColumn(..)
            | Change::LostColumn(..)
            | Change::OtherColumn(..)
            | Change::NewReference(..)
            | Change::NewIndex(..) => {}
        }
    }
    for table in &declared.tables {
        if current.sqlite.contains_key(&Key::new(Kind::Table, "", &table.name)) {
            change_table(sheets, table, changes, declared, current);
        }
    }
    for change in changes {
        if let Change::NewIndex(table, index) = change
            && index.method.is_none()
        {
            add(&mut sheets.sqlite, &format!("{};\n", write::index(&table.name, index, "")));
        }
    }
}

/// What changes in one table that is there.
struct Work<'a> {
    table: &'a Table,
    /// Columns to write as they are declared now.
    anew: Vec<&'a Column>,
    added: Vec<&'a Column>,
    rules: Vec<String>,
    must_rebuild: bool,
}

fn change_table(
    sheets: &mut Sheets,
    table: &Table,
    changes: &[&Change<'_>],
    declared: &Declared,
    current: &Current,
) {
    let work = gathered(table, changes, declared);
    if work.must_rebuild {
        rebuilt(sheets, &work, changes, declared, current);
        return;
    }
    for column in work.added {
        let reference = table.references.iter().find(|it| it.columns.contains(&column.name));
        let points = reference.map(|it| {
            let rule = write::reference(&table.name, it);
            let (_, target) = rule.split_once(" REFERENCES ").unwrap_or_default();
            format!(" CONSTRAINT {}_{}_fkey REFERENCES {target}", table.name, column.name)
        });
        add(
            &mut sheets.sqlite,
            &format!(
                "\nALTER TABLE {} ADD COLUMN {}{}; -- {}\n",
                table.name,
                write::column_sqlite(&table.name, column, declared),
                points.unwrap_or_default(),
                write::says_sqlite(column)
            ),
        );
    }
}

fn gathered<'a>(table: &'a Table, changes: &[&Change<'_>], declared: &Declared) -> Work<'a> {
    let mut work =
        Work { table, anew: Vec::new(), added: Vec::new(), rules: Vec::new(), must_rebuild: false };
    for change in changes {
        match change {
            Change::NewColumn(on, column) if on.name == table.name => {
                // Left to a person in both files.
                if column.required && column.default.is_none() {
                    continue;
                }
                // SQLite adds no column whose default is worked out.
                work.must_rebuild |= column.default == Some(Default::Now);
                work.added.extend(table.column(&column.name));
            }
            Change::OtherColumn(on, column, other) if on.name == table.name => {
                let now = write::type_postgres(&column.of);
                let by_hand = other.type_was.as_ref().is_some_and(|was| !is_wider(was, &now));
                if !by_hand {
                    work.must_rebuild = true;
                    work.anew.extend(table.column(&column.name));
                }
            }
            Change::OtherLabels(name, there) => {
                let keeps_all = there.iter().all(|label| declared.labels(name).contains(label));
                let of_enum = |column: &&Column| matches!(&column.of, Of::Enum(of) if of == name);
                let columns: Vec<&Column> = table.columns.iter().filter(of_enum).collect();
                if keeps_all && !columns.is_empty() {
                    work.must_rebuild = true;
                    work.anew.extend(columns);
                }
            }
            Change::NewReference(on, it) if on.name == table.name => {
                work.must_rebuild = true;
                work.rules.push(write::reference(&table.name, it));
            }
            Change::NewEnum(_)
            | Change::NewTable(_)
            | Change::LostTable(_)
            | Change::NewColumn(..)
            | Change::LostColumn(..)
            | Change::OtherColumn(..)
            | Change::NewReference(..)
            | Change::NewIndex(..)
            | Change::LostIndex(_) => {}
        }
    }
    work
}

fn rebuilt(
    sheets: &mut Sheets,
    work: &Work<'_>,
    changes: &[&Change<'_>],
    declared: &Declared,
    current: &Current,
) {
    let table = work.table;
    let key = Key::new(Kind::Table, "", &table.name);
    let Some(there) = current.sqlite.get(&key) else { return };
    let mut columns: Vec<(String, String)> = Vec::new();
    let mut rules: Vec<String> = Vec::new();
    let mut copied: Vec<String> = Vec::new();
    for item in items_of(&tokens(&there.make)) {
        match read_item(&item) {
            Item::Column(name, _) => {
                let declared_now = table.column(&name);
                let anew = work.anew.iter().find(|column| column.name == name);
                let text = anew.map_or_else(
                    || written(&item),
                    |column| write::column_sqlite(&table.name, column, declared),
                );
                columns.push((text, declared_now.map(write::says_sqlite).unwrap_or_default()));
                copied.push(name);
            }
            Item::Rule(..) => rules.push(written(&item)),
        }
    }
    for column in &work.added {
        columns.push((write::column_sqlite(&table.name, column, declared), write::says_sqlite(column)));
        let references = table.references.iter().filter(|it| it.columns.contains(&column.name));
        rules.extend(references.map(|it| write::reference(&table.name, it)));
    }
    rules.extend(work.rules.iter().cloned());
    let dropped: Vec<&String> = changes
        .iter()
        .filter_map(|change| if let Change::LostIndex(name) = change { Some(name) } else { None })
        .collect();
    let attached: Vec<String> = [Kind::Index, Kind::Trigger]
        .into_iter()
        .flat_map(|kind| of_table(&current.sqlite, kind, &table.name))
        .filter(|(key, _)| !dropped.contains(&&key.name))
        .map(|(_, object)| object.make.clone())
        .collect();
    let create = create(&table.name, &columns, &rules);
    add(
        &mut sheets.sqlite,
        &format!(
            "\n-- SQLite changes no column in place: {} is built anew, with all that hangs on it.\n",
            table.name
        ),
    );
    for statement in rebuild::statements(&table.name, &create, &copied, &attached) {
        add(&mut sheets.sqlite, &format!("{statement};\n"));
    }
}

fn create(table: &str, columns: &[(String, String)], rules: &[String]) -> String {
    let mut text = format!("CREATE TABLE {table} (\n");
    let last = columns.len();
    for (at, (column, says)) in columns.iter().enumerate() {
        let comma = if at + 1 < last || !rules.is_empty() { "," } else { "" };
        let says = if says.is_empty() { String::new() } else { format!(" -- {says}") };
        add(&mut text, &format!("    {column}{comma}{says}\n"));
    }
    add(&mut text, &format!("    {}\n) STRICT", rules.join(",\n    ")));
    text
}
