//! Documents of a patient: added with their bytes checked, handed out as downloads only, taken off when wrong.

use super::{head, id};
use crate::app::App;
use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::form::Form;
use crate::page::{page, refused, see_other_saying};
use crate::shell::{Banner, Shell};
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::body::Body;
use axum::extract::{Form as Posted, Multipart, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use medrecord_clinic::attachment::{AttachmentForm, MOST_BYTES};
use medrecord_clinic::field::Problems;
use medrecord_clinic::ids::{AttachmentId, PatientId};
use medrecord_store::attachments::{self, Owner};
use std::path::PathBuf;

/// The most bytes of an upload: the document and the form around it.
pub(crate) const UPLOAD_LIMIT: usize = MOST_BYTES + 64 * 1024;

#[derive(Template)]
#[template(path = "pages/chart/document.html")]
struct DocumentPage {
    shell: Shell,
    banner: Banner,
    action: String,
    form: Form,
}

fn folder(app: &App) -> PathBuf {
    app.settings.data_folder.join("documents")
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

/// Hands a document out: always as a download, never shown within the site.
pub(crate) async fn download(
    State(app): State<App>,
    Path(document): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let document: AttachmentId = id(&document, "document")?;
    let (attachment, bytes) = attachments::open(&mut desk, &folder(&app), document).await?;
    desk.close().await?;
    let mut answer = Response::new(Body::from(bytes));
    *answer.status_mut() = StatusCode::OK;
    let name = format!("attachment; filename*=UTF-8''{}", escaped(&attachment.file_name));
    let plain = HeaderValue::from_static("application/octet-stream");
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&attachment.media_type).unwrap_or(plain));
    headers.insert(
        header::CONTENT_DISPOSITION,
        HeaderValue::from_str(&name).unwrap_or(HeaderValue::from_static("attachment")),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    Ok(answer)
}

/// A name as RFC 8187 wants it: letters, digits and a few signs, all else as percent and two digits a byte.
fn escaped(name: &str) -> String {
    let sign = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    name.bytes().map(sign).collect()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(escaped("Brief \"1\".pdf\r\nX: y"), "Brief%20%221%22.pdf%0D%0AX%3A%20y");
        assert_eq!(escaped("Röntgen.png"), "R%C3%B6ntgen.png");
    }
}
