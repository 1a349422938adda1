//! The people of the practice, for whoever runs the system: add, change, give another password, close an account.

use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::pages::account::is_own_password;
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::ProviderId;
use medrecord_clinic::provider::{Provider, ProviderDetails, ProviderForm, Role};
use medrecord_store::audit::{Event, Verb};
use medrecord_store::{Desk, Refusal, passwords, providers, second_factors};

const HERE: &str = "/settings/people";

/// The roles to choose from, with what each may do.
const ROLES: [(&str, &str); 3] = [
    ("provider", "Provider: treats patients and signs"),
    ("staff", "Staff: front desk and rooms"),
    ("admin", "Administrator: treats patients and runs the system"),
];

#[derive(Template)]
#[template(path = "pages/people/people.html")]
struct PeoplePage {
    shell: Shell,
    form: Form,
    people: Vec<Line>,
}

/// Somebody in the list.
struct Line {
    id: String,
    name: String,
    email: String,
    specialty: String,
    role: &'static str,
    disabled: bool,
}

#[derive(Template)]
#[template(path = "pages/people/person.html")]
struct PersonPage {
    shell: Shell,
    form: Form,
    name: String,
    action: String,
    disabled: bool,
    changed_meanwhile: bool,
    /// Since when the person shows a second factor; empty where none is asked for.
    factor: String,
    /// Whether it is the visitor's own account, whose password and second factor are changed elsewhere.
    own: bool,
}

/// Shows everybody, and the form for one more.
pub(crate) async fn list(visitor: Visitor, Reading(desk): Reading) -> Result<Response, Fault> {
    let form = Form::default().with("role", Role::Staff.as_str());
    page(&people_page(&visitor, desk, form).await?)
}

/// Adds a colleague with a first password.
pub(crate) async fn add(
    State(app): State<App>,
    visitor: Visitor,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let added = match (details(&form), fresh_hash(&form).await?) {
        (Ok(new), Ok(hash)) => {
            let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
            match providers::add(&mut desk, &new, &hash).await {
                Ok(_) => {
                    desk.close().await?;
                    Ok(())
                }
                Err(Refusal::Invalid(problems)) => Err(problems),
                Err(refusal) => return Err(refusal.into()),
            }
        }
        (person, password) => {
            let mut wrong = Problems::none();
            wrong.keep(person);
            wrong.keep(password);
            Err(wrong)
        }
    };
    match added {
        Ok(()) => Ok(see_other_saying(HERE, "ok", "Added. The colleague can sign in now.")),
        Err(problems) => {
            form.refuse_all(&problems);
            let desk = app.store.read_desk(visitor.actor.clone()).await?;
            refused(&people_page(&visitor, desk, form).await?)
        }
    }
}

/// Shows one person.
pub(crate) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let person = find(&mut desk, &id).await?;
    let factor = factor_since(&mut desk, &visitor, &person).await?;
    desk.close().await?;
    let form = on_file(&person);
    page(&PersonPage { factor, ..person_page(&visitor, &person, form) })
}

/// Saves who the person is.
pub(crate) async fn save(
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let person = find(&mut desk, &id).await?;
    let seen = form.value("version").parse().unwrap_or(0);
    let saved = match details(&form) {
        Ok(details) => providers::update(&mut desk, person.id, seen, &details).await,
        Err(problems) => Err(problems.into()),
    };
    match saved {
        Ok(_) => {
            desk.close().await?;
            Ok(see_other_saying(HERE, "ok", "Saved."))
        }
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            refused(&person_page(&visitor, &person, form))
        }
        Err(Refusal::Stale { current, .. }) => {
            form.put("version", current.to_string());
            conflict(&PersonPage { changed_meanwhile: true, ..person_page(&visitor, &person, form) })
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Gives a person another password; it ends all of the person's sessions. Who sits there proves it first: an account
/// that somebody found open must not open all the others.
pub(crate) async fn give_password(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let person = find(&mut desk, &id).await?;
    let factor = factor_since(&mut desk, &visitor, &person).await?;
    drop(desk);
    if is_own(&visitor, &person) {
        return Ok(elsewhere());
    }
    let mut form = on_file(&person).over(Form::typed(typed));
    let purpose = Event::new(Verb::Update, "provider").about(person.id);
    if !is_own_password(&app, &visitor, (&mut form, "ownPassword"), purpose).await? {
        return refused(&PersonPage { factor, ..person_page(&visitor, &person, form) });
    }
    match fresh_hash(&form).await? {
        Ok(hash) => {
            let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
            providers::set_password(&mut desk, person.id, &hash, None).await?;
            desk.close().await?;
            Ok(see_other_saying(HERE, "ok", "The password is set; all sessions of that person are ended."))
        }
        Err(problems) => {
            form.refuse_all(&problems);
            refused(&PersonPage { factor, ..person_page(&visitor, &person, form) })
        }
    }
}

/// Takes away the second factor of somebody who lost it, once the visitor proved who sits there.
pub(crate) async fn reset_factor(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
    let person = find(&mut desk, &id).await?;
    let factor = factor_since(&mut desk, &visitor, &person).await?;
    drop(desk);
    if is_own(&visitor, &person) {
        return Ok(elsewhere());
    }
    let mut form = on_file(&person).over(Form::typed(typed));
    let purpose = Event::new(Verb::Update, "provider").about(person.id);
    if !is_own_password(&app, &visitor, (&mut form, "passwordForFactor"), purpose).await? {
        return refused(&PersonPage { factor, ..person_page(&visitor, &person, form) });
    }
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    second_factors::reset(&mut desk, person.id).await?;
    desk.close().await?;
    let words = "The second factor is taken away; all sessions of that person are ended.";
    Ok(see_other_saying(HERE, "ok", words))
}

/// Since when a person shows a second factor; empty where none is asked for.
async fn factor_since(desk: &mut Desk, visitor: &Visitor, person: &Provider) -> Result<String, Refusal> {
    let factor = second_factors::standing(desk, person.id).await?;
    Ok(factor.map(|it| visitor.zone().day_and_clock(it.since)).unwrap_or_default())
}

fn is_own(visitor: &Visitor, person: &Provider) -> bool {
    visitor.actor.id == Some(person.id)
}

/// One's own account asks for the password first: whoever finds an open page must not take it over.
fn elsewhere() -> Response {
    let words =
        "Your own password and second factor are changed here, where your password is asked for first.";
    see_other_saying("/settings/account", "warn", words)
}

/// Closes an account.
pub(crate) async fn disable(Path(id): Path<String>, Writing(mut desk): Writing) -> Result<Response, Fault> {
    let person = find(&mut desk, &id).await?;
    match providers::disable(&mut desk, person.id).await {
        Ok(()) => {
            desk.close().await?;
            Ok(see_other_saying(HERE, "ok", "The account is closed."))
        }
        Err(Refusal::Rule(_)) => {
            let words = "This is the last administrator. Make somebody else one first.";
            Ok(see_other_saying(HERE, "alert", words))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

async fn find(desk: &mut Desk, id: &str) -> Result<Provider, Refusal> {
    let id: ProviderId = id.parse().map_err(|_| Refusal::NotFound("person"))?;
    providers::find(desk, id).await?.ok_or(Refusal::NotFound("person"))
}

fn details(form: &Form) -> Result<ProviderDetails, Problems> {
    form.read::<ProviderForm>().parse()
}

/// The hash of the password that was typed, or what is wrong with it.
async fn fresh_hash(form: &Form) -> Result<Result<String, Problems>, Fault> {
    let known = [form.value("email"), form.value("firstName"), form.value("lastName")];
    if let Err(problems) = passwords::check_new(form.value("password"), &known) {
        return Ok(Err(problems));
    }
    Ok(Ok(passwords::hash(form.value("password")).await?))
}

fn on_file(person: &Provider) -> Form {
    Form::of(&ProviderForm::from(person)).with("version", person.version.to_string())
}

async fn people_page(visitor: &Visitor, mut desk: Desk, form: Form) -> Result<PeoplePage, Fault> {
    let people = providers::list(&mut desk).await?;
    desk.close().await?;
    let line = |person: &Provider| Line {
        id: person.id.to_string(),
        name: person.full_name(),
        email: person.email.clone(),
        specialty: person.specialty.clone().unwrap_or_default(),
        role: match person.role {
            Role::Provider => "Provider",
            Role::Staff => "Staff",
            Role::Admin => "Administrator",
        },
        disabled: person.disabled,
    };
    Ok(PeoplePage { shell: visitor.shell(), form, people: people.iter().map(line).collect() })
}

fn person_page(visitor: &Visitor, person: &Provider, form: Form) -> PersonPage {
    PersonPage {
        shell: visitor.shell(),
        form,
        name: person.full_name(),
        action: format!("{HERE}/{}", person.id),
        disabled: person.disabled,
        changed_meanwhile: false,
        factor: String::new(),
        own: is_own(visitor, person),
    }
}
