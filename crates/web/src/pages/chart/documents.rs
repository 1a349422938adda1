//! Documents of a patient: added with their bytes checked, taken off when wrong.

use super::{head, id};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::documents::folder;
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Multipart, Path, State};
use axum::response::Response;
use medrecord_clinic::attachment::AttachmentForm;
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AttachmentId, PatientId};
use medrecord_store::attachments::{self, Owner};

#[derive(Template)]
#[template(path = "pages/chart/document.html")]
struct DocumentPage {
    shell: Shell,
    banner: Banner,
    action: String,
    form: Form,
}

fn document_page(visitor: &Visitor, banner: Banner, patient: PatientId, form: Form) -> DocumentPage {
    let action = urls::chart_list(patient, "documents");
    DocumentPage { shell: visitor.shell(), banner, action, form }
}

/// Shows the form of a new document.
pub(crate) async fn form(
    visitor: Visitor,
    Path(patient): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let banner = head(&mut desk, &visitor, patient).await?;
    desk.close().await?;
    page(&document_page(&visitor, banner, patient, Form::default()))
}

/// Adds a document. The upload is read before the database is asked for anything, so that a slow line holds nobody up.
pub(crate) async fn add(
    visitor: Visitor,
    State(app): State<App>,
    Path(patient): Path<String>,
    upload: Multipart,
) -> Result<Response, Fault> {
    let patient: PatientId = id(&patient, "patient")?;
    let sent = receive(upload).await;
    let description = sent.as_ref().map(|sent| sent.description.clone()).unwrap_or_default();
    let mut desk = app.store.write_desk(visitor.actor.clone()).await?;
    match sent.and_then(AttachmentForm::parse) {
        Ok(document) => {
            let owner = Owner { patient, appointment: None };
            attachments::add(&mut desk, &folder(&app), owner, &document).await?;
            desk.close().await?;
            Ok(see_other_saying(&urls::chart(patient), "ok", "The document is on the chart."))
        }
        Err(problems) => {
            let mut form = Form::default().with("description", description);
            form.refuse_all(&problems);
            let banner = head(&mut desk, &visitor, patient).await?;
            desk.close().await?;
            refused(&document_page(&visitor, banner, patient, form))
        }
    }
}

async fn receive(mut upload: Multipart) -> Result<AttachmentForm, Problems> {
    let broken = |_| {
        Problems::one("file", "broken", "The file did not arrive whole, or is over 20 MB. Send it again.")
    };
    let mut form = AttachmentForm::default();
    while let Some(field) = upload.next_field().await.map_err(broken)? {
        match field.name().unwrap_or_default() {
            "file" => {
                form.file_name = field.file_name().unwrap_or_default().to_owned();
                form.bytes = field.bytes().await.map_err(broken)?.to_vec();
            }
            "description" => form.description = field.text().await.map_err(broken)?,
            _ => {}
        }
    }
    Ok(form)
}

/// Takes a document off the chart as entered in error.
pub(crate) async fn enter_in_error(
    Path(document): Path<String>,
    Writing(mut desk): Writing,
    Posted(typed): Posted<Vec<(String, String)>>,
) -> Result<Response, Fault> {
    let document: AttachmentId = id(&document, "document")?;
    let form = Form::typed(typed);
    let seen = form.value("version").parse().unwrap_or(0);
    attachments::enter_in_error(&mut desk, document, seen, form.value("reason")).await?;
    let found = attachments::find(&mut desk, document).await?;
    desk.close().await?;
    let back = found.map_or_else(|| urls::PATIENTS.to_owned(), |found| urls::chart(found.patient_id));
    Ok(see_other_saying(&back, "ok", "The document is off the chart; it is kept with the reason."))
}
