//! What a run uses: the weights, the length of a note, and which items.

use medrecord_scribe::draft::{Draft, VisitContext};
use medrecord_scribe::engine::rank::Choice;
use medrecord_scribe::engine::weights::{BUILT_IN, Weights};
use medrecord_scribe::transcript::Transcript;

/// What a run uses.
#[derive(Debug)]
pub(crate) struct Setup {
    /// The weights, built in or from `--model`.
    pub(crate) weights: Weights,
    choice: Choice,
    only: Option<(usize, usize)>,
}

impl Setup {
    /// Reads `--model FILE`, `--only K/N`, `--threshold X` and `--budget WORDS`.
    pub(crate) fn read(args: &[String]) -> Result<Self, Box<dyn std::error::Error>> {
        let mut setup = Self { weights: BUILT_IN.clone(), choice: Choice::default(), only: None };
        let mut rest = args.iter();
        while let Some(flag) = rest.next() {
            let value = rest.next().ok_or("a flag without its value")?;
            match flag.as_str() {
                "--model" => {
                    setup.weights = Weights::read(&std::fs::read(value)?).ok_or("not a file of weights")?;
                }
                "--only" => {
                    let (k, n) = value.split_once('/').ok_or("K/N")?;
                    setup.only = Some((k.parse()?, n.parse()?));
                }
                "--threshold" => setup.choice.threshold = value.parse()?,
                "--budget" => setup.choice.budget = value.parse()?,
                other => return Err(format!("unknown flag {other}").into()),
            }
        }
        Ok(setup)
    }

    /// Whether the item of this number is asked for.
    pub(crate) fn wants(&self, at: usize) -> bool {
        self.only.is_none_or(|(k, n)| at % n == k)
    }

    /// A draft with these weights.
    pub(crate) fn draft(&self, transcript: &Transcript, context: &VisitContext) -> Draft {
        medrecord_scribe::draft_with(transcript, context, &self.weights, self.choice)
    }
}
