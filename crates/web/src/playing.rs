//! Plays a sound: all of it, or the part that a browser asks for.
//!
//! The files are sealed, so that they are opened block by block here instead of being handed to a service for files.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use medrecord_store::sealing::Opened;
use std::io::{self, Read as _, Seek as _, SeekFrom};

/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// What was asked for of a sound of a certain length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// All of it: nothing else was asked for, or in a way that is not understood.
    All,
    /// From a byte to the one before another.
    Part(u64, u64),
    /// Something behind its end.
    Nothing,
}

/// Answers with a sound of a kind, as the headers ask for it.
///
/// # Errors
/// [`io::Error`] where its first piece does not open.
pub(crate) fn answer(mut sound: Opened, kind: &str, headers: &HeaderMap) -> io::Result<Response> {
    let length = sound.length();
    let range = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let (from, to, status) = match range.map_or(Asked::All, |range| asked(range, length)) {
        Asked::All => (0, length, StatusCode::OK),
        Asked::Part(from, to) => (from, to, StatusCode::PARTIAL_CONTENT),
        Asked::Nothing => {
            let span = [(header::CONTENT_RANGE, format!("bytes */{length}"))];
            return Ok((StatusCode::RANGE_NOT_SATISFIABLE, span).into_response());
        }
    };
    // What does not open is said before the answer begins.
    let mut first = [0; 1];
    let _ = sound.read(&mut first)?;
    sound.seek(SeekFrom::Start(from))?;
    let mut answer = (status, body(sound, to - from)).into_response();
    let fields = answer.headers_mut();
    let kind = HeaderValue::from_str(kind).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    fields.insert(header::CONTENT_TYPE, kind);
    fields.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    fields.insert(header::CONTENT_LENGTH, (to - from).into());
    if status == StatusCode::PARTIAL_CONTENT {
        let span = format!("bytes {from}-{}/{length}", to - 1);
        fields.insert(header::CONTENT_RANGE, HeaderValue::from_str(&span).map_err(io::Error::other)?);
    }
    Ok(answer)
}

/// So many bytes from where the sound stands, read while they are sent.
fn body(sound: Opened, count: u64) -> Body {
    Body::from_stream(stream::unfold(Some((sound, count)), |state| async move {
        let (sound, left) = state.filter(|(_, left)| *left > 0)?;
        let read = tokio::task::spawn_blocking(move || piece(sound, left)).await;
        match read.map_err(io::Error::other).flatten() {
            Ok((sound, bytes)) => {
                let left = left - bytes.len() as u64;
                Some((Ok(bytes), Some((sound, left))))
            }
            Err(error) => {
                tracing::error!(%error, "a recording could not be read to its end");
                Some((Err(error), None))
            }
        }
    }))
}

fn piece(mut sound: Opened, left: u64) -> io::Result<(Opened, Bytes)> {
    let room = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
    let mut bytes = vec![0; room];
    sound.read_exact(&mut bytes)?;
    Ok((sound, bytes.into()))
}

/// Reads one range of bytes (RFC 9110, section 14); several at once are not understood, which is allowed.
fn asked(range: &str, length: u64) -> Asked {
    let Some((from, to)) = range.strip_prefix("bytes=").and_then(|range| range.trim().split_once('-')) else {
        return Asked::All;
    };
    let number = |text: &str| text.trim().parse::<u64>();
    match (from.trim().is_empty(), number(from), to.trim().is_empty(), number(to)) {
        (false, Ok(from), true, _) if from < length => Asked::Part(from, length),
        (false, Ok(from), false, Ok(to)) if from < length && from <= to => {
            Asked::Part(from, to.saturating_add(1).min(length))
        }
        (false, Ok(from), false, Ok(to)) if from > to => Asked::All,
        (false, Ok(_), true, _) | (false, Ok(_), false, Ok(_)) | (true, _, false, Ok(0)) => Asked::Nothing,
        (true, _, false, Ok(last)) if length > 0 => Asked::Part(length.saturating_sub(last), length),
        (true, _, false, Ok(_)) => Asked::Nothing,
        _ => Asked::All,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_browsers_write_them() {
        for (range, part) in [
            ("bytes=0-", Asked::Part(0, 10)),
            ("bytes=0-0", Asked::Part(0, 1)),
            ("bytes=3-5", Asked::Part(3, 6)),
            ("bytes=3-500", Asked::Part(3, 10)),
            ("bytes=-4", Asked::Part(6, 10)),
            ("bytes=-40", Asked::Part(0, 10)),
            ("bytes=10-", Asked::Nothing),
            ("bytes=12-15", Asked::Nothing),
            ("bytes=-0", Asked::Nothing),
            ("bytes=5-3", Asked::All),
            ("bytes=0-1,3-4", Asked::All),
            ("bytes=-", Asked::All),
            ("bytes=a-b", Asked::All),
            ("seconds=1-2", Asked::All),
        ] {
            assert_eq!(asked(range, 10), part, "{range}");
        }
        assert_eq!(asked("bytes=0-", 0), Asked::Nothing);
        assert_eq!(asked("bytes=-3", 0), Asked::Nothing);
    }
}
