//! Recordings of every kind, whole, cut, joined and broken. The files are described in `tests/fixtures/README.md`.

use super::*;

const LIVE_WEBM: &[u8] = include_bytes!("../../tests/fixtures/live.webm");
const FRAGMENTED_MP4: &[u8] = include_bytes!("../../tests/fixtures/frag.mp4");
const OGG: &[u8] = include_bytes!("../../tests/fixtures/say.ogg");

const FILES: [(&str, &[u8], u64); 9] = [
    ("live.webm", LIVE_WEBM, 4_862),
    ("stereo.webm", include_bytes!("../../tests/fixtures/stereo.webm"), 4_862),
    ("say.ogg", OGG, 4_862),
    ("frag.mp4", FRAGMENTED_MP4, 4_862),
    ("say.m4a", include_bytes!("../../tests/fixtures/say.m4a"), 4_862),
    ("opus.mp4", include_bytes!("../../tests/fixtures/opus.mp4"), 4_862),
    ("say.aac", include_bytes!("../../tests/fixtures/say.aac"), 4_862),
    ("say.mp3", include_bytes!("../../tests/fixtures/say.mp3"), 4_862),
    ("say.flac", include_bytes!("../../tests/fixtures/say.flac"), 1_900),
];

fn decode(bytes: &[u8]) -> Result<Recording, AudioError> {
    decode_bytes(bytes, Limits::default())
}

/// How often a recording of this kind is broken in a test: those that need resampling take long without optimiser.
fn rounds(name: &str) -> usize {
    if name.ends_with("webm") || name.ends_with("ogg") { 30 } else { 4 }
}

/// The loudness of 20 ms, every 5 ms.
fn envelope(recording: &Recording) -> Vec<f64> {
    let power = |part: &[f32]| part.iter().map(|s| f64::from(*s).powi(2)).sum::<f64>().sqrt();
    recording.samples.windows(320).step_by(80).map(power).collect()
}

/// How alike two envelopes are, 1 at most, at the best shift of up to a tenth of a second.
fn likeness(a: &[f64], b: &[f64]) -> f64 {
    let at = |shift: usize, a: &[f64], b: &[f64]| {
        let pairs: Vec<(f64, f64)> = a.iter().skip(shift).copied().zip(b.iter().copied()).collect();
        let sum = |f: fn(&(f64, f64)) -> f64| pairs.iter().map(f).sum::<f64>();
        sum(|(a, b)| a * b) / (sum(|(a, _)| a * a) * sum(|(_, b)| b * b)).sqrt()
    };
    (0..=20).flat_map(|shift| [at(shift, a, b), at(shift, b, a)]).fold(0.0, f64::max)
}

/// A WAV file of 16-bit samples, its data size as the caller claims it.
fn wav(rate: u32, channels: u16, samples: &[i16], claimed: Option<u32>) -> Vec<u8> {
    let size = u32::try_from(samples.len() * 2).unwrap();
    let mut bytes = b"RIFF".to_vec();
    bytes.extend(claimed.unwrap_or(size + 36).to_le_bytes());
    bytes.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.to_le_bytes());
    bytes.extend((rate * u32::from(channels) * 2).to_le_bytes());
    bytes.extend((channels * 2).to_le_bytes());
    bytes.extend(b"\x10\0data");
    bytes.extend(claimed.map_or(size, |riff| riff - 36).to_le_bytes());
    bytes.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    bytes
}

#[test]
fn every_kind_of_recording_gives_the_same_sound() {
    let reference = envelope(&decode(LIVE_WEBM).unwrap());
    for (name, bytes, length_ms) in FILES {
        let recording = decode(bytes).unwrap();
        assert!(recording.duration_ms().abs_diff(length_ms) < 150, "{name}: {} ms", recording.duration_ms());
        let alike = likeness(&envelope(&recording), &reference);
        assert!(alike > 0.95, "{name}: {alike}");
        assert!(!recording.damaged, "{name}");
    }
}

#[test]
fn a_recording_cut_anywhere_gives_what_was_before_the_cut() {
    for (name, bytes, length_ms) in FILES {
        for cut in (0..bytes.len()).step_by(bytes.len() / rounds(name)) {
            match decode(&bytes[..cut]) {
                Ok(recording) => assert!(recording.duration_ms() < length_ms + 150, "{name} at {cut}"),
                Err(AudioError::TooLong { .. } | AudioError::Unreadable(_)) => panic!("{name} at {cut}"),
                Err(_) => {}
            }
        }
    }
    for (name, bytes) in [("live.webm", LIVE_WEBM), ("frag.mp4", FRAGMENTED_MP4), ("say.ogg", OGG)] {
        let half = decode(&bytes[..bytes.len() / 2]).unwrap();
        assert!((1_000..4_000).contains(&half.duration_ms()), "{name}: {}", half.duration_ms());
    }
}

#[test]
fn chance_bytes_in_a_recording_never_end_the_program() {
    let mut chance = 12_345_u64;
    let mut draw = |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(chance >> 33).unwrap() % below
    };
    for (name, bytes, _) in FILES {
        for _ in 0..rounds(name) {
            let mut broken = bytes.to_vec();
            for _ in 0..=draw(12) {
                let at = draw(broken.len());
                broken[at] = u8::try_from(draw(256)).unwrap();
            }
            drop(decode_bytes(&broken, Limits { max_minutes: 1 }));
        }
    }
}

#[test]
fn two_recorders_behind_each_other_are_both_heard() {
    for (name, bytes) in [("live.webm", LIVE_WEBM), ("frag.mp4", FRAGMENTED_MP4), ("say.ogg", OGG)] {
        let once = decode(bytes).unwrap();
        let twice = decode(&[bytes, bytes].concat()).unwrap();
        assert!(twice.duration_ms().abs_diff(2 * once.duration_ms()) < 50, "{name}: {}", twice.duration_ms());
        let second = envelope(&Recording {
            samples: twice.samples[twice.samples.len() - once.samples.len()..].to_vec(),
            damaged: false,
        });
        assert!(likeness(&second, &envelope(&once)) > 0.95, "{name}");
    }
}

#[test]
fn a_killed_recorder_and_its_successor_are_both_heard() {
    let cut = &LIVE_WEBM[..LIVE_WEBM.len() * 2 / 3];
    let both = decode(&[cut, LIVE_WEBM].concat()).unwrap();
    assert!(both.duration_ms() > 4_862 + 2_500, "{}", both.duration_ms());
}

#[test]
fn a_lost_chunk_leaves_a_silence_of_its_length() {
    let cluster = [0x1F, 0x43, 0xB6, 0x75];
    let starts: Vec<usize> =
        (0..LIVE_WEBM.len() - 4).filter(|at| LIVE_WEBM[*at..*at + 4] == cluster).collect();
    assert!(starts.len() > 3, "the fixture has a cluster a second");
    let holed = [&LIVE_WEBM[..starts[1]], &LIVE_WEBM[starts[2]..]].concat();
    let (whole, holed) = (decode(LIVE_WEBM).unwrap(), decode(&holed).unwrap());
    assert!(holed.duration_ms().abs_diff(whole.duration_ms()) < 50, "{}", holed.duration_ms());
}

#[test]
fn a_wav_header_may_lie_about_its_size() {
    let samples: Vec<i16> = (0..16_000_i32).map(|n| i16::try_from(n % 200 * 100).unwrap()).collect();
    for claimed in [None, Some(u32::MAX), Some(0x8000_0000)] {
        let recording = decode(&wav(16_000, 1, &samples, claimed)).unwrap();
        assert_eq!(recording.duration_ms(), 1_000, "{claimed:?}");
    }
    let stereo = decode(&wav(48_000, 2, &samples, None)).unwrap();
    assert!(stereo.duration_ms().abs_diff(166) < 3);
}

#[test]
fn what_is_no_sound_is_refused_in_plain_words() {
    let words = |bytes: &[u8]| decode(bytes).unwrap_err().to_string();
    assert_eq!(words(b""), "the recording is empty");
    assert!(words(b"a letter to the practice, and no sound at all").starts_with("this is not a sound file"));
    assert!(words(&[0; 5_000]).starts_with("this is not a sound file"));
    assert!(words(b"%PDF-1.7 invented").contains("WebM, Ogg, MP4"));
    assert_eq!(words(&wav(16_000, 1, &[], None)), "there is no sound in this file");
    let missing = decode_file(Path::new("no-such-file.webm"), Limits::default()).unwrap_err();
    assert_eq!(missing.to_string(), "the recording cannot be read");
}

#[test]
fn a_recording_beyond_the_limit_is_refused() {
    let minute_and_more = wav(8_000, 1, &vec![5; 8_000 * 61], None);
    let refusal = decode_bytes(&minute_and_more, Limits { max_minutes: 1 }).unwrap_err();
    assert_eq!(refusal.to_string(), "the recording is longer than 1 minutes; cut it into shorter ones");
    assert!(decode_bytes(&minute_and_more, Limits { max_minutes: 2 }).is_ok());
}
