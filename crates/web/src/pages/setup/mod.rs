//! The first run: while nobody can sign in, one page sets up the practice and its first person.
//!
//! From the machine itself it asks for nothing more. From anywhere else it asks for the code in the server's log, so
//! that no stranger who finds the server first becomes its administrator.

use crate::app::{App, Face};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other};
use crate::pages::practice::types::{self, TypeRow};
use crate::pages::sign_in;
use crate::shell::Shell;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::rejection::FormRejection;
use axum::extract::{Form as Posted, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use medrecord_clinic::field::{FieldError, Problems};
use medrecord_clinic::practice::{Practice, PracticeDetails, PracticeForm};
use medrecord_clinic::provider::{ProviderDetails, ProviderForm, Role};
use medrecord_clinic::time::Zone;
use medrecord_clinic::visit_type::{VisitType, VisitTypes, parse_all};
use medrecord_store::{Desk, Refusal, passwords, setup, visit_types};
use std::net::IpAddr;

#[derive(Template)]
#[template(path = "pages/setup/setup.html")]
struct SetupPage {
    shell: Shell,
    form: Form,
    asks_code: bool,
    zones: Vec<&'static str>,
    types: Vec<TypeRow>,
    /// Whether something is wrong with the kinds of visit, which then stand open.
    types_wrong: bool,
}

/// Shows what is to be filled in; once somebody can sign in, there is no such page.
pub(crate) async fn form(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Fault> {
    if app.setup_code().await?.is_none() {
        return Ok(see_other("/sign-in"));
    }
    let practice = PracticeForm::from(&Practice::unnamed(app.settings.zone));
    let form = Form::of(&PracticeForm { name: String::new(), ..practice });
    page(&template(&app, &visitor, &headers, form))
}

/// Sets up and signs in whoever did.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    headers: HeaderMap,
    typed: Result<Posted<Vec<(String, String)>>, FormRejection>,
) -> Result<Response, Fault> {
    // Before anything that was sent is looked at: once somebody can sign in, there is no such page.
    let Some(code) = app.setup_code().await? else { return Ok(see_other("/sign-in")) };
    let mut form = match typed {
        Ok(Posted(typed)) => Form::typed(typed),
        Err(rejection) => return Ok(rejection.into_response()),
    };
    let proven = is_here(&app, &visitor, &headers) || form.value("code").trim().eq_ignore_ascii_case(&code);
    let (practice, first, types) = match read(&form, proven) {
        Ok(read) => read,
        Err(problems) => {
            form.refuse_all(&problems);
            return refused(&template(&app, &visitor, &headers, form));
        }
    };
    let hash = passwords::hash(form.value("password")).await?;
    let mut desk = app.store.write_desk(setup::first_comer(visitor.actor.address.clone())).await?;
    match set_up(&mut desk, (&practice, types.as_slice()), &first, &hash).await {
        Ok(()) => desk.close().await?,
        Err(refusal) => {
            drop(desk);
            app.look_who_is_there().await?;
            return Err(refusal.into());
        }
    }
    app.look_who_is_there().await?;
    app.show(Face { name: practice.name, zone: practice.time_zone });
    sign_in::admit(&app, &visitor, &headers, (first.email.as_str(), form.value("password")), urls::PATIENTS)
        .await
}

/// Sets up the practice and its first person, and keeps how it uses the kinds of visit.
async fn set_up(
    desk: &mut Desk,
    (practice, types): (&PracticeDetails, &[VisitType]),
    first: &ProviderDetails,
    hash: &str,
) -> Result<(), Refusal> {
    setup::set_up(desk, practice, first, hash).await?;
    if types != VisitTypes::default().all() {
        visit_types::save(desk, 0, types).await?;
    }
    Ok(())
}

/// Everything that was typed, or everything that is wrong with it.
fn read(form: &Form, proven: bool) -> Result<(PracticeDetails, ProviderDetails, Vec<VisitType>), Problems> {
    let mut wrong = Problems::none();
    if !proven {
        wrong.add("code", "wrong", "Enter the setup code from the server's log.");
    }
    let typed = PracticeForm { phone: form.value("practicePhone").to_owned(), ..form.read() };
    let practice = wrong.keep(typed.parse().map_err(|problems| {
        let field = |field: String| if field == "phone" { "practicePhone".to_owned() } else { field };
        Problems(problems.0.into_iter().map(|p| FieldError { field: field(p.field), ..p }).collect())
    }));
    let person = ProviderForm { role: Role::Admin.to_string(), ..form.read() };
    let first = wrong.keep(person.parse());
    let known = [person.email.as_str(), person.first_name.as_str(), person.last_name.as_str()];
    wrong.keep(passwords::check_new(form.value("password"), &known));
    if form.value("password") != form.value("passwordAgain") {
        wrong.add("passwordAgain", "differs", "The two passwords differ; type the same one twice.");
    }
    // A program that posts the form need not send them.
    let types = if says_types(form) {
        wrong.keep(parse_all(&types::typed(form)))
    } else {
        Some(VisitTypes::default().all().to_vec())
    };
    match (practice, first, types) {
        (Some(practice), Some(first), Some(types)) if wrong.is_empty() => Ok((practice, first, types)),
        _ => Err(wrong),
    }
}

fn template(app: &App, visitor: &Visitor, headers: &HeaderMap, form: Form) -> SetupPage {
    let asks_code = !is_here(app, visitor, headers);
    let usual = VisitTypes::default();
    let types_wrong = form.errors().iter().any(|error| error.field == "types" || error.field.contains('.'));
    let form = if says_types(&form) { form } else { types::filled(form, &usual) };
    let types = types::rows(&usual);
    SetupPage { shell: visitor.shell(), form, asks_code, zones: Zone::names(), types, types_wrong }
}

/// Whether the form says anything of the kinds of visit.
fn says_types(form: &Form) -> bool {
    form.values("follow_up.minutes").next().is_some()
}

/// Whether somebody sits at the machine itself, with no proxy between.
fn is_here(app: &App, visitor: &Visitor, headers: &HeaderMap) -> bool {
    let proxied =
        ["forwarded", "x-forwarded-for", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
    let address: Option<IpAddr> = visitor.actor.address.as_deref().and_then(|address| address.parse().ok());
    !app.settings.secure && !proxied && address.is_some_and(|address| address.is_loopback())
}
