//! One value for all picked rows: each becomes a collected change of its own, to be read over like any other.

use super::bench;
use super::edit::is_written;
use super::seat::Seat;
use crate::error::Fault;
use crate::page::see_other_saying;
use axum::response::Response;
use medrecord_store::Refusal;
use medrecord_store::browse::Column;
use medrecord_store::browse::change::{self, Values};

/// Collects a value of a column for each of the rows; all of them, or none where one refuses.
pub(super) async fn rows(
    mut seat: Seat,
    name: &str,
    column: &Column,
    picked: &[Vec<String>],
    typed: Option<String>,
) -> Result<Response, Fault> {
    let table = seat.catalogue.table(name)?;
    if picked.is_empty() {
        return Err(Refusal::Rule("No row is picked; tick those that get the value.".to_owned()).into());
    }
    if !is_written(table, column, &seat.lens) {
        let words =
            change::column_lock(table, column).unwrap_or("Say why it must be seen before changing it.");
        return Err(Refusal::Rule(format!("{}: {words}", column.name)).into());
    }
    let typed = Values::from([(column.name.clone(), typed)]);
    let mut drafted = Vec::new();
    for key in picked {
        let of = (&seat.catalogue, table);
        let seen = change::fingerprint_of(&mut seat.desk, &seat.catalogue, table, key).await?;
        let change = change::draft_update(&mut seat.desk, of, key, &seen, &typed).await.map_err(plain)?;
        drafted.extend(change);
    }
    seat.desk.close().await?;
    let words = match drafted.len() {
        0 => "The picked rows have that value already.".to_owned(),
        1 => "1 row is collected to be changed. Read it over before it is saved.".to_owned(),
        count => format!("{count} rows are collected to be changed. Read them over before they are saved."),
    };
    bench::collect(&seat.app, &seat.studio, &seat.visitor, drafted).await?;
    Ok(see_other_saying("/changes", "ok", &words))
}

/// What is wrong with a value, in one line: there is no form to show it in.
fn plain(refusal: Refusal) -> Refusal {
    match refusal {
        Refusal::Invalid(problems) => {
            let words: Vec<String> = problems.0.into_iter().map(|problem| problem.message).collect();
            Refusal::Rule(words.join(" "))
        }
        other @ (Refusal::NotFound(_)
        | Refusal::NotAllowed(_)
        | Refusal::NobodySignedIn
        | Refusal::Stale { .. }
        | Refusal::Signed
        | Refusal::Rule(_)
        | Refusal::Store(_)) => other,
    }
}
