//! Sound files in the data folder: chunks as they arrive, the whole recording, and the copy that browsers play.
//!
//! Names are made from ids alone, never from what somebody sent. Every file is sealed as it is written; how, and with which
//! keys, is [`sealing`]'s business. Files from before recordings were sealed are read as they are.

use medrecord_clinic::ids::RecordingId;
use medrecord_store::sealing::{self, Opened, Sealing, folder};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

const WHOLE: &str = "recording";
const PLAYABLE: &str = "playable.wav";

fn chunk(number: i32) -> String {
    format!("{number:06}.chunk")
}

/// The whole recording as it was sent.
///
/// # Errors
/// [`io::Error`] where it is not there or does not open.
pub(crate) fn whole(data: &Path, recording: RecordingId) -> io::Result<Opened> {
    Opened::open(data, recording, WHOLE)
}

/// What a browser plays: the copy made for it (WAV, 16 kHz, one channel, so that it can jump to any second), or the
/// recording as it was sent where there is none. Also says whether it is the copy.
///
/// # Errors
/// As [`whole`].
pub(crate) fn to_play(data: &Path, recording: RecordingId) -> io::Result<(Opened, bool)> {
    match Opened::open(data, recording, PLAYABLE) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((whole(data, recording)?, false)),
        opened => Ok((opened?, true)),
    }
}

/// Writes a file of a recording, sealed; when this returns, it survives a power cut. One of this name is replaced.
fn keep(
    data: &Path,
    recording: RecordingId,
    name: &str,
    write: impl FnOnce(&mut Sealing<BufWriter<File>>) -> io::Result<()>,
) -> io::Result<()> {
    let folder = folder(data, recording);
    fs::create_dir_all(&folder)?;
    let part = folder.join(name).with_extension("part");
    let written = || {
        let mut file = Sealing::begin(data, recording, name, BufWriter::new(File::create(&part)?))?;
        write(&mut file)?;
        file.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    };
    if let Err(error) = written() {
        match fs::remove_file(&part) {
            Err(left) if left.kind() != io::ErrorKind::NotFound => return Err(left),
            Ok(()) | Err(_) => return Err(error),
        }
    }
    fs::rename(&part, folder.join(name))?;
    File::open(&folder)?.sync_all()
}

/// Writes a chunk to disk; when this returns, it survives a power cut. The same number again replaces it.
///
/// # Errors
/// [`io::Error`] where the disk is full or fails; then nothing of it is left.
pub(crate) fn keep_chunk(data: &Path, recording: RecordingId, number: i32, bytes: &[u8]) -> io::Result<()> {
    keep(data, recording, &chunk(number), |file| file.write_all(bytes))
}

/// Puts the chunks together into the whole recording; they stay until [`drop_chunks`].
///
/// # Errors
/// [`io::Error`] where a chunk is missing or the disk fails.
pub(crate) fn join(data: &Path, recording: RecordingId, count: i32) -> io::Result<()> {
    keep(data, recording, WHOLE, |file| copy_parts(data, recording, count, file))
}

/// The first parts of a recording that goes on, behind each other.
///
/// # Errors
/// [`io::Error`] where a part is missing or the disk fails.
pub(crate) fn first_parts(data: &Path, recording: RecordingId, count: i32) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    copy_parts(data, recording, count, &mut bytes)?;
    Ok(bytes)
}

fn copy_parts(data: &Path, recording: RecordingId, count: i32, out: &mut impl Write) -> io::Result<()> {
    for number in 0..count {
        io::copy(&mut Opened::open(data, recording, &chunk(number))?, out)?;
    }
    Ok(())
}

/// Removes the chunks of a recording that is whole.
///
/// # Errors
/// [`io::Error`] where the disk fails.
pub(crate) fn drop_chunks(data: &Path, recording: RecordingId) -> io::Result<()> {
    for entry in fs::read_dir(folder(data, recording))? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "chunk") {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Removes everything there is of a recording, its key first, so that what a disk may still hold of them does not open any
/// more; what is not there is no error.
///
/// # Errors
/// [`io::Error`] where the disk fails.
pub(crate) fn remove(data: &Path, recording: RecordingId) -> io::Result<()> {
    sealing::forget_key(data, recording)?;
    match fs::remove_dir_all(folder(data, recording)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Writes the copy for playing.
///
/// # Errors
/// [`io::Error`] where the disk fails.
pub(crate) fn keep_playable(data: &Path, recording: RecordingId, samples: &[f32]) -> io::Result<()> {
    const RATE: u32 = 16_000;
    let bytes = u32::try_from(samples.len().saturating_mul(2)).map_err(io::Error::other)?;
    keep(data, recording, PLAYABLE, |file| {
        file.write_all(b"RIFF")?;
        file.write_all(&(36 + bytes).to_le_bytes())?;
        file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x01\0")?;
        file.write_all(&RATE.to_le_bytes())?;
        file.write_all(&(RATE * 2).to_le_bytes())?;
        file.write_all(b"\x02\0\x10\0data")?;
        file.write_all(&bytes.to_le_bytes())?;
        for sample in samples {
            #[expect(clippy::cast_possible_truncation, reason = "clamped to the range of i16 before")]
            let value = (sample.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
            file.write_all(&value.to_le_bytes())?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use uuid::Uuid;

    fn read(opened: io::Result<Opened>) -> Vec<u8> {
        let mut bytes = Vec::new();
        opened.unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn chunks_come_together_in_their_order_and_twice_is_once() {
        let data = tempfile::tempdir().unwrap();
        let id = RecordingId(Uuid::from_u128(7));
        for (number, bytes) in [(1, "two"), (0, "one "), (1, "two")] {
            keep_chunk(data.path(), id, number, bytes.as_bytes()).unwrap();
        }
        assert!(join(data.path(), id, 3).is_err(), "the third is missing");
        for _ in 0..2 {
            join(data.path(), id, 2).unwrap();
            assert_eq!(read(whole(data.path(), id)), b"one two");
        }
        assert_eq!(first_parts(data.path(), id, 1).unwrap(), b"one ");
        assert_eq!(first_parts(data.path(), id, 2).unwrap(), b"one two");
        drop_chunks(data.path(), id).unwrap();
        assert_eq!(
            fs::read_dir(folder(data.path(), id)).unwrap().count(),
            2,
            "the whole and its key are left"
        );
        assert_eq!(read(whole(data.path(), id)), b"one two");
    }

    #[test]
    fn a_recording_begun_before_files_were_sealed_goes_on_and_comes_together() {
        let data = tempfile::tempdir().unwrap();
        let id = RecordingId(Uuid::from_u128(7));
        fs::create_dir_all(folder(data.path(), id)).unwrap();
        fs::write(folder(data.path(), id).join("000000.chunk"), b"before ").unwrap();
        keep_chunk(data.path(), id, 1, b"after").unwrap();
        join(data.path(), id, 2).unwrap();
        assert_eq!(read(whole(data.path(), id)), b"before after");
        let on_disk = fs::read(folder(data.path(), id).join(WHOLE)).unwrap();
        assert!(!on_disk.windows(5).any(|part| part == b"after"));
        assert!(!to_play(data.path(), id).unwrap().1, "there is no copy yet");
    }

    #[test]
    fn what_is_removed_is_gone_and_twice_is_no_error() {
        let data = tempfile::tempdir().unwrap();
        let id = RecordingId(Uuid::from_u128(7));
        keep_chunk(data.path(), id, 0, b"x").unwrap();
        for _ in 0..2 {
            remove(data.path(), id).unwrap();
            assert!(!folder(data.path(), id).exists());
        }
    }

    #[test]
    fn the_copy_for_playing_is_a_wav_of_the_right_length() {
        let data = tempfile::tempdir().unwrap();
        let id = RecordingId(Uuid::from_u128(7));
        keep_chunk(data.path(), id, 0, b"x").unwrap();
        keep_playable(data.path(), id, &[0.0, 1.0, -1.0]).unwrap();
        let (opened, copy) = to_play(data.path(), id).unwrap();
        assert!(copy);
        let bytes = read(Ok(opened));
        assert_eq!(
            (bytes.len(), &bytes[..4], &bytes[36..44]),
            (50, b"RIFF".as_slice(), b"data\x06\0\0\0".as_slice())
        );
        assert_eq!(&bytes[44..], [0, 0, 0xff, 0x7f, 0x01, 0x80]);
    }
}
