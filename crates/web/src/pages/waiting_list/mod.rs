//! The waiting list: who wants a time or an earlier one, and whom a freed time suits. An entry is booked on the booking
//! page (`pages/appointments`), which takes it off; here it is entered (`form.rs`), taken off and put back (`change.rs`).

mod change;
mod form;
mod freed;
mod line;

pub(crate) use change::{put_back, withdraw};
pub(crate) use form::{add, blank, edit, save};
pub(crate) use freed::freed;
pub(crate) use line::{find_a_time, since};

use crate::app::App;
use crate::desk::LookingUp;
use crate::error::Fault;
use crate::page::page;
use crate::shell::Shell;
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use line::{Ended, Line, Words};
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::{ProviderId, WaitingId};
use medrecord_clinic::provider::Provider;
use medrecord_clinic::time::Zone;
use medrecord_store::waiting_list::{self, AHEAD, Offer, PAGE, Place};
use medrecord_store::{Desk, Refusal, providers};
use serde::Deserialize;

/// Whose list, and from where on.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Choice {
    provider: String,
    after: String,
}

/// A freed time that suits somebody.
struct Free {
    words: String,
    href: String,
    people: usize,
}

#[derive(Template)]
#[template(path = "pages/waiting_list/list.html")]
struct ListPage {
    shell: Shell,
    seers: Vec<(String, String, bool)>,
    free: Vec<Free>,
    lines: Vec<Line>,
    next: Option<String>,
    is_first: bool,
    ended: Vec<Ended>,
    may_write: bool,
    ahead: i64,
}

/// Shows who waits, the freed times that suit somebody, and what was taken off today.
pub(crate) async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(choice): Query<Choice>,
    LookingUp(mut desk): LookingUp,
) -> Result<Response, Fault> {
    let (zone, today) = (visitor.zone(), visitor.today(&app));
    let provider: Option<ProviderId> = choice.provider.parse().ok();
    let after: Option<Place> = choice.after.parse().ok();
    let people = providers::list(&mut desk).await?;
    let mut found = waiting_list::list(&mut desk, provider, after, PAGE + 1).await?;
    let until = desk.now().plus_minutes(AHEAD * 24 * 60);
    let offers = waiting_list::offers(&mut desk, zone, until).await?;
    let (from, until) = zone.bounds(today);
    let ended = waiting_list::ended(&mut desk, from, until).await?;
    desk.close().await?;
    let page_length = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = found.len() > page_length;
    found.truncate(page_length);
    let next = found.last().filter(|_| more).map(|last| Place::of(&last.waiting).to_string());
    let words = Words { people: &people, zone, today };
    let suits = |offer: &&Offer| {
        !offer.fits.is_empty() && provider.is_none_or(|provider| provider == offer.freed.provider)
    };
    page(&ListPage {
        shell: visitor.shell(),
        seers: seers(&people, provider),
        free: offers.iter().filter(suits).map(|offer| free(offer, &words)).collect(),
        lines: found.iter().map(|listed| words.line(listed)).collect(),
        next: next.map(|next| urls::waiting_list(provider, Some(next))),
        is_first: after.is_none(),
        ended: ended.iter().map(|listed| words.ended(listed)).collect(),
        may_write: visitor.may(Action::WriteSchedule),
        ahead: AHEAD,
    })
}

/// What a link to the list says: how many freed times suit somebody, or else how many wait.
pub(crate) async fn words(desk: &mut Desk, zone: Zone, text: Text) -> Result<String, Refusal> {
    Ok(match waiting_list::count(desk, zone).await? {
        (0, _) => text.say("day-waiting-list").into_owned(),
        (waiting, 0) => text.with("count", waiting).say("day-waiting-list-people"),
        (_, times) => text.with("count", times).say("day-waiting-list-freed"),
    })
}

/// Reads the id of an entry in an address.
fn waiting_id(text: &str) -> Result<WaitingId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound("entry of the waiting list"))
}

/// Everybody, and each of those who see patients.
fn seers(people: &[Provider], chosen: Option<ProviderId>) -> Vec<(String, String, bool)> {
    let all = ("Everybody".to_owned(), urls::waiting_list(None, None), chosen.is_none());
    let each = super::calendar::seeing(people, &[]).into_iter().map(|person| {
        (person.full_name(), urls::waiting_list(Some(person.id), None), chosen == Some(person.id))
    });
    std::iter::once(all).chain(each).collect()
}

fn free(offer: &Offer, words: &Words<'_>) -> Free {
    let freed = offer.freed;
    Free {
        words: words.freed(freed),
        href: urls::suited(freed.provider, freed.from, freed.until),
        people: offer.fits.len(),
    }
}
