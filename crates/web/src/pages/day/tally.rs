//! The numbers of a day: of each provider, and in one line; and which part of a day with very many visits is shown.

use super::row::minutes;
use super::{Choice, Seer};
use crate::shell::Pager;
use crate::text::{Key, Text};
use crate::urls;
use medrecord_clinic::appointment::AppointmentStatus;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::{Provider, Role};
use medrecord_clinic::time::{Day, Instant};
use medrecord_store::appointments::{self, Tally, Visits};
use medrecord_store::{Desk, Refusal};

/// Most visits on one page of the board; a practice of ten fits, and a page of more is slow to make and to read.
pub(super) const MOST: i64 = 200;

/// Everybody who sees patients, and first all of them together.
pub(super) fn seers(
    people: &[Provider],
    tallies: &[Tally],
    chosen: Option<ProviderId>,
    href: impl Fn(Option<ProviderId>) -> String,
    text: Text,
) -> Vec<Seer> {
    let taking_place = |whose: Option<ProviderId>| -> i64 {
        of(tallies, whose).filter(|tally| tally.status.takes_time()).map(|tally| tally.visits).sum()
    };
    let all = Seer {
        name: text.say("day-everybody").into_owned(),
        href: href(None),
        chosen: chosen.is_none(),
        visits: taking_place(None),
    };
    let each = people.iter().filter_map(|person| {
        let visits = taking_place(Some(person.id));
        let seen = visits > 0 || person.role == Role::Provider && !person.disabled;
        seen.then(|| Seer {
            name: person.full_name(),
            href: href(Some(person.id)),
            chosen: chosen == Some(person.id),
            visits,
        })
    });
    std::iter::once(all).chain(each).collect()
}

/// The tallies of one provider, or all.
fn of(tallies: &[Tally], whose: Option<ProviderId>) -> impl Iterator<Item = &Tally> {
    tallies.iter().filter(move |tally| whose.is_none_or(|id| id == tally.provider))
}

/// How many visits there are, those called off with them.
pub(super) fn total(tallies: &[Tally], whose: Option<ProviderId>) -> i64 {
    of(tallies, whose).map(|tally| tally.visits).sum()
}

/// The day in one line: `12 visits · 2 waiting, the longest 34 min · 1 in progress · 5 completed`.
pub(super) fn summary(tallies: &[Tally], whose: Option<ProviderId>, now: Instant, text: Text) -> String {
    let count = |status: AppointmentStatus| -> i64 {
        of(tallies, whose).filter(|tally| tally.status == status).map(|tally| tally.visits).sum()
    };
    let taking_place: i64 =
        of(tallies, whose).filter(|tally| tally.status.takes_time()).map(|tally| tally.visits).sum();
    let mut parts = vec![text.with("count", taking_place).say("day-count")];
    let waits = of(tallies, whose).filter(|tally| tally.status == AppointmentStatus::CheckedIn);
    if let Some(first) = waits.filter_map(|tally| tally.first_arrival).min() {
        let waiting = count(AppointmentStatus::CheckedIn);
        let longest = now.minutes_since(first).max(0);
        parts.push(text.with("count", waiting).with("longest", minutes(longest)).say("day-count-waiting"));
    }
    for (status, key) in [
        (AppointmentStatus::InProgress, Key("day-count-in-progress")),
        (AppointmentStatus::Completed, Key("day-count-completed")),
        (AppointmentStatus::Cancelled, Key("day-count-cancelled")),
        (AppointmentStatus::NoShow, Key("day-count-no-show")),
    ] {
        let number = count(status);
        if number > 0 {
            parts.push(text.with("count", number).say(key));
        }
    }
    parts.join(" · ")
}

/// A page of a day's visits.
pub(super) struct Part {
    pub(super) visits: Visits,
    /// How many come before it.
    pub(super) skip: i64,
    total: i64,
    /// The page that is shown, from 1; none where the day fits on one.
    pub(super) page: Option<i64>,
}

/// The page that was asked for; otherwise the one with the present in it, or the first of another day.
pub(super) async fn part(
    desk: &mut Desk,
    asked: Visits,
    choice: &Choice,
    (total, now): (i64, Option<Instant>),
) -> Result<Part, Refusal> {
    if total <= MOST {
        return Ok(Part { visits: asked, skip: 0, total, page: None });
    }
    let page = match (choice.page.parse::<i64>(), now) {
        (Ok(page), _) => page.saturating_sub(1),
        (Err(_), Some(now)) => appointments::begun_before(desk, asked, now).await? / MOST,
        (Err(_), None) => 0,
    };
    let page = page.clamp(0, (total - 1) / MOST);
    let skip = page * MOST;
    Ok(Part { visits: asked.part(skip, MOST), skip, total, page: Some(page + 1) })
}

impl Part {
    /// The ways to the pages around it.
    pub(super) fn pager(&self, shown: usize, day: Day, provider: Option<ProviderId>, text: Text) -> Pager {
        let last = self.skip + i64::try_from(shown).unwrap_or(MOST);
        let to = |page: i64| urls::day_page(day, provider, Some(page));
        Pager {
            previous: self.page.filter(|page| *page > 1).map(|page| to(page - 1)),
            next: self.page.filter(|_| last < self.total).map(|page| to(page + 1)),
            earlier: text.say("day-earlier"),
            later: text.say("day-later"),
            words: text
                .with("from", self.skip + 1)
                .with("to", last)
                .with("total", self.total)
                .say("day-part"),
        }
    }
}
