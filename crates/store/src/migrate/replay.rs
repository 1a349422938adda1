//! Runs every migration on an empty place inside one transaction: for a reset, and to see what they yield.

use super::statements::statements;
use sqlx::migrate::Migration;
use sqlx::{AssertSqlSafe, SqlSafeStr};

/// The same migration as one that a transaction can hold; on an empty table an index is built at once anyhow.
pub(super) fn inside_a_transaction(file: &Migration) -> Migration {
    if !file.no_tx {
        return file.clone();
    }
    let mut sql = String::new();
    for statement in statements(file.sql.as_str()) {
        let words = statement.text.split(' ').filter(|word| !word.eq_ignore_ascii_case("CONCURRENTLY"));
        sql.push_str(&words.collect::<Vec<_>>().join(" "));
        sql.push_str(";\n");
    }
    Migration { sql: AssertSqlSafe(sql).into_sql_str(), no_tx: false, ..file.clone() }
}
