//! Bearer tokens: a program signs in with one in place of a person. Only the token's digest is kept.

use crate::audit::{Event, Verb};
use crate::column::{At, Key, Word};
use crate::database::{Store, on};
use crate::desk::{Actor, Desk, Via};
use crate::error::{Refusal, StoreError};
use crate::hex;
use medrecord_clinic::access::Action;
use medrecord_clinic::field::{self, SHORT};
use medrecord_clinic::ids::{ProviderId, TokenId};
use medrecord_clinic::provider::Role;
use medrecord_clinic::time::Instant;
use serde::Serialize;

/// How a token begins, so that a scanner of leaked secrets knows it.
pub const PREFIX: &str = "mr_";

/// The last use is written down at most this often.
const USE_NOTED_MINUTES: i64 = 1;

/// Who a token stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenHolder {
    /// The token.
    pub id: TokenId,
    /// Whose it is.
    pub provider: ProviderId,
    /// That person's name.
    pub name: String,
    /// That person's role.
    pub role: Role,
}

impl TokenHolder {
    /// Who acts when the token is used.
    pub fn actor(&self, address: Option<String>) -> Actor {
        Actor::provider(self.provider, &self.name, self.role, Via::Api).from_address(address)
    }
}

/// A token as its owner sees it in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    /// Its id.
    pub id: TokenId,
    /// The address of the person whose it is.
    pub email: String,
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Instant>,
    /// When it was taken back.
    pub revoked_at: Option<Instant>,
}

const INSERT: &str = "INSERT INTO api_tokens (id, provider_id, name, token_hash, created_at)
    VALUES ($1, $2, $3, $4, $5)";
const FIND: &str = "SELECT t.id, t.provider_id, p.first_name, p.last_name, p.role, t.last_used_at
    FROM api_tokens t
    JOIN providers p ON p.id = t.provider_id
    WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > $2)
        AND p.disabled_at IS NULL";
const USED: &str = "UPDATE api_tokens SET last_used_at = $2 WHERE id = $1 AND revoked_at IS NULL";
const LIST: &str = "SELECT t.id, p.email, t.name, t.created_at, t.last_used_at, t.revoked_at
    FROM api_tokens t
    JOIN providers p ON p.id = t.provider_id
    ORDER BY t.created_at, t.id";
const LIST_OF: &str = "SELECT t.id, p.email, t.name, t.created_at, t.last_used_at, t.revoked_at
    FROM api_tokens t
    JOIN providers p ON p.id = t.provider_id
    WHERE t.provider_id = $1
    ORDER BY t.created_at, t.id";
const OWNER: &str = "SELECT provider_id FROM api_tokens WHERE id = $1";
const REVOKE: &str = "UPDATE api_tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";

/// Makes a token for a provider; the text is shown once and cannot be had again.
///
/// # Errors
/// [`Refusal::NotAllowed`] for somebody else's without [`Action::ManageProviders`]; [`Refusal::Invalid`] on `name`.
pub async fn create(desk: &mut Desk, provider: ProviderId, name: &str) -> Result<(TokenId, String), Refusal> {
    may_manage(desk, provider)?;
    let name = field::required("name", "a name for the token", name, SHORT)?;
    let id: TokenId = desk.fresh_id()?;
    let text = format!("{PREFIX}{}", hex::encode(&desk.random::<32>()?));
    let now = At(desk.now());
    on!(desk, conn => {
        sqlx::query(INSERT)
            .bind(Key::of(id))
            .bind(Key::of(provider))
            .bind(&name)
            .bind(hex::digest(&text))
            .bind(now)
            .execute(conn)
            .await
            .map(|_| ())
    })?;
    desk.record(Event::new(Verb::Create, "api_token").about(id));
    Ok((id, text))
}

#[derive(sqlx::FromRow)]
struct HolderRow {
    id: Key,
    provider_id: Key,
    first_name: String,
    last_name: String,
    role: Word<Role>,
    last_used_at: Option<At>,
}

/// Finds who a bearer token stands for; `None` for one that is unknown, revoked, or of a closed account.
///
/// # Errors
/// [`StoreError`] where the database fails.
pub async fn resume(store: &Store, bearer: &str) -> Result<Option<TokenHolder>, StoreError> {
    if !bearer.starts_with(PREFIX) || bearer.len() > 100 {
        return Ok(None);
    }
    let mut desk = store.read_desk(Actor::nobody(Via::Api)).await?;
    let now = desk.now();
    let row: Option<HolderRow> = on!(desk, conn => {
        sqlx::query_as(FIND).bind(hex::digest(bearer)).bind(At(now)).fetch_optional(conn).await
    })?;
    drop(desk);
    let Some(row) = row else { return Ok(None) };
    if row.last_used_at.is_none_or(|last| now.minutes_since(last.0) >= USE_NOTED_MINUTES) {
        let mut desk = store.write_desk(Actor::nobody(Via::Api)).await?;
        on!(desk, conn => sqlx::query(USED).bind(row.id).bind(At(now)).execute(conn).await.map(|_| ()))?;
        desk.keep().await?;
    }
    Ok(Some(TokenHolder {
        id: row.id.id(),
        provider: row.provider_id.id(),
        name: format!("{} {}", row.first_name, row.last_name),
        role: row.role.0,
    }))
}

/// The tokens of the person at the desk, oldest first; revoked ones too.
///
/// # Errors
/// [`Refusal::NobodySignedIn`].
pub async fn list_own(desk: &mut Desk) -> Result<Vec<Token>, Refusal> {
    desk.require(Action::ManageOwnTokens)?;
    let id = Key::of(desk.provider()?);
    let rows: Vec<TokenRow> = on!(desk, conn => sqlx::query_as(LIST_OF).bind(id).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// Everybody's tokens, oldest first; revoked ones too.
///
/// # Errors
/// [`Refusal::NotAllowed`].
pub async fn list(desk: &mut Desk) -> Result<Vec<Token>, Refusal> {
    desk.require(Action::ManageProviders)?;
    let rows: Vec<TokenRow> = on!(desk, conn => sqlx::query_as(LIST).fetch_all(conn).await)?;
    Ok(rows.into_iter().map(Token::from).collect())
}

/// Takes a token back; it opens nothing from then on. Taking it back twice is no error.
///
/// # Errors
/// [`Refusal::NotFound`]; [`Refusal::NotAllowed`] for somebody else's without [`Action::ManageProviders`].
pub async fn revoke(desk: &mut Desk, id: TokenId) -> Result<(), Refusal> {
    let owner: Option<Key> =
        on!(desk, conn => sqlx::query_scalar(OWNER).bind(Key::of(id)).fetch_optional(conn).await)?;
    let owner = owner.ok_or(Refusal::NotFound("token"))?;
    may_manage(desk, owner.id())?;
    let now = At(desk.now());
    on!(desk, conn => sqlx::query(REVOKE).bind(Key::of(id)).bind(now).execute(conn).await.map(|_| ()))?;
    desk.record(Event::new(Verb::Delete, "api_token").about(id));
    Ok(())
}

fn may_manage(desk: &Desk, owner: ProviderId) -> Result<(), Refusal> {
    let own = desk.actor().id == Some(owner);
    desk.require(if own { Action::ManageOwnTokens } else { Action::ManageProviders })
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: Key,
    email: String,
    name: String,
    created_at: At,
    last_used_at: Option<At>,
    revoked_at: Option<At>,
}

impl From<TokenRow> for Token {
    fn from(row: TokenRow) -> Self {
        Self {
            id: row.id.id(),
            email: row.email,
            name: row.name,
            created_at: row.created_at.0,
            last_used_at: row.last_used_at.map(|at| at.0),
            revoked_at: row.revoked_at.map(|at| at.0),
        }
    }
}
