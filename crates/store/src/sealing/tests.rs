//! What is sealed opens again, anywhere in it, and to nobody else.

use super::*;
use std::fs;
use uuid::Uuid;

const ONE: RecordingId = RecordingId(Uuid::from_u128(1));
const TWO: RecordingId = RecordingId(Uuid::from_u128(2));

fn bytes(count: usize) -> Vec<u8> {
    (0..count).map(|at| u8::try_from(at % 251).unwrap()).collect()
}

fn seal(data: &Path, recording: RecordingId, name: &str, content: &[u8]) -> PathBuf {
    let path = folder(data, recording).join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let mut sealing = Sealing::begin(data, recording, name, File::create(&path).unwrap()).unwrap();
    // In pieces that fit no block.
    content.chunks(10_007).for_each(|piece| sealing.write_all(piece).unwrap());
    sealing.finish().unwrap();
    path
}

fn read(data: &Path, recording: RecordingId, name: &str) -> io::Result<Vec<u8>> {
    let mut all = Vec::new();
    Opened::open(data, recording, name)?.read_to_end(&mut all)?;
    Ok(all)
}

#[test]
fn what_is_sealed_opens_again_and_has_the_length_that_was_foretold() {
    let data = tempfile::tempdir().unwrap();
    for count in [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 3 * BLOCK + 77] {
        let path = seal(data.path(), ONE, "recording", &bytes(count));
        let size = fs::metadata(&path).unwrap().len();
        assert_eq!(size, sealed_length(count as u64), "{count}");
        assert_eq!(plain_length(size), Some(count as u64));
        assert_eq!(read(data.path(), ONE, "recording").unwrap(), bytes(count), "{count}");
    }
}

#[test]
fn nothing_of_a_sealed_file_stands_on_the_disk() {
    let data = tempfile::tempdir().unwrap();
    let path = seal(data.path(), ONE, "recording", &b"sore throat ".repeat(100));
    let kept = fs::read(path).unwrap();
    assert!(!kept.windows(6).any(|part| part == b"throat"));
}

#[test]
fn a_reader_jumps_anywhere() {
    let data = tempfile::tempdir().unwrap();
    let content = bytes(3 * BLOCK + 77);
    seal(data.path(), ONE, "recording", &content);
    let mut opened = Opened::open(data.path(), ONE, "recording").unwrap();
    assert_eq!(opened.length(), content.len() as u64);
    for place in [2 * BLOCK - 3, 5, 3 * BLOCK + 70, BLOCK] {
        opened.seek(SeekFrom::Start(place as u64)).unwrap();
        let mut part = [0; 7];
        opened.read_exact(&mut part).unwrap();
        assert_eq!(part, content[place..place + 7]);
    }
    assert_eq!(opened.seek(SeekFrom::End(-1)).unwrap(), content.len() as u64 - 1);
    let mut rest = Vec::new();
    opened.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, content[content.len() - 1..]);
    assert!(opened.seek(SeekFrom::Current(-1_000_000)).is_err());
}

#[test]
fn a_file_from_before_is_read_as_it_is() {
    let data = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder(data.path(), ONE)).unwrap();
    for content in [b"".as_slice(), b"MRSEAL", b"RIFF and so on, long enough for a head"] {
        fs::write(folder(data.path(), ONE).join("recording"), content).unwrap();
        assert_eq!(read(data.path(), ONE, "recording").unwrap(), content);
    }
}

#[test]
fn what_was_changed_cut_or_swapped_does_not_open() {
    let data = tempfile::tempdir().unwrap();
    let path = seal(data.path(), ONE, "recording", &bytes(2 * BLOCK + 9));
    let whole = fs::read(&path).unwrap();
    let refused = |content: &[u8]| {
        fs::write(&path, content).unwrap();
        let error = read(data.path(), ONE, "recording").unwrap_err();
        assert_eq!(reason(&error), Some(&SealError::Damaged));
    };
    for at in [30, BLOCK, whole.len() - 1] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        refused(&changed);
    }
    // Cut behind a whole block, and in the middle of one.
    for cut in [HEAD_SIZE + BLOCK + TAG, whole.len() - 3, HEAD_SIZE] {
        refused(&whole[..cut]);
    }
    fs::write(&path, &whole).unwrap();
    fs::rename(&path, path.with_file_name("playable.wav")).unwrap();
    let other = read(data.path(), ONE, "playable.wav").unwrap_err();
    assert_eq!(reason(&other), Some(&SealError::Damaged), "a file under another name");
    let theirs = seal(data.path(), TWO, "recording", b"x");
    fs::write(theirs, &whole).unwrap();
    assert!(read(data.path(), TWO, "recording").is_err(), "another recording's file");
}

#[test]
fn a_lost_or_wrong_key_says_so_and_nothing_is_sealed_with_a_new_one() {
    let data = tempfile::tempdir().unwrap();
    seal(data.path(), ONE, "recording", b"x");
    let key = data.path().join("keys").join("recordings.key");
    let kept = fs::read(&key).unwrap();
    fs::remove_file(&key).unwrap();
    let error = read(data.path(), ONE, "recording").unwrap_err();
    assert_eq!(reason(&error), Some(&SealError::NoServerKey(key.clone())));
    assert!(error.to_string().contains("put") && error.to_string().contains("recordings.key"));
    let error = Sealing::begin(data.path(), TWO, "recording", Vec::new()).err().unwrap();
    assert_eq!(reason(&error), Some(&SealError::NoServerKey(key.clone())));
    for wrong in [b"short".to_vec(), vec![7; 32]] {
        fs::write(&key, wrong).unwrap();
        let error = read(data.path(), ONE, "recording").unwrap_err();
        assert_eq!(reason(&error), Some(&SealError::OtherServerKey(key.clone())));
    }
    fs::write(&key, kept).unwrap();
    assert_eq!(read(data.path(), ONE, "recording").unwrap(), b"x");
}

#[test]
fn a_recording_whose_key_is_destroyed_opens_to_nobody_and_the_others_still_do() {
    let data = tempfile::tempdir().unwrap();
    seal(data.path(), ONE, "recording", b"x");
    seal(data.path(), TWO, "recording", b"y");
    // A second name for the place on the disk where the key lies.
    let (key, place) = (folder(data.path(), ONE).join("key"), data.path().join("place"));
    fs::hard_link(&key, &place).unwrap();
    let sealed = fs::read(&key).unwrap();
    for _ in 0..2 {
        forget_key(data.path(), ONE).unwrap();
    }
    let left = fs::read(&place).unwrap();
    assert!(left.len() == sealed.len() && left != sealed, "the key was written over where it lay");
    let error = read(data.path(), ONE, "recording").unwrap_err();
    assert_eq!(reason(&error), Some(&SealError::NoKey));
    assert_eq!(read(data.path(), TWO, "recording").unwrap(), b"y");
}

#[cfg(unix)]
#[test]
fn keys_are_for_their_owner_alone_and_a_half_made_one_is_made_anew() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = tempfile::tempdir().unwrap();
    let own = folder(data.path(), ONE);
    fs::create_dir_all(&own).unwrap();
    fs::write(own.join("key.part"), b"half").unwrap();
    seal(data.path(), ONE, "recording", b"x");
    for path in [own.join("key"), data.path().join("keys").join("recordings.key")] {
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert!(!own.join("key.part").exists());
    let servers = data.path().join("keys").join("recordings.key");
    fs::set_permissions(&servers, fs::Permissions::from_mode(0o644)).unwrap();
    read(data.path(), ONE, "recording").unwrap();
    assert_eq!(fs::metadata(servers).unwrap().permissions().mode() & 0o777, 0o600, "after a restore");
    assert_eq!(read(data.path(), ONE, "recording").unwrap(), b"x");
}
