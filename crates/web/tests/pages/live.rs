//! A recording is heard while it goes on: words on the page before the stop, kept over a restart, and at the end the same
//! transcript as if all had been heard at once. The ear is a stand-in; the sound is made here.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up must fail at once")]

use crate::support::{Tab, app, signed_in_before};
use axum::http::{Method, StatusCode};
use medrecord_clinic::consultation::{ConsentDecision, RecordingState, Segment};
use medrecord_clinic::ids::{AppointmentId, RecordingId};
use medrecord_scribe::speech::{Ear, HearError, HearOptions, Piece};
use medrecord_store::audit::{self, EventFilter};
use medrecord_store::jobs::{self, JobState};
use medrecord_store::running::{self, HeardStretch};
use medrecord_store::{consents, recordings, transcripts};
use medrecord_testkit::Clinic;
use medrecord_testkit::clinic::on_both;
use medrecord_testkit::visit::checked_in;
use medrecord_web::ears::{Ears, Opened};
use medrecord_web::{App, Settings};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Samples of two seconds, one part of a recording.
const PART: usize = 32_000;

/// Hears one sentence in each block of sound, another one in other sound, and remembers each.
#[derive(Debug, Clone, Default)]
struct StandIn {
    said: Arc<Mutex<Vec<String>>>,
}

impl Ears for StandIn {
    fn open(&self, _: &Settings) -> Result<Opened, HearError> {
        let (engine, model_hash) = ("stand-in".to_owned(), "0".repeat(64));
        Ok(Opened { ear: Box::new(self.clone()), engine, model_hash })
    }
}

impl Ear for StandIn {
    fn words(&mut self, samples: &[f32], _: &HearOptions) -> Result<Vec<Piece>, HearError> {
        let loudness: f64 = samples.iter().map(|sample| f64::from(sample.abs())).sum();
        let text = format!("I have had a cough for {} and {loudness:.0} days.", samples.len());
        self.said.lock().unwrap().push(text.clone());
        let end_ms = u64::try_from(samples.len() / 16).unwrap();
        Ok(vec![Piece { start_ms: 0, end_ms, text, certainty: 0.9, disputed: false }])
    }

    fn hears_english(&mut self, _: &[f32], _: &HearOptions) -> Result<bool, HearError> {
        Ok(true)
    }

    fn mark(&self, _: &HearOptions) -> String {
        "stand-in".to_owned()
    }
}

/// A WAV file: syllables for fifty seconds, a pause, and syllables again.
fn sound() -> Vec<u8> {
    let seconds = 76_usize;
    let mut state = 1_u32;
    let mut samples = Vec::new();
    for at in 0..seconds * 16_000 {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = i32::from(u16::try_from(state >> 16).unwrap()) - 32_768;
        let loud = at % 4_800 < 3_200 && !(800_000..864_000).contains(&at);
        let sample = if loud { noise / 3 } else { noise / 300 };
        samples.extend(i16::try_from(sample).unwrap().to_le_bytes());
    }
    let size = u32::try_from(samples.len()).unwrap();
    let head =
        [b"RIFF".as_slice(), &(size + 36).to_le_bytes(), b"WAVEfmt ", &16_u32.to_le_bytes(), b"\x01\0\x01\0"];
    let rate =
        [&16_000_u32.to_le_bytes()[..], &32_000_u32.to_le_bytes(), b"\x02\0\x10\0data", &size.to_le_bytes()];
    [head.concat(), rate.concat(), samples].concat()
}

/// Waits until it is so; fails after minutes.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !is_so().await {
        assert!(began.elapsed() < Duration::from_mins(4), "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A server of its own on the clinic's database, which hears with this ear, and a browser before it.
async fn server(clinic: &Clinic, ear: &StandIn) -> (tokio::task::JoinHandle<()>, Tab) {
    let app: App = app(clinic).with_ears(Arc::new(ear.clone()));
    let hearing = tokio::spawn(medrecord_web::hear(app.clone()));
    (hearing, signed_in_before(app, &clinic.doctor).await)
}

async fn send(dora: &mut Tab, recording: RecordingId, parts: impl Iterator<Item = (usize, &[u8])>) {
    let token = dora.csrf().to_owned();
    for (number, bytes) in parts {
        let path = format!("/recordings/{recording}/chunks/{number}");
        let put = dora.send(Method::PUT, &path, &[("x-csrf-token", token.as_str())], bytes.to_vec()).await;
        assert_eq!(put.status, StatusCode::NO_CONTENT, "{}", put.text);
    }
}

async fn kept(clinic: &Clinic, recording: RecordingId) -> Vec<HeardStretch> {
    let mut desk = clinic.reading_desk(&clinic.doctor).await;
    running::kept(&mut desk, recording).await.unwrap()
}

/// The turns of the newest transcript, once it is that of another recording than `not`.
async fn heard(
    clinic: &Clinic,
    visit: AppointmentId,
    not: Option<RecordingId>,
) -> (RecordingId, Vec<Segment>) {
    let mut found = None;
    until("the recording is heard", async || {
        let mut desk = clinic.reading_desk(&clinic.doctor).await;
        let newest = transcripts::latest(&mut desk, visit).await.unwrap();
        found = newest.and_then(|t| Some((t.recording_id?, t.segments))).filter(|(id, _)| Some(*id) != not);
        found.is_some()
    })
    .await;
    found.unwrap()
}

/// How often it is in the trail that somebody read such a thing.
async fn events(clinic: &Clinic, entity: &str) -> usize {
    let mut desk = clinic.reading_desk(&clinic.admin).await;
    let filter = EventFilter { limit: 1_000, ..EventFilter::default() };
    let all = audit::list(&mut desk, &filter).await.unwrap();
    all.iter().filter(|event| event.entity == entity && event.action == "read").count()
}

async fn begin(clinic: &Clinic, dora: &mut Tab, visit: AppointmentId) -> RecordingId {
    let mut desk = clinic.desk(&clinic.doctor).await;
    consents::record(&mut desk, visit, ConsentDecision::Granted, None).await.unwrap();
    desk.close().await.unwrap();
    dora.post(&format!("/visits/{visit}/recordings"), &[]).await;
    let page = dora.get(&format!("/visits/{visit}/scribe")).await.main().to_owned();
    page.split_once("data-recording=\"").unwrap().1.split('"').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn words_stand_on_the_page_before_the_stop_and_the_end_is_as_if_heard_at_once() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await.appointment;
        let sound = sound();
        let parts: Vec<&[u8]> = sound.chunks(PART * 2).collect();
        let numbered = || parts.iter().copied().enumerate();
        let (before, after) = (StandIn::default(), StandIn::default());

        let (hearing, mut dora) = server(clinic, &before).await;
        let id = begin(clinic, &mut dora, visit).await;
        send(&mut dora, id, numbered().take(18)).await;
        until("a stretch is kept", async || !kept(clinic, id).await.is_empty()).await;
        let first = kept(clinic, id).await.remove(0);
        let words = first.pieces[0]["text"].as_str().unwrap().to_owned();
        let page = dora.get(&format!("/visits/{visit}/scribe")).await;
        assert!(page.main().contains("Said so far") && page.main().contains(&words), "{}", page.main());
        let before_looking = events(clinic, "recording").await;
        for _ in 0..3 {
            let again = [("x-fragment", "so-far")];
            let part = dora.send(Method::GET, &format!("/visits/{visit}/scribe"), &again, Vec::new()).await;
            assert!(part.text.contains(&words), "{}", part.text);
        }
        assert_eq!(
            events(clinic, "recording").await,
            before_looking + 1,
            "a page that looks again is one look"
        );
        assert_eq!(events(clinic, "medication").await, 1, "so is the server that hears");
        hearing.abort();
        assert!(hearing.await.is_err(), "the server is gone");

        let (hearing, mut dora) = server(clinic, &after).await;
        send(&mut dora, id, numbered().skip(18)).await;
        until("the next stretch is kept", async || kept(clinic, id).await.len() > 1).await;
        let count = parts.len().to_string();
        dora.post(&format!("/recordings/{id}/finish"), &[("chunks", count.as_str())]).await;
        let (_, live) = heard(clinic, visit, None).await;
        assert!(!after.said.lock().unwrap().contains(&words), "what was kept is not heard again");
        assert_eq!(kept(clinic, id).await, [], "the transcript takes its place");

        clinic.clock.advance(1_000);
        let body = [
            b"--x\r\nContent-Disposition: form-data; name=\"audio\"; filename=\"talk.wav\"\r\n\
              Content-Type: audio/wav\r\n\r\n"
                .as_slice(),
            &sound,
            b"\r\n--x--\r\n",
        ];
        let address = format!("/visits/{visit}/audio?csrf={}", dora.csrf());
        let kind = [("content-type", "multipart/form-data; boundary=x")];
        let answer = dora.send(Method::POST, &address, &kind, body.concat()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.main());
        let (_, at_once) = heard(clinic, visit, Some(id)).await;
        assert!(after.said.lock().unwrap().contains(&words), "a file is heard from its start");
        assert!(live.len() >= 3, "{live:?}");
        assert_eq!(live, at_once);
        hearing.abort();
        assert!(hearing.await.is_err());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_aside_or_taken_back_while_it_waits_is_never_turned_into_words() {
    on_both(async |clinic| {
        let visit = checked_in(clinic).await.appointment;
        let sound = sound();
        let parts: Vec<&[u8]> = sound.chunks(PART * 2).collect();
        let app: App = app(clinic).with_ears(Arc::new(StandIn::default()));
        let mut dora = signed_in_before(app.clone(), &clinic.doctor).await;
        let count = parts.len().to_string();
        let mut waiting = Vec::new();
        for _ in 0..2 {
            clinic.clock.advance(1_000);
            let id = begin(clinic, &mut dora, visit).await;
            send(&mut dora, id, parts.iter().copied().enumerate()).await;
            dora.post(&format!("/recordings/{id}/finish"), &[("chunks", count.as_str())]).await;
            waiting.push(id);
        }
        let [put_aside, taken_back] = waiting[..] else { panic!("two recordings wait") };
        dora.post(&format!("/recordings/{put_aside}/discard"), &[]).await;
        clinic.clock.advance(1_000);
        let mut desk = clinic.desk(&clinic.doctor).await;
        consents::record(&mut desk, visit, ConsentDecision::Withdrawn, None).await.unwrap();
        desk.close().await.unwrap();

        let hearing = tokio::spawn(medrecord_web::hear(app));
        for (id, job, recording) in [
            (put_aside, JobState::Done, RecordingState::Discarded),
            (taken_back, JobState::Failed, RecordingState::Failed),
        ] {
            let mut found = None;
            until("the work came to its end", async || {
                let mut desk = clinic.reading_desk(&clinic.doctor).await;
                let state = jobs::latest(&mut desk, "transcribe", id.0).await.unwrap().map(|job| job.state);
                found = state.filter(|state| matches!(state, JobState::Done | JobState::Failed));
                found.is_some()
            })
            .await;
            assert_eq!(found, Some(job));
            let mut desk = clinic.reading_desk(&clinic.doctor).await;
            let kept = recordings::get(&mut desk, id).await.unwrap().recording;
            assert_eq!(kept.state, recording, "{:?}", kept.failure);
            assert_eq!(transcripts::latest(&mut desk, visit).await.unwrap().map(|t| t.segments), None);
        }
        let again = dora.post(&format!("/recordings/{put_aside}/retry"), &[]).await;
        assert!(again.says("Only a recording that could not be turned into words"), "{}", again.main());
        hearing.abort();
        assert!(hearing.await.is_err());
    })
    .await;
}
