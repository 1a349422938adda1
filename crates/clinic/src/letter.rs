//! A letter: written from a signed record, kept as it went out, never changed. One that should not have gone out is
//! withdrawn with a reason; its words stay.

use crate::field::{self, Problems, SHORT};
use crate::ids::{AppointmentId, LetterId, PatientId, ProviderId, RecordId};
use crate::time::{Day, Instant};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fmt::Write as _;
use std::str::FromStr;

/// The most characters of a letter's text.
pub const MOST: usize = 20_000;

/// What a letter is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// To a colleague who is to see the patient.
    Referral,
    /// A certificate for work or school.
    SickNote,
    /// The visit in plain words, for the patient.
    PlainSummary,
}

impl LetterKind {
    /// Every kind, in the order of the menu.
    pub const ALL: [Self; 3] = [Self::Referral, Self::SickNote, Self::PlainSummary];

    /// The word in databases and interfaces.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::SickNote => "sick_note",
            Self::PlainSummary => "plain_summary",
        }
    }

    /// The word for people.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::Referral => "Referral",
            Self::SickNote => "Sick note",
            Self::PlainSummary => "Visit in plain words",
        }
    }
}

impl fmt::Display for LetterKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that names no kind of letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a kind of letter: use referral, sick_note or plain_summary")]
pub struct NotALetterKind;

impl FromStr for LetterKind {
    type Err = NotALetterKind;

    fn from_str(text: &str) -> Result<Self, NotALetterKind> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(NotALetterKind)
    }
}

/// Everything that a letter shows, as it went out. Lists of lines are one text with line breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LetterSheet {
    /// What it is for.
    pub kind: LetterKind,
    /// The practice's name, address and phone.
    pub letterhead: String,
    /// To whom.
    pub recipient: Option<String>,
    /// Its date.
    pub written_on: Day,
    /// What it is about.
    pub subject: String,
    /// Whom it is about: name, birth date, record number.
    pub about: String,
    /// What it says; an empty line begins a paragraph.
    pub text: String,
    /// Whose name it bears: name, licence.
    pub signer: String,
}

impl LetterSheet {
    /// The fingerprint of everything that it shows, and of the signed record it was written from, in lower-case
    /// hexadecimal.
    pub fn digest(&self, record_digest: &str) -> String {
        // A later form gets another name, so that an old letter stays provable.
        let written_on = self.written_on.iso();
        let fields = [
            "medrecord-letter-1",
            record_digest,
            self.kind.as_str(),
            &self.letterhead,
            self.recipient.as_deref().unwrap_or_default(),
            &written_on,
            &self.subject,
            &self.about,
            &self.text,
            &self.signer,
        ];
        let mut all = Sha256::new();
        for field in fields {
            // Its length before it, so that no two letters run together to the same bytes.
            all.update(field.len().to_be_bytes());
            all.update(field);
        }
        all.finalize().iter().fold(String::new(), |mut text, byte| {
            let _written = write!(text, "{byte:02x}");
            text
        })
    }
}

/// A letter that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Letter {
    /// Its id.
    pub id: LetterId,
    /// Whom it is about.
    pub patient_id: PatientId,
    /// The visit.
    pub appointment_id: AppointmentId,
    /// The signed record it was written from.
    pub medical_record_id: RecordId,
    /// The fingerprint of that record.
    pub record_digest: String,
    /// What it shows.
    #[serde(flatten)]
    pub sheet: LetterSheet,
    /// The fingerprint of the letter.
    pub content_digest: String,
    /// Who finished it.
    pub kept_by: ProviderId,
    /// That person's name.
    pub kept_by_name: String,
    /// When it was finished.
    pub kept_at: Instant,
    /// How it was withdrawn.
    pub withdrawal: Option<Withdrawal>,
}

/// That a letter was withdrawn.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Withdrawal {
    /// When.
    pub at: Instant,
    /// By whom.
    pub by: ProviderId,
    /// Why.
    pub reason: String,
}

/// A letter in a list, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ListedLetter {
    /// Its id.
    pub id: LetterId,
    /// The visit.
    pub appointment_id: AppointmentId,
    /// What it is for.
    pub kind: LetterKind,
    /// To whom.
    pub recipient: Option<String>,
    /// What it is about.
    pub subject: String,
    /// Its date.
    pub written_on: Day,
    /// Who finished it.
    pub kept_by_name: String,
    /// When it was finished.
    pub kept_at: Instant,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Instant>,
}

/// What somebody typed, unread.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct LetterForm {
    /// To whom; may be empty.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

/// A letter, read and sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterDetails {
    /// To whom.
    pub recipient: Option<String>,
    /// What it is about.
    pub subject: String,
    /// What it says.
    pub text: String,
}

impl LetterForm {
    /// Reads the form.
    ///
    /// # Errors
    /// Every problem of every field at once: nothing said, or too much.
    pub fn parse(&self) -> Result<LetterDetails, Problems> {
        let mut wrong = Problems::none();
        let recipient = wrong.keep(field::long_text("to", "the recipient", &self.to, 500));
        let subject =
            wrong.keep(field::required("subject", "what the letter is about", &self.subject, SHORT));
        let text = wrong.keep(field::long_text("text", "the text", &self.text, MOST));
        if let Some(None) = text {
            wrong.add("text", "required", "Enter the text of the letter.");
        }
        let read = || Some(LetterDetails { recipient: recipient?, subject: subject?, text: text?? });
        read().filter(|_| wrong.is_empty()).ok_or(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> LetterSheet {
        LetterSheet {
            kind: LetterKind::Referral,
            letterhead: "Elm Practice".into(),
            recipient: None,
            written_on: Day::of(2026, 11, 22).unwrap(),
            subject: "Referral".into(),
            about: "DOE, Jane".into(),
            text: "Dear colleague,".into(),
            signer: "Dora Doctor".into(),
        }
    }

    #[test]
    fn a_letter_says_something_about_something() {
        let wrong = LetterForm { text: " \n ".into(), ..LetterForm::default() }.parse().unwrap_err();
        assert_eq!(wrong.0.iter().map(|p| p.field.as_str()).collect::<Vec<_>>(), ["subject", "text"]);
        let long = LetterForm { to: "x".repeat(501), subject: "s".into(), text: "t".repeat(MOST + 1) };
        assert_eq!(long.parse().unwrap_err().0.len(), 2);
        let form = LetterForm { to: String::new(), subject: "About".into(), text: "Dear,\n\nbye \n".into() };
        let read = form.parse().unwrap();
        assert_eq!((read.recipient, read.text.as_str()), (None, "Dear,\n\nbye"));
    }

    #[test]
    fn whatever_a_letter_shows_is_in_its_fingerprint() {
        let digest = sheet().digest("ab");
        assert_eq!(digest.len(), 64);
        let others = [
            LetterSheet { kind: LetterKind::SickNote, ..sheet() },
            LetterSheet { letterhead: "Elm".into(), ..sheet() },
            LetterSheet { recipient: Some("Dr Roe".into()), ..sheet() },
            LetterSheet { written_on: Day::of(2026, 11, 23).unwrap(), ..sheet() },
            LetterSheet { subject: "ReferralD".into(), about: "OE, Jane".into(), ..sheet() },
            LetterSheet { text: "Dear".into(), ..sheet() },
            LetterSheet { signer: "Dora".into(), ..sheet() },
        ];
        for other in others {
            assert_ne!(other.digest("ab"), digest, "{other:?}");
        }
        assert_ne!(sheet().digest("cd"), digest, "the record belongs to it");
        assert_eq!(sheet().digest("ab"), digest);
    }

    #[test]
    fn the_words_of_kinds_read_back() {
        for kind in LetterKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(kind));
        }
        assert_eq!("poem".parse::<LetterKind>(), Err(NotALetterKind));
    }
}
