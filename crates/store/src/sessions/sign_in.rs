//! Signing in with address and password, and slowing down who guesses.
//!
//! The answer and the time are the same for an unknown address, a closed account and a wrong password. How tries are
//! counted is in `tries.rs`; proving oneself again, as before signing, in `prove.rs`.

use super::tries::{self, Try, count, cut, wait};
use super::{CODE_MINUTES, Hold, IDLE_MINUTES, LONGEST_MINUTES, Session};
use crate::audit::{Event, Outcome, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Store, on};
use crate::desk::{Actor, Desk, Via};
use crate::error::StoreError;
use crate::hex;
use crate::passwords::{self, Verified};
use crate::second_factors;
use medrecord_clinic::ids::{ProviderId, SessionId};
use medrecord_clinic::provider::Role;
use serde_json::json;

/// From where somebody came.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The network address.
    pub address: Option<String>,
    /// The browser, in its own words.
    pub user_agent: Option<String>,
}

/// A fresh session and the cookie value that opens it; the value is kept nowhere.
pub struct SignedIn {
    /// The cookie value: 256 random bits, hexadecimal.
    pub token: String,
    /// The session.
    pub session: Session,
}

/// Never shows the token.
impl std::fmt::Debug for SignedIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignedIn").field("session", &self.session.id).finish_non_exhaustive()
    }
}

/// Why somebody could not sign in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Address and password do not fit together, or the account is closed; which of them is not said.
    #[error("the address and the password do not fit together")]
    Wrong,
    /// There were too many tries.
    #[error("too many tries; the next one counts in {retry_after_secs} seconds")]
    Throttled {
        /// When the next try counts.
        retry_after_secs: u64,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<sqlx::Error> for SignInError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

const FIND: &str = "SELECT id, email, password_hash, first_name, last_name, role, language, disabled_at
    FROM providers WHERE lower(email) = lower($1)";
const REPLACE_HASH: &str = "UPDATE providers SET password_hash = $2 WHERE id = $1 AND password_hash = $3";
const INSERT: &str =
    "INSERT INTO sessions (id, token_hash, provider_id, csrf_secret, created_at, last_seen_at, idle_expires_at,
        expires_at, address, user_agent, awaits_code)
    VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)";

#[derive(sqlx::FromRow)]
struct Account {
    id: Key,
    email: String,
    password_hash: String,
    first_name: String,
    last_name: String,
    role: Word<Role>,
    language: Option<String>,
    disabled_at: Option<At>,
}

/// Signs somebody in and opens a session, which is held where a second factor is to come.
///
/// # Errors
/// [`SignInError`]; what is wrong is not told apart.
pub async fn sign_in(
    store: &Store,
    email: &str,
    password: &str,
    from: &Origin,
) -> Result<SignedIn, SignInError> {
    let email = email.trim();
    let _place = tries::in_turn().await?;
    let attempt = Try::at(&email.to_lowercase(), from.address.as_deref());
    refuse_too_many(store, &attempt, from).await?;
    let account = find(store, email).await?;
    let kept = account.as_ref().map_or(passwords::NOBODYS, |account| account.password_hash.as_str());
    let sound = password.len() <= 4 * passwords::MOST;
    let verified = passwords::verify(if sound { password } else { "" }, kept).await?;
    match account {
        Some(account) if sound && verified != Verified::No && account.disabled_at.is_none() => {
            let fresh = match verified {
                Verified::YesButOld => Some(passwords::hash(password).await?),
                Verified::Yes | Verified::No => None,
            };
            open(store, account, &attempt, fresh.as_deref(), from).await
        }
        account => {
            let mut desk = store.write_desk(nobody(from)).await?;
            count(&mut desk, &attempt, false).await?;
            let event = refused("wrong");
            desk.record(match account {
                Some(account) => event.about(account.id.id::<ProviderId>()),
                None => event,
            });
            desk.keep().await?;
            Err(SignInError::Wrong)
        }
    }
}

async fn refuse_too_many(store: &Store, attempt: &Try, from: &Origin) -> Result<(), SignInError> {
    let mut desk = store.read_desk(nobody(from)).await?;
    let Some(retry_after_secs) = wait(&mut desk, attempt).await? else { return Ok(()) };
    desk.record(refused("throttled"));
    desk.keep().await?;
    Err(SignInError::Throttled { retry_after_secs })
}

async fn find(store: &Store, email: &str) -> Result<Option<Account>, SignInError> {
    let mut desk = store.read_desk(Actor::nobody(Via::Page)).await?;
    Ok(on!(desk, conn => sqlx::query_as(FIND).bind(email).fetch_optional(conn).await)?)
}

async fn open(
    store: &Store,
    account: Account,
    attempt: &Try,
    fresh_hash: Option<&str>,
    from: &Origin,
) -> Result<SignedIn, SignInError> {
    let name = format!("{} {}", account.first_name, account.last_name);
    let provider: ProviderId = account.id.id();
    let actor = Actor::provider(provider, &name, account.role.0, Via::Page);
    let mut desk = store.write_desk(actor.from_address(from.address.clone())).await?;
    let now = desk.now();
    count(&mut desk, attempt, true).await?;
    if let Some(fresh) = fresh_hash {
        on!(desk, conn => {
            sqlx::query(REPLACE_HASH)
                .bind(account.id)
                .bind(fresh)
                .bind(&account.password_hash)
                .execute(conn)
                .await
                .map(|_| ())
        })?;
    }
    let token = hex::encode(&desk.random::<32>()?);
    let hold = second_factors::is_asked(&mut desk, provider).await?.then_some(Hold::Code);
    let minutes = if hold.is_some() { CODE_MINUTES } else { IDLE_MINUTES };
    let session = Session {
        id: desk.fresh_id::<SessionId>()?,
        provider,
        name,
        email: account.email,
        role: account.role.0,
        language: account.language.and_then(|tag| tag.parse().ok()),
        csrf: hex::encode(&desk.random::<32>()?),
        created_at: now,
        hold,
        idle_expires_at: now.plus_minutes(minutes),
        expires_at: now.plus_minutes(LONGEST_MINUTES),
    };
    insert(&mut desk, &session, &token, from).await?;
    let event = Event::new(Verb::SignIn, "session").about(session.id);
    desk.record(match (fresh_hash, hold) {
        (Some(_), _) => event.with(json!({ "hash": "upgraded" })),
        (None, Some(_)) => event.with(json!({ "awaits": "second_factor" })),
        (None, None) => event,
    });
    desk.keep().await?;
    Ok(SignedIn { token, session })
}

async fn insert(desk: &mut Desk, session: &Session, token: &str, from: &Origin) -> Result<(), StoreError> {
    let address = from.address.as_deref().map(|address| cut(address, 64));
    let user_agent = from.user_agent.as_deref().map(|agent| cut(agent, 255));
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(session.id))
            .bind(hex::digest(token))
            .bind(Key::of(session.provider))
            .bind(&session.csrf)
            .bind(At(session.created_at))
            .bind(At(session.idle_expires_at))
            .bind(At(session.expires_at))
            .bind(address)
            .bind(user_agent)
            .bind(session.hold.is_some())
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    Ok(())
}

fn refused(code: &str) -> Event {
    Event::new(Verb::SignIn, "provider").ended(Outcome::Refused).with(json!({ "code": code }))
}

fn nobody(from: &Origin) -> Actor {
    Actor::nobody(Via::Page).from_address(from.address.clone())
}
