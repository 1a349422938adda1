//! How much room tables and indexes take, and which statements take long.

use super::grid::grouped;
use super::seat::Seat;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use askama::Template;
use axum::response::Response;
use medrecord_store::browse::sizes::{self, Slow, Slowness};

#[derive(Template)]
#[template(path = "studio/sizes.html")]
struct SizesPage {
    shell: Shell,
    database: &'static str,
    /// None where measuring took too long.
    tables: Option<Vec<TableSize>>,
    whole: String,
    slow: Vec<Slow>,
    unknown: Option<&'static str>,
}

struct TableSize {
    name: String,
    bytes: i64,
    words: String,
    /// Of the largest, from 0 to 100.
    share: i64,
    indexes: Vec<(String, String, String)>,
}

/// Shows sizes and slow statements.
pub(super) async fn show(mut seat: Seat) -> Result<Response, Fault> {
    let found = sizes::sizes(&mut seat.desk).await?;
    let slow = sizes::slow(&mut seat.desk).await?;
    let whole: i64 = found.iter().flatten().map(|size| size.bytes).sum();
    let tables = found.map(|sizes| {
        let mut tables: Vec<TableSize> = Vec::new();
        for size in sizes {
            if tables.last().is_none_or(|table| table.name != size.table) {
                let name = size.table.clone();
                tables.push(TableSize {
                    name,
                    bytes: 0,
                    words: String::new(),
                    share: 0,
                    indexes: Vec::new(),
                });
            }
            let Some(table) = tables.last_mut() else { continue };
            table.bytes += size.bytes;
            if let Some(index) = size.index {
                let used = size.used.map(|used| format!("used {} times", grouped(used))).unwrap_or_default();
                table.indexes.push((index, words(size.bytes), used));
            }
        }
        let largest = tables.iter().map(|table| table.bytes).max().unwrap_or(1).max(1);
        for table in &mut tables {
            (table.words, table.share) = (words(table.bytes), table.bytes * 100 / largest);
        }
        tables.sort_by_key(|table| std::cmp::Reverse(table.bytes));
        tables
    });
    let (slow, unknown) = match slow {
        Slowness::Known(slow) => (slow, None),
        Slowness::Unknown(words) => (Vec::new(), Some(words)),
    };
    let database = seat.app.store.kind();
    let shown =
        SizesPage { shell: seat.visitor.shell(), database, tables, whole: words(whole), slow, unknown };
    seat.desk.close().await?;
    page(&shown)
}

/// `1.4 MB`, in thousands like the makers of disks.
fn words(bytes: i64) -> String {
    let tenths = |unit: i64| format!("{}.{}", bytes / unit, bytes % unit * 10 / unit);
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", tenths(1_000)),
        1_000_000..1_000_000_000 => format!("{} MB", tenths(1_000_000)),
        _ => format!("{} GB", tenths(1_000_000_000)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_said_in_units() {
        assert_eq!([words(512), words(8_192), words(1_450_000)], ["512 B", "8.1 kB", "1.4 MB"]);
    }
}
