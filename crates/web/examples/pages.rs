//! Measures whole answers of the server on a database of any size: session, permission, statements, page and the note of
//! reading in the journal, as in service, without a network; `docs/benchmarks.md` has the commands.
//!
//! `pages URL [CALLS]` prints the median and the 95th percentile of each screen beside its gate, and fails where one is
//! missed. It leaves a person behind who may sign in, and a patient who was given the visits of others: measure on a
//! database that is thrown away.

#![expect(clippy::print_stdout, reason = "the figures are printed")]

use axum::body::Body;
use axum::extract::Request;
use axum::http::Response;
use medrecord_clinic::contact::Email;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::patient::Patient;
use medrecord_clinic::provider::Role;
use medrecord_clinic::search::Query;
use medrecord_clinic::time::{Day, Zone};
use medrecord_store::providers::{self, NewProvider};
use medrecord_store::{Actor, Store, Via, appointments, migrate, passwords, patients};
use medrecord_testkit::browser::Browser;
use medrecord_web::{App, Settings};
use std::convert::Infallible;
use std::time::{Duration, Instant};
use tower::util::BoxCloneSyncService;

type Failed = Box<dyn std::error::Error + Send + Sync>;
type Server = BoxCloneSyncService<Request, Response<Body>, Infallible>;

/// What a search and another screen may take, 95 of 100 times, in milliseconds.
const SEARCH: f64 = 15.0;
const SCREEN: f64 = 25.0;
/// What the chart of somebody with very many visits may take.
const LONG_CHART: f64 = 100.0;
/// Gives the first patient of the list the oldest 2,000 visits of all others.
const GIVEN: &str = "UPDATE appointments
    SET patient_id = (SELECT id FROM patients WHERE merged_into_id IS NULL ORDER BY search_name, id LIMIT 1)
    WHERE id IN (SELECT id FROM appointments WHERE status = 'completed' ORDER BY appointment_date, id LIMIT 2000)";
const PASSWORD: &str = "a sentence only measuring knows";
/// Calls before the first that counts.
const WARM: usize = 5;

/// A screen: its name, the addresses by turns, and its gate.
struct Screen {
    name: String,
    paths: Vec<String>,
    gate: Option<f64>,
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (url, calls) = match words.as_slice() {
        [url] => (url, 100),
        [url, calls] => (url, calls.parse()?),
        _ => return Err("usage: pages URL [CALLS]".into()),
    };
    let folder = tempfile::tempdir()?;
    let store = Store::open(&url.parse()?).await?.with_journal(&folder.path().join("journal"))?;
    migrate::deploy(&store).await?;
    let email = hire(&store).await?;
    let screens = screens(&store).await?;
    let kind = store.kind();
    let settings = Settings {
        secure: false,
        development: false,
        data_folder: folder.path().to_owned(),
        zone: Zone::UTC,
        speech_model: "base".to_owned(),
        endpoint: None,
    };
    let given = store.clone();
    let app = App::new(store, settings);
    let mut browser: Browser<Server, Body, Body> =
        Browser::new(BoxCloneSyncService::new(medrecord_web::router(app)));
    browser.post("/sign-in", &[("email", &email), ("password", PASSWORD)]).await;
    println!(
        "{kind:36} {:>8} {:>8} {:>8} {:>6}  of {calls}, {}",
        "p50 ms",
        "p95 ms",
        "max ms",
        "gate",
        load()
    );
    let mut missed = 0;
    for screen in &screens {
        missed += usize::from(!kept(&mut browser, screen, calls).await?);
    }
    for screen in long_chart(&given).await? {
        missed += usize::from(!kept(&mut browser, &screen, calls).await?);
    }
    println!("{missed} missed, {}", load());
    if missed > 0 { Err("a gate was missed".into()) } else { Ok(()) }
}

/// Measures a screen and prints it; whether its gate was kept.
async fn kept(
    browser: &mut Browser<Server, Body, Body>,
    screen: &Screen,
    calls: usize,
) -> Result<bool, Failed> {
    let took = timed(browser, screen, calls).await?;
    let at = |part: usize| {
        let place = (took.len() * part / 100).min(took.len().saturating_sub(1));
        took.get(place).map_or(0.0, |time: &Duration| time.as_secs_f64() * 1e3)
    };
    let gate = screen.gate.map(|gate| gate.to_string()).unwrap_or_default();
    let kept = screen.gate.is_none_or(|gate| at(95) <= gate);
    let word = if kept { "" } else { "  MISSED" };
    println!("{:36} {:8.2} {:8.2} {:8.2} {gate:>6}{word}", screen.name, at(50), at(95), at(100));
    Ok(kept)
}

async fn timed(
    browser: &mut Browser<Server, Body, Body>,
    screen: &Screen,
    calls: usize,
) -> Result<Vec<Duration>, Failed> {
    let mut took = Vec::with_capacity(calls);
    for (at, path) in screen.paths.iter().cycle().take(calls + WARM).enumerate() {
        let begun = Instant::now();
        let answer = browser.get(path).await;
        let time = begun.elapsed();
        if !answer.status.is_success() {
            return Err(format!("{path} was answered {} {}", answer.status, answer.location()).into());
        }
        if at >= WARM {
            took.push(time);
        }
    }
    took.sort();
    Ok(took)
}

/// How busy the machine is, where it tells.
fn load() -> String {
    let told = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load {}", told.split(' ').next().unwrap_or("unknown"))
}

/// Adds somebody who may read charts.
async fn hire(store: &Store) -> Result<String, Failed> {
    let mut desk = store.write_desk(Actor::machine("measure", Via::Command)).await?;
    let email = format!("measure-{}@example.com", desk.now().millis());
    let new = NewProvider {
        email: Email::parse("email", &email).map_err(|_| "no address")?,
        first_name: "Mea".to_owned(),
        last_name: "Sure".to_owned(),
        specialty: None,
        license_number: None,
        role: Role::Provider,
    };
    providers::add(&mut desk, &new, &passwords::hash(PASSWORD).await?).await?;
    desk.close().await?;
    Ok(email)
}

/// Gives one patient very many of the practice's visits, after all else was measured; what opening the chart costs then.
async fn long_chart(store: &Store) -> Result<Vec<Screen>, Failed> {
    let mut desk = store.read_desk(Actor::machine("measure", Via::Command)).await?;
    let first = patients::list(&mut desk, None, 1).await?.items.into_iter().next();
    let patient = first.ok_or("no patients")?.patient.id;
    drop(desk);
    store.by_hand(GIVEN).await?;
    Ok(vec![
        Screen {
            name: "chart summary, 2,000 visits".to_owned(),
            paths: vec![format!("/patients/{patient}")],
            gate: Some(LONG_CHART),
        },
        Screen {
            name: "whole chart to print, 2,000 visits".to_owned(),
            paths: vec![format!("/patients/{patient}/chart.html")],
            gate: None,
        },
    ])
}

/// The screens, with people from every part of the alphabet and the busiest days of the last two weeks.
async fn screens(store: &Store) -> Result<Vec<Screen>, Failed> {
    let mut desk = store.read_desk(Actor::machine("measure", Via::Command)).await?;
    let mut people: Vec<Patient> = Vec::new();
    for letter in ["a", "c", "g", "h", "m", "r", "s", "t", "w"] {
        let page = patients::search(&mut desk, &Query::parse(letter), None, 20).await?;
        people.extend(page.items.into_iter().map(|listed| listed.patient));
    }
    let today = Zone::UTC.day_of(desk.now());
    let mut days: Vec<(i64, Day, Option<ProviderId>)> = Vec::new();
    for day in (0..14).map(|back| today.plus_days(-back)) {
        let (from, until) = Zone::UTC.bounds(day);
        let tallies = appointments::tally(&mut desk, from, until).await?;
        let busiest = tallies.iter().max_by_key(|tally| tally.visits).map(|tally| tally.provider);
        days.push((tallies.iter().map(|tally| tally.visits).sum(), day, busiest));
    }
    drop(desk);
    days.sort_by_key(|(visits, ..)| -visits);
    days.truncate(5);
    Ok(looked_at(&people, &days))
}

fn looked_at(people: &[Patient], days: &[(i64, Day, Option<ProviderId>)]) -> Vec<Screen> {
    let most = days.first().map_or(0, |(visits, ..)| *visits);
    let day = |path: &dyn Fn(Day, &str) -> String| -> Vec<String> {
        let id = |provider: &Option<ProviderId>| provider.map(|id| id.to_string()).unwrap_or_default();
        days.iter().map(|(_, day, provider)| path(*day, &id(provider))).collect()
    };
    let each = |path: &dyn Fn(&Patient) -> String| -> Vec<String> { people.iter().map(path).collect() };
    let typed = |words: Vec<String>| -> Vec<String> {
        let query =
            |word: String| form_urlencoded::Serializer::new(String::new()).append_pair("q", &word).finish();
        words.into_iter().map(|word| format!("/search?{}", query(word))).collect()
    };
    let words = |list: &[&str]| typed(list.iter().map(|word| (*word).to_owned()).collect());
    let part = |text: &str, from: usize| text.chars().skip(from).take(4).collect::<String>();
    let screen =
        |name: &str, paths: Vec<String>, gate: f64| Screen { name: name.to_owned(), paths, gate: Some(gate) };
    let free = |name: &str, paths: Vec<String>| Screen { name: name.to_owned(), paths, gate: None };
    vec![
        screen("search, two letters", words(&["sm", "wi", "ga", "xi", "qu", "zz", "uk", "yz"]), SEARCH),
        screen("search, family name begins so", typed(each(&|p| part(&p.last_name, 0))), SEARCH),
        screen("search, common fragment", words(&["son", "ber", "ill", "man", "well", "ton"]), SEARCH),
        screen("search, rare fragment", words(&["kowal", "nqvi", "xyzzy", "bergfie", "uboi"]), SEARCH),
        screen("search, both names", typed(each(&|p| format!("{} {}", p.first_name, p.last_name))), SEARCH),
        screen("search, birth date", typed(each(&|p| p.date_of_birth.iso())), SEARCH),
        screen("search, end of the phone", typed(each(&|p| part(&p.phone, 11))), SEARCH),
        screen("search, record number", typed(each(&|p| p.record_number.clone())), SEARCH),
        screen(
            &format!("day board, everybody, {most} visits"),
            day(&|day, _| format!("/?on={}", day.iso())),
            SCREEN,
        ),
        screen("day board, last page", day(&|day, _| format!("/?on={}&page=99", day.iso())), SCREEN),
        screen(
            "day board, one provider",
            day(&|day, provider| format!("/?on={}&provider={provider}", day.iso())),
            SCREEN,
        ),
        screen("chart summary", each(&|p| format!("/patients/{}", p.id)), SCREEN),
        free("patient list", vec!["/patients".to_owned()]),
        free(
            "calendar, week of one",
            day(&|day, provider| format!("/calendar?on={}&view=week&provider={provider}", day.iso())),
        ),
        free("calendar, day of everybody", day(&|day, _| format!("/calendar?on={}", day.iso()))),
        free("month", day(&|day, _| format!("/month?on={}", day.iso()))),
        free("week as a list", day(&|day, _| format!("/week?on={}", day.iso()))),
        free("unsigned records", vec!["/unsigned".to_owned()]),
        free("appointment form", each(&|p| format!("/appointments/new?patient={}", p.id))),
    ]
}
