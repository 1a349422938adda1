//! What allergies, problems and medications have in common as lines of a chart's list: a form to add one, a form to
//! change it, and what becomes of it. Each list says in its own file what it is made of.

use super::item::{ItemPage, Kind};
use super::{head, id};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::see_other_saying;
use crate::urls;
use crate::visitor::Visitor;
use axum::extract::{Form as Posted, Path, State};
use axum::response::Response;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::PatientId;
use medrecord_clinic::time::Day;
use medrecord_store::{Desk, Refusal};
use std::fmt::Display;
use std::str::FromStr;

type Typed = Posted<Vec<(String, String)>>;

/// What is asked of a list's lines.
pub(crate) trait Line: Sized + Send + 'static {
    /// The line's id.
    type Id: FromStr + Copy + Display + Send;
    /// What is typed, read and sound.
    type Details: Send + Sync;

    /// The list's page.
    const KIND: Kind;
    /// The list in addresses.
    const LIST: &'static str;
    /// One line in a sentence, such as `problem`.
    const NAME: &'static str;
    /// The fields with their labels, for showing two versions side by side.
    const LABELS: &'static [(&'static str, &'static str)];

    /// Whose it is.
    fn patient(&self) -> PatientId;
    /// The form as it opens, with `version` and `status`.
    fn form(&self) -> Form;
    /// Reads what was typed.
    fn read(form: &Form, today: Day) -> Result<Self::Details, Problems>;
    /// Loads the line.
    fn get(desk: &mut Desk, id: Self::Id) -> impl Future<Output = Result<Self, Refusal>> + Send;
    /// Adds a line.
    fn add(
        desk: &mut Desk,
        patient: PatientId,
        details: &Self::Details,
    ) -> impl Future<Output = Result<(), Refusal>> + Send;
    /// Changes the line from the version that was seen.
    fn update(
        desk: &mut Desk,
        line: (Self::Id, i32),
        details: &Self::Details,
    ) -> impl Future<Output = Result<i32, Refusal>> + Send;
    /// Says what became of the line: a word of the form, and why.
    fn change_status(
        desk: &mut Desk,
        line: (Self::Id, i32),
        became: (&str, &str),
        today: Day,
    ) -> impl Future<Output = Result<i32, Refusal>> + Send;
}

/// Shows the form of a new line.
pub(crate) async fn form<L: Line>(
    visitor: Visitor,
    Path(patient): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let banner = head(&mut desk, &visitor, patient).await?;
    desk.close().await?;
    let action = urls::chart_list(patient, L::LIST);
    ItemPage::add(&visitor, banner, L::KIND, action, Form::default()).answer()
}

/// Adds a line.
pub(crate) async fn add<L: Line>(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let mut form = Form::typed(typed);
    match L::read(&form, visitor.today(&app)) {
        Ok(details) => {
            L::add(&mut desk, patient, &details).await?;
            desk.close().await?;
            let words = format!("The {} is on the list.", L::NAME);
            Ok(see_other_saying(&urls::chart(patient), "ok", &words))
        }
        Err(problems) => {
            form.refuse_all(&problems);
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            let action = urls::chart_list(patient, L::LIST);
            ItemPage::add(&visitor, banner, L::KIND, action, form).answer()
        }
    }
}

/// Shows the form of a line on the list.
pub(crate) async fn edit<L: Line>(
    visitor: Visitor,
    Path(line): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let line: L::Id = id(&line, L::NAME)?;
    let found = L::get(&mut desk, line).await?;
    let banner = head(&mut desk, &visitor, found.patient()).await?;
    desk.close().await?;
    ItemPage::change(&visitor, banner, L::KIND, urls::chart_item(L::LIST, line), found.form()).answer()
}

/// Saves a line on the list.
pub(crate) async fn save<L: Line>(
    visitor: Visitor,
    State(app): State<App>,
    Path(line): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let line: L::Id = id(&line, L::NAME)?;
    let form = Form::typed(typed);
    let done = match L::read(&form, visitor.today(&app)) {
        Ok(details) => L::update(&mut desk, (line, seen(&form)), &details).await,
        Err(problems) => Err(problems.into()),
    };
    finish::<L>(&visitor, desk, line, form, done).await
}

/// Says what became of a line.
pub(crate) async fn change_status<L: Line>(
    visitor: Visitor,
    State(app): State<App>,
    Path(line): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Typed,
) -> Result<Response, Fault> {
    let line: L::Id = id(&line, L::NAME)?;
    let form = Form::typed(typed);
    let became = (form.value("status"), form.value("reason"));
    let done = L::change_status(&mut desk, (line, seen(&form)), became, visitor.today(&app)).await;
    finish::<L>(&visitor, desk, line, form, done).await
}

fn seen(form: &Form) -> i32 {
    form.value("version").parse().unwrap_or(0)
}

/// Leads back to the chart, or shows what is wrong.
async fn finish<L: Line>(
    visitor: &Visitor,
    mut desk: Desk,
    line: L::Id,
    typed: Form,
    done: Result<i32, Refusal>,
) -> Result<Response, Fault> {
    let found = L::get(&mut desk, line).await?;
    let Err(refusal) = done else {
        desk.close().await?;
        let words = format!("The {} is saved.", L::NAME);
        return Ok(see_other_saying(&urls::chart(found.patient()), "ok", &words));
    };
    let banner = head(&mut desk, visitor, found.patient()).await?;
    desk.close().await?;
    let current = found.form();
    let form = current.over(typed);
    let mut page = ItemPage::change(visitor, banner, L::KIND, urls::chart_item(L::LIST, line), form);
    match refusal {
        Refusal::Invalid(problems) => {
            page.refuse_all(&problems);
            page.answer()
        }
        Refusal::Stale { .. } => page.stale(L::LABELS, &current),
        plain @ (Refusal::NotFound(_)
        | Refusal::NotAllowed(_)
        | Refusal::NobodySignedIn
        | Refusal::Signed
        | Refusal::Rule(_)
        | Refusal::Store(_)) => Err(plain.into()),
    }
}
