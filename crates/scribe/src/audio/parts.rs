//! Where the recordings in one file begin.
//!
//! A browser that is closed and opened again goes on with a new recorder, and its chunks are kept one behind the
//! other: the file then holds several whole `WebM` (or MP4) streams in a row. Demuxers stop at the second header, so
//! each stream is found here and read through a [`Window`] of the file.

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

/// The first bytes of an EBML header (RFC 8794, section 11.2.1), which opens each `WebM` stream.
const EBML: [u8; 4] = [0x1A, 0x45, 0xDF, 0xA3];
/// More streams than this in one file are not looked for.
const MAX_PARTS: usize = 1_000;
/// An EBML header names its document type within its first bytes.
const EBML_HEAD: usize = 64;

/// The byte ranges of the streams in `source`, in order; one range over everything when there is nothing to split.
pub(super) fn find<S: Read + Seek>(source: &mut S) -> io::Result<Vec<(u64, u64)>> {
    let length = source.seek(SeekFrom::End(0))?;
    source.rewind()?;
    let mut head = Vec::with_capacity(12);
    source.by_ref().take(12).read_to_end(&mut head)?;
    source.rewind()?;
    let starts = if head.starts_with(&EBML) {
        ebml_starts(source)?
    } else if head.get(4..8) == Some(b"ftyp") {
        ftyp_starts(source, length)?
    } else {
        vec![0]
    };
    source.rewind()?;
    let ends = starts.iter().skip(1).copied().chain([length]);
    Ok(starts.iter().copied().zip(ends).collect())
}

/// Where EBML headers with a `WebM` or Matroska document type stand. Sound data that happens to hold the four
/// bytes of the mark does not name a document type behind them.
fn ebml_starts<S: Read>(source: &mut S) -> io::Result<Vec<u64>> {
    let mut reader = BufReader::with_capacity(1 << 16, source);
    let mut starts = vec![0];
    let mut window: Vec<u8> = Vec::new();
    let mut at = 0_u64;
    loop {
        let chunk = reader.fill_buf()?;
        let ended = chunk.is_empty();
        let took = chunk.len();
        window.extend_from_slice(chunk);
        reader.consume(took);
        let safe = if ended { window.len() } else { window.len().saturating_sub(EBML_HEAD) };
        for (offset, candidate) in window.windows(EBML.len()).enumerate().take(safe) {
            let place = at + offset as u64;
            if candidate == EBML && place > 0 && starts.len() < MAX_PARTS && names_webm(window.get(offset..))
            {
                starts.push(place);
            }
        }
        if ended {
            return Ok(starts);
        }
        window.drain(..safe);
        at += safe as u64;
    }
}

fn names_webm(bytes: Option<&[u8]>) -> bool {
    let head: Vec<u8> = bytes.unwrap_or_default().iter().copied().take(EBML_HEAD).collect();
    head.windows(4).any(|four| four == b"webm") || head.windows(8).any(|eight| eight == b"matroska")
}

/// Where `ftyp` boxes stand at the top level of an MP4 file (ISO/IEC 14496-12, section 4.2).
fn ftyp_starts<S: Read + Seek>(source: &mut S, length: u64) -> io::Result<Vec<u64>> {
    let mut starts = vec![0];
    let mut at = 0_u64;
    // Fragments are at least a tenth of a second: a day has fewer than this many boxes.
    for _ in 0..2_000_000 {
        if at.saturating_add(8) > length {
            break;
        }
        source.seek(SeekFrom::Start(at))?;
        let mut head = Vec::with_capacity(16);
        source.by_ref().take(16).read_to_end(&mut head)?;
        let Some((size, kind)) = box_head(&head) else { break };
        if kind == *b"ftyp" && at > 0 && starts.len() < MAX_PARTS {
            starts.push(at);
        }
        let Some(next) = at.checked_add(size) else { break };
        at = next;
    }
    Ok(starts)
}

/// A box's size and kind; none when it reaches to the end of the file or makes no sense.
fn box_head(head: &[u8]) -> Option<(u64, [u8; 4])> {
    let short = u32::from_be_bytes(*head.first_chunk()?);
    let kind: [u8; 4] = *head.get(4..)?.first_chunk()?;
    let size = match short {
        1 => u64::from_be_bytes(*head.get(8..)?.first_chunk()?),
        other => u64::from(other),
    };
    (size >= 8).then_some((size, kind))
}

/// A stretch of a source that looks like a whole file.
pub(super) struct Window<'s, S> {
    inner: &'s mut S,
    start: u64,
    length: u64,
    at: u64,
}

impl<'s, S: Read + Seek> Window<'s, S> {
    /// Opens the stretch from `start` to `end`.
    pub(super) fn open(inner: &'s mut S, (start, end): (u64, u64)) -> io::Result<Self> {
        inner.seek(SeekFrom::Start(start))?;
        Ok(Self { inner, start, length: end.saturating_sub(start), at: 0 })
    }
}

impl<S: Read> Read for Window<'_, S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = left.min(buffer.len());
        let read = match buffer.get_mut(..wanted) {
            Some(room) if wanted > 0 => self.inner.read(room)?,
            Some(_) | None => 0,
        };
        self.at += read as u64;
        Ok(read)
    }
}

impl<S: Seek> Seek for Window<'_, S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let at = target.ok_or(io::ErrorKind::InvalidInput)?.min(self.length);
        self.inner.seek(SeekFrom::Start(self.start.saturating_add(at)))?;
        self.at = at;
        Ok(at)
    }
}

impl<S: Read + Seek + Send + Sync> MediaSource for Window<'_, S> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_mark_inside_the_sound_is_not_a_new_stream() {
        let mut bytes = [EBML.as_slice(), b"\x42\x82\x84webm", &[7; 500], &EBML, &[9; 500]].concat();
        assert_eq!(find(&mut Cursor::new(&bytes)).unwrap(), vec![(0, bytes.len() as u64)]);
        let second = bytes.len() as u64;
        bytes.extend([EBML.as_slice(), b"\x42\x82\x84webm", &vec![7; 200_000]].concat());
        assert_eq!(find(&mut Cursor::new(&bytes)).unwrap(), vec![(0, second), (second, bytes.len() as u64)]);
    }

    #[test]
    fn a_second_stream_is_found_wherever_the_read_buffer_ends() {
        for filler in 65_400..65_560 {
            let first = [EBML.as_slice(), b"\x42\x82\x84webm", &vec![7; filler]].concat();
            let both = [first.as_slice(), &EBML, b"\x42\x82\x84webm", &[7; 90]].concat();
            assert_eq!(find(&mut Cursor::new(&both)).unwrap().len(), 2, "{filler}");
        }
    }

    #[test]
    fn boxes_that_make_no_sense_end_the_search() {
        for size in [0_u32, 3, u32::MAX] {
            let bytes = [b"\0\0\0\x0cftypiso5".as_slice(), &size.to_be_bytes(), b"moof", &[0; 40]].concat();
            assert_eq!(find(&mut Cursor::new(&bytes)).unwrap().len(), 1);
        }
    }
}
