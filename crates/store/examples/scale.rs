//! Measures what the screens ask of the store on a database of any size; `docs/benchmarks.md` has the commands.
//!
//! `scale fill URL PATIENTS YEARS` generates patients (seed 1) into an empty database; `scale measure URL [CALLS]` prints
//! the median and the 95th percentile of each screen's calls, audit events written as ever. `scale backup URL FOLDER`,
//! `scale verify FILE` and `scale restore FILE URL` do what the commands of that name do, and print wall time, processor
//! time of this program and its peak memory (Linux).

#![expect(clippy::print_stdout, reason = "the figures are printed")]

use medrecord_clinic::ids::{PatientId, ProviderId};
use medrecord_clinic::provider::Role;
use medrecord_clinic::search::Query;
use medrecord_clinic::time::Zone;
use medrecord_store::appointments::{self, Visits};
use medrecord_store::backup::{self, Keys, Order, Progress, Target};
use medrecord_store::population::{self, Plan};
use medrecord_store::{Actor, Clock, Desk, Store, Via, chart, migrate, patients, providers, vitals};
use std::path::Path;
use std::time::{Duration, Instant};

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Failed> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["fill", url, patients, years] => fill(url, patients.parse()?, years.parse()?).await,
        ["measure", url] => measure(url, 100).await,
        ["measure", url, calls] => measure(url, calls.parse()?).await,
        ["backup", url, folder] => backed_up(url, folder.as_ref()).await,
        ["verify", file] => verified(file.as_ref()).await,
        ["restore", file, url] => restored(file.as_ref(), url).await,
        _ => Err("usage: scale fill URL PATIENTS YEARS | measure URL [CALLS] | backup URL FOLDER | verify FILE | restore FILE URL".into()),
    }
}

async fn fill(url: &str, patients: usize, years: i32) -> Result<(), Failed> {
    let store = Store::open(&url.parse()?).await?;
    migrate::deploy(&store).await?;
    let begun = Instant::now();
    let plan = Plan { patients, years, seed: 1 };
    let made = population::generate(&store, Zone::UTC, plan, |done| {
        if done % 10_000 == 0 {
            println!("{done} patients after {:.1} s", begun.elapsed().as_secs_f64());
        }
    })
    .await?;
    let took = begun.elapsed().as_secs_f64();
    println!("{} patients with {} visits in {took:.1} s", made.patients, made.visits);
    store.by_hand("ANALYZE").await?;
    store.close().await;
    Ok(())
}

async fn backed_up(url: &str, folder: &Path) -> Result<(), Failed> {
    let store = Store::open(&url.parse()?).await?;
    let begun = Instant::now();
    let order = Order { folder: folder.to_owned(), data_folder: folder.join("none"), recipient: None };
    let actor = Actor::machine("measure", Via::Command);
    let made = backup::take(&store, actor, &order, &Progress::default()).await?;
    store.close().await;
    println!("{} rows, {} MiB", made.rows, made.bytes >> 20);
    told("backup", begun)
}

async fn verified(file: &Path) -> Result<(), Failed> {
    let begun = Instant::now();
    let scratch = file.parent().ok_or("the file lies nowhere")?;
    let now = Clock::System.now();
    let proof = backup::verify(file, &Keys::default(), scratch, &Progress::default(), now).await?;
    println!("{} rows", proof.rows);
    told("verify", begun)
}

async fn restored(file: &Path, url: &str) -> Result<(), Failed> {
    let begun = Instant::now();
    let folder = file.parent().ok_or("the file lies nowhere")?.join("files");
    let target = Target { url: url.parse()?, data_folder: folder, set_aside: false };
    let actor = Actor::machine("measure", Via::Command);
    let done = backup::restore(file, &Keys::default(), &target, actor, &Progress::default()).await?;
    println!("{} rows", done.rows);
    told("restore", begun)
}

/// Prints how long it took, the processor time in it, and the most memory that was held.
fn told(what: &str, begun: Instant) -> Result<(), Failed> {
    let wall = begun.elapsed().as_secs_f64();
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap_or_default().split(' ').collect();
    // Hundredths of a second in user mode and in the kernel, as Linux counts them.
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok()).unwrap_or_default();
    let status = std::fs::read_to_string("/proc/self/status")?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("?").trim();
    println!(
        "{what}: {wall:.1} s, processor time {:.1} s, peak memory {peak}",
        (ticks(11) + ticks(12)) / 100.0
    );
    Ok(())
}

/// What is asked, as a person types or opens it.
enum Screen {
    Search(Vec<String>),
    /// The whole day in numbers and its first page; of one provider where there is one.
    Board(Option<ProviderId>),
    List,
    Chart(Vec<PatientId>),
    Trend(Vec<PatientId>),
}

async fn measure(url: &str, calls: usize) -> Result<(), Failed> {
    let store = Store::open(&url.parse()?).await?;
    migrate::deploy(&store).await?;
    let machine = Actor::machine("measure", Via::Command);
    let mut desk = store.read_desk(machine.clone()).await?;
    let mut people = Vec::new();
    let mut after = None;
    // Some from every part of the alphabet.
    for letter in ["a", "c", "g", "h", "m", "r", "s", "t", "w"] {
        let page = patients::search(&mut desk, &Query::parse(letter), None, 50).await?;
        people.extend(page.items.into_iter().map(|listed| listed.patient));
        after = page.next;
    }
    let seers = providers::list(&mut desk).await?;
    let provider = seers.iter().find(|person| person.role == Role::Provider).map(|person| person.id);
    drop((desk, after));
    let of =
        |text: fn(&medrecord_clinic::patient::Patient) -> String| people.iter().map(text).collect::<Vec<_>>();
    let part =
        |text: &str, from: usize, number: usize| text.chars().skip(from).take(number).collect::<String>();
    let ids: Vec<PatientId> = people.iter().map(|patient| patient.id).collect();
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let screens = [
        ("search: two letters", Screen::Search(words(&["sm", "wi", "ga", "xi", "qu", "zz", "uk", "yz"]))),
        ("search: begins so", Screen::Search(people.iter().map(|p| part(&p.last_name, 0, 4)).collect())),
        ("search: common fragment", Screen::Search(words(&["son", "ber", "ill", "man", "well", "ton"]))),
        (
            "search: rare fragment",
            Screen::Search(words(&["kowal", "nqvi", "xyzzy", "bergfie", "uboi", "qvist"])),
        ),
        ("search: both names, swapped", Screen::Search(of(|p| format!("{} {}", p.first_name, p.last_name)))),
        ("search: birth date", Screen::Search(of(|p| p.date_of_birth.iso()))),
        ("search: end of the phone", Screen::Search(people.iter().map(|p| part(&p.phone, 11, 4)).collect())),
        ("search: whole phone", Screen::Search(of(|p| p.phone.clone()))),
        ("search: record number", Screen::Search(of(|p| p.record_number.clone()))),
        ("patient list, first page", Screen::List),
        ("day board, everybody", Screen::Board(None)),
        ("day board, one provider", Screen::Board(provider)),
        ("chart summary", Screen::Chart(ids.clone())),
        ("vitals trend", Screen::Trend(ids)),
    ];
    let actor = Actor { role: Some(Role::Provider), ..machine };
    time(&store, &actor, &screens, calls).await
}

async fn time(store: &Store, actor: &Actor, screens: &[(&str, Screen)], calls: usize) -> Result<(), Failed> {
    println!("{:32} {:>9} {:>9} {:>9}", store.kind(), "p50 ms", "p95 ms", "max ms");
    for (name, screen) in screens {
        let mut took = Vec::with_capacity(calls);
        for at in 0..calls + 5 {
            let begun = Instant::now();
            let mut desk = store.read_desk(actor.clone()).await?;
            screen.open(&mut desk, at).await?;
            desk.close().await?;
            if at >= 5 {
                took.push(begun.elapsed());
            }
        }
        took.sort();
        let at = |part: usize| {
            took.get((took.len() * part / 100).min(took.len() - 1)).copied().unwrap_or_default()
        };
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!("{name:32} {:9.2} {:9.2} {:9.2}", ms(at(50)), ms(at(95)), ms(at(100)));
    }
    Ok(())
}

impl Screen {
    async fn open(&self, desk: &mut Desk, at: usize) -> Result<(), Failed> {
        let one = |ids: &[PatientId]| ids.get(at % ids.len().max(1)).copied().ok_or("no patients");
        match self {
            Self::Search(typed) => {
                let text = typed.get(at % typed.len().max(1)).ok_or("nothing to type")?;
                patients::search(desk, &Query::parse(text), None, 25).await?;
            }
            Self::List => {
                patients::list(desk, None, 25).await?;
            }
            Self::Board(provider) => {
                let today = Zone::UTC.day_of(desk.now());
                let back = i64::try_from(at % 5)?;
                let (from, until) = Zone::UTC.bounds(today.plus_days(-back));
                appointments::tally(desk, from, until).await?;
                let asked = Visits::between(from, until).of(*provider).part(0, 200);
                appointments::visits(desk, asked).await?;
                providers::list(desk).await?;
            }
            Self::Chart(ids) => {
                chart::banner(desk, one(ids)?).await?;
                chart::overview(desk, one(ids)?).await?;
            }
            Self::Trend(ids) => {
                vitals::trend(desk, one(ids)?, 50).await?;
            }
        }
        Ok(())
    }
}
