//! Return visits and referrals that a sentence arranges.

use super::cues::cues;
use super::numbers::number;
use super::orders::{Topic, with_topic};
use super::scene::Scene;
use super::text::Sentence;
use crate::draft::{OrderDraft, OrderType};
use crate::transcript::Speaker;

/// "In two weeks", "in about three to four weeks": the words after "in".
pub(super) fn due(sentence: &Sentence, from: usize) -> Option<(usize, usize)> {
    for at in from..sentence.words.len() {
        let mut k = at;
        while matches!(
            sentence.word(k),
            "in" | "about"
                | "the"
                | "next"
                | "a"
                | "another"
                | "couple"
                | "of"
                | "few"
                | "maybe"
                | "like"
                | "back"
                | "probably"
                | "here"
                | "approximately"
                | "or"
                | "so"
        ) {
            k += 1;
        }
        if k == at || (at.saturating_sub(2)..at).any(|j| sentence.word(j) == "over") {
            continue;
        }
        let mut end = k + number(&sentence.words, k).map_or(0, |n| n.used);
        if end > k
            && matches!(sentence.word(end), "to" | "or")
            && let Some(n) = number(&sentence.words, end + 1)
        {
            end += 1 + n.used;
        }
        let vague = sentence.span(at, k).contains("couple")
            || sentence.span(at, k).ends_with(" a")
            || sentence.span(at, k).contains("few")
            || sentence.span(at, k).contains("next")
            || sentence.span(at, k) == "a";
        if (end > k || vague)
            && matches!(
                sentence.word(end).trim_end_matches('s'),
                "day" | "week" | "month" | "year" | "hour" | "week'"
            )
        {
            let begin = (at..k)
                .find(|&j| matches!(sentence.word(j), "a" | "couple" | "few" | "next"))
                .filter(|_| end == k)
                .unwrap_or(k);
            return Some((begin, end + 1));
        }
    }
    None
}

/// Adds the return visit a sentence arranges.
pub(super) fn follow_up(scene: &Scene, at: usize, sentence: &Sentence, list: &mut Vec<OrderDraft>) {
    let place = cues("returns.return")
        .iter()
        .filter_map(|cue| sentence.find_from(cue, 0).map(|k| (k, cue.split(' ').count())))
        .min();
    let Some((place, used)) = place else { return };
    if sentence.word(place) == "come" && arrives(sentence, place) {
        return;
    }
    if sentence.has_cue(cues("returns.follow_up.past")) || at * 3 < scene.sentences.len() {
        return;
    }
    let when =
        due(sentence, place).or_else(|| due(sentence, 0)).filter(|(from, _)| from.abs_diff(place) < 14);
    let conditional = (place.saturating_sub(14)..place).any(|k| matches!(sentence.word(k), "if" | "unless"))
        && when.is_none();
    if conditional {
        return;
    }
    let mut text = sentence.span(place, place + used).to_lowercase();
    let mut evidence = vec![sentence.segment];
    if let Some((from, to)) = when {
        text = format!("{text} {}", sentence.span(from, to));
    } else if let Some(next) =
        scene.sentence(at + 1).filter(|s| s.speaker == Speaker::Doctor && s.words.len() < 14)
        && let Some((from, to)) = due(next, 0)
    {
        text = format!("{text} {}", next.span(from, to));
        evidence.push(next.segment);
    }
    evidence.dedup();
    if let Some(known) = list
        .iter_mut()
        .find(|o| o.order_type == OrderType::FollowUp && !o.description.starts_with("referral"))
    {
        let better = when.is_some()
            && !known.description.contains(|c: char| c.is_ascii_digit())
            && known.description.split(' ').count() < 4;
        if better {
            known.description = text;
            known.evidence = evidence;
        }
        return;
    }
    list.push(OrderDraft {
        order_type: OrderType::FollowUp,
        description: text,
        reason: None,
        medication_name: None,
        evidence,
    });
}

/// "The swab should come back in a day": nobody returns.
fn arrives(sentence: &Sentence, place: usize) -> bool {
    (place.saturating_sub(4)..place).any(|k| cues("returns.arrives").contains(&sentence.word(k)))
        && !(place.saturating_sub(4)..place).any(|k| matches!(sentence.word(k), "you" | "want" | "i'd"))
}

/// Adds the referral a sentence makes.
pub(super) fn referral(sentence: &Sentence, topic: &Topic, list: &mut Vec<OrderDraft>) {
    let cue = cues("returns.referral.to")
        .iter()
        .find_map(|cue| sentence.find_from(cue, 0).map(|k| k + cue.split(' ').count()));
    let Some(from) = cue.filter(|_| {
        !sentence.has_cue(cues("orders.thought"))
            && !sentence.has_any(&["lab", "pharmacy", "er", "emergency"])
    }) else {
        return;
    };
    let to = (from + 1..sentence.words.len().min(from + 5))
        .find(|&k| {
            matches!(
                sentence.word(k),
                "and"
                    | "to"
                    | "for"
                    | "so"
                    | "who"
                    | "because"
                    | "that"
                    | "if"
                    | "okay"
                    | "in"
                    | "they"
                    | "i"
                    | "we"
                    | "just"
                    | "with"
            )
        })
        .unwrap_or(sentence.words.len().min(from + 4));
    let whom = sentence
        .span(from, to)
        .trim_start_matches("a ")
        .trim_start_matches("the ")
        .trim_start_matches("see ")
        .to_lowercase();
    let description = format!("referral to {whom}");
    if whom.is_empty() || list.iter().any(|o| o.description == description) {
        return;
    }
    let mut evidence = vec![sentence.segment];
    let reason = with_topic(topic, &mut evidence);
    list.push(OrderDraft {
        order_type: OrderType::FollowUp,
        description,
        reason,
        medication_name: None,
        evidence,
    });
}
