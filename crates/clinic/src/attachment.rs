//! A document kept with a patient: which kinds are taken, how large, and under which name.
//!
//! The kind is read from the bytes; what a browser calls a file decides nothing.

use crate::field::{self, Problems, SHORT};
use crate::ids::{AppointmentId, AttachmentId, PatientId, ProviderId};
use crate::time::Instant;
use serde::Serialize;

/// The most bytes of one document: 20 MiB.
pub const MOST_BYTES: usize = 20 * 1024 * 1024;

/// A document of a patient; its bytes lie in the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its id.
    pub id: AttachmentId,
    /// Whose it is.
    pub patient_id: PatientId,
    /// The visit it belongs to.
    pub appointment_id: Option<AppointmentId>,
    /// The name it came with.
    pub file_name: String,
    /// Its kind, such as `application/pdf`.
    pub media_type: String,
    /// Its size.
    pub byte_count: i64,
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// What it is.
    pub description: Option<String>,
    /// Who added it.
    pub added_by: Option<ProviderId>,
    /// When it was taken off as entered in error.
    pub entered_in_error_at: Option<Instant>,
    /// Why it was taken off.
    pub entered_in_error_reason: Option<String>,
    /// When it was added.
    pub created_at: Instant,
    /// The row's version, for optimistic updates.
    pub version: i32,
}

impl Attachment {
    /// The size in words: `240 KB`, `1.2 MB`.
    pub fn size(&self) -> String {
        match self.byte_count {
            bytes @ ..1_000 => format!("{bytes} bytes"),
            bytes @ ..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
            bytes => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        }
    }
}

/// A kind of document that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A PDF document.
    Pdf,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A WebP picture.
    Webp,
    /// Plain text in UTF-8.
    Text,
}

impl Kind {
    /// Reads the kind from the first bytes (WHATWG MIME Sniffing, section 6); text is what is UTF-8 without control signs.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            [] => None,
            _ if bytes.starts_with(b"%PDF-") => Some(Self::Pdf),
            _ if bytes.starts_with(b"\x89PNG\r\n\x1a\n") => Some(Self::Png),
            _ if bytes.starts_with(&[0xff, 0xd8, 0xff]) => Some(Self::Jpeg),
            _ if webp => Some(Self::Webp),
            _ => std::str::from_utf8(bytes)
                .ok()
                .filter(|text| !text.chars().any(|c| c.is_control() && !"\t\n\r\u{c}".contains(c)))
                .map(|_| Self::Text),
        }
    }

    /// The media type under which it is kept and handed out.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Text => "text/plain; charset=utf-8",
        }
    }
}

/// A document as it comes, unread.
#[derive(Debug, Clone, Default)]
pub struct AttachmentForm {
    /// The name of the file on the sender's machine.
    pub file_name: String,
    /// What it is; may be empty.
    pub description: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A document, read and sound.
#[derive(Debug, Clone)]
pub struct AttachmentDetails {
    /// A name without folders.
    pub file_name: String,
    /// What it is.
    pub description: Option<String>,
    /// Its kind, read from the bytes.
    pub kind: Kind,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl AttachmentForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once: no file, too large, of a kind that is not taken.
    pub fn parse(self) -> Result<AttachmentDetails, Problems> {
        let mut wrong = Problems::none();
        let p = &mut wrong;
        let last = self.file_name.rsplit(['/', '\\']).next().unwrap_or_default();
        let file_name = p.keep(field::required("file", "a file", last, SHORT));
        let description = p.keep(field::optional("description", "the description", &self.description, SHORT));
        let kind = p.keep(kind(&self.bytes));
        match (file_name, description, kind) {
            (Some(file_name), Some(description), Some(kind)) => {
                Ok(AttachmentDetails { file_name, description, kind, bytes: self.bytes })
            }
            _ => Err(wrong),
        }
    }
}

fn kind(bytes: &[u8]) -> Result<Kind, Problems> {
    if bytes.len() > MOST_BYTES {
        return Err(Problems::one("file", "too_large", "Choose a file of at most 20 MB."));
    }
    if bytes.is_empty() {
        return Err(Problems::one("file", "required", "Choose a file that is not empty."));
    }
    Kind::of(bytes).ok_or_else(|| {
        let message = "Choose a PDF, a picture (PNG, JPEG, WebP) or a plain text file.";
        Problems::one("file", "wrong_kind", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_tell_the_kind_not_the_name() {
        for (bytes, kind) in [
            (b"%PDF-1.7 ...".as_slice(), Some(Kind::Pdf)),
            (b"\x89PNG\r\n\x1a\n....", Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0", Some(Kind::Jpeg)),
            (b"RIFF....WEBPVP8 ", Some(Kind::Webp)),
            ("Befund: unauffällig\n".as_bytes(), Some(Kind::Text)),
            (b"MZ\x90\x00\x03", None),
            (b"", None),
        ] {
            assert_eq!(Kind::of(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn a_file_keeps_its_name_without_its_folders() {
        let form = AttachmentForm {
            file_name: "C:\\scans\\letter.pdf".into(),
            bytes: b"%PDF-1.7".to_vec(),
            ..AttachmentForm::default()
        };
        assert_eq!(form.parse().unwrap().file_name, "letter.pdf");
        let empty = AttachmentForm { file_name: "x".into(), ..AttachmentForm::default() };
        assert!(empty.parse().unwrap_err().of("file").is_some());
    }

    #[test]
    fn sizes_read_as_people_say_them() {
        let mut document = Attachment {
            id: AttachmentId::at(Instant::from_millis(0), [0; 10]),
            patient_id: PatientId::at(Instant::from_millis(0), [0; 10]),
            appointment_id: None,
            file_name: String::new(),
            media_type: String::new(),
            byte_count: 0,
            sha256: String::new(),
            description: None,
            added_by: None,
            entered_in_error_at: None,
            entered_in_error_reason: None,
            created_at: Instant::from_millis(0),
            version: 1,
        };
        for (bytes, words) in [(12, "12 bytes"), (240_400, "240 KB"), (1_234_567, "1.2 MB")] {
            document.byte_count = bytes;
            assert_eq!(document.size(), words);
        }
    }
}
