//! The work list of duplicates: people on file who look like one another, most alike first, without those whom a
//! person has told apart. The database proposes pairs that share something strong, `clinic` scores them.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::patients;
use chrono::NaiveDate;
use medrecord_clinic::access::Action;
use medrecord_clinic::duplicate::{Identity, Likeness, compare};
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::time::Day;
use serde_json::json;
use std::cmp::Reverse;

/// Two people on file who may be the same one; the one registered earlier comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The one registered earlier.
    pub one: Patient,
    /// The other.
    pub other: Patient,
    /// How alike the two are, and why.
    pub likeness: Likeness,
}

#[derive(sqlx::FromRow)]
struct PairRow {
    one_id: Key,
    one_first: String,
    one_last: String,
    one_born: NaiveDate,
    one_phone: String,
    one_email: Option<String>,
    other_id: Key,
    other_first: String,
    other_last: String,
    other_born: NaiveDate,
    other_phone: String,
    other_email: Option<String>,
}

/// Whoever shares the phone, the e-mail, the whole name, or the birthday together with an initial of the name. By the
/// points in `clinic::duplicate` a pair worth showing shares one of these, but for two names that sound alike and
/// begin with different letters, or with a slip in the birthday and nothing else.
const PAIRS: &str = "WITH alike AS (
        SELECT a.id AS one_id, b.id AS other_id FROM patients AS a
            JOIN patients AS b ON b.phone_digits = a.phone_digits AND b.id > a.id
            WHERE a.phone_digits <> '' AND a.merged_into_id IS NULL AND b.merged_into_id IS NULL
        UNION SELECT a.id, b.id FROM patients AS a
            JOIN patients AS b ON lower(b.email) = lower(a.email) AND b.id > a.id
            WHERE a.email IS NOT NULL AND a.merged_into_id IS NULL AND b.merged_into_id IS NULL
        UNION SELECT a.id, b.id FROM patients AS a
            JOIN patients AS b ON b.search_name = a.search_name AND b.id > a.id
            WHERE a.merged_into_id IS NULL AND b.merged_into_id IS NULL
        UNION SELECT a.id, b.id FROM patients AS a
            JOIN patients AS b ON b.date_of_birth = a.date_of_birth AND b.id > a.id
            WHERE a.merged_into_id IS NULL AND b.merged_into_id IS NULL
                AND (substr(b.search_name, 1, 1) = substr(a.search_name, 1, 1)
                    OR b.search_name LIKE '% ' || substr(a.search_name, 1, 1) || '%')
        LIMIT $1)
    SELECT alike.one_id, a.first_name AS one_first, a.last_name AS one_last, a.date_of_birth AS one_born,
        a.phone_digits AS one_phone, a.email AS one_email,
        alike.other_id, b.first_name AS other_first, b.last_name AS other_last, b.date_of_birth AS other_born,
        b.phone_digits AS other_phone, b.email AS other_email
    FROM alike
    JOIN patients AS a ON a.id = alike.one_id
    JOIN patients AS b ON b.id = alike.other_id
    WHERE NOT EXISTS (SELECT 1 FROM distinct_patients AS d WHERE d.one_id = alike.one_id AND d.other_id = alike.other_id)";
const TELL_APART: &str =
    "INSERT INTO distinct_patients (one_id, other_id, said_by, said_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (one_id, other_id) DO NOTHING";

/// The most pairs that are scored at once.
const SCORED: i64 = 50_000;

/// The pairs that look most like one person, at most `limit`.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn pairs(desk: &mut Desk, limit: usize) -> Result<Vec<Pair>, Refusal> {
    desk.require(Action::WritePatients)?;
    let rows: Vec<PairRow> = on!(desk, conn => sqlx::query_as(PAIRS).bind(SCORED).fetch_all(conn).await)?;
    let mut alike: Vec<(Likeness, PatientId, PatientId)> = rows
        .into_iter()
        .map(|row| {
            let (one, other): (PatientId, PatientId) = (row.one_id.id(), row.other_id.id());
            let identity = |first_name, last_name, born, phone_digits, email| Identity {
                first_name,
                last_name,
                date_of_birth: Day(born),
                phone_digits,
                email,
            };
            let likeness = compare(
                &identity(row.one_first, row.one_last, row.one_born, row.one_phone, row.one_email),
                &identity(row.other_first, row.other_last, row.other_born, row.other_phone, row.other_email),
            );
            (likeness, one, other)
        })
        .filter(|(likeness, ..)| likeness.verdict().is_some())
        .collect();
    alike.sort_by_key(|(likeness, one, other)| (Reverse(likeness.score), *one, *other));
    alike.truncate(limit);
    let ids: Vec<PatientId> = alike.iter().flat_map(|(_, one, other)| [*one, *other]).collect();
    let people = patients::many(desk, &ids).await?;
    let who = |id: PatientId| people.iter().find(|patient| patient.id == id).cloned();
    let shown: Vec<String> = ids.iter().map(ToString::to_string).collect();
    desk.record(Event::new(Verb::Search, "patient").with(json!({ "how": "duplicates", "shown": shown })));
    let pair = |(likeness, one, other)| Some(Pair { one: who(one)?, other: who(other)?, likeness });
    Ok(alike.into_iter().filter_map(pair).collect())
}

/// Says that two people who look alike are different; the pair is not shown again.
///
/// # Errors
/// [`Refusal::NotFound`], [`Refusal::NotAllowed`].
pub async fn tell_apart(desk: &mut Desk, one: PatientId, other: PatientId) -> Result<(), Refusal> {
    desk.require(Action::WritePatients)?;
    let by = desk.provider()?;
    for id in [one, other] {
        patients::load(desk, id).await?.ok_or(Refusal::NotFound("patient"))?;
    }
    let (first, second) = if one < other { (one, other) } else { (other, one) };
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(TELL_APART)
            .bind(Key::of(first))
            .bind(Key::of(second))
            .bind(Key::of(by))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    for patient in [one, other] {
        desk.record(
            Event::new(Verb::Update, "patient")
                .about(patient)
                .of_patient(patient)
                .with(json!({ "toldApart": true })),
        );
    }
    Ok(())
}
