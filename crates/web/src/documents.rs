//! Where documents lie, and how one is handed out: alike for pages and programs.

use crate::app::App;
use crate::desk::Reading;
use crate::error::Fault;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use medrecord_clinic::attachment::MOST_BYTES;
use medrecord_clinic::ids::AttachmentId;
use medrecord_store::{Refusal, attachments};
use std::path::PathBuf;

/// The most bytes of an upload: the document and the form around it.
pub(crate) const UPLOAD_LIMIT: usize = MOST_BYTES + 64 * 1024;

/// The folder of all documents.
pub(crate) fn folder(app: &App) -> PathBuf {
    app.settings.data_folder.join("documents")
}

/// Hands a document out: always as a download, never shown within the site.
pub(crate) async fn download(
    State(app): State<App>,
    Path(document): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let document: AttachmentId = document.parse().map_err(|_| Refusal::NotFound("document"))?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        assert_eq!(escaped("Brief \"1\".pdf\r\nX: y"), "Brief%20%221%22.pdf%0D%0AX%3A%20y");
        assert_eq!(escaped("Röntgen.png"), "R%C3%B6ntgen.png");
    }
}
