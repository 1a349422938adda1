//! The visits between two instants with whom they concern: of one provider or of everybody, all or a part, and how many
//! there are of each provider. What is chosen is chosen by the database, so that a board costs what it shows.

use super::board::PatientColumns;
use super::{AllergyState, AppointmentRow, BoardRow, RecordState, select};
use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::many;
use medrecord_clinic::access::Action;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::time::Instant;

/// Which visits are asked for, in the order of the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visits {
    from: Instant,
    until: Instant,
    provider: Option<ProviderId>,
    skip: i64,
    most: i64,
}

impl Visits {
    /// All that begin between two instants; [`Zone::bounds`] gives those of a day.
    ///
    /// [`Zone::bounds`]: medrecord_clinic::time::Zone::bounds
    pub fn between(from: Instant, until: Instant) -> Self {
        Self { from, until, provider: None, skip: 0, most: i64::MAX }
    }

    /// Of these, those of one provider, where one is named.
    #[must_use]
    pub fn of(self, provider: Option<ProviderId>) -> Self {
        Self { provider, ..self }
    }

    /// Of these, so many at the most, after having left out so many.
    #[must_use]
    pub fn part(self, skip: i64, most: i64) -> Self {
        Self { skip, most, ..self }
    }
}

/// How many visits a provider has that stand at the same point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Whose visits.
    pub provider: ProviderId,
    /// Where they stand.
    pub status: AppointmentStatus,
    /// How many.
    pub visits: i64,
    /// When the first of them arrived; none where nobody did.
    pub first_arrival: Option<Instant>,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    #[sqlx(flatten)]
    appointment: AppointmentRow,
    #[sqlx(flatten)]
    patient: PatientColumns,
    no_known_allergies_at: Option<At>,
    allergy_count: i64,
    has_vitals: bool,
    record_is_draft: Option<bool>,
}

/// The visits `$which`, cut to a part in the index alone before anything else is looked up, `$each` of them with what
/// `$joins` finds of it.
macro_rules! board {
    ($which:literal, $each:literal, $joins:literal) => {
        concat!(
            select!(
                ", p.id AS patient_key, p.record_number, p.first_name, p.last_name, p.preferred_name, p.date_of_birth,
        p.sex, p.phone, p.address, p.no_known_allergies_at,
        (SELECT count(*) FROM allergies AS l WHERE l.patient_id = p.id AND l.status = 'active') AS allergy_count,
        EXISTS (SELECT 1 FROM vital_signs AS v WHERE v.appointment_id = a.id) AS has_vitals,
        r.is_draft AS record_is_draft
    FROM (SELECT id FROM appointments WHERE "
            ),
            $which,
            " ORDER BY appointment_date, id LIMIT $3 OFFSET $4) AS picked ",
            $each,
            $joins,
            " ORDER BY a.appointment_date, p.search_name, a.id"
        )
    };
}

/// Each patient and each record is looked up by itself: joined plainly, PostgreSQL may read all patients to find those of
/// one day, and a practice's day would grow slower with every patient it ever had.
macro_rules! board_postgres {
    ($which:literal) => {
        board!(
            $which,
            "CROSS JOIN LATERAL (SELECT * FROM appointments WHERE id = picked.id LIMIT 1) AS a
    ",
            "CROSS JOIN LATERAL (SELECT id, record_number, first_name, last_name, preferred_name, date_of_birth, sex,
            phone, address, no_known_allergies_at, search_name
        FROM patients WHERE id = a.patient_id LIMIT 1) AS p
    LEFT JOIN LATERAL (SELECT is_draft FROM medical_records WHERE appointment_id = a.id LIMIT 1) AS r ON TRUE"
        )
    };
}

macro_rules! board_sqlite {
    ($which:literal) => {
        board!(
            $which,
            "JOIN appointments AS a ON a.id = picked.id
    ",
            "JOIN patients AS p ON p.id = a.patient_id
    LEFT JOIN medical_records AS r ON r.appointment_id = a.id"
        )
    };
}

const ALL_POSTGRES: &str = board_postgres!("appointment_date >= $1 AND appointment_date < $2");
const ALL_SQLITE: &str = board_sqlite!("appointment_date >= $1 AND appointment_date < $2");
const OF_ONE_POSTGRES: &str =
    board_postgres!("provider_id = $5 AND appointment_date >= $1 AND appointment_date < $2");
const OF_ONE_SQLITE: &str =
    board_sqlite!("provider_id = $5 AND appointment_date >= $1 AND appointment_date < $2");
const OF_SEVERAL_POSTGRES: &str = board_postgres!(
    "appointment_date >= $1 AND appointment_date < $2
        AND provider_id IN (SELECT CAST(value AS uuid) FROM json_array_elements_text(CAST($5 AS json)) AS one (value))"
);
const OF_SEVERAL_SQLITE: &str = board_sqlite!(
    "appointment_date >= $1 AND appointment_date < $2 AND provider_id IN (SELECT value FROM json_each($5))"
);
const TALLY: &str = "SELECT provider_id, status, count(*), min(checked_in_at) FROM appointments
    WHERE appointment_date >= $1 AND appointment_date < $2
    GROUP BY provider_id, status";
const BEGUN: &str =
    "SELECT count(*) FROM appointments WHERE appointment_date >= $1 AND appointment_date < $2";
const BEGUN_OF_ONE: &str = "SELECT count(*) FROM appointments
    WHERE provider_id = $3 AND appointment_date >= $1 AND appointment_date < $2";

impl From<DayRow> for BoardRow {
    fn from(row: DayRow) -> Self {
        let allergies = match (row.allergy_count, row.no_known_allergies_at) {
            (0, None) => AllergyState::NotRecorded,
            (0, Some(_)) => AllergyState::NoneKnown,
            (count, _) => AllergyState::Listed(count),
        };
        let record = match row.record_is_draft {
            None => RecordState::None,
            Some(true) => RecordState::Draft,
            Some(false) => RecordState::Signed,
        };
        Self {
            appointment: row.appointment.into(),
            patient: row.patient.into(),
            allergies,
            has_vitals: row.has_vitals,
            record,
        }
    }
}

/// The visits that begin between two instants, of everybody.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn day(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<BoardRow>, Refusal> {
    visits(desk, Visits::between(from, until)).await
}

/// The visits that are asked for, in the order of the clock.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn visits(desk: &mut Desk, asked: Visits) -> Result<Vec<BoardRow>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let Visits { from, until, provider, skip, most } = asked;
    let rows: Vec<DayRow> = if let Some(provider) = provider {
        let sql = many::pick(desk, OF_ONE_POSTGRES, OF_ONE_SQLITE);
        on!(desk, conn => {
            sqlx::query_as(sql)
                .bind(At(from))
                .bind(At(until))
                .bind(most)
                .bind(skip)
                .bind(Key::of(provider))
                .fetch_all(conn)
                .await
        })?
    } else {
        let sql = many::pick(desk, ALL_POSTGRES, ALL_SQLITE);
        on!(desk, conn => {
            sqlx::query_as(sql).bind(At(from)).bind(At(until)).bind(most).bind(skip).fetch_all(conn).await
        })?
    };
    Ok(seen(desk, from, rows))
}

/// The visits of several providers that begin between two instants, in the order of the clock.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn of_several(
    desk: &mut Desk,
    (from, until): (Instant, Instant),
    providers: &[ProviderId],
) -> Result<Vec<BoardRow>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let sql = many::pick(desk, OF_SEVERAL_POSTGRES, OF_SEVERAL_SQLITE);
    let whose = many::keys(providers);
    let rows: Vec<DayRow> = on!(desk, conn => {
        sqlx::query_as(sql)
            .bind(At(from))
            .bind(At(until))
            .bind(i64::MAX)
            .bind(0_i64)
            .bind(whose)
            .fetch_all(conn)
            .await
    })?;
    Ok(seen(desk, from, rows))
}

fn seen(desk: &mut Desk, from: Instant, rows: Vec<DayRow>) -> Vec<BoardRow> {
    desk.record(
        Event::new(Verb::Search, "appointment")
            .with(serde_json::json!({ "from": from.to_string(), "count": rows.len() })),
    );
    rows.into_iter().map(BoardRow::from).collect()
}

/// The visits that are asked for, for a list on paper; noted as printed.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn print_day(desk: &mut Desk, asked: Visits) -> Result<Vec<BoardRow>, Refusal> {
    let rows = visits(desk, asked).await?;
    desk.record(
        Event::new(Verb::Print, "appointment")
            .with(serde_json::json!({ "from": asked.from.to_string(), "count": rows.len() })),
    );
    Ok(rows)
}

/// How many visits begin between two instants, by provider and by where they stand. Numbers alone say nothing about
/// anybody, so nothing is noted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn tally(desk: &mut Desk, from: Instant, until: Instant) -> Result<Vec<Tally>, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let rows: Vec<(Key, Word<AppointmentStatus>, i64, Option<At>)> =
        on!(desk, conn => sqlx::query_as(TALLY).bind(At(from)).bind(At(until)).fetch_all(conn).await)?;
    let tally = |(provider, status, visits, arrived): (Key, Word<AppointmentStatus>, i64, Option<At>)| {
        Tally { provider: provider.id(), status: status.0, visits, first_arrival: arrived.map(|at| at.0) }
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// How many of the visits that are asked for begin before an instant, whatever part of them is wanted.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn begun_before(desk: &mut Desk, asked: Visits, now: Instant) -> Result<i64, Refusal> {
    desk.require(Action::ReadSchedule)?;
    let (from, until) = (At(asked.from), At(asked.until.min(now)));
    Ok(match asked.provider {
        None => on!(desk, conn => sqlx::query_scalar(BEGUN).bind(from).bind(until).fetch_one(conn).await)?,
        Some(provider) => {
            let provider = Key::of(provider);
            on!(desk, conn => {
                sqlx::query_scalar(BEGUN_OF_ONE).bind(from).bind(until).bind(provider).fetch_one(conn).await
            })?
        }
    })
}
