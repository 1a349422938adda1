//! What holds in every build, and hearing for real where a model is at hand.

use super::*;

#[test]
fn a_model_that_is_not_installed_says_how_to_get_it() {
    let folder = tempfile::tempdir().unwrap();
    let words = Engine::load(folder.path(), "base").unwrap_err().to_string();
    assert_eq!(words, "the speech model base is not installed; `medrecord models install base` installs it");
    assert!(matches!(Engine::load(folder.path(), "huge"), Err(HearError::Model(_))));
}

#[test]
fn a_file_that_is_no_known_model_never_reaches_the_engine() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ggml-strange.bin");
    std::fs::write(&file, b"lmgg and then anything").unwrap();
    let words = Engine::open(&file).unwrap_err().to_string();
    assert!(words.starts_with("ggml-strange.bin is not one of the known speech models"), "{words}");
}

#[test]
fn one_core_is_left_to_the_clinic() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let threads = HearOptions::default().threads.get();
    assert!(threads >= 1 && (threads < cores || cores == 1));
}

#[cfg(feature = "speech")]
mod with_a_model {
    use super::super::*;

    /// The engine of the model that `MEDRECORD_TEST_MODEL` names; says aloud when there is none.
    #[expect(clippy::disallowed_methods, reason = "models are too large for the repository")]
    #[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
    fn engine() -> Option<Engine> {
        if let Ok(file) = std::env::var("MEDRECORD_TEST_MODEL") {
            return Some(Engine::open(Path::new(&file)).unwrap());
        }
        eprintln!("SKIPPED: MEDRECORD_TEST_MODEL names no speech model");
        None
    }

    fn fixture(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
    }

    #[test]
    fn what_was_said_is_heard() {
        let Some(engine) = engine() else { return };
        for file in ["live.webm", "frag.mp4"] {
            let mut last = 0;
            let heard = hear_file(&fixture(file), &engine, &HearOptions::default(), &mut |progress| {
                assert!((last..=progress.total_ms).contains(&progress.done_ms));
                last = progress.done_ms;
            })
            .unwrap();
            let said: Vec<String> =
                heard.transcript.segments.iter().map(|segment| segment.text.to_lowercase()).collect();
            let text = said.join(" ");
            assert!(text.contains("good morning") && text.contains("two weeks"), "{file}: {text}");
            assert!(said.len() >= 2, "{said:?}");
            let times: Vec<u64> = heard.transcript.segments.iter().filter_map(|s| s.start_ms).collect();
            assert!(times.is_sorted() && times.iter().all(|time| *time < heard.duration_ms), "{times:?}");
            assert_eq!(heard.silence, None);
        }
    }

    #[test]
    fn silence_and_noise_give_no_words() {
        let Some(engine) = engine() else { return };
        for (samples, expected) in
            [(vec![0.0; 320_000], Silence::Quiet), (gate::tests::room(20), Silence::EvenNoise)]
        {
            let recording = Recording { samples, damaged: false };
            let heard = hear(&recording, &engine, &HearOptions::default(), &mut |_| {}).unwrap();
            assert_eq!((heard.transcript.segments.len(), heard.silence), (0, Some(expected)));
        }
    }

    #[test]
    fn a_cancelled_hearing_ends_soon() {
        let Some(engine) = engine() else { return };
        let options = HearOptions::default();
        let recording = Recording { samples: gate::tests::babble(300), damaged: false };
        options.cancel.cancel();
        let outcome = hear(&recording, &engine, &options, &mut |_| {});
        assert!(matches!(outcome, Err(HearError::Cancelled)));
    }
}
