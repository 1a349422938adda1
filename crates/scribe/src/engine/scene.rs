//! The visit as sentences with questions tied to their answers across turns.

use super::cues::cues;
use super::proxy;
use super::text::{Sentence, sentences};
use crate::transcript::{Speaker, Transcript};

/// What an answer amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Plainly yes.
    Yes,
    /// Plainly no.
    No,
    /// Neither; what it says must be read.
    Open,
}

/// The answer to one question.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What it amounts to.
    pub answer: Answer,
    /// The sentences of the answer.
    pub sentences: Vec<usize>,
    /// The segments of the answer.
    pub segments: Vec<usize>,
}

/// All sentences of a visit, and for each the reply if it is an answered question of the clinician.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The sentences in order.
    pub sentences: Vec<Sentence>,
    /// Beside each sentence: its reply.
    pub replies: Vec<Option<Reply>>,
    /// Beside each sentence: the question it answers.
    pub asked_by: Vec<Option<usize>>,
}

impl Scene {
    /// Reads a transcript.
    pub fn read(transcript: &Transcript) -> Self {
        let list = proxy::read(sentences(&transcript.segments));
        let mut scene =
            Self { replies: vec![None; list.len()], asked_by: vec![None; list.len()], sentences: list };
        scene.pair();
        scene
    }

    /// The sentence at a place.
    pub fn sentence(&self, at: usize) -> Option<&Sentence> {
        self.sentences.get(at)
    }

    /// The reply to the question at a place.
    pub fn reply(&self, at: usize) -> Option<&Reply> {
        self.replies.get(at).and_then(Option::as_ref)
    }

    fn pair(&mut self) {
        let mut at = 0;
        while at < self.sentences.len() {
            let turn_end = self.turn_end(at);
            if self.sentences.get(at).is_some_and(|s| s.speaker == Speaker::Doctor)
                && turn_end < self.sentences.len()
            {
                self.pair_turn(at, turn_end);
            }
            at = turn_end.max(at + 1);
        }
    }

    /// Just after the last sentence of the same speaker in a row.
    fn turn_end(&self, at: usize) -> usize {
        let speaker = self.sentences.get(at).map(|s| s.speaker);
        self.sentences
            .iter()
            .enumerate()
            .skip(at)
            .find(|(_, s)| Some(s.speaker) != speaker)
            .map_or(self.sentences.len(), |(k, _)| k)
    }

    /// Ties the questions at the end of a clinician's turn to the answer that follows it.
    fn pair_turn(&mut self, from: usize, to: usize) {
        let reply_end = self.turn_end(to);
        let mut first = to;
        while first > from
            && self.sentences.get(first - 1).is_some_and(|s| s.question || s.words.len() <= 2 && first < to)
        {
            first -= 1;
        }
        if first == to {
            first = to - 1;
            let list = |s: &Sentence| {
                let verb = s.words.iter().any(|w| cues("scene.verbs").contains(&w.text.as_str()));
                s.text.ends_with(',') || s.words.len() <= 6 && !verb
            };
            let open_list = self.sentences.get(first).is_some_and(list);
            if !open_list {
                return;
            }
        }
        let answers: Vec<usize> = (to..reply_end).collect();
        let Some(lead) = self.sentences.get(to) else { return };
        let answer = classify(lead);
        let mut segments: Vec<usize> =
            answers.iter().filter_map(|&k| self.sentences.get(k)).map(|s| s.segment).collect();
        segments.dedup();
        for k in first..to {
            let last = k + 1 == to;
            let other = self.sentences.get(to - 1).is_some_and(|s| s.has("any other"));
            let well = self
                .sentences
                .get(k)
                .is_some_and(|s| s.words.len() < 5 && s.has_any(&["well", "fine", "normal", "okay", "good"]));
            let spread = last || answer == Answer::No && !other && !well;
            if spread && let Some(slot) = self.replies.get_mut(k) {
                *slot = Some(Reply {
                    answer,
                    sentences: answers.clone(),
                    segments: segments.iter().copied().take(2).collect(),
                });
            }
        }
        for k in to..reply_end {
            if let Some(slot) = self.asked_by.get_mut(k) {
                *slot = Some(to - 1);
            }
        }
    }
}

/// What the first sentence of an answer amounts to.
pub fn classify(sentence: &Sentence) -> Answer {
    let mut at = 0;
    while let Some(used) = cues("scene.leads").at(&sentence.words, at).max() {
        at += used;
        if at >= sentence.words.len() {
            return Answer::Open;
        }
    }
    if sentence.word(at) == "i" && sentence.word(at + 1) == "don't" && sentence.word(at + 2) == "want" {
        return Answer::Open;
    }
    if cues("scene.no").at(&sentence.words, at).max().is_some() {
        let turned =
            sentence.has_any(&["but i", "no but", "no just", "no only", "besides", "except", "other than"])
                && sentence.words.len() > 5;
        return if turned && !sentence.has_any(&["not that i"]) && sentence.word(at) != "no" {
            Answer::Open
        } else {
            Answer::No
        };
    }
    if cues("scene.yes").at(&sentence.words, at).max().is_some() {
        return Answer::Yes;
    }
    Answer::Open
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(text: &str) -> Scene {
        Scene::read(&Transcript::parse(text))
    }

    #[test]
    fn a_question_is_tied_to_the_answer_in_the_next_turn() {
        let scene = scene(
            "[doctor] Hello. Any fever?\n[patient] No.\n[doctor] Any cough?\n[patient] Yeah, a dry one.",
        );
        assert_eq!(scene.reply(1).unwrap().answer, Answer::No);
        assert_eq!(scene.reply(1).unwrap().segments, [1]);
        assert_eq!(scene.reply(3).unwrap().answer, Answer::Yes);
    }

    #[test]
    fn one_no_answers_all_questions_before_it() {
        let scene = scene("[doctor] Fever? Chills? Night sweats?\n[patient] Nope.");
        assert!((0..3).all(|k| scene.reply(k).is_some_and(|r| r.answer == Answer::No)));
    }

    #[test]
    fn a_no_does_not_reach_what_it_cannot_mean() {
        let scene = scene(
            "[doctor] Eating well? Any thoughts of hurting yourself?\n[patient] No.\n[doctor] You feel tired? Any other illnesses?\n[patient] No.",
        );
        let answered: Vec<bool> = (0..scene.sentences.len()).map(|k| scene.reply(k).is_some()).collect();
        assert_eq!(answered, [false, true, false, false, true, false]);
    }

    #[test]
    fn a_question_that_nobody_answers_has_no_reply() {
        let scene = scene("[doctor] Any fever?");
        assert!(scene.reply(0).is_none());
    }

    #[test]
    fn hesitation_before_the_answer_does_not_matter() {
        for (said, answer) in [
            ("um , no not really", Answer::No),
            ("uh, I think yes", Answer::Yes),
            ("It's my left knee", Answer::Open),
        ] {
            assert_eq!(classify(&Sentence::new(0, Speaker::Patient, said)), answer, "{said}");
        }
    }
}
