//! Reads the declared schema. A word that is not understood is refused with its line, never passed over.

use super::line::{Block, Line, arguments, blocks, unquoted};
use super::{Column, Declared, Default, Enum, Index, Of, Reference, Table};
use std::collections::BTreeMap;

/// A model while it is read: its fields' own names beside the columns'.
struct Model<'a> {
    block: &'a Block,
    table: String,
    /// Field → column.
    columns: BTreeMap<String, String>,
}

/// Reads the text of `schema.prisma`.
pub(crate) fn parse(text: &str) -> Result<Declared, String> {
    let blocks = blocks(text)?;
    let mut declared = Declared::default();
    let mut enums: BTreeMap<&str, String> = BTreeMap::new();
    for block in blocks.iter().filter(|block| block.kind == "enum") {
        let (name, found) = read_enum(block);
        enums.insert(&block.name, name.clone());
        declared.enums.insert(name, found);
    }
    let models: Vec<&Block> = blocks.iter().filter(|block| block.kind == "model").collect();
    let names: Vec<&str> = models.iter().map(|block| block.name.as_str()).collect();
    let models: Vec<Model<'_>> = models.iter().map(|block| model(block, &names)).collect::<Result<_, _>>()?;
    for it in &models {
        declared.tables.push(read_table(it, &models, &enums)?);
    }
    Ok(declared)
}

fn read_enum(block: &Block) -> (String, Enum) {
    let mut found = Enum { labels: Vec::new(), says: block.says.clone() };
    let mut name = block.name.clone();
    for line in &block.lines {
        match line.attributes().first() {
            Some(("map", inside)) if line.text.starts_with("@@") => unquoted(inside).clone_into(&mut name),
            _ => found.labels.extend(line.words().first().map(|word| (*word).to_owned())),
        }
    }
    (name, found)
}

fn is_relation(line: &Line, names: &[&str]) -> bool {
    line.words().get(1).is_some_and(|kind| names.contains(&kind.trim_end_matches(['?', '[', ']'])))
}

fn model<'a>(block: &'a Block, names: &[&str]) -> Result<Model<'a>, String> {
    let mut found = Model { block, table: String::new(), columns: BTreeMap::new() };
    for line in &block.lines {
        let map = line
            .attributes()
            .into_iter()
            .find(|(name, _)| *name == "map")
            .map(|(_, inside)| unquoted(inside));
        if line.text.starts_with("@@") {
            if let Some(table) = map {
                table.clone_into(&mut found.table);
            }
        } else if !is_relation(line, names) {
            let words = line.words();
            let &[field, _] = words.as_slice() else {
                return Err(format!("line {} is no field: {}", line.number, line.text));
            };
            found.columns.insert(field.to_owned(), map.unwrap_or(field).to_owned());
        }
    }
    for name in std::iter::once(&found.table).chain(found.columns.values()) {
        let plain = name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !plain {
            return Err(format!(
                "model {} has the database name {name:?}; give it one of a-z, 0-9 and _ with @map or @@map",
                block.name
            ));
        }
    }
    Ok(found)
}

fn read_table(it: &Model<'_>, models: &[Model<'_>], enums: &BTreeMap<&str, String>) -> Result<Table, String> {
    let mut table = Table { name: it.table.clone(), says: it.block.says.clone(), ..Table::default() };
    let names: Vec<&str> = models.iter().map(|model| model.block.name.as_str()).collect();
    for line in &it.block.lines {
        if line.text.starts_with("@@") {
            of_the_table(&mut table, it, line)?;
        } else if is_relation(line, &names) {
            table.references.extend(reference(it, models, line)?);
        } else {
            column(&mut table, it, line, enums)?;
        }
    }
    if table.key.is_empty() {
        return Err(format!("model {} has no key; give it @id or @@id", it.block.name));
    }
    Ok(table)
}

fn columns_of(it: &Model<'_>, list: &str, line: &Line) -> Result<Vec<String>, String> {
    arguments(list.trim().trim_start_matches('[').trim_end_matches(']'))
        .into_iter()
        .map(|field| {
            let (name, order) = field.split_once('(').unwrap_or((field, ""));
            let column = it.columns.get(name.trim()).ok_or_else(|| {
                format!("line {} names {name}, which is no field of {}", line.number, it.block.name)
            })?;
            Ok(if order.contains("Desc") { format!("{column} DESC") } else { column.clone() })
        })
        .collect()
}

fn of_the_table(table: &mut Table, it: &Model<'_>, line: &Line) -> Result<(), String> {
    for (name, inside) in line.attributes() {
        let arguments = arguments(inside);
        let first = arguments.first().copied().unwrap_or_default();
        let named =
            |wanted: &str| arguments.iter().find_map(|argument| argument.strip_prefix(wanted)).map(unquoted);
        match name {
            "map" => {}
            "id" => table.key = columns_of(it, first, line)?,
            "index" | "unique" => {
                let columns = columns_of(it, first.trim_start_matches("fields:"), line)?;
                let unique = name == "unique";
                let plain: Vec<&str> = columns.iter().filter_map(|column| column.split(' ').next()).collect();
                let end = if unique { "key" } else { "idx" };
                let usual = format!("{}_{}_{end}", table.name, plain.join("_"));
                let own = named("map:").map_or(usual, ToOwned::to_owned);
                let method = named("type:").map(str::to_lowercase);
                table.indexes.push(Index { name: own, columns, unique, method });
            }
            other => return Err(format!("line {}: @@{other} is not understood", line.number)),
        }
    }
    Ok(())
}

fn reference(it: &Model<'_>, models: &[Model<'_>], line: &Line) -> Result<Option<Reference>, String> {
    let words = line.words();
    let kind = words.get(1).copied().unwrap_or_default().trim_end_matches(['?', '[', ']']);
    let Some((_, inside)) = line.attributes().into_iter().find(|(name, _)| *name == "relation") else {
        return Ok(None);
    };
    let arguments = arguments(inside);
    let named =
        |wanted: &str| arguments.iter().find_map(|argument| argument.strip_prefix(wanted)).map(str::trim);
    let Some(fields) = named("fields:") else { return Ok(None) };
    let target = models.iter().find(|model| model.block.name == kind);
    let target =
        target.ok_or_else(|| format!("line {} points to {kind}, which is not declared", line.number))?;
    let on_delete = match named("onDelete:") {
        Some("Cascade") => "CASCADE",
        Some("SetNull") => "SET NULL",
        Some("NoAction") => "NO ACTION",
        Some("Restrict") | None => "RESTRICT",
        Some(other) => return Err(format!("line {}: onDelete: {other} is not understood", line.number)),
    };
    Ok(Some(Reference {
        columns: columns_of(it, fields, line)?,
        table: target.table.clone(),
        to: columns_of(target, named("references:").unwrap_or("[id]"), line)?,
        on_delete,
    }))
}

fn column(
    table: &mut Table,
    it: &Model<'_>,
    line: &Line,
    enums: &BTreeMap<&str, String>,
) -> Result<(), String> {
    let words = line.words();
    let &[field, kind] = words.as_slice() else { return Ok(()) };
    let name = it.columns.get(field).cloned().unwrap_or_default();
    let attributes = line.attributes();
    let mut found = Column {
        of: of(kind.trim_end_matches('?'), &attributes, enums)
            .ok_or_else(|| format!("line {}: the type {kind} is not understood", line.number))?,
        name: name.clone(),
        required: !kind.ends_with('?'),
        default: None,
        says: line.says.clone(),
    };
    for (attribute, inside) in attributes {
        match attribute {
            "map" | "updatedAt" => {}
            "id" => table.key = vec![name.clone()],
            "unique" => table.indexes.push(Index {
                name: format!("{}_{name}_key", table.name),
                columns: vec![name.clone()],
                unique: true,
                method: None,
            }),
            "default" => found.default = default(inside, &found.of),
            db if db.starts_with("db.") => {}
            other => return Err(format!("line {}: @{other} is not understood", line.number)),
        }
    }
    table.columns.push(found);
    Ok(())
}

fn of(kind: &str, attributes: &[(&str, &str)], enums: &BTreeMap<&str, String>) -> Option<Of> {
    let db = attributes.iter().find(|(name, _)| name.starts_with("db."));
    let (db, inside) = db.map_or(("", ""), |(name, inside)| (name.trim_start_matches("db."), *inside));
    let numbers: Vec<u32> = inside.split(',').filter_map(|text| text.trim().parse().ok()).collect();
    Some(match (kind, db, numbers.as_slice()) {
        ("String", "" | "Text", _) => Of::Text,
        ("String", "VarChar", &[most]) => Of::Varchar(most),
        ("String", "Uuid", _) => Of::Uuid,
        ("DateTime", "Date", _) => Of::Date,
        ("DateTime", "Timestamptz", _) => Of::Instant,
        ("Int", "" | "Integer", _) => Of::Integer,
        ("Int", "SmallInt", _) => Of::SmallInt,
        ("BigInt", "" | "BigInt", _) => Of::BigInt,
        ("Decimal", "Decimal", &[digits, after]) => Of::Decimal(digits, after),
        ("Boolean", "" | "Boolean", _) => Of::Boolean,
        ("Json", "" | "JsonB", _) => Of::Json,
        ("Bytes", "" | "ByteA", _) => Of::Bytes,
        (other, "", _) => Of::Enum(enums.get(other)?.clone()),
        _ => return None,
    })
}

/// What Prisma's client makes itself (`uuid(7)`) is no default of the database.
fn default(inside: &str, of: &Of) -> Option<Default> {
    match inside.trim() {
        "now()" => Some(Default::Now),
        "true" => Some(Default::Boolean(true)),
        "false" => Some(Default::Boolean(false)),
        text if text.starts_with('"') => Some(Default::Text(unquoted(text).to_owned())),
        text if text.ends_with(')') => None,
        text if matches!(of, Of::Enum(_)) => Some(Default::Text(text.to_owned())),
        text => Some(Default::Number(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTES: &str = r#"
enum Mood {
  good
  bad

  @@map("mood")
}

/// What is remembered.
model Note {
  /// The note.
  id        String   @id @default(uuid(7)) @db.Uuid
  /// Whose.
  ownerId   String?  @map("owner_id") @db.Uuid
  owner     Note?    @relation("Owner", fields: [ownerId], references: [id], onDelete: SetNull, onUpdate: NoAction)
  mood      Mood     @default(good)
  writtenAt DateTime @default(now()) @map("written_at") @db.Timestamptz(3)
  title     String   @unique @db.VarChar(20)
  owned     Note[]   @relation("Owner")

  @@index([ownerId, writtenAt(sort: Desc)])
  @@map("notes")
}
"#;

    #[test]
    fn a_model_is_read_with_its_columns_keys_and_indexes() {
        let declared = parse(NOTES).unwrap();
        assert_eq!(declared.labels("mood"), ["good", "bad"]);
        let notes = declared.table("notes").unwrap();
        let names: Vec<&str> = notes.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "owner_id", "mood", "written_at", "title"]);
        assert_eq!(notes.column("title").unwrap().of, Of::Varchar(20));
        assert_eq!(notes.column("mood").unwrap().default, Some(Default::Text("good".to_owned())));
        assert_eq!(
            (notes.key.as_slice(), notes.says.as_str()),
            (["id".to_owned()].as_slice(), "What is remembered.")
        );
        assert_eq!(notes.references[0].on_delete, "SET NULL");
        let indexes: Vec<&str> = notes.indexes.iter().map(|index| index.name.as_str()).collect();
        assert_eq!(indexes, ["notes_title_key", "notes_owner_id_written_at_idx"]);
        assert_eq!(notes.indexes[1].columns, ["owner_id", "written_at DESC"]);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_its_line() {
        for (from, to, words) in [
            ("Mood     @default", "Anger    @default", "line 16: the type Anger"),
            ("@@index([ownerId", "@@index([nobody", "line 21 names nobody"),
            ("@@index(", "@@fulltext(", "line 21: @@fulltext"),
            ("@unique", "@shadow", "line 18: @shadow"),
            ("@id ", "", "model Note has no key"),
            ("\"notes\"", "\"Notes\"", "model Note has the database name"),
        ] {
            let trouble = parse(&NOTES.replace(from, to)).unwrap_err();
            assert!(trouble.starts_with(words), "{trouble}");
        }
    }
}
