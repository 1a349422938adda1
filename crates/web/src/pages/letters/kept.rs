//! A letter that was kept: to read, to print, as a PDF; and withdrawn with a reason where it should not have gone out.

use crate::desk::{Reading, Writing};
use crate::error::Fault;
use crate::page::{page, see_other_saying};
use crate::pages::chart::{head, id};
use crate::paper::{self, Paper, Part, Size};
use crate::shell::{Banner, Shell};
use crate::text::Text;
use crate::urls;
use crate::visitor::Visitor;
use askama::Template;
use axum::extract::{Form as Posted, Path};
use axum::response::Response;
use medrecord_clinic::access::Action;
use medrecord_clinic::ids::LetterId;
use medrecord_clinic::letter::{Letter, LetterKind, ListedLetter};
use medrecord_clinic::time::Zone;
use medrecord_store::letters;
use serde::Deserialize;

/// A letter as it goes out.
pub(crate) struct View {
    pub(crate) letterhead: Vec<String>,
    pub(crate) to: Vec<String>,
    pub(crate) date: String,
    pub(crate) subject: String,
    pub(crate) about: String,
    pub(crate) paragraphs: Vec<String>,
    pub(crate) signer: Vec<String>,
    /// When and why it was taken back.
    pub(crate) withdrawn: Option<String>,
}

/// A letter in a list.
pub(crate) struct Item {
    pub(crate) href: String,
    pub(crate) name: &'static str,
    pub(crate) detail: String,
    pub(crate) date: String,
    pub(crate) is_withdrawn: bool,
}

#[derive(Template)]
#[template(path = "pages/letters/kept.html")]
struct KeptPage {
    shell: Shell,
    banner: Banner,
    title: &'static str,
    letter: View,
    href: String,
    visit: String,
    kept: String,
    record_mark: String,
    mark: String,
    may_withdraw: bool,
}

#[derive(Template)]
#[template(path = "pages/letters/print.html")]
struct PrintPage {
    shell: Shell,
    title: &'static str,
    letter: View,
    href: String,
    printed: String,
}

/// Why a letter is withdrawn.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(crate) struct Why {
    reason: String,
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

impl View {
    /// A letter in words.
    pub(crate) fn of(letter: &Letter, zone: Zone) -> Self {
        let sheet = &letter.sheet;
        let withdrawn = letter.withdrawal.as_ref();
        Self {
            letterhead: lines(&sheet.letterhead),
            to: lines(sheet.recipient.as_deref().unwrap_or_default()),
            date: sheet.written_on.to_string(),
            subject: sheet.subject.clone(),
            about: sheet.about.clone(),
            paragraphs: sheet.text.split("\n\n").map(str::to_owned).collect(),
            signer: lines(&sheet.signer),
            withdrawn: withdrawn
                .map(|back| format!("Withdrawn {}: {}", zone.day_and_clock(back.at), back.reason)),
        }
    }

    /// The letter on the practice's paper.
    fn paper(self, letter: &Letter, zone: Zone) -> Paper {
        let to = (!self.to.is_empty()).then_some(Part::Lines(self.to));
        let parts = [
            Some(Part::Letterhead(self.letterhead)),
            self.withdrawn.map(Part::Notice),
            to,
            Some(Part::Lines(vec![self.date])),
            Some(Part::Heading(self.subject.clone())),
            Some(Part::Fine(vec![self.about.clone()])),
            Some(Part::Text(letter.sheet.text.clone())),
            Some(Part::Signature(self.signer.clone())),
        ];
        Paper {
            title: self.subject,
            t: Text::ENGLISH,
            author: self.signer.into_iter().next().unwrap_or_default(),
            made_at: letter.kept_at,
            size: Size::of(zone),
            parts: parts.into_iter().flatten().collect(),
            foot: self.about,
        }
    }
}

/// A letter as a line of a list.
pub(crate) fn item(letter: &ListedLetter) -> Item {
    let to = letter.recipient.as_deref().and_then(|to| to.lines().next()).map(|to| format!("To {to}. "));
    Item {
        href: urls::letter(letter.id),
        name: letter.kind.in_words(),
        detail: format!("{}{}", to.unwrap_or_default(), letter.subject),
        date: letter.written_on.to_string(),
        is_withdrawn: letter.withdrawn_at.is_some(),
    }
}

/// The letter to read, with all that can be done with it.
pub(crate) async fn show(
    visitor: Visitor,
    Path(letter): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let letter = letters::get(&mut desk, id(&letter, "letter")?).await?;
    let banner = head(&mut desk, &visitor, letter.patient_id).await?;
    desk.close().await?;
    let zone = visitor.zone();
    page(&KeptPage {
        shell: visitor.shell(),
        banner,
        title: letter.sheet.kind.in_words(),
        letter: View::of(&letter, zone),
        href: urls::letter(letter.id),
        visit: urls::visit(letter.appointment_id),
        kept: format!("{} by {}", zone.day_and_clock(letter.kept_at), letter.kept_by_name),
        record_mark: letter.record_digest.chars().take(16).collect(),
        mark: letter.content_digest.chars().take(16).collect(),
        may_withdraw: letter.withdrawal.is_none() && visitor.may(Action::WriteChart),
    })
}

/// The letter alone, for the printer.
pub(crate) async fn print(
    visitor: Visitor,
    Path(letter): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let letter = letters::print(&mut desk, id(&letter, "letter")?).await?;
    let now = desk.now();
    desk.close().await?;
    page(&sheet(&visitor, &letter, now))
}

/// The page that is printed.
pub(crate) fn sheet(
    visitor: &Visitor,
    letter: &Letter,
    now: medrecord_clinic::time::Instant,
) -> impl Template + use<> {
    let zone = visitor.zone();
    PrintPage {
        shell: Shell { printed: String::new(), ..visitor.shell() },
        title: letter.sheet.kind.in_words(),
        letter: View::of(letter, zone),
        href: urls::letter(letter.id),
        printed: format!("Printed {} by {}", zone.day_and_clock(now), visitor.actor.name),
    }
}

/// The letter as a PDF, made from what was kept; the same one each time.
pub(crate) async fn download(
    visitor: Visitor,
    Path(letter): Path<String>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let letter = letters::export(&mut desk, id(&letter, "letter")?).await?;
    let zone = visitor.zone();
    let pdf = View::of(&letter, zone).paper(&letter, zone).pdf()?;
    desk.close().await?;
    let kind = match letter.sheet.kind {
        LetterKind::Referral => "referral",
        LetterKind::SickNote => "sick-note",
        LetterKind::PlainSummary => "visit",
    };
    Ok(paper::download(pdf, &format!("{kind}-{}.pdf", letter.sheet.written_on.iso())))
}

/// Withdraws the letter.
pub(crate) async fn withdraw(
    Path(letter): Path<String>,
    Writing(mut desk): Writing,
    Posted(why): Posted<Why>,
) -> Result<Response, Fault> {
    let letter: LetterId = id(&letter, "letter")?;
    letters::withdraw(&mut desk, letter, &why.reason).await?;
    desk.close().await?;
    Ok(see_other_saying(&urls::letter(letter), "ok", "The letter is withdrawn; it stays with the reason."))
}
