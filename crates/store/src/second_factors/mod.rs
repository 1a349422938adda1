//! The second factor at sign-in: an authenticator app, and recovery codes for when it is lost.
//!
//! A factor counts from the first code that was typed from it. Each code opens once; recovery codes are kept as
//! digests: with 120 random bits each, NIST SP 800-63B-4 (2025), section 3.1.2.2, asks for no salt and no slow hash.
//! Asking for the code at sign-in, and slowing down who guesses, is in `sessions`.

use crate::audit::{Event, Verb};
use crate::column::{At, Key};
use crate::database::on;
use crate::desk::Desk;
use crate::error::{Refusal, StoreError};
use crate::hex;
use crate::sessions::{self, EndReason};
use medrecord_clinic::access::Action;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{ProviderId, SecondFactorId};
use medrecord_clinic::time::Instant;
use serde_json::json;
use uuid::Uuid;

mod totp;

pub use totp::shown;

/// How many recovery codes a person gets; this project's own choice.
const CODES: usize = 10;
/// Signs of a recovery code, without the dashes.
const CODE_SIGNS: usize = 24;

/// How it stands with somebody's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Since when it is asked for.
    pub since: Instant,
    /// How many recovery codes are left.
    pub codes_left: i64,
}

/// What was shown at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shown {
    App,
    RecoveryCode,
}

impl Shown {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::App => "totp",
            Self::RecoveryCode => "recovery_code",
        }
    }
}

#[derive(sqlx::FromRow)]
struct FactorRow {
    id: Key,
    secret: String,
    confirmed_at: Option<At>,
}

const FIND: &str = "SELECT id, secret, confirmed_at FROM second_factors
    WHERE provider_id = $1 AND removed_at IS NULL
    ORDER BY confirmed_at IS NULL, id DESC LIMIT 1";
const INSERT: &str = "INSERT INTO second_factors (id, provider_id, kind, name, secret, created_at)
    VALUES ($1, $2, 'totp', 'Authenticator app', $3, $4)";
const ACCEPT: &str = "UPDATE second_factors SET last_step = $2, confirmed_at = COALESCE(confirmed_at, $3)
    WHERE id = $1 AND removed_at IS NULL AND (last_step IS NULL OR last_step < $2)";
const REMOVE: &str =
    "UPDATE second_factors SET removed_at = $2 WHERE provider_id = $1 AND removed_at IS NULL";
const CODES_LEFT: &str = "SELECT COUNT(*) FROM recovery_codes WHERE provider_id = $1 AND used_at IS NULL";
const INSERT_CODE: &str =
    "INSERT INTO recovery_codes (id, provider_id, code_hash, created_at) VALUES ($1, $2, $3, $4)";
const USE_CODE: &str =
    "UPDATE recovery_codes SET used_at = $3 WHERE provider_id = $1 AND code_hash = $2 AND used_at IS NULL";
const FORGET_CODES: &str = "DELETE FROM recovery_codes WHERE provider_id = $1";

async fn find(desk: &mut Desk, provider: ProviderId) -> Result<Option<FactorRow>, StoreError> {
    let key = Key::of(provider);
    Ok(on!(desk, conn => sqlx::query_as(FIND).bind(key).fetch_optional(conn).await)?)
}

/// Whether somebody is asked for a code at sign-in.
pub(crate) async fn is_asked(desk: &mut Desk, provider: ProviderId) -> Result<bool, StoreError> {
    Ok(find(desk, provider).await?.is_some_and(|factor| factor.confirmed_at.is_some()))
}

/// How it stands with a person's second factor; `None` where no code is asked for.
///
/// # Errors
/// [`Refusal::NotAllowed`] for somebody else's without [`Action::ManageProviders`].
pub async fn standing(desk: &mut Desk, provider: ProviderId) -> Result<Option<Standing>, Refusal> {
    if desk.actor().id != Some(provider) {
        desk.require(Action::ManageProviders)?;
    }
    let Some(since) = find(desk, provider).await?.and_then(|factor| factor.confirmed_at) else {
        return Ok(None);
    };
    let key = Key::of(provider);
    let codes_left: i64 = on!(desk, conn => sqlx::query_scalar(CODES_LEFT).bind(key).fetch_one(conn).await)?;
    Ok(Some(Standing { since: since.0, codes_left }))
}

/// Makes a secret for the own authenticator app, in base32; it counts once a code of it was typed.
///
/// # Errors
/// [`Refusal::Rule`] where a code is asked for already, [`Refusal::NobodySignedIn`].
pub async fn begin(desk: &mut Desk) -> Result<String, Refusal> {
    let me = desk.provider()?;
    if is_asked(desk, me).await? {
        return Err(Refusal::Rule("A second factor is set up already. Take it away first.".to_owned()));
    }
    let (key, now) = (Key::of(me), At(desk.now()));
    on!(desk, conn => sqlx::query(REMOVE).bind(key).bind(now).execute(conn).await.map(|_| ()))?;
    let id: SecondFactorId = desk.fresh_id()?;
    // RFC 4226, section 4, R6: 160 bits are recommended.
    let secret = totp::base32(&desk.random::<20>()?);
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(key)
            .bind(&secret)
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.record(Event::new(Verb::Create, "second_factor").about(id));
    Ok(secret)
}

/// The secret that was made and of which no code was typed yet.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn begun(desk: &mut Desk) -> Result<Option<String>, Refusal> {
    let me = desk.provider()?;
    let factor = find(desk, me).await?.filter(|factor| factor.confirmed_at.is_none());
    Ok(factor.map(|factor| factor.secret))
}

/// Asks for a code from now on, once one proves that the app has the secret. Gives the recovery codes, this once.
///
/// # Errors
/// [`Refusal::Invalid`] on `code`, [`Refusal::NotFound`] where nothing was begun.
pub async fn confirm(desk: &mut Desk, typed: &str) -> Result<Vec<String>, Refusal> {
    let me = desk.provider()?;
    if begun(desk).await?.is_none() {
        return Err(Refusal::NotFound("second factor"));
    }
    if accept(desk, me, typed).await? != Some(Shown::App) {
        let words =
            "This is not the code that the app shows now. Look whether the telephone's clock is right.";
        return Err(Refusal::Invalid(Problems::one("code", "wrong", words)));
    }
    desk.record(Event::new(Verb::Update, "second_factor").with(json!({ "fields": ["confirmed_at"] })));
    fresh_codes(desk, me).await
}

/// Makes new recovery codes in place of all old ones and gives them, this once.
///
/// # Errors
/// [`Refusal::NotFound`] where no code is asked for, [`Refusal::NobodySignedIn`].
pub async fn renew_codes(desk: &mut Desk) -> Result<Vec<String>, Refusal> {
    let me = desk.provider()?;
    if !is_asked(desk, me).await? {
        return Err(Refusal::NotFound("second factor"));
    }
    fresh_codes(desk, me).await
}

async fn fresh_codes(desk: &mut Desk, provider: ProviderId) -> Result<Vec<String>, Refusal> {
    let (key, now) = (Key::of(provider), At(desk.now()));
    on!(desk, conn => sqlx::query(FORGET_CODES).bind(key).execute(conn).await.map(|_| ()))?;
    let mut codes = Vec::with_capacity(CODES);
    for _ in 0..CODES {
        let id = Key(desk.fresh_id::<Uuid>()?);
        let code = totp::base32(&desk.random::<15>()?);
        on!(desk, conn => {
            sqlx::query(INSERT_CODE)
                .bind(id)
                .bind(key)
                .bind(hex::digest(&code))
                .bind(now)
                .execute(conn)
                .await
                .map(|_| ())
        })?;
        codes.push(in_fours(&code));
    }
    desk.record(Event::new(Verb::Create, "recovery_code").with(json!({ "count": CODES })));
    Ok(codes)
}

fn in_fours(code: &str) -> String {
    let signs: Vec<char> = code.chars().collect();
    let fours: Vec<String> = signs.chunks(4).map(|four| four.iter().collect()).collect();
    fours.join("-")
}

/// Asks for no code any more.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn remove_own(desk: &mut Desk) -> Result<(), Refusal> {
    let me = desk.provider()?;
    remove(desk, me).await
}

/// Takes away the second factor of somebody who lost it, and ends that person's sessions.
///
/// # Errors
/// [`Refusal::NotAllowed`] without [`Action::ManageProviders`].
pub async fn reset(desk: &mut Desk, provider: ProviderId) -> Result<(), Refusal> {
    desk.require(Action::ManageProviders)?;
    remove(desk, provider).await?;
    sessions::end_all(desk, provider, EndReason::FactorReset).await?;
    Ok(())
}

async fn remove(desk: &mut Desk, provider: ProviderId) -> Result<(), Refusal> {
    let (key, now) = (Key::of(provider), At(desk.now()));
    on!(desk, conn => sqlx::query(REMOVE).bind(key).bind(now).execute(conn).await.map(|_| ()))?;
    on!(desk, conn => sqlx::query(FORGET_CODES).bind(key).execute(conn).await.map(|_| ()))?;
    let event = Event::new(Verb::Delete, "second_factor").with(json!({ "provider": provider }));
    desk.record(event);
    Ok(())
}

/// Takes a code of the app or a recovery code, each once; `None` for any other.
pub(crate) async fn accept(
    desk: &mut Desk,
    provider: ProviderId,
    typed: &str,
) -> Result<Option<Shown>, StoreError> {
    let text: String = typed.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    let text = text.to_ascii_uppercase();
    let (key, now) = (Key::of(provider), At(desk.now()));
    if text.len() == CODE_SIGNS {
        let used = on!(desk, conn => {
            sqlx::query(USE_CODE)
                .bind(key)
                .bind(hex::digest(&text))
                .bind(now)
                .execute(conn)
                .await
                .map(|done| done.rows_affected())
        })?;
        return Ok((used == 1).then_some(Shown::RecoveryCode));
    }
    let Some(factor) = find(desk, provider).await? else { return Ok(None) };
    let fits = text.len() == 6 && text.bytes().all(|sign| sign.is_ascii_digit());
    let step = totp::fitting_step(&factor.secret, &text, now.0).filter(|_| fits);
    let Some(step) = step else { return Ok(None) };
    // A code that was typed before is refused by the step that is kept (RFC 6238, section 5.2).
    let taken = on!(desk, conn => {
        sqlx::query(ACCEPT)
            .bind(factor.id)
            .bind(step)
            .bind(now)
            .execute(conn)
            .await
            .map(|done| done.rows_affected())
    })?;
    Ok((taken == 1).then_some(Shown::App))
}
