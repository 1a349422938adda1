//! Sound files in the data folder: chunks as they arrive, the whole recording, and the copy that browsers play.
//!
//! Names are made from ids alone, never from what somebody sent.

use medrecord_clinic::ids::RecordingId;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The folder of one recording.
fn folder(data: &Path, recording: RecordingId) -> PathBuf {
    data.join("recordings").join(recording.to_string())
}

/// The whole recording as it was sent.
pub(crate) fn whole(data: &Path, recording: RecordingId) -> PathBuf {
    folder(data, recording).join("recording")
}

/// The copy for playing: WAV, 16 kHz, one channel, so that a browser can jump to any second.
pub(crate) fn playable(data: &Path, recording: RecordingId) -> PathBuf {
    folder(data, recording).join("playable.wav")
}

/// Writes a chunk to disk; when this returns, it survives a power cut. The same number again replaces it.
///
/// # Errors
/// [`io::Error`] where the disk is full or fails; then nothing of it is left.
pub(crate) fn keep_chunk(data: &Path, recording: RecordingId, number: i32, bytes: &[u8]) -> io::Result<()> {
    let folder = folder(data, recording);
    std::fs::create_dir_all(&folder)?;
    let part = folder.join(format!("{number:06}.part"));
    let mut file = std::fs::File::create(&part)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if let Err(error) = written {
        std::fs::remove_file(&part)?;
        return Err(error);
    }
    std::fs::rename(&part, folder.join(format!("{number:06}.chunk")))?;
    std::fs::File::open(&folder)?.sync_all()
}

/// Puts the chunks together into the whole recording; they stay until [`drop_chunks`].
///
/// # Errors
/// [`io::Error`] where a chunk is missing or the disk fails.
pub(crate) fn join(data: &Path, recording: RecordingId, count: i32) -> io::Result<()> {
    let folder = folder(data, recording);
    let part = folder.join("recording.part");
    let mut file = std::fs::File::create(&part)?;
    for number in 0..count {
        io::copy(&mut std::fs::File::open(folder.join(format!("{number:06}.chunk")))?, &mut file)?;
    }
    file.sync_all()?;
    std::fs::rename(&part, whole(data, recording))?;
    std::fs::File::open(&folder)?.sync_all()
}

/// The first parts of a recording that goes on, behind each other.
///
/// # Errors
/// [`io::Error`] where a part is missing or the disk fails.
pub(crate) fn first_parts(data: &Path, recording: RecordingId, count: i32) -> io::Result<Vec<u8>> {
    let folder = folder(data, recording);
    let mut bytes = Vec::new();
    for number in 0..count {
        io::copy(&mut std::fs::File::open(folder.join(format!("{number:06}.chunk")))?, &mut bytes)?;
    }
    Ok(bytes)
}

/// Removes the chunks of a recording that is whole.
///
/// # Errors
/// [`io::Error`] where the disk fails.
pub(crate) fn drop_chunks(data: &Path, recording: RecordingId) -> io::Result<()> {
    for entry in std::fs::read_dir(folder(data, recording))? {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "chunk") {
            std::fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Removes everything there is of a recording; what is not there is no error.
///
/// # Errors
/// [`io::Error`] where the disk fails.
pub(crate) fn remove(data: &Path, recording: RecordingId) -> io::Result<()> {
    match std::fs::remove_dir_all(folder(data, recording)) {
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
    let part = folder(data, recording).join("playable.part");
    let mut file = BufWriter::new(std::fs::File::create(&part)?);
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
    file.flush()?;
    std::fs::rename(&part, playable(data, recording))
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

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
            assert_eq!(std::fs::read(whole(data.path(), id)).unwrap(), b"one two");
        }
        assert_eq!(first_parts(data.path(), id, 1).unwrap(), b"one ");
        assert_eq!(first_parts(data.path(), id, 2).unwrap(), b"one two");
        drop_chunks(data.path(), id).unwrap();
        assert_eq!(std::fs::read_dir(folder(data.path(), id)).unwrap().count(), 1, "only the whole is left");
        assert_eq!(std::fs::read(whole(data.path(), id)).unwrap(), b"one two");
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
        let bytes = std::fs::read(playable(data.path(), id)).unwrap();
        assert_eq!(
            (bytes.len(), &bytes[..4], &bytes[36..44]),
            (50, b"RIFF".as_slice(), b"data\x06\0\0\0".as_slice())
        );
        assert_eq!(&bytes[44..], [0, 0, 0xff, 0x7f, 0x01, 0x80]);
    }
}
