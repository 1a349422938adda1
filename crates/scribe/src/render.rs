//! A draft as plain text, the way a note is laid out.

use crate::draft::{Draft, Sentence, SentenceKind};

/// The note's text: headings, one sentence a line, without the evidence.
pub fn text(draft: &Draft) -> String {
    let record = &draft.record;
    let (results, findings): (Vec<&Sentence>, Vec<&Sentence>) =
        record.physical_exam_notes.iter().partition(|s| s.kind == SentenceKind::Result);
    let mut out = String::new();
    block(&mut out, "CHIEF COMPLAINT", record.chief_complaint.iter());
    block(&mut out, "HISTORY OF PRESENT ILLNESS", record.history_of_present_illness.iter());
    block(&mut out, "REVIEW OF SYSTEMS", record.review_of_systems.iter());
    block(&mut out, "PHYSICAL EXAMINATION", findings.into_iter());
    block(&mut out, "RESULTS", results.into_iter());
    block(&mut out, "ASSESSMENT", record.diagnosis.iter());
    block(&mut out, "PLAN", record.treatment_plan.iter());
    block(&mut out, "PATIENT EDUCATION", record.patient_education.iter());
    block(&mut out, "INSTRUCTIONS", record.follow_up_instructions.iter());
    out
}

fn block<'a>(out: &mut String, heading: &str, sentences: impl Iterator<Item = &'a Sentence>) {
    let lines: Vec<&str> = sentences.map(|sentence| sentence.text.as_str()).collect();
    if lines.is_empty() {
        return;
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(heading);
    out.push('\n');
    for line in lines {
        out.push_str(line);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draft::{RecordDraft, Sentence};

    #[test]
    fn only_headings_with_sentences_are_written() {
        let said = |text: &str, kind| Sentence { text: text.to_owned(), evidence: vec![0], kind };
        let record = RecordDraft {
            chief_complaint: vec![said("Cough.", SentenceKind::Reported)],
            physical_exam_notes: vec![said("X-ray clear.", SentenceKind::Result)],
            ..RecordDraft::default()
        };
        let draft = Draft { record, ..Draft::default() };
        assert_eq!(text(&draft), "CHIEF COMPLAINT\nCough.\n\nRESULTS\nX-ray clear.\n");
    }
}
