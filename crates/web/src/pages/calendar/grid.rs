//! The calendar as a table: a row for every five minutes of the clock, a column for a day or a provider. A visit spans
//! its rows; what is free is cut at every quarter of an hour, so that each piece can take a visit.
//!
//! Everything is by the clock on the wall: on days of 23 and 25 hours the rows stay, and a time that the clocks skip
//! takes no visit.

use crate::urls;
use chrono::NaiveTime;
use medrecord_clinic::appointment::Slot;
use medrecord_clinic::blocked_time::BlockedTime;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::practice::{Practice, clock_of};
use medrecord_clinic::time::{Day, Instant, Zone};

/// Minutes of a row.
const STEP: i32 = 5;
/// Minutes of a piece that is free.
const PIECE: i32 = 15;
/// Minutes between two times at the side.
const MARK: i32 = 30;

/// What a column is about, and what stands in it.
pub(super) struct Column<V> {
    pub(super) day: Day,
    pub(super) provider: ProviderId,
    /// Visits with their time.
    pub(super) visits: Vec<(Slot, V)>,
}

/// One row of the table.
pub(super) struct Line<V> {
    /// The time at the side, where one begins here, and how many rows it stands beside.
    pub(super) mark: Option<(String, usize)>,
    pub(super) cells: Vec<Cell<V>>,
}

/// One cell; those that a cell above reaches into are not there.
pub(super) struct Cell<V> {
    pub(super) rows: usize,
    /// Whether it begins on the full hour, for a line across.
    pub(super) on_the_hour: bool,
    pub(super) what: What<V>,
}

/// What is in a cell.
pub(super) enum What<V> {
    /// Visits, side by side where they overlap.
    Visits(Vec<V>),
    /// Nothing yet.
    Free(Free),
    /// The clocks skip this time.
    Skipped,
}

/// A piece of time without a visit.
pub(super) struct Free {
    pub(super) clock: String,
    pub(super) day: Day,
    pub(super) at: Instant,
    pub(super) provider: ProviderId,
    /// Where it is booked.
    pub(super) book: String,
    /// `blocked`, `closed`, `past` or nothing.
    pub(super) state: &'static str,
    /// Why it is blocked, at the first piece of it.
    pub(super) why: String,
}

/// What the table is drawn from.
pub(super) struct Plan<'a> {
    pub(super) practice: &'a Practice,
    pub(super) blocked: &'a [BlockedTime],
    pub(super) now: Instant,
}

/// Minutes of the clock from a column's midnight, from when to when.
type Span = (i32, i32);

impl Plan<'_> {
    fn zone(&self) -> Zone {
        self.practice.time_zone
    }

    /// The rows of the table, from opening to closing and around every visit outside.
    pub(super) fn lines<V: Clone>(&self, columns: &[Column<V>]) -> Vec<Line<V>> {
        let spans: Vec<Vec<(Span, &V)>> = columns.iter().map(|column| self.spans(column)).collect();
        let all = || spans.iter().flatten().map(|(span, _)| *span);
        let whole = |minute: i32| minute.div_euclid(60) * 60;
        let from = whole(all().map(|(from, _)| from).min().unwrap_or(i32::MAX).min(self.practice.opens_at));
        let latest = all().map(|(_, until)| until).max().unwrap_or(0).max(self.practice.closes_at);
        let until = whole(latest + 59).min(24 * 60);
        let mut lines: Vec<Line<V>> = (from..until)
            .step_by(usize::try_from(STEP).unwrap_or(5))
            .map(|minute| {
                let rows = usize::try_from(MARK / STEP).unwrap_or(1);
                let mark = (minute % MARK == 0).then(|| (clock_of(minute), rows));
                Line { mark, cells: Vec::new() }
            })
            .collect();
        for (column, spans) in columns.iter().zip(&spans) {
            for (minute, cell) in self.cells(column, spans, (from, until)) {
                let line = usize::try_from((minute - from) / STEP).ok().and_then(|at| lines.get_mut(at));
                if let Some(line) = line {
                    line.cells.push(cell);
                }
            }
        }
        lines
    }

    /// The visits of a column by the clock, in whole rows, the earliest first.
    fn spans<'v, V>(&self, column: &'v Column<V>) -> Vec<(Span, &'v V)> {
        let zone = self.zone();
        let minute = |at| i32::try_from(zone.minute_of_day(at)).unwrap_or(0);
        let mut spans: Vec<(Span, &V)> = column
            .visits
            .iter()
            .map(|(slot, visit)| {
                let from = minute(slot.from).div_euclid(STEP) * STEP;
                let ends = if zone.day_of(slot.until) == column.day { minute(slot.until) } else { 24 * 60 };
                let until = (ends + STEP - 1).div_euclid(STEP) * STEP;
                ((from, until.clamp(from + STEP, 24 * 60)), visit)
            })
            .collect();
        spans.sort_by_key(|(span, _)| *span);
        spans
    }

    /// The cells of a column, each with the minute at which it begins.
    fn cells<V: Clone>(
        &self,
        column: &Column<V>,
        spans: &[(Span, &V)],
        (from, until): Span,
    ) -> Vec<(i32, Cell<V>)> {
        let mut cells = Vec::new();
        let mut minute = from;
        let mut rest = spans;
        let mut why_before = String::new();
        while minute < until {
            let ends = match rest.first() {
                Some(((begins, _), _)) if *begins <= minute => {
                    let (together, ends) = overlapping(rest);
                    let visits = together.iter().map(|(_, visit)| (*visit).clone()).collect();
                    rest = rest.get(together.len()..).unwrap_or_default();
                    cells.push((minute, cell(minute, ends, What::Visits(visits))));
                    why_before.clear();
                    ends
                }
                next => {
                    let begins = next.map_or(until, |((begins, _), _)| *begins);
                    let ends = begins.min((minute.div_euclid(PIECE) + 1) * PIECE);
                    let what = self.free(column, minute, ends, &mut why_before);
                    cells.push((minute, cell(minute, ends, what)));
                    ends
                }
            };
            minute = ends;
        }
        cells
    }

    fn free<V>(&self, column: &Column<V>, minute: i32, ends: i32, why_before: &mut String) -> What<V> {
        let seconds = u32::try_from(minute * 60).unwrap_or(0);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap_or_default();
        let Ok(at) = self.zone().at(column.day, time) else { return What::Skipped };
        let slot = Slot { from: at, until: at.plus_minutes(i64::from(ends - minute)) };
        let whose = |blocked: &&BlockedTime| blocked.provider_id.is_none_or(|id| id == column.provider);
        let blocked = self.blocked.iter().filter(whose).find(|blocked| blocked.slot.overlaps(slot));
        let words = blocked.map(BlockedTime::in_words).unwrap_or_default();
        let why = if words == *why_before { String::new() } else { words.clone() };
        *why_before = words;
        let state = match blocked {
            Some(_) => "blocked",
            None if !self.practice.is_open(slot) => "closed",
            None if at < self.now => "past",
            None => "",
        };
        let (clock, day, provider) = (clock_of(minute), column.day, column.provider);
        let book = urls::book_at(day, &clock, provider);
        What::Free(Free { clock, day, at, provider, book, state, why })
    }
}

fn cell<V>(from: i32, until: i32, what: What<V>) -> Cell<V> {
    Cell { rows: usize::try_from((until - from) / STEP).unwrap_or(1), on_the_hour: from % 60 == 0, what }
}

/// The visits at the head that overlap one another, and when the last of them is over.
fn overlapping<'s, 'v, V>(spans: &'s [(Span, &'v V)]) -> (&'s [(Span, &'v V)], i32) {
    let mut ends = 0;
    let mut count = 0;
    for ((begins, until), _) in spans {
        if count > 0 && *begins >= ends {
            break;
        }
        ends = ends.max(*until);
        count += 1;
    }
    (spans.get(..count).unwrap_or_default(), ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn practice(zone: &str) -> Practice {
        Practice { opens_at: 0, closes_at: 4 * 60, ..Practice::unnamed(zone.parse().unwrap()) }
    }

    fn slot(zone: &str, day: &str, time: &str, minutes: i64) -> Slot {
        let zone: Zone = zone.parse().unwrap();
        let time = medrecord_clinic::time::clock_time(time).unwrap();
        let from = zone.at(day.parse().unwrap(), time).unwrap();
        Slot { from, until: from.plus_minutes(minutes) }
    }

    /// The column as `00:00+3 free`, each cell with its minute and its rows.
    fn drawn(zone: &str, day: &str, visits: Vec<(Slot, &'static str)>) -> Vec<String> {
        let practice = practice(zone);
        let plan = Plan { practice: &practice, blocked: &[], now: Instant::from_millis(0) };
        let column = Column { day: day.parse().unwrap(), provider: Uuid::nil().into(), visits };
        let lines = plan.lines(&[column]);
        let total: usize = lines.iter().flat_map(|line| &line.cells).map(|cell| cell.rows).sum();
        assert_eq!(total, lines.len(), "the cells fill the column");
        let mut said = Vec::new();
        for (at, line) in lines.into_iter().enumerate() {
            for cell in line.cells {
                let what = match cell.what {
                    What::Visits(visits) => visits.join("|"),
                    What::Skipped => "skipped".to_owned(),
                    What::Free(free) => {
                        assert_eq!(free.clock, clock_of(i32::try_from(at).unwrap() * STEP));
                        continue;
                    }
                };
                said.push(format!("{}+{} {what}", clock_of(i32::try_from(at).unwrap() * STEP), cell.rows));
            }
        }
        said
    }

    #[test]
    fn visits_span_their_rows_and_those_that_overlap_stand_side_by_side() {
        let at = |time, minutes| slot("UTC", "2026-11-23", time, minutes);
        let visits = vec![
            (at("01:00", 20), "a"),
            (at("01:20", 45), "b"),
            (at("01:30", 20), "c"),
            (at("02:03", 5), "d"),
        ];
        assert_eq!(drawn("UTC", "2026-11-23", visits), ["01:00+4 a", "01:20+10 b|c|d"]);
    }

    #[test]
    fn visits_stand_at_the_clock_of_their_zone_on_the_right_day() {
        for zone in ["America/Los_Angeles", "Europe/Istanbul", "Pacific/Auckland"] {
            let visit = slot(zone, "2026-11-23", "00:05", 20);
            assert_eq!(drawn(zone, "2026-11-23", vec![(visit, "a")]), ["00:05+4 a"], "{zone}");
        }
    }

    #[test]
    fn the_hour_that_the_clocks_skip_takes_no_visit_and_the_one_they_repeat_takes_both() {
        let spring = drawn("America/Los_Angeles", "2026-03-08", Vec::new());
        assert_eq!(spring, ["02:00+3 skipped", "02:15+3 skipped", "02:30+3 skipped", "02:45+3 skipped"]);
        let first = slot("America/Los_Angeles", "2026-11-01", "01:30", 20);
        let second = Slot { from: first.from.plus_minutes(60), until: first.until.plus_minutes(60) };
        let autumn = drawn("America/Los_Angeles", "2026-11-01", vec![(first, "first"), (second, "second")]);
        assert_eq!(autumn, ["01:30+4 first|second"]);
        let over = Slot { from: first.from.plus_minutes(20), until: first.from.plus_minutes(40) };
        let autumn = drawn("America/Los_Angeles", "2026-11-01", vec![(over, "over")]);
        assert_eq!(autumn, ["01:50+1 over"], "it ends at 01:10 by the clock");
        let spring = slot("Pacific/Auckland", "2026-09-27", "01:50", 20);
        assert_eq!(drawn("Pacific/Auckland", "2026-09-27", vec![(spring, "a")])[0], "01:50+16 a");
    }

    #[test]
    fn what_is_blocked_closed_or_past_is_marked_and_the_reason_said_once() {
        let practice = Practice::unnamed(Zone::UTC);
        let own: ProviderId = Uuid::from_u128(1).into();
        let blocked = |provider_id, time, note: &str| BlockedTime {
            id: Uuid::nil().into(),
            provider_id,
            slot: slot("UTC", "2026-11-23", time, 60),
            kind: medrecord_clinic::blocked_time::BlockedTimeKind::Leave,
            note: Some(note.to_owned()),
            version: 1,
        };
        let all = [
            blocked(Some(own), "10:00", "course"),
            blocked(Some(Uuid::nil().into()), "11:00", "another's"),
            blocked(None, "12:00", "all"),
        ];
        let now = slot("UTC", "2026-11-23", "09:00", 0).from;
        let plan = Plan { practice: &practice, blocked: &all, now };
        let visits = vec![(slot("UTC", "2026-11-23", "07:40", 20), "early")];
        let column = Column { day: "2026-11-23".parse().unwrap(), provider: own, visits };
        let lines = plan.lines(&[column]);
        assert_eq!(lines.first().and_then(|line| line.mark.clone()), Some(("07:00".to_owned(), 6)));
        let of = |clock: &str| {
            let frees = lines.iter().flat_map(|line| &line.cells).filter_map(|cell| match &cell.what {
                What::Free(free) => Some(free),
                What::Visits(_) | What::Skipped => None,
            });
            frees.filter(|free| free.clock == clock).map(|f| (f.state, f.why.clone())).collect::<Vec<_>>()
        };
        assert_eq!(of("07:00"), [("closed", String::new())]);
        assert_eq!(of("08:00"), [("past", String::new())]);
        assert_eq!(of("09:00"), [("", String::new())]);
        assert_eq!(of("10:00"), [("blocked", "Leave: course".to_owned())]);
        assert_eq!(of("10:15"), [("blocked", String::new())]);
        assert_eq!(of("11:00"), [("", String::new())]);
        assert_eq!(of("12:00"), [("blocked", "Leave: all".to_owned())]);
    }
}
