//! What must not be restored: damaged, cut off, foreign, newer, crafted and wrongly opened files.

use crate::craft::{Frame, apart, together};
use crate::{CANARY, data, everything, lived_in, machine, no_keys, order, prove, take};
use medrecord_store::backup::{self, BackupError, Keys, Order, Progress, Target, new_key};
use medrecord_store::url::DatabaseUrl;
use medrecord_testkit::clinic::Clinic;
use std::path::Path;

/// Tries to restore a file into a new place, which must stay as it was; returns the one line that says why.
async fn refused(clinic: &Clinic, file: &Path, keys: &Keys) -> BackupError {
    let place = clinic.folder().join("untouched");
    let target = Target {
        url: DatabaseUrl::file(place.join("clinic.db")),
        data_folder: place.clone(),
        set_aside: true,
    };
    let error = backup::restore(file, keys, &target, machine(), &Progress::default()).await.unwrap_err();
    assert!(everything(&place).is_empty(), "{error} left something");
    let line = error.to_string();
    assert!(!line.contains('\n') && line.len() < 200, "{line}");
    error
}

#[tokio::test]
async fn a_backup_with_any_bit_flipped_or_cut_anywhere_is_refused_and_nothing_is_touched() {
    let clinic = Clinic::on_sqlite().await;
    lived_in(&clinic).await;
    let (_, recipient) = new_key();
    let sealed = Order { recipient: Some(recipient), ..order(&clinic) };
    let sealed = backup::take(&clinic.store, machine(), &sealed, &Progress::default()).await.unwrap();
    let plain = take(&clinic).await;
    let live = everything(&data(&clinic).join("documents"));
    for made in [plain, sealed] {
        let sound = std::fs::read(&made.path).unwrap();
        let bad = clinic.folder().join("bad.mrb");
        let step = sound.len() / 500 + 1;
        for place in (0..sound.len()).step_by(step).chain(0..64).chain(sound.len() - 40..sound.len()) {
            let mut bytes = sound.clone();
            bytes[place] ^= 1 << (place % 8);
            std::fs::write(&bad, bytes).unwrap();
            let error = refused(&clinic, &bad, &made.keys).await;
            let known = matches!(
                error,
                BackupError::Damaged(_)
                    | BackupError::Foreign(_)
                    | BackupError::Newer { .. }
                    | BackupError::WrongKey(_)
            );
            assert!(known, "byte {place}: {error:?}");
        }
        for length in (0..sound.len()).step_by(sound.len() / 200 + 1) {
            std::fs::write(&bad, &sound[..length]).unwrap();
            let error = refused(&clinic, &bad, &made.keys).await;
            assert!(
                matches!(error, BackupError::Damaged(_) | BackupError::Foreign(_)),
                "{length}: {error:?}"
            );
        }
        let mut longer = sound.clone();
        longer.extend(b"more");
        std::fs::write(&bad, longer).unwrap();
        assert!(matches!(refused(&clinic, &bad, &made.keys).await, BackupError::Damaged(_)));
    }
    assert_eq!(everything(&data(&clinic).join("documents")), live);
    clinic.end().await;
}

#[tokio::test]
async fn a_file_of_something_else_is_called_so() {
    let clinic = Clinic::on_sqlite().await;
    let foreign = clinic.folder().join("foreign");
    let database = std::fs::read(clinic.folder().join("clinic.db")).unwrap();
    for bytes in [&b""[..], b"PK\x03\x04 a zip file of somebody", &database, b"-- PostgreSQL database dump"] {
        std::fs::write(&foreign, bytes).unwrap();
        assert!(matches!(refused(&clinic, &foreign, &no_keys()).await, BackupError::Foreign(_)));
    }
    let missing = refused(&clinic, Path::new("nowhere.mrb"), &no_keys()).await;
    assert!(matches!(missing, BackupError::File(..)), "{missing:?}");
    clinic.end().await;
}

#[tokio::test]
async fn an_encrypted_backup_shows_nothing_and_opens_to_its_key_alone() {
    let clinic = Clinic::on_sqlite().await;
    lived_in(&clinic).await;
    let (key_file, recipient) = new_key();
    let sealed = Order { recipient: Some(recipient), ..order(&clinic) };
    let made = backup::take(&clinic.store, machine(), &sealed, &Progress::default()).await.unwrap();
    assert!(made.path.to_string_lossy().ends_with(".mrb.age"));
    let bytes = std::fs::read(&made.path).unwrap();
    assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    prove(&clinic, &made).await;
    assert!(matches!(refused(&clinic, &made.path, &no_keys()).await, BackupError::KeyNeeded(_)));
    let other = Keys::read(&new_key().0).unwrap();
    assert!(matches!(refused(&clinic, &made.path, &other).await, BackupError::WrongKey(_)));
    let place = clinic.folder().join("opened");
    let target =
        Target { url: DatabaseUrl::file(place.join("clinic.db")), data_folder: place, set_aside: false };
    let keys = Keys::read(&key_file).unwrap();
    let done = backup::restore(&made.path, &keys, &target, machine(), &Progress::default()).await.unwrap();
    assert_eq!(done.rows, made.rows);
    assert!(Keys::read("# nothing\n").is_err() && Keys::read("AGE-SECRET-KEY-1NOT").is_err());
    clinic.end().await;
}

#[tokio::test]
async fn a_crafted_backup_is_refused_whatever_its_sums_say() {
    let clinic = Clinic::on_sqlite().await;
    lived_in(&clinic).await;
    let made = take(&clinic).await;
    let frames = apart(&made.path);
    let crafted = clinic.folder().join("crafted.mrb");
    let at = |kind: u8| frames.iter().position(|(found, _)| *found == kind).unwrap();
    let with = |index: usize, bytes: Vec<u8>| {
        let mut changed = frames.clone();
        changed[index].1 = bytes;
        changed
    };
    let without = |from: usize, until: usize| [&frames[..from], &frames[until..]].concat();
    let head = |text: &str| -> Vec<Frame> {
        let old = String::from_utf8(frames[0].1.clone()).unwrap();
        with(0, old.replace("20261122100500", text).into_bytes())
    };
    let rows = frames.iter().position(|(kind, bytes)| *kind == b'R' && bytes.len() > 2000).unwrap();
    let mut other_row = frames[rows].1.clone();
    let digit = other_row.iter().rposition(u8::is_ascii_alphabetic).unwrap();
    other_row[digit] = b'x';
    let table_end = at(b't');
    for (what, changed) in [
        ("a newer schema", head("29990101000000")),
        ("a changed row", with(rows, other_row)),
        ("a row that is missing", without(rows, rows + 1)),
        ("a table that is missing", without(at(b'T'), table_end + 1)),
        ("no end", without(frames.len() - 1, frames.len())),
        ("other totals", with(frames.len() - 1, br#"{"tables":1,"rows":1,"files":1}"#.to_vec())),
        ("a way out of the folder", with(at(b'F'), b"../../escaped".to_vec())),
        ("an absolute way", with(at(b'F'), b"/tmp/medrecord-escaped/x".to_vec())),
        ("a changed file", with(at(b'B'), b"something else".to_vec())),
        ("a frame nobody knows", with(at(b'T'), b"{}".to_vec())),
    ] {
        together(&crafted, &changed);
        let error = refused(&clinic, &crafted, &no_keys()).await;
        let known = match what {
            "a newer schema" => matches!(error, BackupError::Newer { .. }),
            _ => matches!(
                error,
                BackupError::Damaged(_) | BackupError::Unequal { .. } | BackupError::Rule { .. }
            ),
        };
        assert!(known, "{what}: {error:?}");
    }
    together(&crafted, &frames);
    let keys = no_keys();
    let progress = Progress::default();
    let proof = backup::verify(&crafted, &keys, clinic.folder(), &progress, clinic.clock.now()).await;
    assert_eq!(proof.unwrap().rows, made.rows, "put together unchanged it holds");
    clinic.end().await;
}

#[tokio::test]
async fn a_small_file_that_unpacks_to_a_thousand_times_its_size_fills_nothing() {
    let clinic = Clinic::on_sqlite().await;
    let frames = apart(&take(&clinic).await.path);
    let bomb = clinic.folder().join("bomb.mrb");
    let table = frames.iter().position(|(kind, _)| *kind == b'T').unwrap();
    let mut changed: Vec<Frame> = frames[..=table].to_vec();
    changed.extend(vec![(b'R', vec![b'\n'; 1 << 20]); 200]);
    together(&bomb, &changed);
    assert!(std::fs::metadata(&bomb).unwrap().len() < 200_000);
    assert!(matches!(refused(&clinic, &bomb, &no_keys()).await, BackupError::Damaged(_)));
    clinic.end().await;
}
