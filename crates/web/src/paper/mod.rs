//! A document on paper as a PDF: what stands on it, in order, is set in lines and pages and written out.
//!
//! `face.rs` knows the typeface and what it lacks, `lines.rs` breaks lines by its widths, `pages.rs` breaks pages,
//! `draw.rs` writes the file, `size.rs` knows the paper. The same paper gives the same bytes: nothing is taken from the
//! clock or from chance. What the letters say is put together elsewhere.

use crate::error::Fault;
use crate::text::Text;
use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use medrecord_clinic::time::Instant;
pub(crate) use size::Size;

mod draw;
mod face;
mod lines;
mod pages;
mod size;

/// A document as it goes onto paper.
pub(crate) struct Paper {
    /// What it is, for the window of a reader and for its list of contents.
    pub(crate) title: String,
    /// Says the texts of the paper itself, in its language.
    pub(crate) t: Text,
    /// Who wrote it.
    pub(crate) author: String,
    /// When it was made.
    pub(crate) made_at: Instant,
    /// The sheet.
    pub(crate) size: Size,
    /// What stands on it, from top to bottom.
    pub(crate) parts: Vec<Part>,
    /// What stands at the foot of every page beside its number: whose it is.
    pub(crate) foot: String,
}

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The practice's name, address and phone, a line each, with a rule below.
    Letterhead(Vec<String>),
    /// What whoever reads the document must see first.
    Notice(String),
    /// What the document is about.
    Heading(String),
    /// What the next part is about; stays with it.
    Subheading(String),
    /// Text; an empty line begins a paragraph, other breaks are kept.
    Text(String),
    /// Lines that belong closely together, such as an address.
    Lines(Vec<String>),
    /// The same in small type.
    Fine(Vec<String>),
    /// The line to sign on, and who signs, a line each; stays with what is before it.
    Signature(Vec<String>),
}

/// Why a document was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaperError {
    /// The typeface lacks these signs.
    #[error("signs that the typeface lacks")]
    Undrawable(Vec<char>),
    /// The document could not be written.
    #[error("the document could not be written: {0}")]
    Broken(String),
}

impl Paper {
    /// Writes the document.
    ///
    /// # Errors
    /// [`PaperError::Undrawable`] with every sign that cannot be drawn; nothing is left out or drawn as another one.
    pub(crate) fn pdf(&self) -> Result<Vec<u8>, PaperError> {
        let faces = face::Faces::load()?;
        let foot = lines::foot(&faces, &self.foot, self.size);
        let set = lines::set(&faces, &self.parts, self.size);
        let lacking = lines::lacking(&faces, &set, &foot);
        if !lacking.is_empty() {
            return Err(PaperError::Undrawable(lacking));
        }
        let pages = pages::broken(set, pages::room(self.size, foot.len()));
        draw::document(self, &faces, &pages, &foot)
    }
}

/// Hands a document out as a file, which the browser keeps or opens.
pub(crate) fn download(pdf: Vec<u8>, name: &str) -> Response {
    let mut answer = Response::new(Body::from(pdf));
    *answer.status_mut() = StatusCode::OK;
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let plain = HeaderValue::from_static("attachment");
    headers.insert(header::CONTENT_DISPOSITION, named.unwrap_or(plain));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
    answer
}

impl From<PaperError> for Fault {
    fn from(error: PaperError) -> Self {
        match error {
            PaperError::Undrawable(signs) => {
                let signs: Vec<String> = signs
                    .iter()
                    .take(20)
                    .map(|sign| format!("{sign} (U+{:04X})", u32::from(*sign)))
                    .collect();
                let words = format!(
                    "The PDF has letters of Latin, Greek and Cyrillic script and no others, so no PDF was made: it cannot \
                     show {}. Print the page from the browser, which can, or write these signs otherwise.",
                    signs.join(", ")
                );
                Self::new(
                    StatusCode::UNPROCESSABLE_ENTITY,
                    "undrawable",
                    "Signs that a PDF here cannot show",
                    words,
                )
            }
            PaperError::Broken(cause) => Self::broken(cause),
        }
    }
}

#[cfg(test)]
mod tests;
