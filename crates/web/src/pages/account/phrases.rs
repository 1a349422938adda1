//! Phrases that abbreviations become while somebody writes a note: one's own and those of the practice.

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
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::PhraseId;
use medrecord_clinic::phrase::{Phrase, PhraseForm};
use medrecord_store::{Refusal, phrases};

const HERE: &str = "/settings/account/phrases";

#[derive(Template)]
#[template(path = "pages/account/phrases.html")]
struct PhrasesPage {
    shell: Shell,
    lines: Vec<Line>,
}

/// A phrase in the list.
struct Line {
    abbreviation: String,
    words: String,
    is_shared: bool,
    /// Where it is changed, by whoever may.
    href: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/account/phrase.html")]
struct PhrasePage {
    shell: Shell,
    form: Form,
    /// Whether the person may give a phrase to the whole practice.
    may_share: bool,
    /// Where the form goes.
    action: String,
    /// The version that is shown; 0 for a new one.
    version: i32,
}

impl PhrasePage {
    fn of(visitor: &Visitor, form: Form, kept: Option<(PhraseId, i32)>) -> Self {
        Self {
            shell: visitor.shell(),
            form,
            may_share: visitor.may(Action::WriteSettings),
            action: kept.map_or(HERE.to_owned(), |(id, _)| format!("{HERE}/{id}")),
            version: kept.map_or(0, |(_, version)| version),
        }
    }
}

/// Lists them.
pub(crate) async fn list(visitor: Visitor, Reading(mut desk): Reading) -> Result<Response, Fault> {
    let offered = phrases::offered(&mut desk).await?;
    desk.close().await?;
    let may_share = visitor.may(Action::WriteSettings);
    let line = |phrase: Phrase| Line {
        href: (may_share || !phrase.is_shared).then(|| format!("{HERE}/{}", phrase.id)),
        abbreviation: phrase.abbreviation,
        words: phrase.words,
        is_shared: phrase.is_shared,
    };
    page(&PhrasesPage { shell: visitor.shell(), lines: offered.into_iter().map(line).collect() })
}

/// An empty form.
pub(crate) async fn blank(visitor: Visitor) -> Result<Response, Fault> {
    page(&PhrasePage::of(&visitor, Form::default(), None))
}

/// One of them, to be changed.
pub(crate) async fn show(
    visitor: Visitor,
    Path(id): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let phrase = phrases::get(&mut desk, phrase_id(&id)?).await?;
    desk.close().await?;
    if phrase.is_shared && !visitor.may(Action::WriteSettings) {
        return Err(Refusal::NotAllowed(Action::WriteSettings).into());
    }
    let form = Form::of(&PhraseForm::from(&phrase));
    page(&PhrasePage::of(&visitor, form, Some((phrase.id, phrase.version))))
}

/// Keeps a new one.
pub(crate) async fn add(
    visitor: Visitor,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let mut form = Form::typed(typed);
    let added = match form.read::<PhraseForm>().parse() {
        Ok(details) => phrases::add(&mut desk, &details).await.map(|_| details.abbreviation),
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    match added {
        Ok(abbreviation) => {
            desk.close().await?;
            let words = format!("Kept. In a note, type {abbreviation} and a space.");
            Ok(see_other_saying(HERE, "ok", &words))
        }
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            refused(&PhrasePage::of(&visitor, form, None))
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
    let id = phrase_id(&id)?;
    let mut form = Form::typed(typed);
    let seen = seen(&form);
    let changed = match form.read::<PhraseForm>().parse() {
        Ok(details) => phrases::update(&mut desk, id, seen, &details).await.map(drop),
        Err(problems) => Err(Refusal::Invalid(problems)),
    };
    match changed {
        Ok(()) => {
            desk.close().await?;
            Ok(see_other_saying(HERE, "ok", "Changed. Notes that hold it stay as they are."))
        }
        Err(Refusal::Invalid(problems)) => {
            form.refuse_all(&problems);
            refused(&PhrasePage::of(&visitor, form, Some((id, seen))))
        }
        Err(Refusal::Stale { current, .. }) => {
            drop(desk);
            let mut desk = app.store.read_desk(visitor.actor.clone()).await?;
            let kept = phrases::get(&mut desk, id).await?;
            desk.close().await?;
            let words = format!(
                "This phrase was changed in another tab: {} is now {}. Below is what you typed; saving again puts it in place of that.",
                kept.abbreviation, kept.words
            );
            form.refuse("words", words);
            conflict(&PhrasePage::of(&visitor, form, Some((id, current))))
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
    phrases::remove(&mut desk, phrase_id(&id)?, seen(&Form::typed(typed))).await?;
    desk.close().await?;
    Ok(see_other_saying(HERE, "ok", "Removed. Notes that hold it stay as they are."))
}

fn seen(form: &Form) -> i32 {
    form.value("version").parse().unwrap_or_default()
}

fn phrase_id(text: &str) -> Result<PhraseId, Refusal> {
    text.parse().map_err(|_| Refusal::NotFound("phrase"))
}
