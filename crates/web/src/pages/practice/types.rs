//! How the practice uses the kinds of visit: how long each takes, in which order they stand, which are offered.

use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{conflict, page, refused, see_other_saying};
use crate::shell::Shell;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, State};
use axum::response::Response;
use medrecord_clinic::appointment::AppointmentType;
use medrecord_clinic::visit_type::{VisitType, VisitTypeForm, VisitTypes, parse_all};
use medrecord_store::{Refusal, visit_types};

const HERE: &str = "/settings/visit-types";

/// A kind of visit in the form, with the names of its fields.
pub(crate) struct TypeRow {
    pub(crate) word: &'static str,
    pub(crate) minutes: String,
    pub(crate) place: String,
    pub(crate) is_offered: String,
    pub(crate) choices: [(&'static str, &'static str); 2],
}

#[derive(Template)]
#[template(path = "pages/practice/types.html")]
struct TypesPage {
    shell: Shell,
    form: Form,
    types: Vec<TypeRow>,
    version: String,
    changed_meanwhile: bool,
}

/// The rows of the form: the kinds, in their order.
pub(crate) fn rows(types: &VisitTypes) -> Vec<TypeRow> {
    let named = |kind: AppointmentType, name: &str| format!("{kind}.{name}");
    let row = |it: &VisitType| TypeRow {
        word: it.kind.in_words(),
        minutes: named(it.kind, "minutes"),
        place: named(it.kind, "place"),
        is_offered: named(it.kind, "isOffered"),
        choices: [("true", "Offered"), ("false", "Not offered")],
    };
    types.all().iter().map(row).collect()
}

/// Puts the kinds into a form, each field as `follow_up.minutes`.
pub(crate) fn filled(form: Form, types: &VisitTypes) -> Form {
    types.forms().into_iter().fold(form, |form, (kind, typed)| {
        form.with(&format!("{kind}.minutes"), typed.minutes)
            .with(&format!("{kind}.place"), typed.place)
            .with(&format!("{kind}.isOffered"), typed.is_offered)
    })
}

/// What was typed about each kind.
pub(crate) fn typed(form: &Form) -> Vec<(AppointmentType, VisitTypeForm)> {
    let of = |kind: AppointmentType, name: &str| form.value(&format!("{kind}.{name}")).to_owned();
    let each = |kind| {
        let [minutes, place, is_offered] = ["minutes", "place", "isOffered"].map(|name| of(kind, name));
        (kind, VisitTypeForm { minutes, is_offered, place })
    };
    AppointmentType::ALL.into_iter().map(each).collect()
}

/// Shows them.
pub(crate) async fn show(visitor: Visitor, Reading(mut desk): Reading) -> Result<Response, Fault> {
    let types = visit_types::get(&mut desk).await?;
    desk.close().await?;
    page(&template(&visitor, filled(Form::default(), &types), &types))
}

fn template(visitor: &Visitor, form: Form, types: &VisitTypes) -> TypesPage {
    let version = match form.value("version") {
        "" => types.version.to_string(),
        version => version.to_owned(),
    };
    TypesPage { shell: visitor.shell(), form, types: rows(types), version, changed_meanwhile: false }
}

/// Saves all of them.
pub(crate) async fn save(
    State(app): State<App>,
    visitor: Visitor,
    Posted(posted): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(posted);
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    let types = match parse_all(&typed(&form)) {
        Ok(types) => types,
        Err(problems) => {
            let held = visit_types::get(&mut desk).await?;
            form.refuse_all(&problems);
            return refused(&template(&visitor, form, &held));
        }
    };
    let seen = form.value("version").parse().unwrap_or(0);
    match visit_types::save(&mut desk, seen, &types).await {
        Ok(_) => {}
        Err(Refusal::Stale { current, .. }) => {
            let held = visit_types::get(&mut desk).await?;
            form.put("version", current.to_string());
            return conflict(&TypesPage { changed_meanwhile: true, ..template(&visitor, form, &held) });
        }
        Err(refusal) => return Err(refusal.into()),
    }
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "The kinds of visit are saved."))
}
