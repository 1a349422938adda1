//! One's own templates of notes: listed, written, changed and removed. The visit's page offers them.

use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::ids::NoteTemplateId;
use medrecord_clinic::medical_record::NoteField;
use medrecord_clinic::note_template::{NoteTemplate, NoteTemplateForm};
use medrecord_store::{Refusal, note_templates};

const HERE: &str = "/settings/account/templates";

#[derive(Template)]
#[template(path = "pages/account/templates.html")]
struct TemplatesPage {
    shell: Shell,
    lines: Vec<Line>,
}

/// A template in words.
struct Line {
    name: String,
    href: String,
    kind: &'static str,
    /// Which sections it begins.
    sections: String,
}

#[derive(Template)]
#[template(path = "pages/account/template.html")]
struct TemplatePage {
    shell: Shell,
    form: Form,
    kinds: Vec<(&'static str, &'static str)>,
    /// Where the form goes.
    action: String,
    /// The version that is shown; 0 for a new one.
    version: i32,
}

impl TemplatePage {
    fn of(visitor: &Visitor, form: Form, kept: Option<(NoteTemplateId, i32)>) -> Self {
        let all = ("", "All visits");
        let kinds = AppointmentType::ALL.into_iter().map(|kind| (kind.as_str(), kind.in_words()));
        Self {
            shell: visitor.shell(),
            form,
            kinds: std::iter::once(all).chain(kinds).collect(),
            action: kept.map_or(HERE.to_owned(), |(id, _)| format!("{HERE}/{id}")),
            version: kept.map_or(0, |(_, version)| version),
        }
    }
}

/// Lists them.
pub(crate) async fn list(visitor: Visitor, Reading(mut desk): Reading) -> Result<Response, Fault> {
    let own = note_templates::own(&mut desk).await?;
    desk.close().await?;
    page(&TemplatesPage { shell: visitor.shell(), lines: own.iter().map(line).collect() })
}

fn line(template: &NoteTemplate) -> Line {
    let sections = NoteField::ALL.into_iter().filter(|section| template.note.get(*section).is_some());
    Line {
        name: template.name.clone(),
        href: format!("{HERE}/{}", template.id),
        kind: template.appointment_type.map_or("All visits", AppointmentType::in_words),
        sections: sections.map(NoteField::label).collect::<Vec<_>>().join(", "),
    }
}

/// An empty form.
pub(crate) async fn blank(visitor: Visitor) -> Result<Response, Fault> {
    page(&TemplatePage::of(&visitor, Form::default(), None))
}

/// One of them, to be changed.
pub(crate) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let template = note_templates::get(&mut desk, template_id(&id)?).await?;
    desk.close().await?;
    let form = Form::of(&NoteTemplateForm::from(&template));
    page(&TemplatePage::of(&visitor, form, Some((template.id, template.version))))
}

/// Keeps a new one.
pub(crate) async fn add(
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let added = match form.read::<NoteTemplateForm>().parse() {
        Ok(details) => note_templates::add(&mut desk, &details).await.map(drop),
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    match added {
        Ok(()) => {
            desk.close().await?;
            Ok(see_other_saying(HERE, "ok", "Kept. It is offered on the page of a visit."))
        }
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            refused(&TemplatePage::of(&visitor, form, None))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Changes one. What was changed elsewhere meanwhile comes back with 409: what was typed, to be saved over it knowingly.
pub(crate) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let id = template_id(&id)?;
    let mut form = Form::typed(typed);
    let seen = seen(&form);
    let changed = match form.read::<NoteTemplateForm>().parse() {
        Ok(details) => note_templates::update(&mut desk, id, seen, &details).await.map(drop),
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    match changed {
        Ok(()) => {
            desk.close().await?;
            Ok(see_other_saying(HERE, "ok", "Changed. Notes that began with it stay as they are."))
        }
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            refused(&TemplatePage::of(&visitor, form, Some((id, seen))))
        }
        Err(Refusal::Stale { current, .. }) => {
            drop(desk);
            let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
            let name = note_templates::get(&mut desk, id).await?.name;
            desk.close().await?;
            let words = format!(
                "This template ({name}) was changed in another tab. Below is what you typed; saving again puts it in place of that."
            );
            form.refuse("name", words);
            conflict(&TemplatePage::of(&visitor, form, Some((id, current))))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// Removes one.
pub(crate) async fn remove(
    Path(id): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    note_templates::remove(&mut desk, template_id(&id)?, seen(&Form::typed(typed))).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "Removed. Notes that began with it stay as they are."))
}

fn seen(form: &Form) -> i32 {
    form.value("version").parse().unwrap_or_default()
}

fn template_id(text: &str) -> Result<NoteTemplateId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound("template"))
}
