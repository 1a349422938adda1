//! `medrecord provider`: the people who sign in.

use crate::cli::{Provider, Role};
use crate::config::Config;
use crate::{door, say};
use anyhow::{Result, anyhow};
use medrecord_clinic::contact::Email;
use medrecord_clinic::field::{self, Problems, SHORT};
use medrecord_clinic::provider as people;
use medrecord_store::providers::{self, NewProvider};
use medrecord_store::{Desk, Refusal, passwords, second_factors};

/// Runs the command.
pub(crate) fn run(config: &Config, command: Provider) -> Result<()> {
    door::wait_for(async {
        let store = door::open_current(config).await?;
        match command {
            Provider::Add { email, first_name, last_name, role, specialty, license_number } => {
                let read = || -> Result<NewProvider, Problems> {
                    let short = |name: &str, label: &str, text: Option<String>| {
                        field::optional(name, label, &text.unwrap_or_default(), SHORT)
                    };
                    Ok(NewProvider {
                        email: Email::parse("email", &email)?,
                        first_name: field::required("firstName", "a first name", &first_name, SHORT)?,
                        last_name: field::required("lastName", "a last name", &last_name, SHORT)?,
                        specialty: short("specialty", "the specialty", specialty)?,
                        license_number: short("licenseNumber", "the licence number", license_number)?,
                        role: role.into(),
                    })
                };
                let new = read().map_err(Refusal::from).map_err(door::trouble)?;
                let hash = fresh_hash(&[&email, &first_name, &last_name]).await?;
                let mut desk = door::desk(&store).await?;
                providers::add(&mut desk, &new, &hash).await.map_err(door::trouble)?;
                desk.close().await.map_err(door::trouble)?;
                say::line(format!("added {} as {}", new.email, new.role))?;
            }
            Provider::List => list(&mut door::desk(&store).await?).await?,
            Provider::Password { email } => {
                let mut desk = door::desk(&store).await?;
                let person = find(&mut desk, &email).await?;
                // Nobody else can write to an SQLite file while a desk is open, and a person types slowly.
                drop(desk);
                let hash = fresh_hash(&[&person.email, &person.first_name, &person.last_name]).await?;
                let mut desk = door::desk(&store).await?;
                let changed = providers::set_password(&mut desk, person.id, &hash, None);
                changed.await.map_err(door::trouble)?;
                desk.close().await.map_err(door::trouble)?;
                say::line(format!("{} has another password; all sessions are ended", person.email))?;
            }
            Provider::ResetFactor { email } => {
                let mut desk = door::desk(&store).await?;
                let person = find(&mut desk, &email).await?;
                second_factors::reset(&mut desk, person.id).await.map_err(door::trouble)?;
                desk.close().await.map_err(door::trouble)?;
                say::line(format!("{} signs in with the password alone", person.email))?;
            }
            Provider::Disable { email } => {
                let mut desk = door::desk(&store).await?;
                let person = find(&mut desk, &email).await?;
                providers::disable(&mut desk, person.id).await.map_err(door::trouble)?;
                desk.close().await.map_err(door::trouble)?;
                say::line(format!("{} can sign in no more", person.email))?;
            }
        }
        store.close().await;
        Ok(())
    })
}

impl From<Role> for people::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Provider => Self::Provider,
            Role::Staff => Self::Staff,
            Role::Admin => Self::Admin,
        }
    }
}

async fn fresh_hash(known: &[&str]) -> Result<String> {
    let password = door::password()?;
    passwords::check_new(&password, known).map_err(Refusal::from).map_err(door::trouble)?;
    passwords::hash(&password).await.map_err(door::store_trouble)
}

/// The person who signs in with an address.
pub(crate) async fn find(desk: &mut Desk, email: &str) -> Result<people::Provider> {
    let found = providers::find_by_email(desk, email).await.map_err(door::trouble)?;
    found.ok_or_else(|| anyhow!("nobody signs in with {email}; medrecord provider list shows everybody"))
}

async fn list(desk: &mut Desk) -> Result<()> {
    let people = providers::list(desk).await.map_err(door::trouble)?;
    let rows: Vec<[String; 4]> = people
        .iter()
        .map(|person| {
            let state = if person.disabled { "disabled" } else { "active" };
            [person.email.clone(), person.role.to_string(), state.to_owned(), person.full_name()]
        })
        .collect();
    say::table(&rows)
}
