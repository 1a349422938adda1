//! Many ids in one parameter, so that what belongs to a whole list is loaded with one statement.
//!
//! The parameter is a JSON array of texts, which both databases take apart, each in its own words.

use crate::database::Conn;
use crate::desk::Desk;
use uuid::Uuid;

/// The ids as a JSON array.
pub(crate) fn keys<T: Into<Uuid> + Copy>(ids: &[T]) -> String {
    let quoted: Vec<String> = ids
        .iter()
        .map(|id| {
            let id: Uuid = (*id).into();
            format!("\"{}\"", id.hyphenated())
        })
        .collect();
    format!("[{}]", quoted.join(","))
}

/// The text of a statement for the database at hand.
pub(crate) fn pick(desk: &mut Desk, postgres: &'static str, sqlite: &'static str) -> &'static str {
    match desk.conn() {
        Conn::Postgres(_) => postgres,
        Conn::Sqlite(_) => sqlite,
    }
}
