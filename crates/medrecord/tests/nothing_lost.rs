//! What a person typed or said is not lost, in a real browser: to a second tab, a killed browser, a killed server.
//!
//! And what a draft rests on can be heard again. The visit of the sample clinic that the scribe drafted serves for all
//! of it; everybody in it is invented.
#![cfg(test)]

mod running;

use medrecord_clinic::consultation::{EvidenceKind, Segment, Speaker, TranscriptSource};
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_scribe::audio::{Limits, decode_source};
use medrecord_store::evidence::{self, NewEvidence, NewRun};
use medrecord_store::sealing::Opened;
use medrecord_store::transcripts::{self, NewTranscript};
use medrecord_store::url::DatabaseUrl;
use medrecord_store::{Actor, Store, Via, medical_records, recordings, seed};
use medrecord_testkit::webdriver::{Browser, Hand, PATIENCE};
use running::Running;
use serde_json::{Value, json};
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

const DIAGNOSIS: &str = "//input[@id='diagnosis']";
const SAVED: &str = "//*[contains(@class, 'save-state')][@data-state='saved']";

/// Types a letter every 0.3 s for 9 s by a clock of its own, with a server that answers at once, and yields after how
/// long the slowest letter was sent and how often something was.
const TYPE_ON_AND_ON: &str = "
    let clock = 0, number = 0;
    const [timers, typed, sent] = [new Map(), [], []];
    const field = document.querySelector('#diagnosis');
    Date.now = () => clock;
    window.setTimeout = (work, after = 0) => (timers.set(++number, { at: clock + after, work }), number);
    window.clearTimeout = (which) => timers.delete(which);
    window.fetch = async (url, request) => {
        sent.push({ at: clock, length: new URLSearchParams(request.body).get('diagnosis').length });
        return new Response(null, { status: 204, headers: { 'X-Version': '2', 'X-Saved-At': '14:02' } });
    };
    return (async () => {
        for (; clock <= 12000; clock += 100) {
            for (const [which, { at, work }] of [...timers]) if (at <= clock && timers.delete(which)) work();
            for (let turn = 0; turn < 50; turn++) await null;
            if (clock > 9000 || clock % 300 !== 0) continue;
            field.value += 'x';
            field.dispatchEvent(new Event('input', { bubbles: true }));
            typed.push({ at: clock, length: field.value.length });
        }
        const waits = typed.map((key) => sent.find((save) => save.length >= key.length).at - key.at);
        return [Math.max(...waits), sent.length];
    })();";

#[test]
fn what_is_typed_is_sent_within_two_seconds_and_a_second_tab_is_shown_both_versions() {
    let Some(browser) = Browser::open(Hand::Pointer) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clinic = demo(folder.path());
    sign_in(&browser, &clinic.address);
    let visit = drafted_visit(&browser, &clinic.address);
    browser.wait("return document.querySelector('.save-state').dataset.state !== 'unsaved'");
    let told = browser.ask(TYPE_ON_AND_ON);
    let number = |place| told.get(place).and_then(Value::as_u64);
    let (slowest, times) = (number(0), number(1));
    assert!(slowest.is_some_and(|wait| wait <= 2000), "the slowest letter waited too long: {told}");
    assert!(times.is_some_and(|times| (4..=10).contains(&times)), "neither never nor at each key: {told}");

    browser.go(&visit);
    let (first, second) = browser.new_tab();
    browser.go(&visit);
    browser.see(DIAGNOSIS);
    browser.go_to(&first);
    browser.write(DIAGNOSIS, "Common cold");
    browser.see(SAVED);
    browser.go_to(&second);
    browser.write(DIAGNOSIS, "Influenza");
    browser.see("//*[@class='conflict'][contains(., 'Common cold')][contains(., 'Influenza')]");
    browser.press("//button[normalize-space()='Save what is typed here']");
    browser.see("//main//p[starts-with(normalize-space(), 'Saved')]");
    assert_eq!(browser.value(DIAGNOSIS), "Influenza");
    browser.go_to(&first);
    browser.write(DIAGNOSIS, ", mild");
    browser.see("//*[@class='conflict'][contains(., 'Influenza')][contains(., 'mild')]");
}

#[test]
fn somebody_on_file_is_shown_while_a_registration_is_typed() {
    let Some(browser) = Browser::open(Hand::Keys) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clinic = demo(folder.path());
    sign_in(&browser, &clinic.address);
    browser.go(&format!("{}/patients/new", clinic.address));
    for (field, words) in [("firstName", "Jane"), ("lastName", "Doe"), ("dateOfBirth", "15-Mar-1985")] {
        browser.write(&format!("//input[@id='{field}']"), words);
    }
    browser.see("//*[@id='look-alikes'][contains(., 'on file already')][contains(., 'sample-patient-1')]");
    assert_eq!(browser.ask("return location.pathname"), "/patients/new", "nothing was sent");
}

#[test]
fn a_recording_outlives_a_killed_server_and_a_killed_browser() {
    let Some(browser) = Browser::open(Hand::Pointer) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let door = Door::open();
    let clinic = demo(folder.path());
    door.lead_to(&clinic);
    sign_in(&browser, &door.address);
    let visit = drafted_visit(&browser, &door.address);
    browser.press("//button[normalize-space()='Record in this browser']");
    browser.press("//button[@data-record='start']");
    browser.see("//*[@data-recorder]/output[normalize-space()='Recording']");
    let before = arrived(folder.path(), 2);

    drop(clinic);
    browser.see("//p[@data-record-words][contains(., 'The server does not answer')]");
    let clinic = demo(folder.path());
    door.lead_to(&clinic);
    let before = arrived(folder.path(), before.len() + 2);

    let browser = browser.killed_and_opened_again();
    sign_in(&browser, &door.address);
    go_on(&browser, &visit);
    browser.press("//button[@data-record='stop']");
    browser.see("//section[@id='scribe']//p[starts-with(normalize-space(), 'Recording:')]");
    let whole = open(folder.path(), "recording").expect("the recording is whole");
    let bytes = whole.length();
    assert!(bytes >= before.iter().sum(), "{bytes} of {before:?}");
    let heard = decode_source(whole, Limits::default()).expect("the recording can be heard");
    assert!(heard.duration_ms() > 2000, "{} ms", heard.duration_ms());
}

#[test]
fn a_withdrawn_consent_stops_the_recording_and_the_browser_keeps_nothing_of_it() {
    let Some(browser) = Browser::open(Hand::Pointer) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clinic = demo(folder.path());
    sign_in(&browser, &clinic.address);
    let visit = drafted_visit(&browser, &clinic.address);
    browser.press("//button[normalize-space()='Record in this browser']");
    browser.press("//button[@data-record='start']");
    browser.see("//*[@data-recorder]/output[normalize-space()='Recording']");
    arrived(folder.path(), 1);
    let (first, second) = browser.new_tab();
    browser.go(&visit);
    browser.press("//button[contains(., 'withdraws the consent')]");
    browser.go_to(&first);
    browser.see("//p[@data-record-words][contains(., 'Recording has stopped')]");
    browser.see("//*[@data-recorder]/output[normalize-space()='Stopped']");
    browser.go_to(&second);
    browser.go(&visit);
    browser.miss("//*[@data-recorder]");
    browser.wait(
        "return new Promise((told) => {
            indexedDB.open('medrecord-recordings').onsuccess = ({ target: { result } }) => {
                const all = result.transaction(['takes', 'chunks']);
                const counts = ['takes', 'chunks'].map((name) => all.objectStore(name).count());
                all.oncomplete = () => (result.close(), told(counts.every((count) => count.result === 0)));
            };
        });",
    );
}

/// Opens the visit until the browser has its own storage again, which the killed one may hold for a moment longer.
fn go_on(browser: &Browser, visit: &str) {
    let start = Instant::now();
    loop {
        browser.go(visit);
        let output = "document.querySelector('[data-recorder] > output')";
        browser.wait(&format!("return {output}.textContent !== 'Ready'"));
        let state = browser.ask(&format!("return {output}.textContent"));
        if state == "Cut off" {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "what was recorded is not offered: {state}");
    }
}

#[test]
fn a_click_on_a_drafted_sentence_plays_the_words_it_rests_on() {
    let Some(browser) = Browser::open(Hand::Pointer) else { return };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let clinic = demo(folder.path());
    sign_in(&browser, &clinic.address);
    let visit = drafted_visit(&browser, &clinic.address);
    let file = folder.path().join("talk.wav");
    std::fs::write(&file, tone(60)).expect("a file to upload");
    browser.press("//summary[contains(., 'Upload a recording')]");
    browser.choose_file("//input[@id='audio']", &file);
    browser.press("//button[normalize-space()='Upload and draft']");
    browser.see("//section[@id='scribe']//p[starts-with(normalize-space(), 'talk.wav:')]");

    drop(clinic);
    let appointment = visit.rsplit('/').next().and_then(|id| id.parse().ok()).expect("the visit's id");
    hear(folder.path(), appointment);
    let clinic = demo(folder.path());
    // Still signed in: the session is in the database, and cookies do not tell ports apart.
    browser.go(&clinic.address);
    drafted_visit(&browser, &clinic.address);
    // The server, killed over the recording, hears it again and finds no speech model.
    browser.see("//section[@id='scribe'][not(@data-refresh)]");
    browser.press("//li[contains(@class, 'sentence')]/a[contains(., 'Invented cough')]");
    browser.see("//li[@id='turn-1'][contains(@class, 'is-lit')]");
    let sound = "const sound = document.querySelector('audio[data-evidence-audio]'); return";
    browser.wait(&format!("{sound} sound.currentTime > 40 && sound.played.length === 1"));
    browser.wait(&format!("{sound} sound.paused && sound.currentTime >= 41.5"));
    let played = browser.ask(&format!("{sound} [sound.played.start(0), sound.played.end(0)]"));
    let at = |place| played.get(place).and_then(Value::as_f64).unwrap_or_default();
    assert!(at(0) >= 39.9 && at(0) < 41.5 && at(1) < 59.0, "{played}");
}

/// Keeps a transcript of the uploaded recording with a draft of one sentence, as the speech engine and the scribe do.
fn hear(folder: &Path, appointment: AppointmentId) {
    let said = |index: i32, text: &str| Segment {
        index,
        speaker: Speaker::Patient,
        start_ms: Some(index * 40_000),
        end_ms: Some(index * 40_000 + 1_500),
        text: text.to_owned(),
    };
    let work = async {
        let url = DatabaseUrl::file(folder.join("demo").join("clinic.db"));
        let store = Store::open(&url).await.expect("the clinic opens");
        let mut desk = store.write_desk(Actor::machine("test", Via::Command)).await.expect("a desk");
        let all = recordings::of_visit(&mut desk, appointment).await.expect("recordings");
        let transcript = NewTranscript {
            appointment,
            recording: all.first().map(|recording| recording.id),
            source: TranscriptSource::Speech,
            engine: None,
            model_hash: None,
            segments: vec![said(0, "Good morning."), said(1, "I have an invented cough.")],
        };
        let transcript = transcripts::keep(&mut desk, &transcript).await.expect("the transcript is kept");
        let record = medical_records::open(&mut desk, appointment).await.expect("a record").id;
        let item = NewEvidence {
            target: "chiefComplaint".to_owned(),
            text: "Invented cough.".to_owned(),
            payload: None,
            segments: vec![1],
            start_ms: Some(40_000),
            end_ms: Some(41_500),
            kind: EvidenceKind::Supported,
            flags: Vec::new(),
            to_confirm: Vec::new(),
        };
        let run = NewRun {
            appointment,
            transcript,
            record,
            engine: "test".to_owned(),
            engine_version: "1".to_owned(),
            model_hash: None,
            raw: json!({}),
            items: vec![item],
        };
        evidence::keep_run(&mut desk, &run).await.expect("the draft is kept");
        desk.close().await.expect("all of it is kept");
        store.close().await;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("a runtime").block_on(work);
}

/// A sound file of so many seconds: 8 kHz, one channel, 16 bits, a low tone.
fn tone(seconds: u32) -> Vec<u8> {
    let size = seconds * 16_000;
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((size + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    bytes.extend(8_000_u32.to_le_bytes());
    bytes.extend(16_000_u32.to_le_bytes());
    bytes.extend(b"\x02\0\x10\0data");
    bytes.extend(size.to_le_bytes());
    let wave = (0..seconds * 8_000).map(|at| if at / 20 % 2 == 0 { 3_000_i16 } else { -3_000 });
    bytes.extend(wave.flat_map(i16::to_le_bytes));
    bytes
}

/// The sample clinic in a folder of the test's own.
fn demo(folder: &Path) -> Running {
    let dir = folder.join("demo");
    Running::start(folder, None, &["demo", "--dir", &dir.to_string_lossy()])
}

fn sign_in(browser: &Browser, address: &str) {
    browser.go(address);
    browser.write("//input[@id='email']", seed::EMAIL);
    browser.write("//input[@id='password']", seed::PASSWORD);
    browser.press("//button[normalize-space()='Sign in']");
    browser.see("//main//h1[contains(., 'today')]");
}

/// Opens the visit with a draft and gives its address.
fn drafted_visit(browser: &Browser, address: &str) -> String {
    let row = "//tr[@data-status='in_progress'][contains(., 'sample-patient-1')]";
    let path = browser.leads_to(&format!("{row}//a[starts-with(@href, '/visits/')]"));
    let visit = format!("{address}{path}");
    browser.go(&visit);
    browser.see(DIAGNOSIS);
    visit
}

/// The folder of the only recording there is.
fn sounds(folder: &Path) -> PathBuf {
    let all = std::fs::read_dir(folder.join("demo").join("recordings")).into_iter().flatten();
    all.filter_map(Result::ok).map(|entry| entry.path()).next().unwrap_or_default()
}

/// A file of the only recording there is, unsealed.
fn open(folder: &Path, name: &str) -> Option<Opened> {
    let id: RecordingId = sounds(folder).file_name()?.to_str()?.parse().ok()?;
    Opened::open(&folder.join("demo"), id, name).ok()
}

/// Waits until so many parts of the recording are on the server's disk; gives their sizes.
fn arrived(folder: &Path, wanted: usize) -> Vec<u64> {
    let start = Instant::now();
    loop {
        let all = std::fs::read_dir(sounds(folder)).into_iter().flatten().filter_map(Result::ok);
        let parts = all.filter(|entry| entry.path().extension().is_some_and(|kind| kind == "chunk"));
        let names = parts.filter_map(|part| part.file_name().into_string().ok());
        let sizes: Vec<u64> = names.filter_map(|name| Some(open(folder, &name)?.length())).collect();
        if sizes.len() >= wanted {
            return sizes;
        }
        assert!(start.elapsed() < 2 * PATIENCE, "{} of {wanted} parts arrived", sizes.len());
        thread::sleep(Duration::from_millis(100));
    }
}

/// An address that stays while the server behind it is killed and another takes its place.
struct Door {
    address: String,
    behind: Arc<Mutex<String>>,
}

impl Door {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let behind = Arc::new(Mutex::new(String::new()));
        let leads = Arc::clone(&behind);
        thread::spawn(move || {
            for visitor in listener.incoming().filter_map(Result::ok) {
                let server = leads.lock().expect("nobody panics here").clone();
                // Where no server is, the visitor is turned away like at a closed port.
                let Ok(server) = TcpStream::connect(server.trim_start_matches("http://")) else { continue };
                let _both = both_ways(&visitor, &server);
            }
        });
        Self { address, behind }
    }

    fn lead_to(&self, server: &Running) {
        self.behind.lock().expect("nobody panics here").clone_from(&server.address);
    }
}

/// Carries bytes both ways until one side ends.
fn both_ways(visitor: &TcpStream, server: &TcpStream) -> io::Result<()> {
    for (mut from, mut to) in
        [(visitor.try_clone()?, server.try_clone()?), (server.try_clone()?, visitor.try_clone()?)]
    {
        let ends = [visitor.try_clone()?, server.try_clone()?];
        thread::spawn(move || {
            let _carried = io::copy(&mut from, &mut to);
            for end in ends {
                let _shut = end.shutdown(Shutdown::Both);
            }
        });
    }
    Ok(())
}
