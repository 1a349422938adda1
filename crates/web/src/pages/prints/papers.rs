//! The prescription and the summary of a visit as PDFs, with the same words as on their pages.

use super::{Sheet, Wanted, sheet};
use crate::desk::Reading;
use crate::error::Fault;
use crate::pages::visits::{NoteView, PrescriptionView};
use crate::paper::{self, Paper, Part, Size};
use crate::shell::{Allergies, AllergyLine};
use crate::text::Text;
use crate::visitor::Visitor;
use axum::extract::{Path, Query};
use axum::response::Response;
use medrecord_store::medical_records::Document;

/// The prescription as a PDF.
pub(crate) async fn prescription(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (sheet, _) = sheet(&mut desk, &visitor, &id, (Document::Prescription, &wanted)).await?;
    let t = sheet.t;
    let title = t.say("rx-title");
    let mut parts = head(&title, &sheet);
    if sheet.prescriptions.is_empty() {
        parts.push(Part::Subheading(t.say("rx-nothing").into_owned()));
        parts.push(Part::Text(t.say("rx-nothing-words").into_owned()));
    }
    sheet.prescriptions.iter().enumerate().for_each(|(nth, row)| parts.extend(prescribed(nth, row, t)));
    let pdf = finished(sheet, &visitor, &title, parts).pdf()?;
    desk.close().await?;
    Ok(paper::download(pdf, "prescription.pdf"))
}

/// The summary of the visit as a PDF.
pub(crate) async fn summary(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
    Reading(mut desk): Reading,
) -> Result<Response, Fault> {
    let (sheet, note) = sheet(&mut desk, &visitor, &id, (Document::Summary, &wanted)).await?;
    let t = sheet.t;
    let title = t.say("paper-summary");
    let mut parts = head(&title, &sheet);
    let frame = &sheet.frame;
    let visit =
        t.with("when", &frame.when).with("kind", &frame.kind).with("name", &frame.seen_by).say("paper-visit");
    parts.push(Part::Lines(vec![visit]));
    parts.extend(noted(&note));
    if !sheet.addenda.is_empty() {
        parts.push(Part::Subheading(t.say("paper-addenda").into_owned()));
    }
    for addendum in &sheet.addenda {
        let head = format!("{} ({}, {})", addendum.reason, addendum.by, addendum.at);
        parts.push(Part::Text(format!("{head}\n{}", addendum.lines.join("\n"))));
    }
    let pdf = finished(sheet, &visitor, &title, parts).pdf()?;
    desk.close().await?;
    Ok(paper::download(pdf, "visit-summary.pdf"))
}

/// The practice, whom the document is about, and what they must not be given.
fn head(title: &str, sheet: &Sheet) -> Vec<Part> {
    let (banner, t) = (&sheet.frame.banner, sheet.t);
    let allergies = match &banner.allergies {
        Allergies::Listed(lines) => {
            let line = |line: &AllergyLine| match line.detail.as_str() {
                "" => line.allergen.clone(),
                detail => format!("{} ({detail})", line.allergen),
            };
            let lines: Vec<String> = lines.iter().map(line).collect();
            t.with("allergies", lines.join(", ")).say("paper-allergies")
        }
        Allergies::NoneKnown(_) => t.say("banner-none-known").into_owned(),
        Allergies::NotAsked => t.say("banner-not-asked").into_owned(),
    };
    vec![
        Part::Letterhead(sheet.practice.clone()),
        Part::Heading(title.to_owned()),
        Part::Lines(vec![
            format!("{}, {}", sheet.frame.name, banner.sex),
            format!("{} {} ({})", t.say("banner-born"), banner.born, banner.age),
            format!("{} {}", t.say("banner-record"), banner.number),
        ]),
        Part::Text(allergies),
    ]
}

/// A medication to dispense.
fn prescribed(nth: usize, row: &PrescriptionView, t: Text) -> [Part; 2] {
    let action = if row.starts { String::new() } else { format!(" ({})", row.action) };
    let quantity = row.quantity.map(|count| t.with("count", count).say("rx-quantity"));
    let refills = row.refills.map(|count| t.with("count", count).say("rx-refills"));
    let supply: Vec<String> = quantity.into_iter().chain(refills).collect();
    let purpose = row.indication.as_ref().map(|indication| t.with("indication", indication).say("rx-for"));
    let lines = [row.dose.clone(), row.instructions.clone(), purpose.unwrap_or_default(), supply.join(" · ")];
    let lines: Vec<String> = lines.into_iter().filter(|line| !line.is_empty()).collect();
    [
        Part::Subheading(format!("{}. {} {}{action}", nth + 1, row.name, row.strength)),
        Part::Text(lines.join("\n")),
    ]
}

/// What was written down.
fn noted(note: &NoteView) -> Vec<Part> {
    let t = note.t;
    let mut parts = Vec::new();
    let mut section = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            parts.extend([Part::Subheading(heading.to_owned()), Part::Text(lines.join("\n"))]);
        }
    };
    let readings = note.vitals.iter().map(|it| format!("{} {} {}", it.label, it.value, it.unit));
    section(&t.say("note-vitals"), readings.collect());
    for (heading, lines) in &note.sections {
        section(heading, lines.clone());
    }
    let symptoms = note.symptoms.iter().map(|symptom| {
        let absent = symptom.absent.then(|| t.with("name", &symptom.name).say("note-no"));
        let name = absent.unwrap_or_else(|| symptom.name.clone());
        if symptom.detail.is_empty() { name } else { format!("{name}: {}", symptom.detail) }
    });
    section(&t.say("note-symptoms"), symptoms.collect());
    let given = note.prescriptions.iter().map(|row| {
        let purpose = row.indication.as_ref().map(|it| t.with("indication", it).say("note-for"));
        let texts =
            [row.dose.clone(), row.instructions.clone(), purpose.unwrap_or_default(), row.supply.clone()];
        let said = texts.into_iter().filter(|text| !text.is_empty());
        let first = format!("{}: {} {}", row.action, row.name, row.strength);
        std::iter::once(first).chain(said).collect::<Vec<String>>().join("\n")
    });
    section(&t.say("note-prescriptions"), given.collect());
    parts
}

/// The document with its signature.
fn finished(sheet: Sheet, visitor: &Visitor, title: &str, mut parts: Vec<Part>) -> Paper {
    let t = sheet.t;
    if t.is_translated() {
        parts.push(Part::Fine(vec![t.say("paper-as-written").into_owned()]));
    }
    let licence = match sheet.licence {
        Some(number) => t.with("number", number).say("paper-licence"),
        None => t.say("paper-no-licence").into_owned(),
    };
    let mut author = String::new();
    if let Some(signature) = sheet.signature {
        author.clone_from(&signature.by);
        let specialty = sheet.specialty.map(|specialty| format!(", {specialty}")).unwrap_or_default();
        parts.push(Part::Signature(vec![
            format!("{}{specialty}", signature.by),
            licence,
            format!("{} · {}", t.with("when", signature.at).say("paper-signed"), signature.mark),
        ]));
    }
    let (banner, name) = (&sheet.frame.banner, &sheet.frame.name);
    let whose =
        t.with("name", name).with("born", &banner.born).with("number", &banner.number).say("paper-whose");
    Paper {
        title: format!("{title} · {name} · {}", sheet.frame.when),
        t,
        author,
        made_at: sheet.signed_at,
        size: Size::of(visitor.zone()),
        parts,
        foot: whose,
    }
}
