//! How each database writes a column, a table, an index; the conventions are those of decision 0002.

use super::{Column, Declared, Default, Index, Of, Reference, Table};

const NOW_SQLITE: &str = "(strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))";

/// PostgreSQL's type.
pub(crate) fn type_postgres(of: &Of) -> String {
    match of {
        Of::Text => "text".to_owned(),
        Of::Varchar(most) => format!("varchar({most})"),
        Of::Uuid => "uuid".to_owned(),
        Of::Date => "date".to_owned(),
        Of::Instant => "timestamptz(3)".to_owned(),
        Of::Integer => "integer".to_owned(),
        Of::SmallInt => "smallint".to_owned(),
        Of::BigInt => "bigint".to_owned(),
        Of::Decimal(digits, after) => format!("numeric({digits}, {after})"),
        Of::Boolean => "boolean".to_owned(),
        Of::Json => "jsonb".to_owned(),
        Of::Bytes => "bytea".to_owned(),
        Of::Enum(name) => name.clone(),
    }
}

pub(crate) fn default_postgres(default: &Default) -> String {
    match default {
        Default::Now => "now()".to_owned(),
        Default::Number(text) => text.clone(),
        Default::Boolean(value) => value.to_string(),
        Default::Text(text) => quoted(text),
    }
}

/// `nickname varchar(255) NOT NULL DEFAULT ''`.
pub(crate) fn column_postgres(column: &Column) -> String {
    let mut text = format!("{} {}", column.name, type_postgres(&column.of));
    if column.required {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        add(&mut text, &format!(" DEFAULT {}", default_postgres(default)));
    }
    text
}

pub(crate) fn default_sqlite(column: &Column) -> Option<String> {
    Some(match (column.default.as_ref()?, &column.of) {
        (Default::Now, _) => NOW_SQLITE.to_owned(),
        (Default::Boolean(value), _) => u8::from(*value).to_string(),
        (Default::Number(text), Of::Decimal(_, after)) => scaled(text, *after),
        (Default::Number(text), _) => text.clone(),
        (Default::Text(text), _) => quoted(text),
    })
}

/// A decimal as a whole number of its smallest unit.
fn scaled(text: &str, after: u32) -> String {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let width = usize::try_from(after).unwrap_or(0);
    format!("{whole}{part:0<width$}")
}

/// `nickname TEXT CONSTRAINT patients_nickname_form CHECK (length(nickname) <= 255)`.
pub(crate) fn column_sqlite(table: &str, column: &Column, declared: &Declared) -> String {
    let name = &column.name;
    let of_type = match &column.of {
        Of::Integer | Of::SmallInt | Of::BigInt | Of::Decimal(..) | Of::Boolean => "INTEGER",
        Of::Bytes => "BLOB",
        Of::Text | Of::Varchar(_) | Of::Uuid | Of::Date | Of::Instant | Of::Json | Of::Enum(_) => "TEXT",
    };
    let form = match &column.of {
        Of::Varchar(most) => Some(format!("length({name}) <= {most}")),
        Of::Uuid => Some(format!("length({name}) = 36")),
        Of::Date => Some(format!("date({name}, '+0 days') IS {name}")),
        Of::Instant => Some(format!("{name} GLOB '????-??-??T??:??:??.???Z'")),
        Of::Boolean => Some(format!("{name} IN (0, 1)")),
        Of::Json if column.required => Some(format!("json_valid({name})")),
        Of::Json => Some(format!("{name} IS NULL OR json_valid({name})")),
        Of::Enum(of) => {
            let words: Vec<String> = declared.labels(of).iter().map(|label| quoted(label)).collect();
            Some(format!("{name} IN ({})", words.join(", ")))
        }
        Of::Text | Of::Integer | Of::SmallInt | Of::BigInt | Of::Decimal(..) | Of::Bytes => None,
    };
    let mut text = format!("{name} {of_type}");
    if column.required {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = default_sqlite(column) {
        add(&mut text, &format!(" DEFAULT {default}"));
    }
    if let Some(form) = form {
        add(&mut text, &format!(" CONSTRAINT {table}_{name}_form CHECK ({form})"));
    }
    text
}

/// What SQLite's comment says; a decimal says how it is scaled.
pub(crate) fn says_sqlite(column: &Column) -> String {
    let end = match &column.of {
        Of::Decimal(_, 1) => "; scaled: tenths as a whole number",
        Of::Decimal(_, 2) => "; scaled: hundredths as a whole number",
        Of::Decimal(_, 3) => "; scaled: thousandths as a whole number",
        Of::Decimal(..)
        | Of::Text
        | Of::Varchar(_)
        | Of::Uuid
        | Of::Date
        | Of::Instant
        | Of::Integer
        | Of::SmallInt
        | Of::BigInt
        | Of::Boolean
        | Of::Json
        | Of::Bytes
        | Of::Enum(_) => return column.says.clone(),
    };
    format!("{}{end}", column.says.trim_end_matches('.'))
}

/// `CONSTRAINT notes_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES patients (id) ON DELETE RESTRICT`.
pub(crate) fn reference(table: &str, it: &Reference) -> String {
    format!(
        "CONSTRAINT {table}_{}_fkey FOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE {}",
        it.columns.join("_"),
        it.columns.join(", "),
        it.table,
        it.to.join(", "),
        it.on_delete
    )
}

/// `CREATE UNIQUE INDEX notes_title_key ON notes (title)`; `with` is empty or ` CONCURRENTLY`.
pub(crate) fn index(table: &str, it: &Index, with: &str) -> String {
    let unique = if it.unique { "UNIQUE " } else { "" };
    let method = it.method.as_ref().map(|method| format!("USING {method} ")).unwrap_or_default();
    format!("CREATE {unique}INDEX{with} {} ON {table} {method}({})", it.name, it.columns.join(", "))
}

pub(crate) fn table_postgres(table: &Table) -> String {
    let mut lines: Vec<String> = table.columns.iter().map(column_postgres).collect();
    lines.extend(rules(table));
    let mut text = format!("CREATE TABLE {} (\n    {}\n);\n", table.name, lines.join(",\n    "));
    add(&mut text, &format!("COMMENT ON TABLE {} IS {};\n", table.name, quoted(&table.says)));
    for column in &table.columns {
        text.push_str(&comment_postgres(&table.name, column));
    }
    text
}

/// The comment that pgAdmin and DBeaver show.
pub(crate) fn comment_postgres(table: &str, column: &Column) -> String {
    format!("COMMENT ON COLUMN {table}.{} IS {};\n", column.name, quoted(&column.says))
}

pub(crate) fn table_sqlite(table: &Table, declared: &Declared) -> String {
    let rules = rules(table);
    let mut text = format!("-- {}\nCREATE TABLE {} (\n", table.says, table.name);
    for column in &table.columns {
        let line = column_sqlite(&table.name, column, declared);
        add(&mut text, &format!("    {line}, -- {}\n", says_sqlite(column)));
    }
    add(&mut text, &format!("    {}\n) STRICT;\n", rules.join(",\n    ")));
    text
}

fn rules(table: &Table) -> Vec<String> {
    let key = format!("CONSTRAINT {}_pkey PRIMARY KEY ({})", table.name, table.key.join(", "));
    std::iter::once(key).chain(table.references.iter().map(|it| reference(&table.name, it))).collect()
}

/// Appends.
pub(super) fn add(to: &mut String, text: &str) {
    to.push_str(text);
}

pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
