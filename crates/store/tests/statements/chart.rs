//! The chart's statements: they are put together from a table of columns, by the same two files as in the crate.

#[path = "../../src/chart/part.rs"]
#[expect(dead_code, reason = "the statements need the columns alone")]
mod part;
#[path = "../../src/chart/statement.rs"]
mod statement;

use crate::source::Statement;

/// Its statements under the names of the constants that they would be.
pub(crate) fn statements() -> Vec<Statement> {
    [("OVERVIEW", &statement::OVERVIEW), ("OLDER", &statement::OLDER)]
        .into_iter()
        .flat_map(|(name, made)| {
            let named = |dialect: &str, sql: &str| Statement {
                name: format!("chart/statement.rs::{name}_{dialect}"),
                sql: sql.to_owned(),
            };
            [named("POSTGRES", &made.postgres), named("SQLITE", &made.sqlite)]
        })
        .collect()
}
