//! Whom a row is about: the way over links from any table to the patient, for the audit trail.

use super::catalogue::{Catalogue, Column, Table};
use super::rows;
use super::sql::Sql;
use crate::desk::Desk;
use crate::error::Refusal;
use medrecord_clinic::ids::PatientId;
use std::collections::VecDeque;
use uuid::Uuid;

/// The most links between a row and its patient: prescription, record, appointment, patient.
const MOST_LINKS: usize = 3;

/// The patient that a row is about, by the shortest way of links that are never empty.
pub(super) async fn patient_of(
    desk: &mut Desk,
    catalogue: &Catalogue,
    table: &Table,
    key: &[String],
) -> Result<Option<PatientId>, Refusal> {
    if table.name == "patients" {
        return Ok(rows::id_of(table, key).map(PatientId::from));
    }
    let mut found: Option<String> = None;
    for (from, column) in way(catalogue, table) {
        let mut sql = Sql::new(catalogue);
        sql.push("SELECT ").reading("a", column).push(" FROM ").table(from).push(" a WHERE ");
        match &found {
            None => rows::put_key(&mut sql, table, key)?,
            Some(id) => {
                let known = from.column("id")?;
                sql.column("a", known).push(" = ").value(known, Some(id));
            }
        }
        found = sql.fetch(desk).await?.pop().and_then(|mut texts| texts.pop().flatten());
        if found.is_none() {
            return Ok(None);
        }
    }
    Ok(found.and_then(|id| Uuid::try_parse(&id).ok()).map(PatientId::from))
}

/// The tables on the way and the column that leads on from each; empty where there is no way.
fn way<'a>(catalogue: &'a Catalogue, table: &'a Table) -> Vec<(&'a Table, &'a Column)> {
    let mut waiting = VecDeque::from([(table, Vec::new())]);
    while let Some((at, steps)) = waiting.pop_front() {
        if at.name == "patients" {
            return steps;
        }
        if steps.len() == MOST_LINKS {
            continue;
        }
        for link in at.links.iter().filter(|link| link.to == ["id"] && link.table != at.name) {
            let column = link.columns.first().and_then(|name| at.column(name).ok());
            if let (Some(column), Ok(next)) = (column.filter(|c| !c.nullable), catalogue.table(&link.table)) {
                let mut further = steps.clone();
                further.push((at, column));
                waiting.push_back((next, further));
            }
        }
    }
    Vec::new()
}
