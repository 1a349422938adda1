//! `medrecord scribe`: a draft from a transcript or an audio file, on standard output; touches no database.

use crate::cli::{Format, Scribe};
use crate::config::Config;
use crate::say;
use anyhow::{Context, Result, bail};
use medrecord_scribe::draft::{Draft, VisitContext};
use medrecord_scribe::speech::{self, Engine, HearOptions};
use medrecord_scribe::transcript::Transcript;
use std::path::Path;

/// Drafts and prints.
pub(crate) fn run(config: &Config, flags: &Scribe) -> Result<()> {
    let is_text = flags.file.extension().is_some_and(|kind| kind.eq_ignore_ascii_case("txt"));
    let transcript = if is_text { read_text(&flags.file)? } else { listen(config, &flags.file)? };
    let draft = medrecord_scribe::draft(&transcript, &VisitContext::default());
    match flags.format {
        Format::Json => say::line(serde_json::to_string_pretty(&draft)?),
        Format::Text => print(&draft),
    }
}

fn read_text(file: &Path) -> Result<Transcript> {
    let bytes = std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let text = String::from_utf8(bytes)
        .ok()
        .with_context(|| format!("{} is not UTF-8 text; save it as such", file.display()))?;
    if text.trim().is_empty() {
        bail!("{} is empty; write one turn a line: [doctor] …, [patient] …", file.display());
    }
    Ok(Transcript::parse(&text))
}

/// Turns an audio file into words with the configured speech model.
fn listen(config: &Config, file: &Path) -> Result<Transcript> {
    if !file.exists() {
        bail!("{} is not there; name a transcript (.txt) or an audio file", file.display());
    }
    let engine = Engine::load(&config.models_dir()?, config.speech_model())?;
    let mut bar = say::Bar::new("{msg} {wide_bar} {pos}/{len} s")?;
    let heard = speech::hear_file(file, &engine, &HearOptions::default(), &mut |progress| {
        bar.show("listening", progress.done_ms / 1000, progress.total_ms / 1000);
    })?;
    bar.end();
    for doubt in &heard.doubts {
        let (from, until) = (doubt.start_ms / 1000, doubt.end_ms / 1000);
        say::news(format!("from second {from} to {until}: {}", doubt.kind.words()));
    }
    if let Some(silence) = heard.silence {
        bail!("{}: {}", file.display(), silence.words());
    }
    Ok(heard.transcript)
}

fn print(draft: &Draft) -> Result<()> {
    for (name, sentences) in draft.record.fields() {
        if !sentences.is_empty() {
            say::line(heading(name))?;
            for sentence in sentences {
                say::line(format!("  {}  {}", sentence.text, turns(&sentence.evidence)))?;
            }
        }
    }
    section("Symptoms", &draft.symptoms, |symptom| {
        let denied = if symptom.negated { "denies " } else { "" };
        (format!("{denied}{}", symptom.symptom_name), &symptom.evidence)
    })?;
    section("Medicines", &draft.prescriptions, |medicine| {
        let parts = [&medicine.strength, &medicine.dosage, &medicine.frequency, &medicine.duration];
        let said: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
        let action = format!("{:?}", medicine.action).to_lowercase();
        (format!("{action} {} {}", medicine.medication_name, said.join(", ")), &medicine.evidence)
    })?;
    section("Orders", &draft.orders, |order| (order.description.clone(), &order.evidence))?;
    section("Allergies", &draft.allergies, |allergy| {
        let denied = if allergy.negated { "none to " } else { "" };
        (format!("{denied}{}", allergy.allergen), &allergy.evidence)
    })?;
    section("To look at", &draft.flags, |flag| (flag.message.clone(), &flag.evidence))?;
    say::line("Drafted by a machine; nothing of it counts until a provider has read and signed it.")
}

fn section<T>(title: &str, items: &[T], words: impl Fn(&T) -> (String, &Vec<usize>)) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    say::line(title)?;
    for item in items {
        let (text, evidence) = words(item);
        say::line(format!("  {}  {}", text.trim_end(), turns(evidence)))?;
    }
    Ok(())
}

/// `chiefComplaint` as a heading: `Chief complaint`.
fn heading(name: &str) -> String {
    let mut words = String::new();
    for sign in name.chars() {
        if sign.is_uppercase() {
            words.push(' ');
        }
        words.extend(if words.is_empty() {
            sign.to_uppercase().collect::<Vec<_>>()
        } else {
            sign.to_lowercase().collect()
        });
    }
    words
}

/// The turns of the transcript that something rests on, counted from 1 as people do.
fn turns(evidence: &[usize]) -> String {
    let numbers: Vec<String> = evidence.iter().map(|index| (index + 1).to_string()).collect();
    format!("[{}]", numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_headed_in_words() {
        assert_eq!(heading("historyOfPresentIllness"), "History of present illness");
        assert_eq!(turns(&[0, 4]), "[1, 5]");
    }
}
