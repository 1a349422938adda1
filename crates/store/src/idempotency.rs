//! Answers to requests that may be sent twice: the same key with the same request gives the first answer again.
//!
//! The key is written in the transaction of the change itself, so that one is never kept without the other; two
//! requests with one key at once wait for each other there. A refused change leaves no key behind.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::Refusal;
use crate::hex;

/// For how long a key is known.
pub const HOURS: i64 = 24;

/// A request with the key that its sender chose.
#[derive(Debug, Clone)]
pub struct Request<'a> {
    /// The key, at most 255 characters.
    pub key: &'a str,
    /// `POST`.
    pub method: &'a str,
    /// The path, at most 255 characters.
    pub path: &'a str,
    /// All that makes the request what it is, such as query and body; only its digest is kept.
    pub content: &'a str,
}

/// An answer as it was first given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
    /// The entity tag.
    pub etag: Option<String>,
}

/// Why a request with a key is not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OnceError {
    /// The key came with another request before.
    #[error("the key was used for another request")]
    OtherRequest,
    /// Anything else.
    #[error(transparent)]
    Refused(#[from] Refusal),
}

impl From<sqlx::Error> for OnceError {
    fn from(error: sqlx::Error) -> Self {
        Self::Refused(error.into())
    }
}

const FORGET: &str = "DELETE FROM idempotency_keys WHERE created_at < $1";
const CLAIM: &str = "INSERT INTO idempotency_keys (provider_id, key, method, path, request_hash, created_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (provider_id, key) DO NOTHING";
const FIND: &str =
    "SELECT request_hash, status, body, etag FROM idempotency_keys WHERE provider_id = $1 AND key = $2";
const KEEP: &str =
    "UPDATE idempotency_keys SET status = $3, body = $4, etag = $5 WHERE provider_id = $1 AND key = $2";

type Found = (String, Option<i16>, Option<String>, Option<String>);

/// Claims the key for the request; gives the stored answer where the request was carried out before.
///
/// # Errors
/// [`OnceError::OtherRequest`]; [`Refusal::NobodySignedIn`].
pub async fn begin(desk: &mut Desk, request: &Request<'_>) -> Result<Option<Answer>, OnceError> {
    let by = Key::of(desk.provider()?);
    let now = desk.now();
    let hash = hex::digest(&[request.method, request.path, request.content].join("\n"));
    let oldest = At(now.plus_minutes(-60 * HOURS));
    on!(desk, conn => sqlx::query(FORGET).bind(oldest).execute(conn).await.map(|_| ()))?;
    let claimed = on!(desk, conn => {
        sqlx::query(CLAIM)
            .bind(by)
            .bind(request.key)
            .bind(request.method)
            .bind(request.path)
            .bind(&hash)
            .bind(At(now))
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    if claimed == 1 {
        return Ok(None);
    }
    let found: Option<Found> =
        on!(desk, conn => sqlx::query_as(FIND).bind(by).bind(request.key).fetch_optional(conn).await)?;
    let Some((before, Some(status), Some(body), etag)) = found else {
        let words = "The request with this key is still being worked on; send it again in a moment.";
        return Err(Refusal::Rule(words.to_owned()).into());
    };
    if before != hash {
        return Err(OnceError::OtherRequest);
    }
    desk.record(Event::new(Verb::Read, "idempotency_key"));
    Ok(Some(Answer { status: u16::try_from(status).unwrap_or(200), body, etag }))
}

/// Keeps the answer under the key that [`begin`] claimed at this desk.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn keep(desk: &mut Desk, key: &str, answer: &Answer) -> Result<(), Refusal> {
    let by = Key::of(desk.provider()?);
    on!(desk, conn => {
        sqlx::query(KEEP)
            .bind(by)
            .bind(key)
            .bind(i16::try_from(answer.status).unwrap_or(200))
            .bind(&answer.body)
            .bind(&answer.etag)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}
