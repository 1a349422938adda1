//! `medrecord token`: the tokens with which programs sign in.

use super::provider;
use crate::cli::Token;
use crate::config::Config;
use crate::{door, say};
use anyhow::{Context, Result};
use medrecord_clinic::ids::TokenId;
use medrecord_store::tokens;

/// Runs the command; `create` prints the token alone, so that a script can keep it.
pub(crate) fn run(config: &Config, command: Token) -> Result<()> {
    door::wait_for(async {
        let store = door::open_current(config).await?;
        let mut desk = door::desk(&store).await?;
        match command {
            Token::Create { provider: email, name } => {
                let person = provider::find(&mut desk, &email).await?;
                if person.disabled {
                    anyhow::bail!("the account {email} is closed; choose another one");
                }
                let (_, text) = tokens::create(&mut desk, person.id, &name).await.map_err(door::trouble)?;
                desk.close().await.map_err(door::trouble)?;
                say::line(text)?;
                store.close().await;
                return Ok(());
            }
            Token::List => {
                let rows: Vec<[String; 5]> = tokens::list(&mut desk)
                    .await
                    .map_err(door::trouble)?
                    .into_iter()
                    .map(|token| {
                        let state = if token.revoked_at.is_some() { "revoked" } else { "active" };
                        let used =
                            token.last_used_at.map_or("never used".to_owned(), |at| format!("used {at}"));
                        [token.id.to_string(), token.email, state.to_owned(), used, token.name]
                    })
                    .collect();
                say::table(&rows)?;
            }
            Token::Revoke { id } => {
                let id: TokenId = id
                    .parse()
                    .with_context(|| format!("{id} is no token's id; medrecord token list shows them"))?;
                tokens::revoke(&mut desk, id).await.map_err(door::trouble)?;
                say::line(format!("{id} opens nothing any more"))?;
            }
        }
        desk.close().await.map_err(door::trouble)?;
        store.close().await;
        Ok(())
    })
}
